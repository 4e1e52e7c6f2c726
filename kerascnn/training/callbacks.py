"""Keras callbacks of a lane: called as `fit` calls them, between epochs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import keras

from kerascnn.identity import identify_network, reach_of
from kerascnn.training.compiled import CompiledNetwork
from kerascnn.training.early_stopping import StopEarly
from kerascnn.training.executor import MainThreadExecutor
from kerascnn.training.graph_checks import NotCompilable, check_undrawn, draws_of_global_state
from kerascnn.training.lane import Lane
from kerascnn.training.strengths import Strengths, penalty_strengths

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


# Keras's own that work on the model and themselves alone.
SELF_CONTAINED = (
    StopEarly,
    keras.callbacks.EarlyStopping,
    keras.callbacks.History,
    keras.callbacks.ReduceLROnPlateau,
    keras.callbacks.TerminateOnNaN,
)
# Keras's own that call what users give them, and do nothing else.
CALLING = (keras.callbacks.LambdaCallback, keras.callbacks.LearningRateScheduler)


def refusal(callback: keras.callbacks.Callback) -> str | None:
    """Return why a callback needs Keras's own `fit`, in one sentence; None if it does not."""
    name = type(callback).__name__
    for hook in INSIDE_EPOCHS:
        if not _is_default(getattr(callback, hook)):
            return f"callback {name} is called within epochs ({hook})"
    if type(callback) in SELF_CONTAINED:
        return None
    reach = reach_of(callback)
    if reach.unknown:
        return f"callback {name} cannot be identified: {reach.unknown}"
    # It may be the one that is trained, and a lane trains another one in its place.
    return f"callback {name} holds a network or a variable" if reach.networks else None


def sharing(callback: keras.callbacks.Callback) -> str | None:
    """Return why trainings with a callback must run in their order; None if they need not.

    What it reads, or changes for others, may be a file, a global, or an attribute of its class.
    """
    kind = type(callback)
    if kind in SELF_CONTAINED:
        return None
    if kind.__module__.startswith("keras.") and kind not in CALLING:
        return f"callback {kind.__name__} may write files"
    shared = reach_of(callback).shared
    return shared and f"callback {kind.__name__}: {shared}"


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
        network: whose model they see.
        lane: gives the parameters that `fit` would tell them.
        executor: runs them.
    """

    def __init__(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        network: CompiledNetwork,
        lane: Lane,
        executor: MainThreadExecutor,
    ) -> None:
        self._executor = executor
        self._network = network
        self._list: keras.callbacks.CallbackList | None = None
        self._last = _LastLogs()
        # Those of Keras's change nothing but variables; what users wrote may do anything, from
        # the moment on when they are given the model.
        self._are_own = any(type(each) not in SELF_CONTAINED for each in callbacks)
        self._picture = self._run(self._look) if self._are_own else None
        if callbacks:
            steps = -(-len(lane.train) // lane.batch_size)
            options = {"verbose": 0, "epochs": lane.epochs, "steps": steps}
            self._list = self._run(
                partial(
                    keras.callbacks.CallbackList,
                    [*callbacks, self._last],
                    add_history=True,
                    model=network.model,
                    **options,
                )
            )
            self._check("set_model")

    def __bool__(self) -> bool:
        return self._list is not None

    def on_train_begin(self) -> None:
        """Call before the first epoch."""
        self._call("on_train_begin")

    def on_epoch_begin(self, epoch: int) -> None:
        """Call before epoch number `epoch`, from 0.

        Raises:
            NotCompilable: if `fit` would stop within the epoch, or continue with other metrics.
        """
        if self._are_own:
            self._network.model.reset_metrics()
        self._call("on_epoch_begin", epoch)
        if self._list is not None and self._network.model.stop_training:
            raise NotCompilable("a callback stops the training before an epoch")
        if self._are_own and not self._network.metrics_are_fresh():
            raise NotCompilable("a callback evaluates the network before an epoch")

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
        self._run(partial(self._call_undrawn, getattr(self._list, hook), *arguments))
        self._check(hook)

    def _call_undrawn(self, function: Callable[..., Any], *arguments: Any) -> None:
        before = draws_of_global_state()
        function(*arguments)
        check_undrawn(before, "a callback")

    def _check(self, hook: str) -> None:
        if self._are_own and self._picture != self._run(self._look):
            raise NotCompilable(f"a callback changes the network ({hook})")

    def _look(self) -> tuple[str, Strengths]:
        """Return what of the network no callback may change, as the graph has it already."""
        model = self._network.model
        return identify_network(model).structure, penalty_strengths(model)

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
