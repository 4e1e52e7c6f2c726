"""The plain results of a study: any methods measured side by side, seed by seed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascnn.results import storage
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.files import load_common, load_exhibits_of, load_network, now, save_shared
from kerascnn.results.interpretation import Insight

if TYPE_CHECKING:
    import pandas as pd

MEASUREMENTS_FILE = "measurements.csv"


@dataclass(frozen=True)
class Headline:
    """One figure: what it is, its value, and what to know about it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class StudyResults:
    """What a study has measured, and what it shows of that.

    Attributes:
        name: a short name, such as "denoise".
        title: the report's heading.
        claim: what the experiment states.
        measurements: a row per method, setting and seed, with columns method (text), seed, those
            of the settings, such as a noise level, and those of the figures measured.
        headlines: the figures at the top of the page, at least one, the most telling first.
        exhibits: what the report shows.
        insight: what a network of the study has learned.
        provenance: see `SweepResults`.
        notices: sentences shown in large letters at the top.
        created: when the results were made, ISO 8601.
    """

    name: str
    title: str
    claim: str
    measurements: "pd.DataFrame"
    headlines: Sequence[Headline]
    exhibits: Sequence[Exhibit] = ()
    insight: Insight | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    created: str = field(default_factory=now)

    def __post_init__(self) -> None:
        """Raise ValueError if there is no headline."""
        if not self.headlines:
            raise ValueError(f"study {self.name!r} has no headlines: give at least one Headline")

    @property
    def figure(self) -> str:
        """The first headline in one line."""
        first = self.headlines[0]
        return " ".join(f"{first.label}: {first.value}".split())

    def save(self, folder: Path) -> None:
        """Write the results to `folder`, each file replaced as a whole and nothing pickled."""
        storage.write_frame(folder / MEASUREMENTS_FILE, self.measurements)
        headlines = [asdict(headline) for headline in self.headlines]
        save_shared(self, folder, "study", headlines=headlines)

    @classmethod
    def load(cls, folder: Path) -> "StudyResults":
        """Read what `save` wrote."""
        measurements = storage.read_frame(folder / MEASUREMENTS_FILE)
        assert measurements is not None
        texts = storage.read_json(folder / storage.RESULTS_FILE)
        return cls(
            **load_common(folder),
            measurements=measurements,
            headlines=[Headline(**headline) for headline in texts["headlines"]],
            exhibits=load_exhibits_of(folder),
            insight=load_network(folder)["insight"],
        )
