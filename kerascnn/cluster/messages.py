"""The messages between the process that searches, Dask's workers, and those that train for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

# Called with "outcome" of a fit, or "end" of a training, and what it is, pickled.
Report = Callable[[str, bytes], None]


class PlainTraining(NamedTuple):
    """A training as numbers.

    Attributes:
        candidate: its number.
        fits: (candidate, split) of its fits, by their epochs.
        end: where it ended in an earlier rung, pickled: it goes on from there.
    """

    candidate: int
    fits: Mapping[int, Sequence[tuple[int, int]]]
    end: bytes | None = None


@dataclass(frozen=True, eq=False)
class Pack:
    """What all batches of a search share, pickled: a Dask worker does not look into it.

    Attributes:
        pickled: all but the arrays.
        buffers: the arrays, which need not be copied.
    """

    pickled: bytes
    buffers: Sequence[Any]


@dataclass(frozen=True)
class BatchResult:
    """What came of a batch.

    Attributes:
        outcomes: of its fits, pickled, in the order in which they finished.
        ends: where its trainings ended, pickled, if a later rung may go on from there. They come
            with the result only, as a scheduler would keep each event for good.
        refusal: why another process would compute something else here; nothing was trained.
        death: how the process ended that trained it, if it did.
        error: the exception that a fit raised, pickled.
    """

    outcomes: Sequence[bytes] = ()
    ends: Sequence[bytes] = ()
    refusal: str | None = None
    death: str | None = None
    error: bytes | None = None


class DifferentError(Exception):
    """A process would compute something else than the one that searches."""
