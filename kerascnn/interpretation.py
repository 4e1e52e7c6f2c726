"""Filters, feature maps and saliency of a trained network, as plain arrays.

Grad-CAM after R. R. Selvaraju et al., Grad-CAM: visual explanations from deep networks via
gradient-based localization, ICCV 2017, arXiv:1610.02391, equations 1 and 2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from keras.layers import Layer

from kerascnn.estimators.classifier import CNNClassifier
from kerascnn.models.augmented import without_augmentation
from kerascnn.report import Insight, Saliency
from kerascnn.training.batches import network_input


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
    example = images[rows[0] if len(rows) else 0]
    return Insight(
        filters=first_filters(estimator.model_),
        example=example,
        feature_maps=feature_maps(estimator.model_, example),
        saliency=spoken.saliency(estimator.model_, images, rows),
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
                image=images[row],
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


def convolutions(model: keras.Model) -> list[Layer]:
    """Return a network's two-dimensional convolutions in order, depthwise ones included.

    Those whose output has a single position, as in squeeze-and-excitation, are left out: they
    tell nothing about places. Layers inside a nested model are not looked into.
    """
    model = without_augmentation(model)
    if not getattr(model, "inputs", None):
        return []
    kinds = (layers.Conv2D, layers.DepthwiseConv2D)
    return [layer for layer in model.layers if isinstance(layer, kinds) and _positions(layer) > 1]


def _positions(layer: Layer) -> int:
    _, height, width, _ = layer.output.shape
    return int(height * width)


def first_filters(model: keras.Model) -> np.ndarray:
    """Return the kernels of a network's first convolution.

    Returns:
        float32, (height, width, channels, n).

    Raises:
        ValueError: if the network has no convolutions.
    """
    return np.asarray(keras.ops.convert_to_numpy(_require(model)[0].kernel))


def feature_maps(model: keras.Model, image: np.ndarray) -> tuple[tuple[str, np.ndarray], ...]:
    """Return what each convolution makes of one image, its own activation included.

    Args:
        model: a network.
        image: (height, width, channels), uint8 (divided by 255 first) or float32.

    Returns:
        For each convolution its name and its maps, float32, (height, width, n).

    Raises:
        ValueError: if the network has no convolutions.
    """
    found, model = _require(model), without_augmentation(model)
    watched = keras.Model(model.inputs, [layer.output for layer in found])
    outputs = watched(network_input(tf.constant(image[np.newaxis])), training=False)
    maps = outputs if isinstance(outputs, list | tuple) else [outputs]
    return tuple((layer.name, each.numpy()[0]) for layer, each in zip(found, maps, strict=True))


def grad_cam(
    model: keras.Model, images: np.ndarray, classes: np.ndarray | None = None
) -> np.ndarray:
    """Return how much each place of an image speaks for a class, by Grad-CAM.

    With A_k the maps of the last convolution (after what normalises and activates them) and s
    the class's score before the softmax, it is relu(Σ_k α_k A_k), where α_k is the mean of
    ∂s/∂A_k over all places; scaled up bilinearly to the image.

    Args:
        model: a network whose last layer gives one score per class, or one for two classes.
        images: (n, height, width, channels), uint8 (divided by 255 first) or float32.
        classes: the number of the class to explain for each image, (n,); by default the
            predicted one.

    Returns:
        float32, at least 0, (n, height, width).

    Raises:
        ValueError: if the network has no convolutions.
    """
    model = without_augmentation(model)
    features, to_scores = _before_softmax(model)
    watched = keras.Model(model.inputs, [last_maps(model).output, features])
    with tf.GradientTape() as tape:
        maps, outputs = watched(network_input(tf.constant(images)), training=False)
        scores = _per_class(to_scores(outputs))
        chosen = tf.argmax(scores, axis=1) if classes is None else tf.constant(classes)
        explained = tf.gather(scores, tf.cast(chosen, tf.int32), axis=1, batch_dims=1)
    alpha = tf.reduce_mean(tape.gradient(explained, maps), axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(alpha * maps, axis=3, keepdims=True))
    resized = tf.image.resize(heat, images.shape[1:3])[..., 0].numpy()
    return np.asarray(resized)


def _require(model: keras.Model) -> list[Layer]:
    found = convolutions(model)
    if not found:
        raise ValueError(f"model {model.name!r} has no Conv2D layers with more than one position")
    return found


def last_maps(model: keras.Model) -> Layer:
    """Return the last layer whose maps are as large as those of the last convolution.

    Normalisation, activation and the sum of a residual block may follow the convolution.
    """
    size = _require(model)[-1].output.shape[1:3]
    layers_behind = without_augmentation(model).layers
    return [each for each in layers_behind if each.output.shape[1:3] == size][-1]


def _before_softmax(
    model: keras.Model,
) -> tuple[keras.KerasTensor, Callable[[tf.Tensor], tf.Tensor]]:
    """Return a tensor of the network and what makes scores without activation of it."""
    last = model.layers[-1]
    if isinstance(last, layers.Dense):
        bias = 0.0 if last.bias is None else last.bias
        return last.input, lambda features: tf.matmul(features, last.kernel) + bias
    if isinstance(last, layers.Softmax | layers.Activation):
        return last.input, tf.identity
    return model.outputs[0], tf.identity


def _per_class(scores: tf.Tensor) -> tf.Tensor:
    """Return (n, n_classes) scores; a single output speaks for the second of two classes."""
    return tf.concat([-scores, scores], axis=1) if scores.shape[1] == 1 else scores
