"""A progress bar over the epochs of one training, with the time left."""

from collections.abc import Mapping
from typing import Any

from kerascnn.utils.progress import ProgressBar


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
        self._done = 0

    def count(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Show that epoch number `epoch`, from 1, is finished, and what it reached."""
        reached = ", ".join(
            f"{label} {logs[key]:.3f}"
            for key, label in (("accuracy", "accuracy"), ("val_accuracy", "test"))
            if key in logs
        )
        self.advance(f"{self._name}: {reached}", by=epoch - self._done)
        self._done = epoch

    def callback(self) -> Any:
        """Return a Keras callback that counts epochs on this bar."""
        import keras

        callback = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: self.count(epoch + 1, logs)
        )
        callback.reads_logs_only = True  # so that a part of the network may be trained
        return callback
