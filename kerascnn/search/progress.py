"""The progress of a search: a live bar with candidate, fold and time left."""

from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.plan import Plan
from kerascnn.utils.progress import ProgressBar


class SearchProgress(ProgressBar):
    """A progress bar over the fits of a search.

    Args:
        plan: whose fits are counted.
        shown: see `ProgressBar`.
    """

    def __init__(self, plan: Plan, shown: bool | None = None) -> None:
        super().__init__("starting", len(plan.fits), "fits", shown)
        self._n_candidates, self._n_splits = plan.n_candidates, plan.n_splits
        self._first = plan.fits[0].candidate
        self._diverged = 0

    def count(self, fit: Fit, outcome: Outcome) -> None:
        """Count one finished fit."""
        self._diverged += outcome.diverged_epoch is not None
        if not self.shown:
            return
        candidate = f"candidate {fit.candidate - self._first + 1}/{self._n_candidates}"
        diverged = f", {self._diverged} diverged" if self._diverged else ""
        self.advance(f"{candidate}, fold {fit.split + 1}/{self._n_splits}{diverged}")
