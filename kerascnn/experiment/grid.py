"""A grid experiment: sweep a model's parameters by cross-validation, end in a report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from kerascnn.experiment.base import Outcome
from kerascnn.experiment.data import Split, check_groups
from kerascnn.experiment.learning import LearningExperiment, predictions_on
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.run import Run
from kerascnn.experiment.searches import OWN_OPTIONS, check_search, make_search
from kerascnn.results import Exhibit, Expected, SweepResults
from kerascnn.results.summary import summary_sentence, title_of
from kerascnn.utils.formatting import plural

SMOKE_FOLDS = 2


@dataclass(frozen=True, kw_only=True)
class GridExperiment(LearningExperiment):
    """A claim about a grid search, and everything needed to run it.

    The search sees the training split only; the best candidate, fitted on all of it, is scored
    once on the test split, which took no part in the choice.

    Attributes:
        model: a registered model's name, or a builder.
        grid: parameter name → values.
        folds: stratified cross-validation folds of the training split, at least 2; with
            `by_group` no group, such as a speaker, is in two of them.
        search: "grid" tries every setting; "halving" gives all of them few epochs and only the best
            of them more; "random" tries some, drawn with the run's seed.
        n_iter: how many settings "random" tries; None for 10.
        factor: "halving" keeps one in so many candidates a rung; None for 3.
        exhibits: makes what else the report shows, of the fitted search of the whole grid and its
            images.
    """

    model: Any
    grid: Mapping[str, Sequence[Any] | np.ndarray]
    folds: int = 5
    search: str = "grid"
    n_iter: int | None = None
    factor: int | None = None
    exhibits: Callable[[Any, np.ndarray], Sequence[Exhibit]] | None = None

    OPTIONS: ClassVar[frozenset[str]] = LearningExperiment.OPTIONS | {
        *("folds", "engine", "scheduler", "n_jobs", "search", "n_iter", "factor")
    }

    def load(self, options: RunOptions) -> Split:
        """Return the experiment's data, once it is known that it can be split into folds."""
        split = super().load(options)
        if self.by_group:
            _check_folds(split, self.folds)
            notices = (*split.dataset.notices, *_notices_of_lone_groups(split))
            split = replace(split, dataset=replace(split.dataset, notices=notices))
        return split

    def perform(self, run: Run[Split]) -> Outcome:
        """Search the grid, and try the best candidate on the test split."""
        search = self._search(run.options)
        if not run.starts_afresh:
            search.set_params(store=run.options.output / ".fits" / f"{run.name}.sqlite")
        search.fit(run.material.X, run.material.y, **self._groups(run.material))
        return Outcome(self._results(search, run), {"best_model.kerascnn": search.best_estimator_})

    def describe(self, split: Split, options: RunOptions) -> str:
        """Return how the search would run."""
        groups = self._groups(split)
        return self._search(options).plan(split.X, split.y, **groups).announcement()

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        names = ("folds", "search", "n_iter", "factor")
        given = {name: getattr(options, name) for name in names}
        chosen = {name: value for name, value in given.items() if value is not None}
        experiment = replace(super().adapted(options), **chosen)
        check_search(experiment.search, {name: given[name] for name in OWN_OPTIONS})
        return experiment

    def departures(self, options: RunOptions) -> tuple[str, ...]:
        """Return in what a run with options is not what the claim is about, a phrase each."""
        phrases = {
            "folds": f"{options.folds} folds",
            "search": f"a {options.search} search",
            "n_iter": f"{options.n_iter} settings drawn",
            "factor": f"one in {options.factor} kept a rung",
        }
        changed = (
            phrase
            for name, phrase in phrases.items()
            if getattr(options, name) not in (None, getattr(self, name))
        )
        return (*super().departures(options), *changed)

    def expectation(self, run: Run[Split]) -> Expected | None:
        """Return the figure to expect: none of a search that does not try the whole grid."""
        return super().expectation(run) if self.search == "grid" else None

    def reduced(self) -> Self:
        """Return a grid of at most two values a parameter, on a few samples."""
        grid = {name: _thinned(values) for name, values in self.grid.items()}
        return replace(super().reduced(), grid=grid, folds=SMOKE_FOLDS)

    def with_epochs(self, epochs: int) -> Self:
        """Return the experiment with one number of epochs, whatever the grid says."""
        grid = {name: values for name, values in self.grid.items() if name != "epochs"}
        return replace(super().with_epochs(epochs), grid=grid)

    def _groups(self, split: Split) -> dict[str, np.ndarray]:
        """Return what folds are to keep together, as an argument of the search's `fit`."""
        groups = split.dataset.groups
        return {"groups": groups} if self.by_group and groups is not None else {}

    def _folds(self) -> Any:
        """Return what splits the training samples, by group where the test split is so."""
        from sklearn.model_selection import StratifiedGroupKFold

        return StratifiedGroupKFold(self.folds) if self.by_group else self.folds

    def _search(self, options: RunOptions) -> Any:
        return make_search(
            self.search,
            dict(self.grid),
            self.classifier(self.model, options.seed),
            options.seed,
            {name: getattr(self, name) for name in OWN_OPTIONS},
            cv=self._folds(),
            n_jobs=options.n_jobs,
            return_train_score=True,
            engine=options.engine or "auto",
            scheduler=options.scheduler,
            progress=options.progress,
        )

    def _times_label(self) -> str:
        """Say what the times of all fits come to: in a rung, they count those before it too."""
        again = " (epochs of earlier rungs counted again)" if self.search == "halving" else ""
        return f"all fits added up{again}"

    def _shown(self, search: Any, split: Split) -> Sequence[Exhibit]:
        """Return what else the report shows: of the whole grid, or nothing."""
        return self.exhibits(search, split.X) if self.exhibits and self.search == "grid" else ()

    def _results(self, search: Any, run: Run[Split]) -> SweepResults:
        from kerascnn.interpretation import inspect

        own = {name: getattr(self, name) for name in ("search", *OWN_OPTIONS)}
        own = {} if self.search == "grid" else own  # as reports had it before there were others
        settings = self.settings(run, model=self.model, grid=self.grid, folds=self.folds, **own)
        fit_times = search.cv_results_["mean_fit_time"] * search.n_splits_
        durations = {
            self._times_label(): float(fit_times.sum()),
            "final fit of the best candidate": search.refit_time_,
        }
        origin = run.provenance(settings, search.plan_.describe(), durations)
        best, split = search.best_estimator_, run.material
        results = SweepResults.from_search(
            search,
            name=run.folder.name,
            **self.heading(run),
            predictions=predictions_on(split, best),
            insight=inspect(best, split.X_test, split.y_test, split.dataset.class_names),
            exhibits=self._shown(search, split),
            expected=self.expectation(run),
            notices=run.notices,
            provenance={**origin, "fits taken from an earlier run": search.n_restored_},
        )
        return self._told(results, run) if run.departures else results

    def _told(self, results: SweepResults, run: Run[Split]) -> SweepResults:
        """Return results with a title and a sentence of their own before the original claim."""
        what = f"{getattr(self.model, '__name__', self.model)} on {run.material.dataset.name}"
        claim = f"{summary_sentence(results)} {results.claim}"
        return replace(results, title=title_of(results, what), claim=claim)


