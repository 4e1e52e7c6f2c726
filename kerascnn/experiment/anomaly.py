"""An experiment on anomalies: images of a class that was never trained on, told by their error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

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
from kerascnn.laboratory import anomaly, anomaly_scores
from kerascnn.results import Exhibit, Expected, Headline

if TYPE_CHECKING:
    import pandas as pd

Scorer = Callable[[np.ndarray], np.ndarray]
SMOKE_CLASSES = (0, 1)


@dataclass(frozen=True, kw_only=True)
class AnomalyExperiment(StudyExperiment):
    """A claim about telling images of an unknown class by how badly they are reconstructed.

    Each class is left out in turn. An autoencoder is trained on the other classes, and so are PCA
    and an isolation forest; each gives every test image a score, an error for the first two. The
    test images of the class left out should have the highest. What is above a threshold, a
    percentile of the scores of validation images of the known classes, is called an anomaly: no
    image of the class left out takes part in any choice.

    Attributes:
        n_codes: of the autoencoder, and of one PCA.
        variance: the share of the variance that the components of another PCA explain, in (0, 1).
        percentile: of the validation scores, the threshold, in (0, 100).
        left_out: indices of classes; None for each in turn.
    """

    n_codes: int = 32
    variance: float = 0.9
    percentile: float = 95
    left_out: Sequence[int] | None = None

    def load(self, options: RunOptions) -> Split:
        """Return the experiment's data, pixels from 0 to 1."""
        return in_unit_range(super().load(options))

    def describe(self, split: Split, options: RunOptions) -> str:
        """Return how many trainings there would be, and how long."""
        n_trainings = self.seeds * len(self.parts(split))
        return (
            f"{n_trainings} trainings of {self.parameters['epochs']} epochs on those of "
            f"{len(split.X)} images that are not of the class left out"
        )

    def reduced(self) -> Self:
        """Return two classes to leave out, on a few samples."""
        return replace(super().reduced(), left_out=SMOKE_CLASSES)

    def parts(self, split: Split) -> Sequence[Part]:
        """Return a part for each class to leave out.

        Raises:
            ValueError: if one has no test image, or no other class is left to train on.
        """
        names = split.dataset.class_names
        labels = range(len(names)) if self.left_out is None else self.left_out
        for label in labels:
            n_anomalies = int(np.sum(split.y_test == label))
            if not 0 < n_anomalies < len(split.y_test) or np.all(split.y == label):
                raise ValueError(
                    f"class {names[label]!r} cannot be left out: {n_anomalies} of "
                    f"{len(split.y_test)} test images are of it: give test images of it and of "
                    "other classes"
                )
        return [{"left_out": label} for label in labels]

    def measure(self, part: Part, seed: int, run: Run[Split]) -> Measured:
        """Fit all methods on the known classes, and score the test images."""
        split, label = run.material, part["left_out"]
        training, validation = self.divided(replace(split, X=split.X[split.y != label]))
        check_components(self.n_codes, len(training), split)
        name, is_anomaly = split.dataset.class_names[label], split.y_test == label
        network = self._network(training, name, seed, run)
        scorers: dict[str, Scorer] = {
            anomaly_scores.AUTOENCODER: network.reconstruction_error,
            f"PCA, {self.n_codes} components": _pca_scorer(training, self.n_codes),
            f"PCA, {100 * self.variance:.0f} % of variance": _pca_scorer(training, self.variance),
            "isolation forest": _forest_scorer(training, seed),
        }
        scores = {method: score(split.X_test) for method, score in scorers.items()}
        rows = [
            {
                "method": method,
                "left_out": name,
                **anomaly_scores.figures(
                    scores[method],
                    is_anomaly,
                    float(np.percentile(score(validation), self.percentile)),
                ),
            }
            for method, score in scorers.items()
        ]
        extremes = anomaly_scores.extreme_rows(scores[anomaly_scores.AUTOENCODER], is_anomaly)
        made = network.reconstruct(split.X_test[extremes])
        is_shown = part == self.parts(split)[0] and seed == run.options.seed
        insight = insight_of(network, split.X_test[0]) if is_shown else None
        return Measured(rows, {**scores, anomaly_scores.MADE: made}, insight)

    def headlines(
        self, measurements: "pd.DataFrame", expected: Expected | None
    ) -> Sequence[Headline]:
        """Return the areas under the ROC curves, and what the threshold finds."""
        return anomaly.headlines(measurements, expected)

    def exhibits(
        self, split: Split, measurements: "pd.DataFrame", shown: Sequence[Measured]
    ) -> Sequence[Exhibit]:
        """Return areas, curves, what the threshold finds, and images with extreme errors."""
        names = split.dataset.class_names
        scored = {
            names[part["left_out"]]: anomaly_scores.Scored(
                split.y_test == part["left_out"], each.arrays
            )
            for part, each in zip(self.parts(split), shown, strict=True)
        }
        return [
            anomaly.areas(measurements),
            anomaly.curves(scored),
            anomaly.extremes(list(scored.values()), split.X_test),
            anomaly.thresholds(measurements, self.percentile),
        ]

    def _network(self, training: np.ndarray, name: str, seed: int, run: Run[Split]) -> Any:
        """Return an autoencoder fitted on the known classes."""
        from kerascnn.estimators import ConvAutoencoder

        network = ConvAutoencoder(n_codes=self.n_codes, **self.training_parameters(seed))
        shown = run.options.progress
        fit_with_progress(network, f"without {name}, seed {seed}", shown, training)
        return network


def _pca_scorer(training: np.ndarray, n_components: float) -> Scorer:
    """Return what gives images their errors by PCA of other images; see `fitted_pca`."""
    pca = fitted_pca(training, n_components)
    return lambda X: squared_errors(X, pca.inverse_transform(pca.transform(X)))


def _forest_scorer(training: np.ndarray, seed: int) -> Scorer:
    """Return what gives images their anomaly scores by an isolation forest of other images."""
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(random_state=seed).fit(training.reshape(len(training), -1))
    return lambda X: -forest.score_samples(X.reshape(len(X), -1))
