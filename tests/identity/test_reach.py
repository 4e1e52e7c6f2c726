"""Code is told to reach beyond its own exactly where it does."""

import threading

import keras
import numpy as np
import pytest

from kerascnn.identity import reach_of

CALLS: list[int] = []
RATES = (0.1, 0.2)
TOTAL = 0
WEIGHTS = np.ones(3)
KEPT: dict[str, keras.Model] = {}


class Base(keras.callbacks.Callback):
    """A callback with a list of its own."""

    def __init__(self):
        super().__init__()
        self.seen = []


class Own(Base):
    """Changes itself, its model and its arguments."""

    def on_epoch_end(self, epoch, logs=None):
        """Change all of them."""
        self.seen.append(RATES[epoch % 2])
        self.rate = RATES[0]
        self.model.optimizer.learning_rate = self.rate
        logs["seen"] = len(self.seen)


class GlobalList(Base):
    """Changes a global list."""

    def on_epoch_end(self, epoch, logs=None):
        """Append to it."""
        CALLS.append(epoch)


class GlobalNumber(Base):
    """Binds a global anew."""

    def on_epoch_end(self, epoch, logs=None):
        """Count it up."""
        global TOTAL
        TOTAL += 1


class ClassList(Base):
    """Changes a list of its class."""

    calls: list[int] = []  # noqa: RUF012 - shared on purpose

    def on_epoch_end(self, epoch, logs=None):
        """Append to it."""
        self.calls.append(epoch)


class ClassNumber(Base):
    """Counts on its class."""

    calls = 0

    def on_epoch_end(self, epoch, logs=None):
        """Count up."""
        type(self).calls += 1


class NamedClassNumber(Base):
    """Counts on its class, by name."""

    calls = 0

    def on_epoch_end(self, epoch, logs=None):
        """Count up."""
        NamedClassNumber.calls += 1


class Default(Base):
    """Changes a default argument."""

    def on_epoch_end(self, epoch, logs=None, seen=[]):  # noqa: B006 - shared on purpose
        """Append to it."""
        seen.append(epoch)


class Array(Base):
    """Reads an array that others may change."""

    def on_epoch_end(self, epoch, logs=None):
        """Read it."""
        logs["weight"] = WEIGHTS[epoch]


class File(Base):
    """Reads a file."""

    def on_train_end(self, logs=None):
        """Read it."""
        self.model.load_weights("best.weights.h5")


def counter():
    """Make a callback whose function counts its calls."""
    calls = 0

    def count(epoch, logs):
        nonlocal calls
        calls += 1

    return keras.callbacks.LambdaCallback(on_epoch_end=count)


SHARING = {
    "a global list": GlobalList,
    "a global number": GlobalNumber,
    "a list of its class": ClassList,
    "a number of its class": ClassNumber,
    "a number of a named class": NamedClassNumber,
    "a default": Default,
    "an array": Array,
    "a file": File,
    "a captured number": counter,
}
ALONE = {
    "itself": Own,
    "a schedule": lambda: keras.callbacks.LearningRateScheduler(lambda epoch: RATES[epoch % 2]),
    "Keras's own": lambda: keras.callbacks.EarlyStopping(),
}


@pytest.mark.parametrize("name", SHARING)
def test_what_is_shared_is_named(name):
    """Two fits side by side would see each other."""
    assert reach_of(SHARING[name]()).shared


@pytest.mark.parametrize("name", ALONE)
def test_what_works_alone_shares_nothing(name):
    """It may run beside others."""
    assert reach_of(ALONE[name]()).shared is None


def test_a_network_in_a_global_is_found():
    """However deep it lies."""
    KEPT["model"] = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    holding = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: KEPT["model"])
    assert reach_of(holding).networks
    assert not reach_of(Own()).networks


def test_what_has_no_content_is_unknown():
    """A lock can be told from nothing."""
    holding = Own()
    holding.lock = threading.Lock()
    assert "lock" in reach_of(holding).unknown
