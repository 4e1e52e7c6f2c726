"""A grid experiment: sweep a model's parameters by cross-validation, end in a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kerascnn.experiment.base import (
    SMOKE_EPOCHS,
    SMOKE_SAMPLES,
    Experiment,
    Stopwatch,
    duration,
    predictions,
    provenance,
    publish,
)
from kerascnn.experiment.data import Split
from kerascnn.experiment.options import RunOptions
from kerascnn.report import SweepResults, write_sweep_report

SMOKE_FOLDS = 2


@dataclass(frozen=True, kw_only=True)
class GridExperiment(Experiment):
    """A claim about a grid search, and everything needed to run it.

    The search sees the training split only; the best candidate, fitted on all of it, is scored
    once on the test split, which took no part in the choice.

    Attributes:
        model: a registered model's name, or a builder.
        grid: parameter name → values.
        folds: stratified cross-validation folds of the training split, at least 2.
    """

    model: Any
    grid: Mapping[str, Sequence[Any]]
    folds: int = 5

    def run(self, name: str, options: RunOptions) -> Path:
        """Run the experiment and return its report's page.

        Raises:
            ValueError: if an option, the data or the grid is wrong; before anything is trained.
        """
        watch, experiment = Stopwatch(), self._with(options)
        folder = experiment.folder(name, options)
        split = experiment.load(options)
        search = experiment._search(options)
        if not (options.smoke or options.fresh):
            search.set_params(store=options.output / ".fits" / f"{name}.sqlite")
        search.fit(split.X, split.y)
        results = experiment._results(search, folder.name, split, options, watch)

        def write(folder: Path) -> Path:
            page = write_sweep_report(results, folder)
            search.best_estimator_.save(folder / "best_model.kerascnn")
            return page

        return publish(write, folder, results.provenance["settings"])

    def plan(self, options: RunOptions) -> str:
        """Return how the experiment would run, without training anything."""
        experiment = self._with(options)
        split = experiment.load(options)
        return experiment._search(options).plan(split.X, split.y).announcement()

    def _with(self, options: RunOptions) -> "GridExperiment":
        """Return the experiment as the options change it."""
        experiment = self
        if options.smoke:
            experiment = replace(
                experiment,
                grid={name: _thinned(values) for name, values in self.grid.items()},
                folds=SMOKE_FOLDS,
                n_train=SMOKE_SAMPLES,
                n_test=SMOKE_SAMPLES,
            )._with_epochs(SMOKE_EPOCHS)
        if options.epochs is not None:
            experiment = experiment._with_epochs(options.epochs)
        return experiment if options.folds is None else replace(experiment, folds=options.folds)

    def _with_epochs(self, epochs: int) -> "GridExperiment":
        grid = {name: values for name, values in self.grid.items() if name != "epochs"}
        return replace(self, grid=grid, parameters={**self.parameters, "epochs": epochs})

    def _search(self, options: RunOptions) -> Any:
        from kerascnn import GridSearchCV

        return GridSearchCV(
            self.classifier(self.model, options.seed),
            dict(self.grid),
            cv=self.folds,
            n_jobs=options.n_jobs,
            return_train_score=True,
            engine=options.engine or "auto",
            progress=options.progress,
        )

    def _results(
        self, search: Any, name: str, split: Split, options: RunOptions, watch: Stopwatch
    ) -> SweepResults:
        from kerascnn.interpretation import inspect

        fit_times = search.cv_results_["mean_fit_time"] * search.n_splits_
        durations = {
            "whole run": watch.read(),
            "all fits added up": duration(float(fit_times.sum())),
            "fits taken from an earlier run": search.n_restored_,
            "final fit of the best candidate": duration(search.refit_time_),
        }
        how = search.plan_.describe()
        settings = self.settings(split, options, model=self.model, grid=self.grid, folds=self.folds)
        return SweepResults.from_search(
            search,
            name=name,
            title=self.title,
            claim=self.claim,
            predictions=predictions(search.best_estimator_, split),
            insight=inspect(
                search.best_estimator_, split.X_test, split.y_test, split.dataset.class_names
            ),
            expected=self.expectation(options),
            notices=self.notices(split, options),
            provenance=provenance(split, options, settings, how, durations),
        )


def _thinned(values: Sequence[Any]) -> list[Any]:
    """Return the first and the middle value, or the only one."""
    values = list(values)
    return [values[0], values[len(values) // 2]] if len(values) > 1 else values
