"""Networks behind random transformations that only training batches pass through."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import layers


@keras.saving.register_keras_serializable("kerascnn")
class TrainingOnly(layers.Layer):
    """Applies layers one after another while a network trains, and nothing at any other time.

    Layers of Keras that crop or rescale would otherwise do so as well to images that are to be
    predicted.

    Args:
        steps: layers that together keep the shape of images.
    """

    def __init__(self, steps: Sequence[layers.Layer], **options: Any) -> None:
        super().__init__(**options)
        self.steps = list(steps)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Build all steps for images of one shape."""
        for step in self.steps:
            step.build(input_shape)
            input_shape = step.compute_output_shape(input_shape)

    def call(self, images: Any, training: bool = False) -> Any:
        """Transform a batch of images, (n, height, width, channels), if it is trained on."""
        if training:
            for step in self.steps:
                images = step(images, training=True)
        return images

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the images, which stays."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        steps = [keras.saving.serialize_keras_object(step) for step in self.steps]
        return {**super().get_config(), "steps": steps}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TrainingOnly":
        """Return the layer of which `get_config` tells."""
        steps = [keras.saving.deserialize_keras_object(step) for step in config.pop("steps")]
        return cls(steps, **config)


@keras.saving.register_keras_serializable("kerascnn")
class QuickRandAugment(layers.RandAugment):
    """Keras's RandAugment with its draws and its results, computing only what was drawn.

    Keras transforms each batch in all eleven ways, twice, and keeps two.

    Source: E. D. Cubuk, B. Zoph, J. Shlens and Q. V. Le, RandAugment, arXiv:1909.13719.
    """

    def transform_images(
        self, images: Any, transformation: dict[str, Any], training: bool = True
    ) -> Any:
        """Transform a batch of images in the ways that were drawn for it."""
        if not training:
            return images
        images = keras.ops.cast(images, self.compute_dtype)
        for drawn in keras.ops.unstack(transformation["layer_idxes"], self.num_ops):
            for number, (name, draws) in enumerate(transformation["transforms"].items()):
                images = _if_drawn(drawn == number, getattr(self, name), images, draws)
        return images


def _if_drawn(is_drawn: Any, layer: layers.Layer, images: Any, draws: Any) -> Any:
    transform: Callable[[], Any] = lambda: layer.transform_images(images, draws)  # noqa: E731
    return keras.ops.cond(is_drawn, transform, lambda: images)


def augmented(network: keras.Model, steps: Sequence[layers.Layer]) -> keras.Model:
    """Return a network whose training batches pass through some layers first.

    Args:
        network: an uncompiled network of one input, images.
        steps: layers, see `TrainingOnly`.

    Raises:
        ValueError: if the network's class defines a training of its own, which a network around
            it would pass by, or the layers change the shape of images.
    """
    if own := _own_training(network):
        raise ValueError(
            f"augmentation cannot be put in front of a {type(network).__name__}, which has a "
            f"{own} of its own: put random layers into the model instead"
        )
    shape = tuple(network.inputs[0].shape)
    made = shape
    for step in steps:
        made = tuple(step.compute_output_shape(made))
    if made != shape:
        names = ", ".join(type(step).__name__ for step in steps)
        raise ValueError(
            f"augmentation by {names} turns images of shape {shape[1:]} into {made[1:]}: add a "
            "layer that restores the shape, such as Resizing"
        )
    images = keras.Input(shape[1:], dtype=network.inputs[0].dtype)
    outputs = network(TrainingOnly(steps, name="augmentation")(images))
    return keras.Model(images, outputs, name="augmented")


def without_augmentation(model: keras.Model) -> keras.Model:
    """Return the network behind an augmentation, or the model itself if it has none."""
    found = getattr(model, "layers", [])
    is_augmented = len(found) == 3 and isinstance(found[1], TrainingOnly)
    return found[2] if is_augmented else model


def _own_training(network: keras.Model) -> str | None:
    """Return a method of Keras's training that a network's class overrides, if any."""
    for name in ("train_step", "test_step", "compute_loss", "compute_metrics", "fit"):
        if getattr(type(network), name) is not getattr(keras.Model, name):
            return name
    return None