def _check_folds(split: Split, folds: int) -> None:
    """Raise ValueError if there are fewer groups than folds, or fewer samples of each class.

    Folds without groups are checked by the search itself.
    """
    name, n_groups = split.dataset.name, len(np.unique(check_groups(split.dataset)))
    if n_groups < folds:
        raise ValueError(
            f"folds={folds}: the training samples of {name} are of {plural(n_groups, 'group')}, "
            f"and no group may be in two folds: {_fewer_folds(n_groups)}data of more groups"
        )
    most = int(np.unique(split.y, return_counts=True)[1].max())
    if most < folds:
        raise ValueError(
            f"folds={folds}: the largest class of {name} has {plural(most, 'training sample')}: "
            f"{_fewer_folds(most)}more samples of each class"
        )


def _notices_of_lone_groups(split: Split) -> list[str]:
    """Return a sentence on each class that the training samples have of one group only."""
    names, groups = split.dataset.class_names, check_groups(split.dataset)
    found = {label: np.unique(groups[split.y == label]) for label in np.unique(split.y)}
    return [
        f"All training samples of {names[label]} are of {own[0]}: in the fold of that group "
        "nothing is trained on this class, and none of it is told."
        for label, own in found.items()
        if len(own) == 1
    ]


def _fewer_folds(most: int) -> str:
    return f"give --folds {most} at most, or " if most > 1 else "give "


def _thinned(values: Sequence[Any] | np.ndarray) -> list[Any]:
    """Return the first and the middle value, or the only one."""
    values = list(values)
    return [values[0], values[len(values) // 2]] if len(values) > 1 else values
