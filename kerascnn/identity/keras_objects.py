"""Keras's objects: by class and settings, without the names and counters that Keras gives them.

A setting is read from the object itself, as a configuration tells a user's function by name only.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any

import keras

from kerascnn.identity.attributes import (
    CALLBACK_BOOKKEEPING,
    DECAY_EXCLUSIONS,
    OPTIMIZER_SETTINGS,
    bookkeeping,
    is_keras,
    layer_state,
    own_settings,
    without,
)
from kerascnn.identity.compilation import (
    chosen_name,
    chosen_output_names,
    compilation,
    progress,
)
from kerascnn.identity.graphs import graph
from kerascnn.identity.node import Node, unidentifiable
from kerascnn.identity.plain import attributes
from kerascnn.identity.walk import Walk

_STRENGTHS = (keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2)
# Of these, those that compute with their strength without looking at it: L1L2 compares.
_ASSIGNABLE = (keras.regularizers.L1, keras.regularizers.L2)


class KerasDescriber:
    """Describes Keras's objects and those of users' subclasses, one step deep.

    Args:
        values: whether variables count with their values.
        interchangeable: whether to leave out what a compiled network can be given anew: seeds,
            initializers, and strengths of L1 and L2 that are not zero.
        assigned_rate: whether to leave out the learning rate of Keras's own optimizers, too.

    Attributes:
        left_out: the learning rates and strengths that were left out, in order.
    """

    def __init__(
        self, *, values: bool = True, interchangeable: bool = False, assigned_rate: bool = False
    ) -> None:
        self.values = values
        self.interchangeable = interchangeable
        self.assigned_rate = assigned_rate
        self.left_out: list[float] = []
        self._trained: list[keras.Variable] | None = None

    def __call__(self, value: Any, walk: Walk) -> Node | None:
        """Describe an object of Keras's; None for anything else."""
        if type(value).__module__ == "keras.src.utils.tracking":
            return Node("tracked", [_untracked(value)])
        family = _family(type(value))
        if family is None:
            return None
        walk.met.networks |= family in _OF_NETWORKS
        parts = _DESCRIPTIONS[family](self, value, walk)
        # Parts are asked for one by one, so that an optimizer meets its own network's variables.
        return Node(family.__name__, chain([type(value)], parts), shared=True)

    def _model(self, model: keras.Model, walk: Walk) -> Iterable[Any]:
        yield from self._layer(model, walk)
        functional = getattr(model, "_functional", None) or model
        yield graph(functional) if hasattr(functional, "_nodes_by_depth") else None
        yield chosen_output_names(model)
        if self.values:
            yield [_value(variable) for variable in model.variables]
        if model.compiled:
            outer, self._trained = self._trained, model.trainable_variables
            yield compilation(model)
            self._trained = outer

    def _layer(self, layer: keras.layers.Layer, walk: Walk) -> Iterable[Any]:
        yield [layer.trainable, layer.autocast, layer.supports_masking, layer.dtype_policy]
        yield self._activity_regularizer(layer.activity_regularizer)
        yield chosen_name(layer)
        yield attributes(self._counting(layer_state(layer), walk))
        yield [*layer._trainable_variables, *layer._non_trainable_variables]
        yield list(layer._seed_generators)
        yield list(layer._layers)

    def _operation(self, operation: keras.Operation, walk: Walk) -> Iterable[Any]:
        yield chosen_name(operation)
        own = without(operation, bookkeeping(keras.Operation))
        yield attributes(self._counting(own, walk))

    def _counting(self, state: Mapping[str, Any], walk: Walk) -> dict[str, Any]:
        """Return the part of a layer's state that counts."""
        if not self.interchangeable:
            return dict(state)
        counting = {}
        for name, value in state.items():
            if "initializer" in name or isinstance(value, keras.Initializer):
                walk.note(value)
            elif name != "seed":
                counting[name] = value
        return counting

    def _activity_regularizer(self, regularizer: Any) -> Any:
        # Its strength always counts: it penalizes no weight.
        if type(regularizer) in _STRENGTHS:
            return Node("activity regularizer", [type(regularizer), attributes(vars(regularizer))])
        return regularizer

    def _regularizer(self, regularizer: keras.Regularizer, walk: Walk) -> Iterable[Any]:
        if not self.interchangeable or type(regularizer) not in _ASSIGNABLE:
            return [attributes(vars(regularizer))]
        strengths = {name: float(strength) for name, strength in vars(regularizer).items()}
        self.left_out += [strength for _, strength in sorted(strengths.items()) if strength != 0]
        return [attributes({name: strength != 0 for name, strength in strengths.items()})]

    def _variable(self, variable: keras.Variable, walk: Walk) -> Iterable[Any]:
        yield [tuple(variable.shape), str(variable.dtype), variable.trainable]
        yield [variable.regularizer, variable.constraint, variable.aggregation]
        if self.values:
            yield _value(variable)

    def _seed_generator(self, generator: keras.random.SeedGenerator, walk: Walk) -> Iterable[Any]:
        # Without a seed it asks for any: the one that it drew is told by a network's start.
        seed = generator.get_config()["seed"]
        if not self.interchangeable:
            yield seed
        if self.values and seed is not None:
            yield _value(generator.state)

    def _optimizer(self, optimizer: keras.Optimizer, walk: Walk) -> Iterable[Any]:
        yield [getattr(optimizer, name) for name in OPTIMIZER_SETTINGS]
        yield attributes(own_settings(optimizer, keras.Optimizer))
        yield self._learning_rate(optimizer)
        yield self._decay_exclusions(optimizer)
        if self.values:
            yield progress(optimizer)

    def _learning_rate(self, optimizer: keras.Optimizer) -> Any:
        rate = getattr(optimizer, "_learning_rate", None)
        if not isinstance(rate, keras.Variable):
            return rate
        if not (self.assigned_rate and is_keras(type(optimizer))):
            return float(rate.numpy())
        self.left_out.append(float(rate.numpy()))
        return "assigned"

    def _decay_exclusions(self, optimizer: keras.Optimizer) -> Any:
        """Return which variables weight decay passes by: by position, or by names alone."""
        names, _, pattern_name = DECAY_EXCLUSIONS
        ids, pattern = getattr(optimizer, names, ()), getattr(optimizer, pattern_name, None)
        if self._trained is not None:
            return [
                optimizer._var_key(each) in ids or bool(pattern and pattern.search(each.name))
                for each in self._trained
            ]
        if ids:
            raise unidentifiable(optimizer, "its excluded variables are of an unknown network")
        # Keras joins the names in the order of a set.
        return pattern and sorted(pattern.pattern.split("|"))

    def _metric(self, metric: keras.Metric, walk: Walk) -> Iterable[Any]:
        yield chosen_name(metric)
        yield metric.dtype
        yield attributes(own_settings(metric, keras.Metric))

    def _initializer(self, initializer: keras.Initializer, walk: Walk) -> Iterable[Any]:
        drawn = {"seed"} if hasattr(initializer, "_init_seed") else set()
        return [attributes(without(initializer, drawn))]

    def _callback(self, callback: keras.callbacks.Callback, walk: Walk) -> Iterable[Any]:
        return [attributes(without(callback, CALLBACK_BOOKKEEPING))]

    def _settings_only(self, value: Any, walk: Walk) -> Iterable[Any]:
        return [chosen_name(value), attributes(without(value, {"name"}))]

    def _symbolic(self, tensor: keras.KerasTensor, walk: Walk) -> Iterable[Any]:
        raise unidentifiable(tensor, "a symbolic tensor has no value")


