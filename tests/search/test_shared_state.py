"""Code that reads or changes what is not a fit's own gives the numbers of fits one by one."""

from importlib import import_module

import keras
import numpy as np
import pytest
import tensorflow as tf
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from keras import callbacks, layers

from tests.search.expectations import (
    assert_equal_searches,
    assert_like_serial,
    classifier,
    linear,
    one_split_search,
)

RATES = {"learning_rate": [0.01, 0.1]}
BEST: list[float] = []
LEFT_BEHIND: dict[str, keras.Model] = {}


def shared_backbone():
    """Make a builder of networks that share layers made outside of it."""
    keras.utils.set_random_seed(0)
    backbone = keras.Sequential([layers.GaussianNoise(0.3), layers.Flatten(), layers.Dense(8)])

    def build(input_shape, n_classes):
        inputs = keras.Input(input_shape)
        outputs = layers.Dense(n_classes, activation="softmax")(backbone(inputs))
        return keras.Model(inputs, outputs)

    return build


def test_networks_that_share_layers_are_fitted_in_turn(three_digits):
    """Each fit goes on from the one before, so that they cannot be trained side by side."""
    searches = [
        one_split_search(classifier(shared_backbone()), RATES, engine=engine).fit(*three_digits)
        for engine in ("auto", "serial")
    ]
    assert_equal_searches(*searches)
    assert "share layers that were made outside of the builder" in searches[0].plan_.describe()
    assert "neither merged nor stored" in searches[0].plan_.describe()


def test_a_regularizer_that_a_builder_changes_has_each_fits_strength(three_digits):
    """A strength is read when a network is built, and the user's object stays as it is."""
    penalty = keras.regularizers.L2(0.01)

    def build(input_shape, n_classes, *, l2=0.0):
        penalty.l2 = l2
        head = layers.Dense(n_classes, activation="softmax", kernel_regularizer=penalty)
        return keras.Sequential([keras.Input(input_shape), layers.Flatten(), head])

    assert_like_serial("compiled", classifier(build), {"l2": [0.01, 1.0]}, three_digits)
    assert isinstance(penalty.l2, float)


def test_a_fit_that_a_builder_puts_on_its_model_is_called(three_digits):
    """A method of one object counts as that of its class would."""

    def build(input_shape, n_classes):
        model = linear(input_shape, n_classes, activation="softmax")
        fit = model.fit
        model.fit = lambda *arguments, **options: fit(*arguments, **{**options, "epochs": 1})
        return model

    search = assert_like_serial("auto", classifier(build), RATES, three_digits)
    assert "overrides fit" in search.plan_.describe()


@pytest.mark.filterwarnings("ignore:Even though the `tf.config:UserWarning")
def test_functions_that_run_eagerly_are_not_compiled(three_digits):
    """A graph would compute in other steps."""
    tf.config.run_functions_eagerly(True)
    try:
        search = assert_like_serial("auto", classifier(), RATES, three_digits)
    finally:
        tf.config.run_functions_eagerly(False)
    assert "runs eagerly" in search.plan_.describe()


class StopBefore(callbacks.Callback):
    """Stops before an epoch, of which `fit` trains one batch."""

    def on_epoch_begin(self, epoch, logs=None):
        """Stop before the second."""
        self.model.stop_training = epoch == 1


class Penalize(callbacks.Callback):
    """Changes the strength of a penalty."""

    def on_train_begin(self, logs=None):
        """Make it strong."""
        self.model.layers[0].kernel_regularizer.l2 = 1.0


class FreezeAtOnce(callbacks.Callback):
    """Freezes a layer as soon as it is given the model."""

    def set_model(self, model):
        """Freeze the first."""
        super().set_model(model)
        model.layers[0].trainable = False


class EvaluateBefore(callbacks.Callback):
    """Evaluates before an epoch, whose metrics go on from there."""

    def on_epoch_begin(self, epoch, logs=None):
        """Evaluate on anything."""
        self.model.evaluate(np.ones((4, 8, 8, 1)), np.zeros(4), verbose=0)


class DrawRate(callbacks.Callback):
    """Draws the learning rate from NumPy's global random numbers."""

    def on_epoch_begin(self, epoch, logs=None):
        """Draw it."""
        self.model.optimizer.learning_rate = np.random.uniform(0.01, 0.1)


