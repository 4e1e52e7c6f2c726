"""Grad-CAM: how much each place of a sample speaks for a class.

Source: R. R. Selvaraju et al., Grad-CAM: visual explanations from deep networks via gradient-based
localization, ICCV 2017, arXiv:1610.02391, equations 1 and 2.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from kerascnn.interpretation.convolutions import last_maps, seen
from kerascnn.models.augmented import without_augmentation
from kerascnn.training.batches import network_input


def grad_cam(
    model: keras.Model, images: np.ndarray, classes: np.ndarray | None = None
) -> np.ndarray:
    """Return how much each place of an image speaks for a class, by Grad-CAM.

    With A_k the maps of the last convolution (after what normalises and activates them) and s
    the class's score before the softmax, it is relu(Σ_k α_k A_k), where α_k is the mean of
    ∂s/∂A_k over all places; scaled up bilinearly to the image.

    Args:
        model: a network whose last layer gives one score per class, or one for two classes.
        images: (n, height, width, channels), uint8 (divided by 255 first) or float32; or signals,
            (n, samples, channels).
        classes: the number of the class to explain for each image, (n,); by default the
            predicted one.

    Returns:
        float32, at least 0, (n, height, width) of what the first convolution sees, or (n, samples).

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
    places = tuple(range(1, len(maps.shape) - 1))
    alpha = tf.reduce_mean(tape.gradient(explained, maps), axis=places, keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(alpha * maps, axis=-1, keepdims=True))
    return _scaled_up(heat, seen(model, images).shape[1:-1])


def _scaled_up(heat: tf.Tensor, size: tuple[int, ...]) -> np.ndarray:
    """Return heat, (n, height, width, 1) or (n, samples, 1), in another size, without channel."""
    if len(size) == 1:
        return np.asarray(tf.image.resize(heat[:, :, tf.newaxis], (*size, 1))[:, :, 0, 0])
    return np.asarray(tf.image.resize(heat, size)[..., 0])


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
