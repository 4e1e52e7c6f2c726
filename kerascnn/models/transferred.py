"""Networks that were trained before, with a new head for other classes or for numbers."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.internals.keras import Functional, calls_of, layers_within, producer_of
from kerascnn.models.augmented import without_augmentation
from kerascnn.models.own_methods import own_method

HEAD = "head"
# Not the name of the network, which Keras may have numbered by what else a process had made.
TRANSFERRED = "transferred"

_POOLING = {3: layers.GlobalAveragePooling1D, 4: layers.GlobalAveragePooling2D}


def headless(network: keras.Model) -> keras.Model:
    """Return a network's backbone: all but its last layer with weights and what follows that.

    The layers are the network's own, not copies. What augmented its training images is left out.

    Args:
        network: a graph of layers, from one input to one output.

    Raises:
        ValueError: if it is anything else, or only its head has weights.
    """
    network = without_augmentation(network)
    _check_graph(network)
    features = _before_head(network)
    backbone = keras.Model(network.inputs[0], features)
    if not backbone.weights:
        raise ValueError(f"model {network.name!r} has no layer with weights before its last one")
    return backbone


def with_new_head(
    backbone: keras.Model, n_outputs: int, l2: float, activation: str = "softmax"
) -> keras.Model:
    """Return a network of a backbone and a dense layer with initial weights.

    Feature maps are averaged over all places first.

    Args:
        backbone: gives features, (n, n_features), or maps, (n, height, width, channels).
        n_outputs: how many numbers the network puts out.
        l2: strength of the L2 penalty on the new layer's kernel.
        activation: the new layer's.

    Raises:
        ValueError: if the features have another number of dimensions.
    """
    features = backbone.outputs[0]
    names = {layer.name for layer in layers_within(backbone)}
    if len(features.shape) in _POOLING:
        features = _POOLING[len(features.shape)](name=_free("head_pooling", names))(features)
    elif len(features.shape) != 2:
        raise ValueError(
            f"the network gives features of shape {features.shape[1:]} to its last layer: vectors "
            "or feature maps are needed"
        )
    head = layers.Dense(
        n_outputs, activation=activation, kernel_regularizer=L2(l2), name=_free(HEAD, names)
    )
    return keras.Model(backbone.inputs[0], head(features), name=TRANSFERRED)


def head_of(network: keras.Model) -> layers.Layer:
    """Return the head of a network that `with_new_head` made, augmented or not."""
    head: layers.Layer = without_augmentation(network).layers[-1]
    return head


def backbone_layers(network: keras.Model) -> list[layers.Layer]:
    """Return the layers before the head, in order, with those of nested models in their place."""
    return [
        layer for layer in _leaves(without_augmentation(network)) if layer is not head_of(network)
    ]


def _leaves(model: keras.Model) -> list[layers.Layer]:
    found: list[layers.Layer] = []
    for layer in model.layers:
        found += _leaves(layer) if isinstance(layer, keras.Model) else [layer]
    return found


def _check_graph(network: keras.Model) -> None:
    if own := own_method(network):
        raise ValueError(
            f"model {network.name!r} is a {type(network).__name__}, whose own {own} would be lost"
        )
    if not isinstance(network, Functional | keras.Sequential) or not network.built:
        raise ValueError(f"model {network.name!r} is no graph of layers, so its head is not known")
    if len(network.inputs) != 1 or len(network.outputs) != 1:
        raise ValueError(
            f"model {network.name!r} has {len(network.inputs)} inputs and {len(network.outputs)} "
            "outputs: only networks with one of each can be transferred"
        )


def _before_head(network: keras.Model) -> keras.KerasTensor:
    """Return what the last layer with weights is called with."""
    tensor = network.outputs[0]
    while True:
        operation = producer_of(tensor)
        own = [call for call in calls_of(operation) if tensor in call.outputs]
        inputs = own[0].input_tensors if own else []
        if len(inputs) != 1:
            raise ValueError(
                f"model {network.name!r} ends in {operation.name!r}, which joins several branches: "
                "its head is not known"
            )
        if getattr(operation, "weights", None):
            break
        tensor = inputs[0]
    if not isinstance(operation, keras.Model):
        return inputs[0]
    # A model within the model: its head is this one's, too.
    return headless(operation)(inputs[0])


def _free(name: str, taken: set[str]) -> str:
    """Return a name that none of the others is."""
    while name in taken:
        name += "_"
    return name
