"""The course of a signal, as a panel of an exhibit."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

MOST_PARTS = 600


@dataclass(frozen=True, eq=False)
class Waveform:
    """A signal as the area between the smallest and the largest values of its short parts.

    Attributes:
        caption: what it shows.
        lows: the smallest value of each part, (n_parts,).
        highs: the largest ones, (n_parts,).
        length: of the whole signal, in the unit of time.
        unit: "seconds", or "samples" where the rate is not known.
    """

    KIND: ClassVar[str] = "waveform"

    caption: str
    lows: np.ndarray
    highs: np.ndarray
    length: float
    unit: str

    def __post_init__(self) -> None:
        """Raise ValueError if there is no area to draw."""
        for values in (self.lows, self.highs):
            if np.shape(values) != np.shape(self.lows) or np.ndim(values) != 1 or not len(values):
                raise ValueError(
                    f"{self.caption!r}: lows and highs have the shapes {np.shape(self.lows)} and "
                    f"{np.shape(self.highs)}: give a number of each for every part"
                )
            if not np.isfinite(values).all():
                raise ValueError(f"{self.caption!r}: values are NaN or infinite: replace them")

    @classmethod
    def of(cls, caption: str, signal: np.ndarray, rate: float | None) -> Self:
        """Return the course of a signal.

        Args:
            caption: see `Waveform`.
            signal: (samples,) or (samples, channels), which are averaged; real and finite numbers.
            rate: samples per second; None if it is not known.
        """
        course = signal if signal.ndim == 1 else signal.mean(axis=1)
        n_parts = min(MOST_PARTS, len(course))
        starts = np.linspace(0, len(course), n_parts, endpoint=False).astype(int)
        lows = np.minimum.reduceat(course, starts)
        highs = np.maximum.reduceat(course, starts)
        if rate is None:
            return cls(caption, lows, highs, float(len(course)), "samples")
        return cls(caption, lows, highs, len(course) / rate, "seconds")

    @property
    def times(self) -> np.ndarray:
        """The middle of each part, (n_parts,), in the unit of time."""
        return (np.arange(len(self.lows)) + 0.5) * self.length / len(self.lows)
