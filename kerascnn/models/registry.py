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
        image: the shape of the images it was made for, (height, width, channels).
        n_classes: the number of classes it was made for.
    """

    builder: Builder
    smallest: int
    image: tuple[int, int, int]
    n_classes: int

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
    *, smallest: int = 1, image: tuple[int, int, int] = (32, 32, 3), n_classes: int = 10
) -> Callable[[Builder], Builder]:
    """Make a builder known by its function's name and have its arguments checked at each call.

    Use as a decorator; for the arguments see `Entry`.
    """

    def decorate(function: Builder) -> Builder:
        @functools.wraps(function)
        def checked(
            input_shape: tuple[int, ...], n_classes: int, **arguments: Any
        ) -> "keras.Model":
            _check_arguments(function, arguments)
            _check_image(function.__name__, input_shape, smallest)
            _check_classes(n_classes)
            return function(tuple(input_shape), n_classes, **arguments)

        _entries[function.__name__] = Entry(checked, smallest, image, n_classes)
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
        input_shape: one image's shape, (height, width, channels).
        n_classes: the number of classes, at least 2.
        **arguments: the builder's own arguments, such as `l2`.

    Raises:
        ValueError: if the name or an argument is unknown, an argument is out of range, or the
            image is too small for the model.
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


def _check_image(name: str, input_shape: tuple[int, ...], smallest: int) -> None:
    if len(input_shape) != 3 or min(input_shape) < 1:
        raise ValueError(
            f"input_shape={tuple(input_shape)}: model {name!r} takes images of shape "
            "(height, width, channels)"
        )
    height, width = input_shape[:2]
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
