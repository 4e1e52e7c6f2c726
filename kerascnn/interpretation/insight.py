"""Insight into a network: filters and feature maps, and a classifier's saliency on some data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np

from kerascnn.estimators.classifier import CNNClassifier
from kerascnn.interpretation.convolutions import (
    convolutions,
    feature_maps,
    first_filters,
    seen,
    spectrogram_settings,
)
from kerascnn.interpretation.saliency import grad_cam
from kerascnn.report import Insight, Saliency


def inspect(
    estimator: CNNClassifier,
    X: np.ndarray,
    y: np.ndarray,
    class_names: Sequence[str] | None = None,
    *,
    n_right: int = 4,
    n_wrong: int = 4,
) -> Insight:
    """Return what a fitted estimator's network shows of itself on some of the given images.

    The example whose feature maps are shown is the first of the right predictions below.

    Args:
        estimator: a fitted classifier.
        X: images, as for its `predict`; at best some that it was not trained on.
        y: their labels, (n,).
        class_names: the names that integer labels index; by default labels name themselves.
        n_right: saliency is given for the most confident right prediction of so many classes,
        n_wrong: and for so many of the most confident mistakes.

    Returns:
        An `Insight` without filters, maps and saliency if the network is no graph of layers, or
        has no convolutions.
    """
    if not convolutions(estimator.model_):
        return Insight()
    images = estimator.images(X)
    spoken = _Spoken.of(estimator, X, y, class_names)
    rows = np.concatenate([spoken.right(n_right), spoken.wrong(n_wrong)]).astype(int)
    layers = inspect_layers(estimator.model_, images[rows[0] if len(rows) else 0])
    return replace(layers, saliency=spoken.saliency(estimator.model_, images, rows))


def inspect_layers(model: keras.Model, example: np.ndarray) -> Insight:
    """Return what a network of any task shows of itself on one image: filters and feature maps.

    Args:
        model: a network.
        example: as the network takes it, (height, width, channels), uint8 or float32.

    Returns:
        An empty `Insight` if the network is no graph of layers, or has no convolutions.
    """
    if not convolutions(model):
        return Insight()
    return Insight(
        filters=first_filters(model),
        example=seen(model, example[np.newaxis])[0],
        feature_maps=feature_maps(model, example),
        of_spectrograms=spectrogram_settings(model) is not None,
    )


@dataclass(frozen=True)
class _Spoken:
    """What an estimator says of some images.

    Attributes:
        columns: the number of the class predicted for each image, (n,).
        confidence: its probability, (n,).
        is_right: whether it is the true one, (n,).
        true_names: the true classes' names, (n,).
        predicted_names: the predicted classes' names, (n,).
    """

    columns: np.ndarray
    confidence: np.ndarray
    is_right: np.ndarray
    true_names: Sequence[str]
    predicted_names: Sequence[str]

    @classmethod
    def of(
        cls, estimator: CNNClassifier, X: np.ndarray, y: np.ndarray, names: Sequence[str] | None
    ) -> "_Spoken":
        probabilities = estimator.predict_proba(X)
        columns = probabilities.argmax(axis=1)
        said, true = estimator.classes_[columns], np.asarray(y)
        return cls(
            columns,
            probabilities.max(axis=1),
            said == true,
            _named(true, names),
            _named(said, names),
        )

    def right(self, n_classes: int) -> np.ndarray:
        """Return the most confident right prediction of so many classes."""
        rows = np.flatnonzero(self.is_right)
        ordered = rows[np.argsort(-self.confidence[rows], kind="stable")]
        _, first = np.unique(self.columns[ordered], return_index=True)
        return ordered[first][:n_classes]

    def wrong(self, n: int) -> np.ndarray:
        """Return so many of the most confident mistakes."""
        rows = np.flatnonzero(~self.is_right)
        return rows[np.argsort(-self.confidence[rows], kind="stable")][:n]

    def saliency(
        self, model: keras.Model, images: np.ndarray, rows: np.ndarray
    ) -> tuple[Saliency, ...]:
        """Return where the network looked for some of the predictions."""
        heat = grad_cam(model, images[rows], self.columns[rows]) if len(rows) else ()
        return tuple(
            Saliency(
                image=seen(model, images[[row]])[0],
                heat=heat_map,
                true_name=self.true_names[row],
                predicted_name=self.predicted_names[row],
                confidence=float(self.confidence[row]),
            )
            for row, heat_map in zip(rows, heat, strict=True)
        )


def _named(labels: np.ndarray, names: Sequence[str] | None) -> list[str]:
    """Return the labels' names; without any, labels name themselves."""
    return [str(label if names is None else names[int(label)]) for label in labels]
