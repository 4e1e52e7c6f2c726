"""Methods of Keras's models that a network's class overrides."""

import keras

# Methods that say how a model is made and saved, not how it computes and trains.
OF_MAKING = {"build", "call", "compute_output_shape", "from_config", "get_config"}


def own_method(network: keras.Model) -> str | None:
    """Return a method of Keras's models that a network's class overrides, if any.

    A network made of its layers would not have that method. How a model is made and saved may be
    its own.
    """
    own = [kind for kind in type(network).__mro__ if not kind.__module__.startswith("keras.")]
    beyond = [kind for kind in own if kind not in keras.Model.__mro__]
    overridden = {name for kind in beyond for name in vars(kind) if hasattr(keras.Model, name)}
    counting = {name for name in overridden if name == "__call__" or not name.startswith("__")}
    return min(counting - OF_MAKING, default=None)
