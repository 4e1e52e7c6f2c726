"""Networks behind random transformations that only training batches pass through."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import layers

from kerascnn.models.own_methods import own_method


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
        _passed_through(self.steps, input_shape, self.compute_dtype)

    def call(self, images: Any, training: bool | None = None) -> Any:
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
class RandomResizedCrop(layers.Layer):
    """Cuts a part of each image out, of a size and at a place of its own, and enlarges it.

    Keras's RandomCrop cuts all images of a batch at one place, and always to one size, so that a
    network would be trained on another scale than it predicts at.

    Args:
        share: how much of each side is cut off at most, from 0 to below 1.
        seed: of the draws.
    """

    def __init__(self, share: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.share = share
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool = False) -> Any:
        """Crop a batch of images, (n, height, width, channels), if it is trained on."""
        if not training:
            return images
        n, height, width, _ = keras.ops.shape(images)
        kept = 1 - self.share * self._drawn(n)
        across = self._drawn(n) * (1 - kept) * width - (1 - kept) / 2
        down = self._drawn(n) * (1 - kept) * height - (1 - kept) / 2
        zero = keras.ops.zeros_like(kept)
        # Output pixel (x, y), whose middle lies at (x + ½, y + ½), is taken from
        # (kept · x + across, kept · y + down).
        rows = [kept, zero, across, zero, kept, down, zero, zero]
        return keras.ops.image.affine_transform(
            images, keras.ops.stack(rows, axis=1), "bilinear", "nearest"
        )

    def _drawn(self, n: Any) -> Any:
        return keras.random.uniform((n,), dtype=self.compute_dtype, seed=self.generator)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the images, which stays."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        return {**super().get_config(), "share": self.share, "seed": self.seed}


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
        ValueError: if the network's class overrides a method of Keras's, which a network around
            it would pass by, or the layers change the shape of images.
    """
    if own := own_method(network):
        raise ValueError(
            f"augmentation cannot be put in front of a {type(network).__name__}, which has a "
            f"{own} of its own: put random layers into the model instead"
        )
    shape = tuple(network.inputs[0].shape)
    made = _passed_through(steps, shape, network.inputs[0].dtype)
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


def _passed_through(
    steps: Sequence[layers.Layer], shape: Sequence[int | None], dtype: str
) -> tuple[int | None, ...]:
    """Return the shape of images after all steps, which are built on the way."""
    images = keras.KerasTensor(tuple(shape), dtype=dtype)
    for step in steps:
        images = step(images, training=True)
    return tuple(images.shape)
