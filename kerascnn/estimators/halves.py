"""The two halves of an autoencoder's network: from samples to codes, and from codes back."""

import weakref
from dataclasses import dataclass

import keras

from kerascnn.models.augmented import without_augmentation

CODES = "codes"

# Halves that have been made: each traces its own prediction. They hold their network's layers, and
# not the network, which is let go of when nobody else holds it.
_known: weakref.WeakKeyDictionary[keras.Model, "Halves"] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Halves:
    """The halves of a network, which share its layers.

    Attributes:
        encoder: from samples to codes; augments nothing.
        decoder: from codes to reconstructions.
    """

    encoder: keras.Model
    decoder: keras.Model


def halves_of(network: keras.Model) -> Halves:
    """Return the halves of an autoencoder's network, augmented or not; made once.

    Raises:
        ValueError: if it has no layer named "codes", or its outputs depend on more than the codes.
    """
    if network not in _known:
        _known[network] = _made(without_augmentation(network))
    return _known[network]


def _made(plain: keras.Model) -> Halves:
    names = [layer.name for layer in plain.layers]
    if CODES not in names:
        raise ValueError(
            f"the model has no layer named {CODES!r}, but {', '.join(names)}: give the layer that "
            f"puts out the codes name={CODES!r}"
        )
    codes = plain.get_layer(CODES).output
    encoder = keras.Model(plain.inputs[0], codes, name="encoder")
    try:
        decoder = keras.Model(codes, plain.outputs[0], name="decoder")
    except ValueError as error:
        raise ValueError(
            f"the model's outputs cannot be computed from its layer {CODES!r} alone: leave out "
            "connections that lead past it"
        ) from error
    return Halves(encoder, decoder)
