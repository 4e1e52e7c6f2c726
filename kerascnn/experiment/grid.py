"""A grid experiment: sweep a model's parameters by cross-validation, end in a report."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from kerascnn import datasets, runtime
from kerascnn.datasets import Dataset
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.output import check_writable, make_room
from kerascnn.report import Expected, Predictions, SweepResults, write_index, write_sweep_report

SMOKE_SAMPLES = 200
SMOKE_EPOCHS = 2
SMOKE_FOLDS = 2


@dataclass(frozen=True)
class Split:
    """The samples that the search may see, and those kept for one final figure."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


@dataclass(frozen=True, kw_only=True)
class GridExperiment:
    """A claim about a grid search, and everything needed to run it.

    The search sees the training split only; the best candidate, fitted on all of it, is scored
    once on the test split, which took no part in the choice.

    Attributes:
        title: the report's title.
        claim: one or two sentences that the run can confirm or refute.
        dataset: a name or path for `kerascnn.datasets.load`.
        model: a registered model's name, or a builder.
        grid: parameter name → values.
        parameters: further parameters of `CNNClassifier`.
        folds: stratified cross-validation folds of the training split, at least 2.
        test_size: the share of samples in the test split, in (0, 1); unused where the data has
            a fixed test split.
        n_train: how many training samples to use, drawn by class share; None for all.
        expected: the test accuracy that the claim states, and its spread.
    """

    title: str
    claim: str
    dataset: str
    model: Any
    grid: Mapping[str, Sequence[Any]]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    folds: int = 5
    test_size: float = 0.2
    n_train: int | None = None
    expected: Expected | None = None

    def run(self, name: str, options: RunOptions) -> Path:
        """Run the experiment and return its report's page.

        Raises:
            ValueError: if an option, the data or the grid is wrong; before anything is trained.
        """
        start = time.perf_counter()
        experiment = self._with(options)
        folder = options.output / (f"{name}-smoke" if options.smoke else name)
        check_writable(options.output)
        dataset = datasets.load(options.data or experiment.dataset)
        split = experiment._split(dataset, options)
        settings = experiment._settings(dataset, options)
        search = experiment._search(options)
        if options.smoke or options.fresh:
            search.set_params(store=None)
        else:
            search.set_params(store=options.output / ".fits" / f"{name}.sqlite")
        search.fit(split.X, split.y)
        predictions = _predictions(search, split, dataset.class_names)
        results = SweepResults.from_search(
            search,
            name=folder.name,
            title=experiment.title,
            claim=experiment.claim,
            predictions=predictions,
            expected=None if options.smoke else experiment.expected,
            notices=(*dataset.notices, *(SMOKE_NOTICE if options.smoke else ())),
            provenance=_provenance(search, dataset, options, settings, start),
        )
        return _write(results, search, folder, settings)

    def plan(self, name: str, options: RunOptions) -> str:
        """Return how the experiment would run, without training anything."""
        experiment = self._with(options)
        dataset = datasets.load(options.data or experiment.dataset)
        split = experiment._split(dataset, options)
        return experiment._search(options).plan(split.X, split.y).announcement()

    def _with(self, options: RunOptions) -> "GridExperiment":
        """Return the experiment as the options change it."""
        experiment = self
        if options.smoke:
            experiment = replace(
                experiment,
                grid={name: _thinned(values) for name, values in self.grid.items()},
                parameters={**self.parameters, "epochs": SMOKE_EPOCHS},
                folds=SMOKE_FOLDS,
                n_train=SMOKE_SAMPLES,
            )
        if options.epochs is not None:
            grid = {key: values for key, values in experiment.grid.items() if key != "epochs"}
            parameters = {**experiment.parameters, "epochs": options.epochs}
            experiment = replace(experiment, grid=grid, parameters=parameters)
        if options.folds is not None:
            experiment = replace(experiment, folds=options.folds)
        return experiment

    def _split(self, dataset: Dataset, options: RunOptions) -> Split:
        """Return the training and test samples, stratified by class."""
        if dataset.X_test is not None and dataset.y_test is not None:
            split = Split(dataset.X, dataset.y, dataset.X_test, dataset.y_test)
        else:
            X, X_test, y, y_test = train_test_split(
                dataset.X,
                dataset.y,
                test_size=self.test_size,
                stratify=dataset.y,
                random_state=options.seed,
            )
            split = Split(X, y, X_test, y_test)
        if self.n_train is None or self.n_train >= len(split.y):
            return split
        X, _, y, _ = train_test_split(
            split.X,
            split.y,
            train_size=self.n_train,
            stratify=split.y,
            random_state=options.seed,
        )
        return replace(split, X=X, y=y)

    def _search(self, options: RunOptions) -> Any:
        from kerascnn import CNNClassifier, GridSearchCV

        estimator = CNNClassifier(self.model, random_state=options.seed, **self.parameters)
        return GridSearchCV(
            estimator,
            dict(self.grid),
            cv=self.folds,
            n_jobs=options.n_jobs,
            return_train_score=True,
            engine=options.engine or "auto",
            progress=options.progress,
        )

    def _settings(self, dataset: Dataset, options: RunOptions) -> Any:
        """Return what the numbers depend on, as plain JSON data."""
        settings = {
            "model": self.model if isinstance(self.model, str) else self.model.__name__,
            "parameters": dict(self.parameters),
            "grid": {name: list(values) for name, values in self.grid.items()},
            "folds": self.folds,
            "test_size": self.test_size,
            "n_train": self.n_train,
            "seed": options.seed,
            "data": dataset.fingerprint,
        }
        return json.loads(json.dumps(settings, default=str))