class KeepInFile(callbacks.Callback):
    """Keeps its best weights in a file, and restores them in the end."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.best = np.inf

    def on_epoch_end(self, epoch, logs=None):
        """Keep the weights if they are the best."""
        if logs["val_loss"] < self.best:
            self.best = logs["val_loss"]
            np.savez(self.path, *self.model.get_weights())

    def on_train_end(self, logs=None):
        """Restore the best."""
        with np.load(self.path) as kept:
            self.model.set_weights(list(kept.values()))


class Prune(callbacks.Callback):
    """Stops a fit that is worse than the best before it."""

    def on_train_end(self, logs=None):
        """Remember how this fit has ended."""
        BEST.append(logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        """Stop if an earlier fit was better."""
        self.model.stop_training = logs["loss"] > min(BEST, default=np.inf)


class Count(callbacks.Callback):
    """Lowers the rate by how many fits there were before."""

    fits = 0

    def on_train_begin(self, logs=None):
        """Count this one."""
        type(self).fits += 1
        self.model.optimizer.learning_rate = 0.1 / Count.fits


OWN = {
    "stopping before an epoch": lambda folder: StopBefore(),
    "changing a penalty": lambda folder: Penalize(),
    "freezing at once": lambda folder: FreezeAtOnce(),
    "evaluating before an epoch": lambda folder: EvaluateBefore(),
    "drawing": lambda folder: DrawRate(),
    "keeping files": lambda folder: KeepInFile(str(folder / "best.npz")),
    "a global list": lambda folder: Prune(),
    "an attribute of its class": lambda folder: Count(),
    "Keras's own that keeps files": lambda folder: callbacks.CSVLogger(
        folder / "log.csv", append=True
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_own_callbacks_work_as_in_separate_fits(name, three_digits, tmp_path):
    """Whatever a callback changes or looks at, its fit is that of Keras, in the same order."""
    searches, files, log = [], [], tmp_path / "log.csv"
    for each in ("auto", "serial"):
        BEST.clear()
        Count.fits = 0
        estimator = classifier(epochs=3, callbacks=[OWN[name](tmp_path)])
        search = one_split_search(
            estimator, {"learning_rate": [0.3, 0.01, 0.1], "l2": [0.01]}, engine=each
        )
        searches.append(search.fit(*three_digits))
        files.append(log.read_text() if log.exists() else "")
        log.unlink(missing_ok=True)
    assert_equal_searches(*searches)
    assert files[0] == files[1]


def test_a_callback_that_holds_the_builders_last_network_is_fitted_by_keras(three_digits):
    """A compiled lane would train another one in its place."""

    def build(input_shape, n_classes):
        LEFT_BEHIND["model"] = linear(input_shape, n_classes, activation="softmax")
        return LEFT_BEHIND["model"]

    def lower(epoch, logs):
        LEFT_BEHIND["model"].optimizer.learning_rate = 0.1 / (epoch + 1)

    estimator = classifier(build, callbacks=[callbacks.LambdaCallback(on_epoch_begin=lower)])
    search = assert_like_serial("auto", estimator, RATES, three_digits)
    assert "holds a network" in search.plan_.describe()


def test_callbacks_of_fitted_estimators_are_those_that_ran(three_digits):
    """A scorer, and whoever looks at the best estimator, finds what they have seen."""

    def stopped(estimator, X, y):
        return float(estimator.callbacks[0].stopped_epoch)

    estimator = classifier(
        epochs=4, callbacks=[callbacks.EarlyStopping("loss", patience=0, min_delta=9.0)]
    )
    search = assert_like_serial(
        "compiled", estimator, RATES, three_digits, scoring=stopped, refit=True
    )
    assert search.best_estimator_.callbacks[0].stopped_epoch == 1


LOSS = """
import keras
FACTOR = 1.0
def loss(y, outputs):
    return FACTOR * keras.losses.categorical_crossentropy(y, outputs)
"""
# Batch-level, so that compiled lanes do not take the fits.
FOR_WORKERS = {"learning_rate": [0.01, 0.1], "shuffle": [True, False]}


@pytest.fixture
def workers() -> None:
    """Start worker processes, or keep those that there are."""
    Parallel(n_jobs=2)(delayed(abs)(number) for number in range(2))


@pytest.fixture
def changed_module(workers, tmp_path, monkeypatch):
    """Return a module from a folder that is newer than the workers, changed since its import."""
    name = f"changed_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(LOSS)
    monkeypatch.syspath_prepend(tmp_path)
    module = import_module(name)
    module.FACTOR = 2.0
    return module


@pytest.mark.parametrize(
    ("new_workers", "reason"),
    [(True, "was changed in this process"), (False, "cannot import its code")],
)
def test_what_workers_would_compute_otherwise_is_fitted_here(
    new_workers, reason, three_digits, changed_module
):
    """They read a module's file as it is, and older ones know nothing of a new folder."""
    if new_workers:
        get_reusable_executor().shutdown(wait=True)
    estimator = classifier(loss=changed_module.loss, callbacks=[callbacks.TerminateOnNaN()])
    search = assert_like_serial("processes", estimator, FOR_WORKERS, three_digits, n_jobs=2)
    assert reason in search.plan_.describe()


def test_an_error_of_a_builder_names_its_candidate(three_digits):
    """Python shows a note below the error."""

    def build(input_shape, n_classes, *, size=3):
        if size > 5:
            raise RuntimeError("size too large")
        return linear(input_shape, n_classes, activation="softmax")

    search = one_split_search(classifier(build), {"model__size": [3, 7]})
    with pytest.raises(RuntimeError, match="size too large") as error:
        search.fit(*three_digits)
    assert error.value.__notes__ == ["candidate 2: {'model__size': 7}"]
