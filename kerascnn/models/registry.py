"""The table of model builders by name."""

import functools
import inspect
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kerascnn.models.checks import TASKS, check_input, check_l2, checked_outputs
from kerascnn.models.entries import Builder, Entry
from kerascnn.utils.spelling import did_you_mean

if TYPE_CHECKING:
    import keras

# The modules that register builders; imported on first use because they import Keras.
FAMILIES = (
    "alexnet",
    "audio",
    "autoencoders",
    "cifar",
    "densenet",
    "digits",
    "efficientnet",
    "lenet",
    "mnist",
    "regression",
    "resnet",
    "restoration",
    "simple",
    "strided",
    "super_resolution",
    "vgg",
)


_entries: dict[str, Entry] = {}


def register(
    *,
    smallest: int = 1,
    image: tuple[int, int, int] | None = None,
    n_classes: int = 10,
    n_codes: int | None = None,
    output_shape: tuple[int, ...] | None = None,
    shortest: int = 1,
    signal: tuple[int, int] | None = None,
    shape: tuple[int, ...] | None = None,
) -> Callable[[Builder], Builder]:
    """Make a builder known by its function's name and have its arguments checked at each call.

    Use as a decorator; for the arguments see `Entry`. A builder takes signals if `signal` is
    given, and images if `image` is; by default images, made for 32×32×3. Its task is
    autoencoding if `n_codes` is given, regression if `output_shape` is, else classification.
    `shape` is by default that of signals where it takes them.
    """
    if image is None and signal is None:
        image = (32, 32, 3)
    made_for = shape or signal or image or ()
    task, outputs = _task(n_classes, n_codes, output_shape)

    def decorate(function: Builder) -> Builder:
        @functools.wraps(function)
        def checked(input_shape: tuple[int, ...], *second: Any, **given: Any) -> "keras.Model":
            name = registered.second_argument
            _check_arguments(function, [each for each in given if each != name])
            call = inspect.signature(function).bind(tuple(input_shape), *second, **given)
            check_l2(given.get("l2", 0))
            check_input(registered, call.args[0])
            call.arguments[name] = checked_outputs(registered.task, call.arguments[name])
            return function(*call.args, **call.kwargs)

        registered = Entry(checked, smallest, image, outputs, shortest, signal, made_for, task)
        _entries[function.__name__] = registered
        return checked

    return decorate


def _task(
    n_classes: int, n_codes: int | None, output_shape: tuple[int, ...] | None
) -> tuple[str, int | tuple[int, ...]]:
    if n_codes is not None:
        return "autoencoding", n_codes
    if output_shape is not None:
        return "regression", output_shape
    return "classification", n_classes


def names(task: str | None = "classification") -> list[str]:
    """Return the names of the builders registered for a task, sorted; of all if it is None.

    Raises:
        ValueError: if the task is not one of `TASKS`.
    """
    _import_families()
    if task is not None and task not in TASKS:
        raise ValueError(f"task={task!r} is not a task of models: {did_you_mean(task, TASKS)}")
    return sorted(name for name, each in _entries.items() if task in (None, each.task))


def entry(name: str, task: str | None = None) -> Entry:
    """Return what is registered under `name`.

    Args:
        name: a registered name.
        task: what the model must be for, a key of `TASKS`; anything if None.

    Raises:
        ValueError: if nothing is registered so, with the closest name there is, or if it is for
            another task.
    """
    known = names(task)
    if name in known:
        return _entries[name]
    if name in _entries:
        raise ValueError(
            f"model={name!r} is for {_entries[name].task}, not for {task}: "
            f"models for that are {', '.join(known) or 'none'}"
        )
    raise ValueError(f"model={name!r} is not a registered model: {did_you_mean(name, known)}")


def users_entries() -> dict[str, Entry]:
    """Return what users have registered, by name: other processes do not know it."""
    own = "kerascnn.models."
    return {n: e for n, e in _entries.items() if not e.builder.__module__.startswith(own)}


def add_entries(entries: dict[str, Entry]) -> None:
    """Register what `users_entries` of another process gave."""
    _entries.update(entries)


def builder(name: str, task: str | None = None) -> Builder:
    """Return the registered builder called `name`; for arguments and errors see `entry`."""
    return entry(name, task).builder


def arguments(function: Builder) -> dict[str, Any]:
    """Return a builder's own arguments and their defaults (`inspect.Parameter.empty` for none).

    These are all but the first two, `input_shape` and what is put out, and all but `**rest`.
    """
    own = list(inspect.signature(function).parameters.values())[2:]
    return {each.name: each.default for each in own if each.kind is not each.VAR_KEYWORD}


def build(
    name: str, input_shape: tuple[int, ...], *outputs: Any, **arguments: Any
) -> "keras.Model":
    """Return the uncompiled Keras model that the builder called `name` makes.

    Args:
        name: a registered name, see `names`.
        input_shape: one image's shape, (height, width, channels), or one signal's,
            (samples, channels).
        *outputs: the builder's second argument, see `TASKS`; may be given by its name.
        **arguments: the builder's own arguments, such as `l2`.

    Raises:
        ValueError: if the name or an argument is unknown, an argument is out of range, or the
            image is too small or the signal too short for the model.
    """
    return builder(name)(input_shape, *outputs, **arguments)


def _check_arguments(function: Builder, given: Iterable[str]) -> None:
    known = arguments(function)
    for name in given:
        if name not in known:
            which = f"{name!r} is not an argument of model {function.__name__!r}"
            raise ValueError(f"{which}: {did_you_mean(name, known)}")


def _import_families() -> None:
    for family in FAMILIES:
        import_module(f"kerascnn.models.{family}")
