"""Trainings with a progress bar over their epochs, and the time left."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerascnn.experiment.run import Stopwatch
from kerascnn.utils.progress import ProgressBar

SHOWN = {"accuracy": "accuracy", "val_accuracy": "test"}
SHOWN_OTHERWISE = {"loss": "loss", "val_loss": "test"}


class EpochProgress(ProgressBar):
    """A progress bar over the epochs of a training.

    Args:
        name: what is trained.
        epochs: how many epochs there are.
        shown: see `ProgressBar`.
    """

    def __init__(self, name: str, epochs: int, shown: bool | None = None) -> None:
        super().__init__(name, epochs, "epochs", shown)
        self._name = name

    def count(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Show that epoch number `epoch`, from 1, is finished, and what it reached."""
        labels = SHOWN if "accuracy" in logs else SHOWN_OTHERWISE
        reached = ", ".join(
            f"{label} {logs[key]:#.3g}" for key, label in labels.items() if key in logs
        )
        for _ in range(self._done, epoch - 1):  # epochs of a run that this one resumes
            self.skip(self._name)
        self.advance(f"{self._name}: {reached}")

    def callback(self) -> Any:
        """Return a Keras callback that counts epochs on this bar."""
        import keras

        callback = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: self.count(epoch + 1, logs)
        )
        callback.reads_logs_only = True  # so that a part of the network may be trained
        return callback


def fit_with_progress(estimator: Any, name: str, shown: bool | None, *data: np.ndarray) -> float:
    """Train an estimator in place, and return the seconds that it took.

    Args:
        estimator: not yet fitted.
        name: what the progress bar calls it.
        shown: see `ProgressBar`.
        *data: what its `fit` takes.
    """
    watch = Stopwatch()
    with EpochProgress(name, estimator.epochs, shown) as progress:
        estimator.set_params(callbacks=[progress.callback()])
        estimator.fit(*data)
        estimator.set_params(callbacks=None)
    return watch.seconds()
