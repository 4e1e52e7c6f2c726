"""Networks: what a training step computes, told from the values that it starts from."""

from dataclasses import dataclass

import keras

from kerascnn.identity.compilation import progress
from kerascnn.identity.content import describers
from kerascnn.identity.keras_objects import KerasDescriber
from kerascnn.identity.node import Unidentifiable
from kerascnn.identity.walk import Walk


@dataclass(frozen=True)
class NetworkIdentity:
    """What decides the numbers of a network's training, but for its data.

    Attributes:
        structure: a hash of what a training step computes: layers and their wiring, types,
            regularizers, the optimizer, the loss and metrics. Networks of equal structure can
            train in one compiled network, given their start.
        start: a hash of the values that it starts from: weights, the states of random layers,
            the learning rate and the strengths of L1 and L2 that are not part of the structure.
    """

    structure: str
    start: str


def identify_network(model: keras.Model) -> NetworkIdentity:
    """Return what decides the numbers of a network's training.

    The structure of a network of nothing but Keras's own leaves out seeds, initializers, and the
    strengths of weight penalties that are not zero. Where users' code takes part, these count, as
    the code may read them. Names that users chose always count: optimizers and callbacks may go by
    them. The learning rate is left out wherever the optimizer
    is Keras's own; a schedule is not.

    Args:
        model: built and compiled.

    Raises:
        Unidentifiable: if the model is not built, or has parts whose content cannot be told.
    """
    structure, left_out = _structure(model)
    state = [variable.numpy() for variable in model.variables]
    progressed = progress(model.optimizer) if model.compiled else []
    start = Walk(describers())([state, left_out, progressed])
    return NetworkIdentity(structure, start.hex())


def own_code_in(model: keras.Model) -> bool:
    """Return whether users' code takes part in a network, or code of other libraries than Keras.

    False if every layer, nested model, regularizer, constraint, initializer, activation, loss,
    metric, optimizer and schedule is exactly a class or a function of Keras's, or kerascnn's.
    """
    walk = Walk(describers(_interchangeable()))
    try:
        walk(model)
    except Unidentifiable:
        return True
    return not _is_keras_only(walk)


def _structure(model: keras.Model) -> tuple[str, list[float]]:
    if not model.built:
        raise Unidentifiable(f"model {model.name!r} is not built: build it before it is identified")
    describe = _interchangeable()
    walk = Walk(describers(describe))
    structure = walk(model)
    if not _is_keras_only(walk):
        describe = KerasDescriber(values=False, assigned_rate=True)
        structure = Walk(describers(describe))(model)
    return structure.hex(), describe.left_out


def _interchangeable() -> KerasDescriber:
    return KerasDescriber(values=False, interchangeable=True, assigned_rate=True)


def _is_keras_only(walk: Walk) -> bool:
    # kerascnn's own layers read neither strengths nor seeds, as little as Keras's do.
    return walk.met.origins <= {"keras", "kerascnn"}
