"""The plain results of a sweep: all that its report is drawn from, and the files they lie in."""

from pathlib import Path
from typing import Any

from kerascnn.results import storage
from kerascnn.results.files import load_common, load_exhibits_of, load_network, save_shared
from kerascnn.results.searches import found_in
from kerascnn.results.summary import summary_lines
from kerascnn.results.sweep_data import Sweep
from kerascnn.utils.formatting import candidate_number

CANDIDATES_FILE = "cv_results.csv"
CURVES_FILE = "learning_curves.csv"
DIVERGED_FILE = "diverged.csv"
BEST_EPOCHS_FILE = "best_epochs.csv"
CHOICE = (
    *("best_index", "metric", "metric_label", "resource"),
    *("test_train_ratio", "complexity", "n_samples"),
)


class SweepResults(Sweep):
    """The results of a fitted search, whoever ran it, which can be saved; see `Sweep`."""

    @classmethod
    def from_search(
        cls, search: Any, *, name: str, title: str, claim: str = "", **extras: Any
    ) -> "SweepResults":
        """Take the results of any fitted scikit-learn search.

        Args:
            search: has `cv_results_`; `best_index_`, `learning_curves_`, `best_epochs_` and
                `diverged_` are taken where it has them.
            name: a short name.
            title: the report's heading.
            claim: what the experiment states.
            **extras: further attributes of `SweepResults`.
        """
        return cls(name, title, claim, **{**found_in(search), **extras})

    @property
    def summary(self) -> list[str]:
        """What came of the sweep, a line each; see `kerascnn.results.summary`."""
        return summary_lines(self)

    def save(self, folder: Path) -> None:
        """Write the results to `folder`, each file replaced as a whole and nothing pickled."""
        storage.write_candidates(folder / CANDIDATES_FILE, self.cv_results)
        storage.write_fits(folder / CURVES_FILE, self.learning_curves)
        storage.write_fits(folder / DIVERGED_FILE, self.diverged)
        storage.write_fits(folder / BEST_EPOCHS_FILE, self.best_epochs)
        choice = {name: getattr(self, name) for name in CHOICE}
        save_shared(self, folder, "sweep", **choice, first_candidate=candidate_number(0))

    @classmethod
    def load(cls, folder: Path) -> "SweepResults":
        """Read what `save` wrote."""
        texts = storage.read_json(folder / storage.RESULTS_FILE)
        # The files of earlier reports number candidates from 0.
        first = texts.get("first_candidate", 0)
        return cls(
            **load_common(folder),
            **load_network(folder),
            # Reports that were made before there were halving searches have no resource.
            **{name: texts[name] for name in CHOICE if name in texts},
            exhibits=load_exhibits_of(folder),
            cv_results=storage.read_candidates(folder / CANDIDATES_FILE),
            learning_curves=storage.read_fits(folder / CURVES_FILE, first),
            diverged=storage.read_fits(folder / DIVERGED_FILE, first),
            best_epochs=storage.read_fits(folder / BEST_EPOCHS_FILE, first),
        )
