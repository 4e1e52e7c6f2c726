"""The table of model builders by name, and the checks that all of them share."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kerascnn.utils.spelling import did_you_mean

if TYPE_CHECKING:
    import keras

Builder = Callable[..., "keras.Model"]

# The modules that register builders; imported on first use because they import Keras.
FAMILIES = (
    "alexnet",
    "audio",
    "cifar",
    "densenet",
    "digits",
    "efficientnet",
    "lenet",
    "mnist",
    "resnet",
    "simple",
    "strided",
    "vgg",
)


@dataclass(frozen=True)
class Entry:
    """A registered builder and what it is usually asked for.

    Attributes:
        builder: the function, which checks its arguments.
        smallest: the least height and width of an image that it can take, in pixels.
        image: the shape of the images it was made for, (height, width, channels); None if it
            takes no images.
        n_classes: the number of classes it was made for.
        shortest: the least length of a signal that it can take, in samples, whatever its own
            arguments are.
        signal: the shape of the signals it was made for, (samples, channels); None if it takes
            no signals.
    """

    builder: Builder
    smallest: int
    image: tuple[int, int, int] | None
    n_classes: int
    shortest: int = 1
    signal: tuple[int, int] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The input shape it was made for: that of signals where it takes them."""
        return self.signal or self.image or ()

    @property
    def name(self) -> str:
        """The name it is registered under."""
        return self.builder.__name__

    @property
    def summary(self) -> str:
        """The first sentence of its docstring."""
        return (inspect.getdoc(self.builder) or "").partition("\n")[0]


_entries: dict[str, Entry] = {}


def register(
    *,
    smallest: int = 1,
    image: tuple[int, int, int] | None = None,
    n_classes: int = 10,
    shortest: int = 1,
    signal: tuple[int, int] | None = None,
) -> Callable[[Builder], Builder]:
    """Make a builder known by its function's name and have its arguments checked at each call.

    Use as a decorator; for the arguments see `Entry`. A builder takes signals if `signal` is
    given, and images if `image` is; by default images, made for 32×32×3.
    """
    if image is None and signal is None:
        image = (32, 32, 3)

    def decorate(function: Builder) -> Builder:
        @functools.wraps(function)
        def checked(
            input_shape: tuple[int, ...], n_classes: int, **arguments: Any
        ) -> "keras.Model":
            _check_arguments(function, arguments)
            _check_shape(registered, input_shape)
            _check_classes(n_classes)
            return function(tuple(input_shape), n_classes, **arguments)

        registered = Entry(checked, smallest, image, n_classes, shortest, signal)
        _entries[function.__name__] = registered
        return checked

    return decorate


def names() -> list[str]:
    """Return the names of all registered builders, sorted."""
    _import_families()
    return sorted(_entries)


def entry(name: str) -> Entry:
    """Return what is registered under `name`.

    Raises:
        ValueError: if nothing is, with the closest name there is.
    """
    _import_families()
    if name not in _entries:
        raise ValueError(
            f"model={name!r} is not a registered model: {did_you_mean(name, _entries)}"
        )
    return _entries[name]


def users_entries() -> dict[str, Entry]:
    """Return what users have registered, by name: other processes do not know it."""
    own = "kerascnn.models."
    return {n: e for n, e in _entries.items() if not e.builder.__module__.startswith(own)}


def add_entries(entries: dict[str, Entry]) -> None:
    """Register what `users_entries` of another process gave."""
    _entries.update(entries)


def builder(name: str) -> Builder:
    """Return the registered builder called `name`; for errors see `entry`."""
    return entry(name).builder


def arguments(function: Builder) -> dict[str, Any]:
    """Return a builder's own arguments and their defaults (`inspect.Parameter.empty` for none).

    These are all but the first two, `input_shape` and `n_classes`, and all but `**rest`.
    """
    own = list(inspect.signature(function).parameters.values())[2:]
    return {each.name: each.default for each in own if each.kind is not each.VAR_KEYWORD}


def build(
    name: str, input_shape: tuple[int, ...], n_classes: int, **arguments: Any
) -> "keras.Model":
    """Return the uncompiled Keras model that the builder called `name` makes.

    Args:
        name: a registered name, see `names`.
        input_shape: one image's shape, (height, width, channels), or one signal's,
            (samples, channels).
        n_classes: the number of classes, at least 2.
        **arguments: the builder's own arguments, such as `l2`.

    Raises:
        ValueError: if the name or an argument is unknown, an argument is out of range, or the
            image is too small or the signal too short for the model.
    """
    return builder(name)(input_shape, n_classes, **arguments)


def _check_arguments(function: Builder, given: dict[str, Any]) -> None:
    known = arguments(function)
    for name in given:
        if name not in known:
            which = f"{name!r} is not an argument of model {function.__name__!r}"
            raise ValueError(f"{which}: {did_you_mean(name, known)}")
    if given.get("l2", 0) < 0:
        raise ValueError(f"l2={given['l2']}: must be at least 0")


def _check_shape(entry: Entry, input_shape: tuple[int, ...]) -> None:
    taken = {}
    if entry.image:
        taken[3] = "images of shape (height, width, channels)"
    if entry.signal:
        taken[2] = "signals of shape (samples, channels)"
    if len(input_shape) not in taken or min(input_shape) < 1:
        raise ValueError(
            f"input_shape={tuple(input_shape)}: model {entry.name!r} takes "
            f"{' or '.join(taken.values())}"
        )
    if len(input_shape) == 2:
        check_length(entry.name, input_shape[0], entry.shortest)
    else:
        _check_size(entry.name, input_shape[0], input_shape[1], entry.smallest)


def check_length(name: str, n_samples: int, shortest: int, reason: str = "") -> None:
    """Raise a ValueError if a signal is too short for the model called `name`."""
    if n_samples < shortest:
        raise ValueError(
            f"signal of {n_samples:,} samples is too short for model {name!r}: "
            f"it needs at least {shortest:,} samples{reason}"
        )


def _check_size(name: str, height: int, width: int, smallest: int) -> None:
    if min(height, width) < smallest:
        raise ValueError(
            f"image {height}×{width} is too small for model {name!r}: "
            f"it needs at least {smallest}×{smallest} pixels"
        )


def _check_classes(n_classes: int) -> None:
    if n_classes < 2:
        raise ValueError(f"n_classes={n_classes}: must be at least 2")


def _import_families() -> None:
    for family in FAMILIES:
        import_module(f"kerascnn.models.{family}")
