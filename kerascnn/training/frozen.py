"""Networks in two parts: a front whose outputs training cannot change, and the rest.

What a front of frozen layers makes of an image, or the mel spectrogram of a signal, is the same in
every epoch, so it need be computed only once.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers

from kerascnn import environment
from kerascnn.internals.keras import Functional, calls_within
from kerascnn.models.imagenet import ImagenetPixels
from kerascnn.models.mel import MelImage
from kerascnn.training.batches import prediction_batches

# Features of more bytes than this are computed anew in each step.
BYTES_AT_MOST = 1_000_000_000
# Features are computed in blocks of one size, so that an image's do not depend on how many others
# there are, see `PREDICTION_BLOCK`.
BLOCK = 64

# Layers that compute each image's outputs from that image alone, without drawing, and round alike
# whatever the batch. Dense layers and layer normalizations do not on all processors.
BY_IMAGE = frozenset(
    {
        ImagenetPixels,
        MelImage,
        layers.Activation,
        layers.Add,
        layers.Average,
        layers.AveragePooling1D,
        layers.AveragePooling2D,
        layers.AveragePooling3D,
        layers.BatchNormalization,
        layers.Concatenate,
        layers.Conv1D,
        layers.Conv2D,
        layers.Conv3D,
        layers.Cropping1D,
        layers.Cropping2D,
        layers.Cropping3D,
        layers.DepthwiseConv1D,
        layers.DepthwiseConv2D,
        layers.Flatten,
        layers.GlobalAveragePooling1D,
        layers.GlobalAveragePooling2D,
        layers.GlobalAveragePooling3D,
        layers.GlobalMaxPooling1D,
        layers.GlobalMaxPooling2D,
        layers.GlobalMaxPooling3D,
        layers.Identity,
        layers.InputLayer,
        layers.LeakyReLU,
        layers.MaxPooling1D,
        layers.MaxPooling2D,
        layers.MaxPooling3D,
        layers.Multiply,
        layers.Normalization,
        layers.PReLU,
        layers.ReLU,
        layers.Rescaling,
        layers.Reshape,
        layers.SeparableConv1D,
        layers.SeparableConv2D,
        layers.Subtract,
        layers.ZeroPadding1D,
        layers.ZeroPadding2D,
        layers.ZeroPadding3D,
    }
)

# Of these, what rounds alike whatever the batch with oneDNN only. Without it, the last images of a
# batch may round in another way than the others.
CONVOLUTIONS = (
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv3D,
    layers.DepthwiseConv1D,
    layers.DepthwiseConv2D,
    layers.SeparableConv1D,
    layers.SeparableConv2D,
)

# Of these, what takes long although it has no weights.
COSTLY = (MelImage,)

# Activations of which the same is true: vectorized exponentials round the last values of a batch
# differently.
ACTIVATIONS = ("leaky_relu", "linear", "relu", "relu6", "tanh")


@dataclass(frozen=True)
class FrozenFront:
    """A network's front and rest, which share its layers.

    Attributes:
        front: from images to features; nothing in it is trained or drawn.
        rest: from features to outputs, uncompiled.
    """

    front: keras.Model
    rest: keras.Model

    def fits(self, n_images: int) -> bool:
        """Return whether the features of so many images may be kept."""
        values = int(np.prod(self.rest.inputs[0].shape[1:]))
        return 4 * values * n_images <= BYTES_AT_MOST

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return the features of images, (n, …) uint8 or float32; there may be none."""
        if not len(images):
            return np.zeros((0, *self.rest.inputs[0].shape[1:]), np.float32)
        with prediction_batches(images, BLOCK) as batches:
            return self.front.predict(batches, verbose=0)[: len(images)]


def has_costly_front(model: keras.Model) -> bool:
    """Return whether a network begins with a layer that takes long although it has no weights."""
    return bool(model.layers) and any(isinstance(layer, COSTLY) for layer in model.layers[:2])


def frozen_front(model: keras.Model) -> FrozenFront | None:
    """Return the two parts of a network; None if it has no front that is worth it.

    Args:
        model: built.
    """
    if type(model) not in (Functional, keras.Sequential):
        return None
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        return None
    cut = _cut(keras.Model(model.inputs[0], model.outputs[0]))
    if cut is None:
        return None
    front = keras.Model(model.inputs[0], cut)
    if not (front.weights or has_costly_front(front)):
        return None
    return FrozenFront(front, keras.Model(cut, model.outputs[0]))


def _cut(model: Functional) -> keras.KerasTensor | None:
    """Return the last tensor that all of a network's outputs are computed from by way of it alone.

    All that it is computed from is frozen.
    """
    known, cut = {model.inputs[0]}, None
    calls = [call for call in calls_within(model) if not call.is_input]
    for number, call in enumerate(calls):
        if not (_is_frozen(call.operation) and known.issuperset(call.input_tensors)):
            break
        known.update(call.outputs)
        later = {tensor for each in calls[number + 1 :] for tensor in each.input_tensors}
        live = known & {*later, *model.outputs}
        if len(live) == 1:
            [cut] = live
    return cut


def _is_frozen(operation: keras.Operation) -> bool:
    """Return whether training cannot change what an operation makes of an image."""
    if type(operation) is Functional:
        return all(map(_is_frozen, operation.operations))
    if type(operation) is keras.Sequential:
        return all(map(_is_frozen, operation.layers))
    if type(operation) not in BY_IMAGE or operation.trainable_weights:
        return False
    if isinstance(operation, layers.BatchNormalization) and operation.trainable:
        return False
    if isinstance(operation, CONVOLUTIONS) and not environment.has_onednn():
        return False
    plain = operation.compute_dtype == "float32" and operation.activity_regularizer is None
    return plain and _is_by_image(getattr(operation, "activation", None))


def _is_by_image(activation: Any) -> bool:
    """Return whether an activation is one of `ACTIVATIONS`, if there is any."""
    known = [getattr(keras.activations, name) for name in ACTIVATIONS]
    return activation is None or any(activation is each for each in known)
