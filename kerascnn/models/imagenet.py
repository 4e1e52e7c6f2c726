"""Networks of `keras.applications` with the weights that they learned on ImageNet."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
from keras import layers

from kerascnn.models.applications import SMALLEST


class Family(NamedTuple):
    """A network of `keras.applications`, and how it wants its pixels."""

    application: Callable[..., keras.Model]
    preprocess: Callable[[Any], Any]


FAMILIES: dict[str, Family] = {
    "densenet121": Family(
        keras.applications.DenseNet121, keras.applications.densenet.preprocess_input
    ),
    "efficientnet_b0": Family(
        keras.applications.EfficientNetB0, keras.applications.efficientnet.preprocess_input
    ),
    "resnet50": Family(keras.applications.ResNet50, keras.applications.resnet.preprocess_input),
    "resnet101": Family(keras.applications.ResNet101, keras.applications.resnet.preprocess_input),
    "resnet152": Family(keras.applications.ResNet152, keras.applications.resnet.preprocess_input),
    "vgg16": Family(keras.applications.VGG16, keras.applications.vgg16.preprocess_input),
    "vgg19": Family(keras.applications.VGG19, keras.applications.vgg19.preprocess_input),
}


@keras.saving.register_keras_serializable("kerascnn")
class ImagenetPixels(layers.Layer):
    """Turns pixels from 0 to 1 into those that a network learned ImageNet from.

    Args:
        family: a key of `FAMILIES`.
    """

    def __init__(self, family: str, **options: Any) -> None:
        super().__init__(**options)
        self.family = family

    def call(self, images: Any) -> Any:
        """Convert a batch of RGB images, (n, height, width, 3)."""
        return FAMILIES[self.family].preprocess(images * 255)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the images, which stays."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        return {**super().get_config(), "family": self.family}


def imagenet_backbone(name: str, input_shape: tuple[int, ...]) -> keras.Model:
    """Return a network without its head, with the weights that it learned on ImageNet.

    The weights are downloaded by Keras, once, and kept in its folder.

    Args:
        name: a key of `FAMILIES`.
        input_shape: (height, width, 3), at least 32×32; values are from 0 to 1.

    Returns:
        An uncompiled model from images to features, (n, n_features).

    Raises:
        ValueError: if images have another shape.
        OSError: if the weights cannot be downloaded.
    """
    if len(input_shape) != 3 or input_shape[2] != 3 or min(input_shape[:2]) < SMALLEST:
        raise ValueError(
            f"pretrained='imagenet' takes RGB images of at least {SMALLEST}×{SMALLEST} pixels, but "
            f"these have the shape {input_shape}: repeat a grey channel with np.repeat(X, 3, "
            "axis=-1), enlarge smaller images"
        )
    images = keras.Input(input_shape)
    pixels = ImagenetPixels(name, name="imagenet_pixels")(images)
    try:
        network = FAMILIES[name].application(
            weights="imagenet",
            include_top=False,
            pooling="avg",
            input_tensor=pixels,
            input_shape=input_shape,
        )
    # Keras raises a plain Exception where a download fails.
    except Exception as error:
        raise OSError(
            f"pretrained='imagenet': the weights of {name} cannot be loaded ({error}). Ways out: "
            "connect to the internet and try again; copy Keras's models folder "
            "(~/.keras/models) from a machine that has them; or give a .keras or .kerascnn file of "
            "your own as pretrained=…"
        ) from error
    return keras.Model(images, network.outputs[0])
