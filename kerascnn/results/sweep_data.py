"""A sweep as plain data: its candidates, their scores and curves, and what was chosen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.results import storage
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.files import now
from kerascnn.results.interpretation import Insight
from kerascnn.results.predictions import Expected, Predictions
from kerascnn.results.rungs import Rung, rows_by_setting, rungs_of
from kerascnn.utils.formatting import score_label, setting_labels
from kerascnn.utils.spelling import did_you_mean

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Scores:
    """One metric of every candidate on the test or the training parts of the splits.

    Attributes:
        mean: (n_candidates,) float.
        std: (n_candidates,) float, over the splits; NaN where there is one, which has no spread.
        splits: (n_candidates, n_splits) float.
    """

    mean: np.ndarray
    std: np.ndarray
    splits: np.ndarray


@dataclass(frozen=True, eq=False)
class Sweep:
    """A sweep: candidates with their scores and curves, and which of them was chosen.

    Attributes:
        name: a short name, such as "grid-digits".
        title: the report's heading.
        claim: what the experiment states, one or two sentences.
        cv_results: scikit-learn's `cv_results_`, one row per candidate.
        best_index: the row of the best candidate.
        learning_curves: a row per epoch of every fit, with columns candidate, split, epoch
            (from 1), and those of what was measured: loss, accuracy, val_loss, ….
        diverged: a row per fit that diverged, with columns candidate, split, epoch (from 1).
        best_epochs: a row per fit with early stopping, with columns candidate, split, epoch (the
            last trained), best_epoch (whose weights were kept).
        predictions: the best candidate's on the test split.
        expected: the figure expected, of the test split or of cross-validation.
        provenance: what made the results; sections are labels with a value or a mapping of labels
            to values. Numbers under "durations" are seconds; "total" there is shown at the top.
        notices: sentences shown in large letters at the top.
        insight: what the best network has learned.
        exhibits: what else there is to look at.
        metric: the scorer's name in the columns of `cv_results`, "score" if there is only one.
        metric_label: that metric's name for a reader.
        resource: what a halving search gives more of from rung to rung; None for other searches.
        test_train_ratio: how many test samples there are to each training sample of a split; None
            for that of as many folds as there are splits.
        complexity: how complex each candidate is, (n_candidates,); None for what the names of its
            parameters tell, see `kerascnn.results.simplicity`.
        n_samples: how many samples the splits are of; None if unknown.
        created: when the results were made, ISO 8601.
    """

    name: str
    title: str
    claim: str
    cv_results: "pd.DataFrame"
    best_index: int
    learning_curves: "pd.DataFrame | None" = None
    diverged: "pd.DataFrame | None" = None
    best_epochs: "pd.DataFrame | None" = None
    predictions: Predictions | None = None
    expected: Expected | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    insight: Insight | None = None
    exhibits: Sequence[Exhibit] = ()
    metric: str = "score"
    metric_label: str = "accuracy"
    resource: str | None = None
    test_train_ratio: float | None = None
    complexity: Sequence[float] | None = None
    n_samples: int | None = None
    created: str = field(default_factory=now)

    @cached_property
    def params(self) -> list[dict[str, Any]]:
        """Each candidate's parameters, as files keep them: objects are their names or texts."""
        return [
            {name: storage.plain_value(value) for name, value in setting.items()}
            for setting in self.cv_results["params"]
        ]

    @cached_property
    def labels(self) -> list[dict[str, str]]:
        """Each candidate's parameters as text."""
        return setting_labels(self.params)

    @cached_property
    def rungs(self) -> list[Rung]:
        """The rungs of a halving search, none of another."""
        return [] if self.resource is None else rungs_of(self.cv_results)

    @cached_property
    def settings(self) -> list[dict[str, Any]]:
        """Each candidate's parameters but for the resource of a halving search."""
        return [
            {name: value for name, value in setting.items() if name != self.resource}
            for setting in self.params
        ]

    @cached_property
    def rows_by_setting(self) -> list[list[int]]:
        """The rows of each setting: one for each rung that it came to, else one."""
        if self.resource is None:
            return [[row] for row in range(len(self.params))]
        return rows_by_setting(self.settings)

    @property
    def last_rows(self) -> list[int]:
        """The row of each setting in the last rung that it came to; else all rows."""
        return [rows[-1] for rows in self.rows_by_setting]

    @property
    def best_params(self) -> dict[str, Any]:
        """The best candidate's parameters."""
        return self.params[self.best_index]

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of all metrics, the one that chose the best candidate first."""
        names = [
            column.removeprefix("mean_test_")
            for column in self.cv_results.columns
            if column.startswith("mean_test_")
        ]
        return tuple(sorted(names, key=lambda name: name != self.metric))

    @cached_property
    def fit_times(self) -> np.ndarray:
        """Each candidate's mean time per fit in seconds, (n_candidates,), NaN if unknown."""
        if "mean_fit_time" not in self.cv_results:
            return np.full(len(self.cv_results), np.nan)
        return self.cv_results["mean_fit_time"].to_numpy(float)

    @cached_property
    def n_splits(self) -> int:
        """How many splits each candidate was fitted on."""
        return self._split_columns("test", self.metric).shape[1]

    def label(self, metric: str) -> str:
        """Return a metric's name for a reader."""
        return self.metric_label if metric == self.metric else metric

    def scores(self, part: str, metric: str) -> Scores | None:
        """Return one metric on the "test" or "train" parts, None where it was not measured."""
        if f"mean_{part}_{metric}" not in self.cv_results:
            return None
        splits = self._split_columns(part, metric).to_numpy(float)
        spread = self.cv_results[f"std_{part}_{metric}"].to_numpy(float)
        return Scores(
            self.cv_results[f"mean_{part}_{metric}"].to_numpy(float),
            np.full_like(spread, np.nan) if splits.shape[1] == 1 else spread,
            splits,
        )

    def scores_of(self, part: str, metric: str) -> Scores:
        """Return one metric on the "test" or "train" parts.

        Raises:
            ValueError: if it was not measured.
        """
        scores = self.scores(part, metric)
        if scores is None:
            raise ValueError(
                f"metric={metric!r} was not measured on the {part} parts: "
                f"{did_you_mean(metric, self.metrics)}"
            )
        return scores

    def _split_columns(self, part: str, metric: str) -> "pd.DataFrame":
        pattern = re.compile(rf"split\d+_{part}_{re.escape(metric)}")
        return self.cv_results[[name for name in self.cv_results if pattern.fullmatch(str(name))]]

    @cached_property
    def divergence(self) -> dict[int, dict[int, int]]:
        """The epoch (from 1) at which fits diverged, by candidate, then by split."""
        epochs: dict[int, dict[int, int]] = {}
        if self.diverged is not None:
            rows = self.diverged[["candidate", "split", "epoch"]].astype(int)
            for candidate, split, epoch in rows.itertuples(index=False):
                epochs.setdefault(candidate, {})[split] = epoch
        return epochs

    @cached_property
    def stops(self) -> dict[int, dict[int, tuple[int, int]]]:
        """The best and the last epoch of fits with early stopping, by candidate, then by split."""
        epochs: dict[int, dict[int, tuple[int, int]]] = {}
        if self.best_epochs is not None:
            columns = ["candidate", "split", "best_epoch", "epoch"]
            for candidate, split, best, last in self.best_epochs[columns].to_numpy(int).tolist():
                epochs.setdefault(candidate, {})[split] = (best, last)
        return epochs

    def expected_of(self, of: str) -> Expected | None:
        """Return the figure expected of the "test" split or "cross-validated", if there is one."""
        return self.expected if self.expected is not None and self.expected.of == of else None

    @property
    def figure(self) -> str:
        """The best candidate's figures in one line."""
        scores = self.scores_of("test", self.metric)
        mean, spread = scores.mean[self.best_index], scores.std[self.best_index]
        text = f"{score_label(mean, spread)} cross-validated {self.metric_label}"
        if self.predictions is None:
            return text
        return f"{text}, {score_label(self.predictions.accuracy)} test accuracy"
