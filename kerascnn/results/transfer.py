"""The plain results of transfer learning: accuracy against the number of training images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.results import storage
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.files import load_common, load_exhibits_of, now, save_shared

if TYPE_CHECKING:
    import pandas as pd

FITS_FILE = "fits.csv"
# A lead of this many standard errors is one that chance hardly gives.
STANDARD_ERRORS = 2


@dataclass(frozen=True, eq=False)
class TransferResults:
    """How strategies of transfer learning compare with training from scratch.

    Attributes:
        name: a short name, such as "transfer".
        title: the report's heading.
        claim: what the experiment states.
        fits: a row per training, with columns strategy (text), images_per_class, draw, accuracy
            (on test images, from 0 to 1) and seconds, the mean of the strategy's trainings on that
            draw.
        scratch: the strategy that transfers nothing.
        pretrained_accuracy: of the network that was transferred, on test images of its own classes.
        exhibits: what the report shows.
        provenance: see `SweepResults`.
        notices: sentences shown in large letters at the top.
        created: when the results were made, ISO 8601.
    """

    name: str
    title: str
    claim: str
    fits: "pd.DataFrame"
    scratch: str
    pretrained_accuracy: float
    exhibits: Sequence[Exhibit] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    created: str = field(default_factory=now)

    @property
    def strategies(self) -> list[str]:
        """The strategies, in order."""
        return list(dict.fromkeys(self.fits["strategy"]))

    @property
    def sizes(self) -> np.ndarray:
        """The numbers of training images per class, ascending, (n_sizes,)."""
        return np.unique(self.fits["images_per_class"])

    def accuracies(self, strategy: str) -> np.ndarray:
        """Return a strategy's accuracies, (n_sizes, n_draws)."""
        own = self.fits[self.fits["strategy"] == strategy]
        table = own.pivot(index="images_per_class", columns="draw", values="accuracy")
        return table.to_numpy(dtype=float)

    def lead(self, strategy: str) -> tuple[np.ndarray, np.ndarray]:
        """Return by how much a strategy leads scratch, paired draw by draw.

        Returns:
            The mean over draws, (n_sizes,), and its standard error; that is NaN for a single draw.
        """
        leads = self.accuracies(strategy) - self.accuracies(self.scratch)
        n_draws = leads.shape[1]
        if n_draws == 1:
            return leads[:, 0], np.full(len(leads), np.nan)
        return leads.mean(axis=1), leads.std(axis=1, ddof=1) / np.sqrt(n_draws)

    def caught_up_at(self, strategy: str) -> int | None:
        """Return from how many images per class on scratch is as good as a strategy.

        That is the smallest number from which on the lead is nowhere more than two of its standard
        errors; None if it still is at the largest.
        """
        mean, error = self.lead(strategy)
        leads = mean > STANDARD_ERRORS * np.nan_to_num(error)
        if leads[-1]:
            return None
        behind = np.flatnonzero(leads)
        return int(self.sizes[behind[-1] + 1 if len(behind) else 0])

    @property
    def best(self) -> str:
        """The best strategy with the fewest images."""
        return max(self.strategies, key=lambda name: float(self.accuracies(name)[0].mean()))

    @property
    def figure(self) -> str:
        """The best strategy with the fewest images, in one line."""
        accuracy = self.accuracies(self.best)[0].mean()
        return f"{self.best}: {accuracy:.3f} from {self.sizes[0]} images per class"

    def save(self, folder: Path) -> None:
        """Write the results to `folder`, each file replaced as a whole and nothing pickled."""
        storage.write_frame(folder / FITS_FILE, self.fits)
        own = {"scratch": self.scratch, "pretrained_accuracy": self.pretrained_accuracy}
        save_shared(self, folder, "transfer", **own)

    @classmethod
    def load(cls, folder: Path) -> "TransferResults":
        """Read what `save` wrote."""
        fits = storage.read_frame(folder / FITS_FILE)
        assert fits is not None
        texts = storage.read_json(folder / storage.RESULTS_FILE)
        own = {name: texts[name] for name in ("scratch", "pretrained_accuracy")}
        return cls(**load_common(folder), fits=fits, exhibits=load_exhibits_of(folder), **own)
