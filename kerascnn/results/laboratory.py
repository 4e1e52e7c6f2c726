"""The plain results of a laboratory: exhibits that show what an operation does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerascnn.results.exhibits import Exhibit
from kerascnn.results.files import load_common, load_exhibits_of, now, save_shared
from kerascnn.results.panels import STATED, Check, Checks
from kerascnn.utils.formatting import plural


@dataclass(frozen=True, eq=False)
class LaboratoryResults:
    """The exhibits of one laboratory.

    Attributes:
        name: a short name, such as "convolution".
        title: the report's heading.
        claim: what the laboratory shows.
        exhibits: in the order in which they are read.
        provenance: see `SweepResults`.
        notices: sentences shown in large letters at the top.
        created: when the results were made, ISO 8601.
    """

    name: str
    title: str
    claim: str
    exhibits: Sequence[Exhibit]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    created: str = field(default_factory=now)

    @property
    def stated(self) -> list[Check]:
        """All numbers that a source states."""
        panels = [panel for exhibit in self.exhibits for panel in exhibit.panels]
        tables = [panel for panel in panels if isinstance(panel, Checks)]
        return [row for table in tables if table.against == STATED for row in table.rows]

    @property
    def figure(self) -> str:
        """What was found in one line."""
        if not self.stated:
            return plural(len(self.exhibits), "exhibit")
        n_right = sum(check.agrees for check in self.stated)
        return f"{n_right} of {plural(len(self.stated), 'stated number')} agree"

    def save(self, folder: Path) -> None:
        """Write the results to `folder`, each file replaced as a whole and nothing pickled."""
        save_shared(self, folder, "laboratory")

    @classmethod
    def load(cls, folder: Path) -> "LaboratoryResults":
        """Read what `save` wrote."""
        return cls(**load_common(folder), exhibits=load_exhibits_of(folder))
