"""The parameters of transfer learning: `pretrained`, `trainable` and `backbone_learning_rate`."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras

from kerascnn.estimators.values import RATE
from kerascnn.models.imagenet import FAMILIES
from kerascnn.utils.spelling import did_you_mean

# Optimizers of optimizers, of which Keras cannot make another.
WITHIN_WHICH_NONE = (keras.optimizers.LossScaleOptimizer, keras.optimizers.MultiOptimizer)

Parameters = Mapping[str, Any]

IMAGENET = "imagenet"
SUFFIXES = (".kerascnn", ".keras")
HEAD, TOP, ALL = "head", "top", "all"
DEFAULT_TRAINABLE = ALL
DEFAULT_RATE = 1e-4


def transfer_problems(parameters: Parameters) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong with the parameters of transfer learning."""
    if "pretrained" not in parameters:
        return
    if parameters["pretrained"] is None:
        yield from _needless(parameters)
        return
    yield from _pretrained_problems(parameters)
    trainable, rate = parameters["trainable"], parameters["backbone_learning_rate"]
    alone = [name for name in _names(trainable) if name in (HEAD, TOP, ALL)]
    if not _is_choice(trainable):
        yield (
            f"trainable={trainable!r} must be 'head', 'top', 'all', a layer's name, a pattern such "
            "as 'conv5_*', or a list of these two"
        )
    elif alone and not isinstance(trainable, str):
        yield (
            f"trainable={trainable!r}: {alone[0]!r} stands for a choice of layers of its own, not "
            f"in a list: write trainable={alone[0]!r}, or only names and patterns"
        )
    elif trainable == HEAD and rate != DEFAULT_RATE:
        yield (
            f"backbone_learning_rate={rate!r} has no effect with trainable='head', which trains "
            "nothing else: leave it out, in a grid by giving a list of grids"
        )
    elif has_two_rates(parameters) and isinstance(parameters["optimizer"], WITHIN_WHICH_NONE):
        yield (
            f"optimizer={type(parameters['optimizer']).__name__}(…) cannot be given two learning "
            "rates: set backbone_learning_rate=None"
        )
    if rate is not None and not RATE[0](rate):
        yield f"backbone_learning_rate={rate!r} must be None or {RATE[1]}"


def has_two_rates(parameters: Parameters) -> bool:
    """Return whether the backbone is trained with a learning rate of its own."""
    if parameters.get("pretrained") is None:
        return False
    is_transferred = parameters["trainable"] != HEAD
    return is_transferred and parameters["backbone_learning_rate"] is not None


def _needless(parameters: Parameters) -> Iterator[str]:
    """Yield what is given of transfer learning although nothing is transferred."""
    defaults = {"trainable": DEFAULT_TRAINABLE, "backbone_learning_rate": DEFAULT_RATE}
    for name, default in defaults.items():
        if parameters[name] != default:
            yield (
                f"{name}={parameters[name]!r} has no effect without pretrained=…: leave it out, in "
                "a grid by giving a list of grids"
            )


def _pretrained_problems(parameters: Parameters) -> Iterator[str]:
    pretrained, model = parameters["pretrained"], parameters["model"]
    expected = "'imagenet', or the path of a .kerascnn or .keras file"
    if not isinstance(pretrained, str | os.PathLike):
        yield f"pretrained={pretrained!r} must be None, {expected}"
    elif is_imagenet(pretrained):
        if not (isinstance(model, str) and model in FAMILIES):
            hint = did_you_mean(str(model), FAMILIES)
            yield f"model={model!r} has no weights of ImageNet: {hint}"
    elif Path(pretrained).suffix not in SUFFIXES:
        yield f"pretrained={str(pretrained)!r} must be None, {expected}{_hint(str(pretrained))}"
    routes = [name for name in parameters if name.startswith("model__")]
    if routes:
        yield (
            f"{', '.join(routes)} has no effect with pretrained={str(pretrained)!r}, whose layers "
            "are given: leave it out, in a grid by giving a list of grids"
        )


def _hint(pretrained: str) -> str:
    """Return what else may be meant by text that is no path of a file that can be read."""
    if pretrained.endswith((".h5", ".hdf5")):
        return ": load an .h5 file by keras.models.load_model and save the model as .keras"
    return "" if "." in pretrained else f": {did_you_mean(pretrained, [IMAGENET])}"


def is_imagenet(pretrained: Any) -> bool:
    """Return whether the weights of ImageNet are asked for."""
    return isinstance(pretrained, str | os.PathLike) and os.fspath(pretrained) == IMAGENET


def _names(trainable: Any) -> list[Any]:
    return list(trainable) if isinstance(trainable, list | tuple) else [trainable]


def _is_choice(trainable: Any) -> bool:
    names = _names(trainable)
    return bool(names) and all(isinstance(name, str) and name for name in names)