_DESCRIPTIONS: dict[type, Callable[[KerasDescriber, Any, Walk], Iterable[Any]]] = {
    keras.Model: KerasDescriber._model,
    keras.layers.Layer: KerasDescriber._layer,
    keras.Operation: KerasDescriber._operation,
    keras.Optimizer: KerasDescriber._optimizer,
    keras.Metric: KerasDescriber._metric,
    keras.Regularizer: KerasDescriber._regularizer,
    keras.Variable: KerasDescriber._variable,
    keras.random.SeedGenerator: KerasDescriber._seed_generator,
    keras.callbacks.Callback: KerasDescriber._callback,
    keras.KerasTensor: KerasDescriber._symbolic,
    keras.Loss: KerasDescriber._settings_only,
    keras.Initializer: KerasDescriber._initializer,
    keras.constraints.Constraint: KerasDescriber._settings_only,
    keras.optimizers.schedules.LearningRateSchedule: KerasDescriber._settings_only,
    keras.DTypePolicy: KerasDescriber._settings_only,
}


_OF_NETWORKS = (keras.Model, keras.layers.Layer, keras.Optimizer, keras.Variable)


def _family(kind: type) -> type | None:
    return next((family for family in _DESCRIPTIONS if issubclass(kind, family)), None)


def _untracked(value: Any) -> Any:
    plain = next(kind for kind in (list, dict, set) if isinstance(value, kind))
    return plain(value)


def _value(variable: Any) -> Any:
    try:
        return variable.numpy()
    except (AttributeError, NotImplementedError) as error:
        raise unidentifiable(variable, "a symbolic tensor has no value") from error
