"""A transfer experiment: pretrain on some classes, then learn the others from a few images."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from kerascnn import environment
from kerascnn.experiment.base import Outcome
from kerascnn.experiment.checkpointed import fit_checkpointed, kept_file
from kerascnn.experiment.data import Split
from kerascnn.experiment.learning import LearningExperiment
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.run import Run
from kerascnn.laboratory import transfer
from kerascnn.results import TransferResults, storage

SCRATCH = "from scratch"


@dataclass(frozen=True, kw_only=True)
class TransferExperiment(LearningExperiment):
    """A claim about how much earlier training helps with new classes and few images.

    A network is trained on the first classes of the data, resuming from a checkpoint if a run was
    killed. Each strategy then learns the other classes from a few images each, drawn several times,
    as a sweep whose fits are kept; each draw is tested on a part of the test images of its own.

    Attributes:
        model: a registered model's name, or a builder.
        n_source: how many classes, the first of the data, the network is pretrained on.
        pretraining: parameters of that training beside `parameters`.
        strategies: parameters of each strategy beside `parameters` and `pretrained`, by its name.
        images_per_class: how many images of each of the other classes are learned from, ascending.
        draws: how many times these are drawn.
    """

    model: Any
    n_source: int
    strategies: Mapping[str, Mapping[str, Any]]
    images_per_class: Sequence[int]
    draws: int
    pretraining: Mapping[str, Any] = field(default_factory=dict)

    OPTIONS: ClassVar[frozenset[str]] = LearningExperiment.OPTIONS | {
        "engine",
        "scheduler",
        "n_jobs",
    }

    def perform(self, run: Run[Split]) -> Outcome:
        """Pretrain, then train with each strategy on each draw."""
        settings = self.settings(
            run,
            model=self.model,
            n_source=self.n_source,
            strategies=self.strategies,
            images_per_class=self.images_per_class,
            draws=self.draws,
            pretraining=self.pretraining,
        )
        environment.prefer_threads_for_sweep()  # before the one training fixes them
        source, target = _halves(run.material, self.n_source)
        sizes, notices = self._sizes(target)
        pretrained, seconds = self._pretrained(source, run)
        file = kept_file(run.folder, settings, ".kerascnn")
        pretrained.save(file)
        rows = [
            row
            for draw in range(self.draws)
            for row in self._fits(draw, _drawn(target, draw, self.draws, run), sizes, file, run)
        ]
        origin = run.provenance(settings, "compiled sweeps, one per draw", {"pretraining": seconds})
        results = TransferResults(
            name=run.folder.name,
            **self.heading(run),
            fits=storage.as_frame(rows),
            scratch=SCRATCH,
            pretrained_accuracy=float(pretrained.score(source.X_test, source.y_test)),
            provenance=origin,
            notices=(*run.notices, *notices),
        )
        shown = [*transfer.figures(results), _classes(source, target)]
        return Outcome(replace(results, exhibits=shown), {"pretrained.kerascnn": pretrained})

    def describe(self, split: Split, options: RunOptions) -> str:
        """Return how many trainings there would be."""
        source, target = _halves(split, self.n_source)
        sizes, _ = self._sizes(target)
        n_fits = (len(self.strategies) + 1) * len(sizes) * self.draws
        return (
            f"1 training of {self._pretrainer(options.seed).epochs} epochs on {len(source.y)} "
            f"images of {self.n_source} classes, then {n_fits} of {self.parameters['epochs']} "
            f"epochs on {sizes[0]} to {sizes[-1]} images of each of the others"
        )

    def reduced(self) -> Self:
        """Return two sizes and one draw, on a few samples."""
        return replace(
            super().reduced(),
            images_per_class=(4, 8),
            draws=1,
            pretraining={**self.pretraining, "epochs": 1},
        )

    def _sizes(self, target: Split) -> tuple[list[int], tuple[str, ...]]:
        """Return the numbers of images per class that there are enough for, and what to say of it.

        Raises:
            ValueError: if there are not enough for the smallest.
        """
        labels, counts = np.unique(target.y, return_counts=True)
        fewest, wanted = int(counts.min()), list(self.images_per_class)
        sizes = [size for size in wanted if size <= fewest]
        name = target.dataset.class_names[labels[counts.argmin()]]
        if not sizes:
            raise ValueError(
                f"class {name!r} has {fewest} training images, but at least {wanted[0]} are needed"
            )
        left_out = ", ".join(str(size) for size in wanted if size > fewest)
        notice = f"Class {name!r} has only {fewest} training images: {left_out} are left out."
        return sizes, (notice,) if left_out else ()

    def _pretrainer(self, seed: int) -> Any:
        return self.classifier(self.model, seed).set_params(**self.pretraining)

    def _pretrained(self, source: Split, run: Run[Split]) -> tuple[Any, float]:
        """Return the network that is transferred, and the seconds that its training took."""
        classifier = self._pretrainer(run.options.seed)
        settings = self.settings(
            run, model=self.model, n_source=self.n_source, pretraining=self.pretraining
        )
        return classifier, fit_checkpointed(classifier, source, run, settings)

    def _fits(
        self, draw: int, drawn: Split, sizes: Sequence[int], file: Path, run: Run[Split]
    ) -> Iterator[dict[str, Any]]:
        """Train with all strategies on all sizes of one draw; give a row for each."""
        search = self._search(draw, drawn, sizes, file, run)
        X, y = np.concatenate([drawn.X, drawn.X_test]), np.concatenate([drawn.y, drawn.y_test])
        results = search.fit(X, y).cv_results_
        for number, strategy in enumerate([SCRATCH, *self.strategies]):
            for place, size in enumerate(sizes):
                yield {
                    "strategy": strategy,
                    "images_per_class": size,
                    "draw": draw,
                    "accuracy": float(results[f"split{place}_test_score"][number]),
                    "seconds": float(results["mean_fit_time"][number]),
                }

    def _search(
        self, draw: int, drawn: Split, sizes: Sequence[int], file: Path, run: Run[Split]
    ) -> Any:
        """Return a search whose candidates are strategies, and whose splits are sizes."""
        from kerascnn.search import GridSearchCV

        options = run.options
        transferred = [
            {"pretrained": [str(file)], **{name: [value] for name, value in own.items()}}
            for own in self.strategies.values()
        ]
        store = options.output / ".fits" / f"{run.name}.sqlite"
        return GridSearchCV(
            self.classifier(self.model, options.seed + draw),
            [{"pretrained": [None]}, *transferred],
            cv=_splits(drawn, sizes),
            refit=False,
            n_jobs=options.n_jobs,
            engine=options.engine or "auto",
            scheduler=options.scheduler,
            progress=options.progress,
            store=None if run.starts_afresh else store,
        )


def _halves(split: Split, n_source: int) -> tuple[Split, Split]:
    """Return the samples of the first classes, and those of the others.

    Raises:
        ValueError: if there are fewer than two of the others.
    """
    n_classes = len(split.dataset.class_names)
    if n_classes < n_source + 2:
        raise ValueError(
            f"the data has {n_classes} classes, but {n_source} are to be pretrained on and at "
            "least 2 others to be learned: give data with more classes"
        )
    test = split.y_test < n_source
    own = split.y < n_source
    return _only(split, own, test), _only(split, ~own, ~test)


def _only(split: Split, rows: np.ndarray, test_rows: np.ndarray) -> Split:
    return replace(
        split,
        X=split.X[rows],
        y=split.y[rows],
        X_test=split.X_test[test_rows],
        y_test=split.y_test[test_rows],
    )


def _drawn(target: Split, draw: int, n_draws: int, run: Run[Split]) -> Split:
    """Return the training samples in the order of a draw, and its part of the test samples."""
    generator = np.random.default_rng((run.options.seed, draw))
    order = generator.permutation(len(target.y))
    return replace(
        target,
        X=target.X[order],
        y=target.y[order],
        X_test=target.X_test[draw::n_draws],
        y_test=target.y_test[draw::n_draws],
    )


def _splits(drawn: Split, sizes: Sequence[int]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each size the row numbers of the first images of each class, and of all tests.

    Args:
        drawn: training samples in any order; the tests come behind them.
        sizes: numbers of images per class.
    """
    rows = [np.flatnonzero(drawn.y == label) for label in np.unique(drawn.y)]
    tests = len(drawn.y) + np.arange(len(drawn.y_test))
    return [(np.sort(np.concatenate([own[:size] for own in rows])), tests) for size in sizes]


def _classes(source: Split, target: Split) -> Any:
    def images(split: Split) -> dict[str, np.ndarray]:
        names = split.dataset.class_names
        return {names[label]: split.X[split.y == label] for label in np.unique(split.y)}

    groups = {"Pretrained on": images(source), "Learned from a few images": images(target)}
    return transfer.classes_shown(groups)
