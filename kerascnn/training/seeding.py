"""Seeded scopes that leave global random state as it was.

Keras draws the seeds of initializers and of dropout from Python's `random` module when a model
is built, so models built with the same arguments in scopes of the same seed start alike.

That state is one for all threads of a process, so that only one of them can be in such a scope at
a time: trainings in several threads wait for each other. Whoever is in a scope must therefore not
wait for another thread that wants to enter one.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

from kerascnn.internals import keras as keras_internals
from kerascnn.internals import tensorflow as tensorflow_internals

# Re-entrant, for a scope inside another of the same thread.
_lock = threading.RLock()


def draw_seed() -> int:
    """Return a fresh seed below 2³², taken from the operating system and no global state."""
    return int(np.random.SeedSequence().generate_state(1)[0])


@contextmanager
def one_thread_at_a_time() -> Iterator[None]:
    """Keep other threads from training meanwhile: global state would be theirs as well."""
    with _lock:
        yield


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Python's, NumPy's, TensorFlow's and Keras's global random state for a `with` block.

    A thread waits until no other is in such a block.

    Args:
        seed: from 0 to 2³² - 1.
    """
    with one_thread_at_a_time(), _state_restored():
        keras.utils.set_random_seed(seed)
        yield


@contextmanager
def _state_restored() -> Iterator[None]:
    """Leave all global random state as it was before the block."""
    python_state, numpy_state = random.getstate(), np.random.get_state()
    keras_state, tensorflow_state = (
        keras_internals.random_state(),
        tensorflow_internals.random_state(),
    )
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        tensorflow_internals.restore_random_state(tensorflow_state)
        keras_internals.restore_random_state(keras_state)
