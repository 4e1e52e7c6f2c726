"""Keras callbacks of a lane: called as `fit` calls them, between epochs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import keras

from kerascnn.identity import identify_network
from kerascnn.training.executor import MainThreadExecutor
from kerascnn.training.graph_checks import NotCompilable
from kerascnn.training.lane import Lane

# What `fit` calls within an epoch; in a compiled epoch nothing can be called.
INSIDE_EPOCHS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_begin",
    "on_test_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


def refusal(callback: keras.callbacks.Callback) -> str | None:
    """Return why a callback needs Keras's own `fit`, in one sentence; None if it does not."""
    for name in INSIDE_EPOCHS:
        if not _is_default(getattr(callback, name)):
            return f"callback {type(callback).__name__} is called within epochs ({name})"
    return None


def _is_default(method: Callable[..., Any]) -> bool:
    """Return whether a hook is Keras's own empty one."""
    base = vars(keras.callbacks.Callback)
    return getattr(method, "__func__", method) in base.values()


class _LastLogs(keras.callbacks.Callback):
    """Keeps the logs of an epoch as the callbacks before it leave them.

    Attributes:
        logs: of the last epoch.
    """

    logs: dict[str, Any]

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep them; called by Keras."""
        self.logs = dict(logs or {})


class LaneCallbacks:
    """The callbacks of one lane, run in the main thread; false if there are none.

    Args:
        callbacks: Keras callbacks.
        model: the model they see.
        lane: gives the parameters that `fit` would tell them.
        executor: runs them.
    """

    def __init__(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        model: keras.Model,
        lane: Lane,
        executor: MainThreadExecutor,
    ) -> None:
        self._executor = executor
        self._model = model
        self._list: keras.callbacks.CallbackList | None = None
        self._last = _LastLogs()
        self._structure = ""
        if callbacks:
            steps = -(-len(lane.train) // lane.batch_size)
            options = {"verbose": 0, "epochs": lane.epochs, "steps": steps}
            self._list = self._run(
                partial(
                    keras.callbacks.CallbackList,
                    [*callbacks, self._last],
                    add_history=True,
                    model=model,
                    **options,
                )
            )
        # Keras's own callbacks change nothing but variables; what users wrote may do anything.
        if not all(type(each).__module__.startswith("keras.") for each in callbacks):
            self._structure = self._run(self._identified)

    def __bool__(self) -> bool:
        return self._list is not None

    def on_train_begin(self) -> None:
        """Call before the first epoch."""
        self._call("on_train_begin")

    def on_epoch_begin(self, epoch: int) -> None:
        """Call before epoch number `epoch`, from 0."""
        self._call("on_epoch_begin", epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> dict[str, Any]:
        """Call after epoch number `epoch`, from 0; return the logs as callbacks leave them."""
        self._call("on_epoch_end", epoch, logs)
        return logs if self._list is None else self._last.logs

    def on_train_end(self, logs: Mapping[str, Any]) -> None:
        """Call after the last epoch."""
        self._call("on_train_end", logs)

    def _call(self, hook: str, *arguments: Any) -> None:
        if self._list is None:
            return
        self._run(partial(getattr(self._list, hook), *arguments))
        if self._structure and self._structure != self._run(self._identified):
            raise NotCompilable(f"a callback changes the network ({hook})")

    def _identified(self) -> str:
        return identify_network(self._model).structure

    def _run(self, function: Callable[[], Any]) -> Any:
        """Run a user's code in the main thread, and raise here what it raises there."""
        result, error = self._executor.submit(partial(_attempt, function))
        if error is not None:
            raise error
        return result


def _attempt(function: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return function(), None
    except Exception as error:
        return None, error