SMOKE_NOTICE = ("A smoke run: a few fits on a few images, to see that everything works.",)


def _thinned(values: Sequence[Any]) -> list[Any]:
    """Return the first and the middle value, or the only one."""
    values = list(values)
    return [values[0], values[len(values) // 2]] if len(values) > 1 else values


def _predictions(search: Any, split: Split, class_names: tuple[str, ...]) -> Predictions:
    """Return what the best candidate says of the test split."""
    probabilities = search.best_estimator_.predict_proba(split.X_test)
    winners = probabilities.argmax(axis=1)
    return Predictions(
        y_true=np.asarray(split.y_test),
        y_pred=np.asarray(search.best_estimator_.classes_)[winners],
        confidence=probabilities.max(axis=1),
        images=split.X_test,
        class_names=class_names,
    )


def _provenance(
    search: Any, dataset: Dataset, options: RunOptions, settings: Any, start: float
) -> dict[str, Any]:
    fits = search.cv_results_["mean_fit_time"] * search.n_splits_
    return {
        "command": options.command,
        "how it ran": search.plan_.describe(),
        "seed": options.seed,
        "data": {
            "name": dataset.name,
            "source": dataset.source,
            "images": " × ".join(str(size) for size in dataset.X.shape),
            "fingerprint": dataset.fingerprint,
        },
        "durations": {
            "whole run": _seconds(time.perf_counter() - start),
            "all fits added up": _seconds(float(fits.sum())),
            "fits taken from an earlier run": search.n_restored_,
            "final fit of the best candidate": _seconds(search.refit_time_),
        },
        "versions": runtime.settings(),
        "settings": settings,
    }


def _seconds(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)} min {rest:.0f} s" if minutes else f"{rest:.1f} s"


def _write(results: SweepResults, search: Any, folder: Path, settings: Any) -> Path:
    """Write report, best model and index; keep an earlier report that other settings made."""
    if earlier := make_room(folder, settings):
        print(f"the earlier report was made with other settings and is now in {earlier}")
    page = write_sweep_report(results, folder)
    search.best_estimator_.save(folder / "best_model.kerascnn")
    write_index(folder.parent)
    return page
