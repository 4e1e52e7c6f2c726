"""Copies and pickles of Keras objects that lose nothing.

Keras and scikeras copy an optimizer, a loss or a metric by its configuration, and find what users
wrote by a name that it was registered under. That drops what stands in no configuration, such as
the variables that an optimizer does not decay, and fails for functions and classes that were not
registered, or finds another class that was registered under the same name since. Here they are
copied by their attributes instead: by `copy`, `pickle` and scikit-learn's `clone` alike. So are
layers of users' classes; those of Keras's own and whole models are left to Keras.
"""

import copyreg
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

# scikeras replaces how Keras copies when it is imported, so that comes first.
import kerascnn.internals.scikeras  # noqa: F401
from kerascnn.internals.keras import DynamicBackend, backend_name

Reduced = tuple[Any, ...]

KERAS_OWN_REDUCE = keras.layers.Layer.__reduce__


def copy_by_attributes() -> None:
    """Have optimizers, losses, metrics and users' layers copied and pickled by attributes."""
    keras.optimizers.Optimizer.__reduce__ = _reduce_optimizer
    keras.losses.Loss.__reduce__ = _reduce_plainly
    keras.metrics.Metric.__reduce__ = _reduce_metric
    keras.layers.Layer.__reduce__ = _reduce_layer
    keras.random.SeedGenerator.__reduce__ = _reduce_generator
    copyreg.pickle(DynamicBackend, lambda backend: (DynamicBackend, (backend_name(backend),)))


def copy_with_rate(optimizer: keras.optimizers.Optimizer, rate: Any) -> keras.optimizers.Optimizer:
    """Return a copy of an optimizer, not built, with another learning rate, or schedule."""
    restored, (kind, base, start, settings) = _reduce_optimizer(optimizer)
    return restored(kind, base, {**start, "learning_rate": rate}, settings)


def _reduce_plainly(thing: Any) -> Reduced:
    return copyreg.__newobj__, (type(thing),), vars(thing)  # type: ignore[attr-defined]


def _reduce_optimizer(optimizer: keras.optimizers.Optimizer) -> Reduced:
    """Reduce an optimizer to its settings: a copy has not been built, whatever the original."""
    rate = vars(optimizer)["_learning_rate"]
    if isinstance(rate, keras.Variable):
        rate = float(rate.numpy())
    start = {"learning_rate": rate, "name": optimizer.name}
    blank = keras.optimizers.Optimizer(**start)
    settings = _attributes_beside(optimizer, blank, lambda value: not _has_variables(value))
    settings.pop("_exclude_from_weight_decay_cache", None)  # by the names of variables
    return _restored, (type(optimizer), keras.optimizers.Optimizer, start, settings)


def _reduce_metric(metric: keras.metrics.Metric) -> Reduced:
    start = {"dtype": metric.dtype, "name": metric.name}
    settings = _attributes_beside(metric, keras.metrics.Metric(**start), lambda value: True)
    return _restored, (type(metric), keras.metrics.Metric, start, settings)


def _reduce_layer(layer: keras.layers.Layer) -> Reduced:
    if isinstance(layer, keras.Model) or type(layer).__module__.startswith("keras."):
        return KERAS_OWN_REDUCE(layer)
    start = {"name": layer.name, "dtype": layer.dtype_policy, "trainable": layer.trainable}
    blank = keras.layers.Layer(**start)
    settings = _attributes_beside(layer, blank, lambda value: True)
    # Keras puts methods that are tied to the one layer into its attributes, `build` for example.
    kept = {name: value for name, value in settings.items() if not callable(vars(blank).get(name))}
    return _restored, (type(layer), keras.layers.Layer, start, {**kept, "built": layer.built})


def _reduce_generator(generator: keras.random.SeedGenerator) -> Reduced:
    return _generator, (generator.get_config()["seed"], generator.state.numpy())


def _generator(seed: int | None, state: np.ndarray) -> keras.random.SeedGenerator:
    generator = keras.random.SeedGenerator(seed)
    generator.state.assign(state)
    return generator


def _restored(kind: Any, base: Any, start: dict[str, Any], attributes: dict[str, Any]) -> Any:
    """Return an object of a class with given attributes.

    Its own constructor is not called, for it may want arguments that are kept nowhere.

    Args:
        kind: its class.
        base: Keras's base class, whose constructor sets up the tracking of variables.
        start: arguments of that constructor.
        attributes: all other attributes; variables among them are tracked again.
    """
    thing = kind.__new__(kind)
    base.__init__(thing, **start)
    for name, value in attributes.items():
        setattr(thing, name, value)
    return thing


def _attributes_beside(thing: Any, blank: Any, wanted: Callable[[Any], bool]) -> dict[str, Any]:
    """Return attributes of an object, but for Keras's bookkeeping: what a `blank` one has."""
    bookkeeping = {name for name in vars(blank) if name.startswith("_")} | {"built"}
    return {
        name: _untracked(value)
        for name, value in vars(thing).items()
        if name not in bookkeeping and wanted(value)
    }


def _untracked(value: Any) -> Any:
    """Return containers that Keras tracks as Python's own, without a way back to their owner."""
    if isinstance(value, dict):
        return {key: _untracked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_untracked(item) for item in value]
    return set(value) if isinstance(value, set) else value


def _has_variables(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_variables, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_variables, value))
    return isinstance(value, keras.Variable)
