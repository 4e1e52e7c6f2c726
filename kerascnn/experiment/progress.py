"""What a person sees while one network is trained: a bar per epoch, with the time left."""

import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class EpochProgress:
    """A progress bar over the epochs of a training, on standard error; a context manager.

    Args:
        name: what is trained.
        epochs: how many epochs there are.
        shown: False shows nothing; None shows it where standard error is a terminal.
    """

    def __init__(self, name: str, epochs: int, shown: bool | None = None) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("epochs ·"),
            TimeElapsedColumn(),
            TextColumn("· left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not (sys.stderr.isatty() if shown is None else shown),
        )
        self._task = self._bar.add_task(name, total=epochs)
        self._name = name

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def advance(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Show one finished epoch, counted from 1, and what it reached."""
        reached = ", ".join(
            f"{label} {logs[key]:.3f}"
            for key, label in (("accuracy", "accuracy"), ("val_accuracy", "test"))
            if key in logs
        )
        self._bar.update(self._task, completed=epoch, description=f"{self._name}: {reached}")

    def callback(self) -> Any:
        """Return a Keras callback that advances the bar."""
        import keras

        return keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: self.advance(epoch + 1, logs)
        )
