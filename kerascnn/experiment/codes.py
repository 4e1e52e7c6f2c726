"""An experiment on the codes of autoencoders, beside as many principal components."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from kerascnn import environment
from kerascnn.experiment.base import Outcome
from kerascnn.experiment.data import Split
from kerascnn.experiment.kept import Measured
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.progress import fit_with_progress
from kerascnn.experiment.reconstruction import (
    check_components,
    fitted_pca,
    in_unit_range,
    squared_errors,
)
from kerascnn.experiment.run import Run
from kerascnn.experiment.study import Part, StudyExperiment, insight_of
from kerascnn.laboratory import codes
from kerascnn.results import Exhibit, Expected, Headline, StudyResults

if TYPE_CHECKING:
    import pandas as pd

SMOKE_CODES = (2, 8)
SMOKE_FOLDS = 2


@dataclass(frozen=True, kw_only=True)
class CodesExperiment(StudyExperiment):
    """A claim about autoencoders with few and many codes, beside PCA with as many components.

    A cross-validated sweep over the training images chooses a setting for each number of codes. An
    autoencoder of that setting and PCA are then fitted on all training images, and measured on the
    test images: by the error of what they make of an image, and by how well the nearest neighbours
    among the codes of training images tell its class.

    Attributes:
        n_codes: numbers of codes, ascending; if 2 is among them, its codes are drawn as points.
        grid: parameter name → values, all of which the sweep tries for each number of codes.
        shown: the numbers of codes whose reconstructions are shown, at least one.
        folds: of the training images, at least 2.
        chosen: parameters by the number of codes, in place of the sweep; None to sweep.
    """

    n_codes: Sequence[int]
    grid: Mapping[str, Sequence[Any]]
    shown: Sequence[int]
    folds: int = 3
    chosen: Mapping[int, Mapping[str, Any]] | None = None

    OPTIONS: ClassVar[frozenset[str]] = StudyExperiment.OPTIONS | {
        "folds",
        "engine",
        "scheduler",
        "n_jobs",
    }

    def load(self, options: RunOptions) -> Split:
        """Return the experiment's data, pixels from 0 to 1."""
        return in_unit_range(super().load(options))

    def perform(self, run: Run[Split]) -> Outcome:
        """Choose settings, then measure each number of codes with each seed.

        Raises:
            ValueError: if there are fewer pixels or training images than codes, or numbers of
                codes are to be shown that are not measured.
        """
        check_components(max(self.n_codes), len(run.material.X), run.material)
        if not self.shown or set(self.shown) - set(self.n_codes):
            raise ValueError(f"shown={self.shown!r} must be some of n_codes={self.n_codes!r}")
        if self.chosen is not None:
            return super().perform(run)
        environment.prefer_threads_for_sweep()
        search = self._search(run).fit(run.material.X)
        found = codes.Sweep.of(search.cv_results_)
        results = replace(self, chosen=found.chosen).perform(run).results
        assert isinstance(results, StudyResults)
        how = f"{search.plan_.describe()}; then one Keras training each"
        results = replace(
            results,
            exhibits=[*results.exhibits, codes.sweep(found, self.folds)],
            provenance={**results.provenance, "how it ran": how},
        )
        return Outcome(results)

    def describe(self, split: Split, options: RunOptions) -> str:
        """Return how many trainings there would be, and how long."""
        n_settings = math.prod(map(len, self.grid.values()))
        n_fits = len(self.n_codes) * n_settings * self.folds
        n_trainings = len(self.n_codes) * self.seeds
        return (
            f"a sweep of {n_fits} fits, then {n_trainings} trainings, of "
            f"{self.parameters['epochs']} epochs on {len(split.X)} images or part of them"
        )

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        experiment = super().adapted(options)
        return experiment if options.folds is None else replace(experiment, folds=options.folds)

    def reduced(self) -> Self:
        """Return two numbers of codes, and two settings of each, on a few samples."""
        first, *others = self.grid
        return replace(
            super().reduced(),
            n_codes=SMOKE_CODES,
            shown=SMOKE_CODES,
            grid={first: self.grid[first][:2], **{name: self.grid[name][:1] for name in others}},
            folds=SMOKE_FOLDS,
        )

    def parts(self, split: Split) -> Sequence[Part]:
        """Return a part for each number of codes."""
        return [{"n_codes": number} for number in self.n_codes]

    def measure(self, part: Part, seed: int, run: Run[Split]) -> Measured:
        """Fit an autoencoder and PCA, and measure both on the test images."""
        from kerascnn.estimators import ConvAutoencoder

        split, number = run.material, part["n_codes"]
        assert self.chosen is not None
        network = ConvAutoencoder(
            n_codes=number, **{**self.training_parameters(seed), **self.chosen[number]}
        )
        name = f"{number} codes, seed {seed}"
        fit_with_progress(network, name, run.options.progress, split.X)
        pca = fitted_pca(split.X, number)
        rows: list[dict[str, Any]] = []
        arrays: dict[str, np.ndarray] = {}
        for method, estimator in {codes.AUTOENCODER: network, codes.PCA: pca}.items():
            row, made = _measured(estimator, split)
            rows.append({"method": method, "n_codes": number, **row})
            arrays |= {f"{method} {name}": values for name, values in made.items()}
        is_shown = number == max(self.shown) and seed == run.options.seed
        return Measured(rows, arrays, insight_of(network, split.X_test[0]) if is_shown else None)

    def headlines(
        self, measurements: "pd.DataFrame", expected: Expected | None
    ) -> Sequence[Headline]:
        """Return the error with the fewest codes beside PCA's, and how well classes are told."""
        return codes.headlines(measurements, expected)

    def exhibits(
        self, split: Split, measurements: "pd.DataFrame", shown: Sequence[Measured]
    ) -> Sequence[Exhibit]:
        """Return curves, the two codes as points, and reconstructions."""
        arrays = dict(zip(self.n_codes, (each.arrays for each in shown), strict=True))
        images = split.X_test[codes.first_of_each(split.y_test)]
        by_pixels = _accuracy_of_neighbours(split)
        exhibits = [
            codes.errors(measurements),
            codes.reconstructions(images, {number: arrays[number] for number in self.shown}),
            codes.neighbours(measurements, by_pixels, len(split.y_test)),
        ]
        if 2 in arrays:
            exhibits.insert(2, codes.maps(arrays[2], split.y_test, split.dataset.class_names))
        return exhibits

    def _search(self, run: Run[Split]) -> Any:
        """Return a search over numbers of codes and the grid."""
        from kerascnn.estimators import ConvAutoencoder
        from kerascnn.search import GridSearchCV

        options = run.options
        store = options.output / ".fits" / f"{run.name}.sqlite"
        return GridSearchCV(
            ConvAutoencoder(**self.training_parameters(options.seed)),
            {
                "n_codes": list(self.n_codes),
                **{name: list(each) for name, each in self.grid.items()},
            },
            cv=self.folds,
            refit=False,
            n_jobs=options.n_jobs,
            engine=options.engine or "auto",
            scheduler=options.scheduler,
            progress=options.progress,
            store=None if run.starts_afresh else store,
        )


def _measured(estimator: Any, split: Split) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return the figures of a fitted transformer on the test images, and what is shown of it."""
    images = split.X_test
    points = estimator.transform(images)
    made = estimator.inverse_transform(points)
    row = {
        "error": float(squared_errors(images, made).mean()),
        "accuracy": _accuracy_of_neighbours(split, estimator.transform),
    }
    return row, {"points": points, "made": made[codes.first_of_each(split.y_test)]}


def _accuracy_of_neighbours(split: Split, transform: Any = None) -> float:
    """Return how many test images the nearest training images tell, by codes or by pixels."""
    from sklearn.neighbors import KNeighborsClassifier

    def described(X: np.ndarray) -> np.ndarray:
        return X.reshape(len(X), -1) if transform is None else np.asarray(transform(X))

    classifier = KNeighborsClassifier(codes.N_NEIGHBOURS).fit(described(split.X), split.y)
    return float(classifier.score(described(split.X_test), split.y_test))
