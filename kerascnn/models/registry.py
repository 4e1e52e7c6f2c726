"""The table of model builders by name."""

import difflib
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

Builder = Callable[..., "keras.Model"]

# The modules that register builders; imported on first use because they import Keras.
FAMILIES = ("digits",)

_builders: dict[str, Builder] = {}


def register(function: Builder) -> Builder:
    """Make a builder known by its function's name; use as a decorator."""
    _builders[function.__name__] = function
    return function


def names() -> list[str]:
    """Return the names of all registered builders, sorted."""
    _import_families()
    return sorted(_builders)


def builder(name: str) -> Builder:
    """Return the registered builder called `name`.

    Raises:
        ValueError: if there is none, with the closest name there is.
    """
    _import_families()
    if name not in _builders:
        close = difflib.get_close_matches(name, _builders, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names())}"
        raise ValueError(f"model={name!r} is not a registered model: {hint}")
    return _builders[name]


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
        ValueError: if the name is unknown or the image is too small for the model.
    """
    return builder(name)(input_shape, n_classes, **arguments)


def _import_families() -> None:
    for family in FAMILIES:
        import_module(f"kerascnn.models.{family}")
