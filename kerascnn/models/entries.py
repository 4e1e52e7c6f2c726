"""An entry in the table of models: a builder, and what it is usually asked for."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

Builder = Callable[..., "keras.Model"]


@dataclass(frozen=True)
class Entry:
    """A registered builder and what it is usually asked for.

    Attributes:
        builder: the function, which checks its arguments.
        smallest: the least height and width of an image that it can take, in pixels.
        image: the shape of the images it was made for, (height, width, channels); None if it
            takes no images.
        outputs: its second argument as it was made for: the number of classes or of codes, or
            the shape of one output.
        shortest: the least length of a signal that it can take, in samples, whatever its own
            arguments are.
        signal: the shape of the signals it was made for, (samples, channels); None if it takes
            no signals.
        shape: the input shape it was made for: `image` or `signal`.
        task: what its networks are for, a key of `kerascnn.models.checks.TASKS`.
    """

    builder: Builder
    smallest: int
    image: tuple[int, int, int] | None
    outputs: int | tuple[int, ...]
    shortest: int
    signal: tuple[int, int] | None
    shape: tuple[int, ...]
    task: str

    @property
    def name(self) -> str:
        """The name it is registered under."""
        return self.builder.__name__

    @property
    def second_argument(self) -> str:
        """The name of its second argument, such as "n_classes"."""
        return list(inspect.signature(self.builder).parameters)[1]

    @property
    def summary(self) -> str:
        """The first sentence of its docstring."""
        return (inspect.getdoc(self.builder) or "").partition("\n")[0]
