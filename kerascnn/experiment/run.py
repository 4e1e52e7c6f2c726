"""One run of an experiment: its inputs, and the provenance of its results."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from kerascnn import environment
from kerascnn.experiment.options import RunOptions

SMOKE_NOTICE = "A smoke run: a few steps on a few images, to see that everything works."


class Material(Protocol):
    """What an experiment works on."""

    @property
    def origin(self) -> Mapping[str, Any]:
        """Where it comes from, for a report's provenance."""

    @property
    def notices(self) -> Sequence[str]:
        """The sentences about it that a report must show in large letters."""


MaterialT = TypeVar("MaterialT", bound=Material)


class Stopwatch:
    """Measures how long the parts of a run take."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self._start


@dataclass
class Run(Generic[MaterialT]):
    """What one run of an experiment is given.

    Attributes:
        name: of the experiment.
        folder: of its report.
        options: what a person has changed.
        material: what the experiment works on.
        watch: started with the run.
        departures: in what the run is not what the experiment's claim is about, a phrase each.
    """

    name: str
    folder: Path
    options: RunOptions
    material: MaterialT
    watch: Stopwatch = field(default_factory=Stopwatch)
    departures: tuple[str, ...] = ()

    @property
    def starts_afresh(self) -> bool:
        """Whether nothing of an earlier run is reused."""
        return self.options.smoke or self.options.fresh

    @property
    def notices(self) -> tuple[str, ...]:
        """The sentences that a report must show in large letters."""
        smoke = (SMOKE_NOTICE,) if self.options.smoke else ()
        return (*self.material.notices, *smoke)

    def provenance(
        self, settings: Mapping[str, Any], how: str, durations: Mapping[str, float] | None = None
    ) -> dict[str, Any]:
        """Return where a report's results come from, as sections of plain JSON data.

        Args:
            settings: what the numbers depend on.
            how: how they were made.
            durations: seconds that parts of the run took.
        """
        return {
            "command": self.options.command,
            "how it ran": how,
            "seed": self.options.seed,
            "data": dict(self.material.origin),
            "durations": {"whole run": self.watch.seconds(), **(durations or {})},
            "versions": environment.settings(),
            "settings": settings,
        }


def plain(settings: Any) -> Any:
    """Return settings as plain JSON data: builders by name, arrays as lists."""

    def plainer(value: Any) -> Any:
        if isinstance(value, np.ndarray | np.generic):
            return value.tolist()
        return getattr(value, "__name__", str(value))

    return json.loads(json.dumps(settings, default=plainer))
