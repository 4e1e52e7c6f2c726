"""The file of a fitted estimator, which loads without executing anything in it.

It is a zip of `estimator.json` (parameters and what was learnt beside the network) and
`network.keras` (Keras's own archive). Parameters that are no plain values, such as builders that
are not registered, are only named there: predicting works without them, training anew asks for
them.
"""

import json
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

import keras
import numpy as np

from kerascnn.estimators.builders import model_name
from kerascnn.estimators.number_outputs import NumberOutputs
from kerascnn.estimators.outputs import Outputs
from kerascnn.estimators.plain import from_plain, to_plain
from kerascnn.estimators.validation import Unsaved
from kerascnn.utils.files import replacing

FORMAT = "kerascnn estimator 1"
STATE = "estimator.json"
NETWORK = "network.keras"


@dataclass(frozen=True)
class EstimatorRecord:
    """What a fitted estimator is beside its network.

    Attributes:
        kind: the name of its class in this package.
        parameters: all, routes included; `Unsaved` stands for what a file only names.
        image_shape: the shape of one image as the network takes it.
        pixel_range: the smallest and largest value of the training images.
        n_features_in: numbers per sample.
        feature_names_in: the columns' names where the data was a table with names.
        outputs: what the network's outputs mean.
        seed: what settled the fit.
        history: figures per epoch.
        best_epoch: whose weights early stopping has kept, from 1; None without it.
        classes: the labels, sorted, (n_classes,); None where there are none.
        target_shape: of one target that is no label; None where there is none.
    """

    kind: str
    parameters: Mapping[str, Any]
    image_shape: tuple[int, ...]
    pixel_range: tuple[float, float]
    n_features_in: int
    feature_names_in: tuple[str, ...] | None
    outputs: Outputs | NumberOutputs
    seed: int
    history: dict[str, list[float]]
    best_epoch: int | None = None
    classes: np.ndarray | None = None
    target_shape: tuple[int, ...] | None = None


def save(record: EstimatorRecord, network: keras.Model, path: str | Path) -> None:
    """Write a file: all of it or nothing.

    Raises:
        ValueError: if the labels are neither numbers, strings nor booleans.
        OSError: if the file cannot be written.
    """
    drawn = [variable.numpy().tolist() for variable in random_states(network)]
    state = json.dumps({**_to_state(record), "random_states": drawn}, indent=1)
    with replacing(Path(path)) as unfinished, tempfile.TemporaryDirectory() as folder:
        saved = Path(folder, NETWORK)
        network.save(saved)
        with zipfile.ZipFile(unfinished, "w") as file:
            file.writestr(STATE, state)
            file.write(saved, NETWORK)


def load(path: str | Path) -> tuple[EstimatorRecord, keras.Model]:
    """Return what a file that `save` wrote holds.

    The network is compiled unless a part of that is among what the file only names.

    Raises:
        OSError: if there is no such file.
        ValueError: if it is foreign or damaged, or its network needs code to be executed.
    """
    try:
        with zipfile.ZipFile(path) as file, tempfile.TemporaryDirectory() as folder:
            _check_names(file)
            state = json.loads(file.read(STATE))
            record = _from_state(state)
            archived = Path(folder, NETWORK)
            archived.write_bytes(file.read(NETWORK))
            unsaved = [n for n, v in record.parameters.items() if isinstance(v, Unsaved)]
            compiled = not any(map(_is_compiled_with, unsaved))
            network = _load_network(archived, compiled=compiled)
            # Keras's archive has the weights only; files of earlier versions have no more.
            if "random_states" in state:
                _restore_random_states(network, state["random_states"])
            return record, network
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} cannot be loaded as a saved estimator: {error}") from error


def load_network(path: str | Path) -> keras.Model:
    """Return the uncompiled network in a file that `save`, or Keras, wrote.

    Raises:
        OSError: if there is no such file.
        ValueError: if it is foreign or damaged, or its network needs code to be executed.
    """
    try:
        with zipfile.ZipFile(path) as file, tempfile.TemporaryDirectory() as folder:
            if STATE not in file.namelist():
                return _load_network(Path(path), compiled=False)
            _check_names(file)
            archived = Path(folder, NETWORK)
            archived.write_bytes(file.read(NETWORK))
            return _load_network(archived, compiled=False)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(
            "it is no file that kerascnn or Keras 3 wrote whole: write one by an estimator's save, "
            "or by model.save('….keras'), which also converts what keras.models.load_model reads"
        ) from error
    except (TypeError, ValueError) as error:
        raise ValueError(
            "its network cannot be loaded, for it needs code that is not registered here, or that "
            "the file brings along, which is never executed: register its layers with "
            "keras.saving.register_keras_serializable, in place of Lambda layers "
            f"({str(error).splitlines()[0][:200]})"
        ) from error


def random_states(network: keras.Model) -> list[keras.Variable]:
    """Return the states of a network's random layers, such as dropout."""
    weights = {id(weight) for weight in network.weights}
    return [variable for variable in network.variables if id(variable) not in weights]


def _restore_random_states(network: keras.Model, states: list[Any]) -> None:
    for variable, state in zip(random_states(network), states, strict=True):
        variable.assign(np.array(state, dtype=variable.dtype))


def archive(network: keras.Model) -> bytes:
    """Return Keras's archive of a network, with its optimizer's state if it is compiled."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NETWORK)
        network.save(path)
        return path.read_bytes()


def from_archive(archived: bytes) -> keras.Model:
    """Return the network in what `archive` made, compiled if it was so then."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NETWORK)
        path.write_bytes(archived)
        try:
            return _load_network(path, compiled=True)
        except TypeError as error:
            raise ValueError(
                "a pickled estimator's network needs layers that are not registered here: import "
                "the code that registers them first"
            ) from error


def _check_names(file: zipfile.ZipFile) -> None:
    if sorted(file.namelist()) != [STATE, NETWORK]:
        raise ValueError(f"it must hold {STATE} and {NETWORK}, but holds {file.namelist()[:5]}")


def _to_state(record: EstimatorRecord) -> dict[str, Any]:
    """Return a record as what JSON can hold."""
    parameters, unsaved = {}, {}
    for name, value in record.parameters.items():
        try:
            parameters[name] = to_plain(value)
        except TypeError:
            unsaved[name] = model_name(value)
    return {
        "format": FORMAT,
        "versions": {name: version(name) for name in ("kerascnn", "keras")},
        "parameters": parameters,
        "unsaved": unsaved,
        "kind": record.kind,
        "classes": None if record.classes is None else _to_plain_labels(record.classes),
        "target_shape": record.target_shape,
        "image_shape": record.image_shape,
        "pixel_range": record.pixel_range,
        "n_features_in": record.n_features_in,
        "feature_names_in": record.feature_names_in,
        "outputs": asdict(record.outputs),
        "seed": record.seed,
        "history": record.history,
        "best_epoch": record.best_epoch,
    }


def _from_state(state: Any) -> EstimatorRecord:
    """Undo `_to_state`."""
    if not isinstance(state, dict):
        raise ValueError(f"{STATE} is not a JSON object")
    if state.get("format") != FORMAT:
        raise ValueError(f"its format is {state.get('format')!r}, not {FORMAT!r}")
    saved = {name: from_plain(value) for name, value in state["parameters"].items()}
    unsaved = {name: Unsaved(what) for name, what in state["unsaved"].items()}
    names, labels, targets = (
        state.get(name) for name in ("feature_names_in", "classes", "target_shape")
    )
    return EstimatorRecord(
        kind=state.get("kind", "CNNClassifier"),  # which files of earlier versions do not tell
        parameters={**saved, **unsaved},
        image_shape=tuple(state["image_shape"]),
        # Files of earlier versions do not tell it, and have no augmentation that asks for it.
        pixel_range=tuple(state.get("pixel_range", (0.0, 1.0))),
        n_features_in=state["n_features_in"],
        feature_names_in=None if names is None else tuple(names),
        outputs=_outputs_from(state["outputs"]),
        seed=state["seed"],
        history=state["history"],
        best_epoch=state.get("best_epoch"),
        classes=labels and np.array(labels["values"], dtype=labels["dtype"]),
        target_shape=None if targets is None else tuple(targets),
    )


def _outputs_from(state: Mapping[str, Any]) -> Outputs | NumberOutputs:
    if "shape" in state:
        return NumberOutputs(tuple(state["shape"]), state["activation"])
    return Outputs(**state)


def _is_compiled_with(name: str) -> bool:
    """Return whether a parameter's value is part of what a network is compiled with."""
    return name.partition("__")[0] in ("compile", "learning_rate", "loss", "metrics", "optimizer")


def _load_network(network: Path, *, compiled: bool) -> keras.Model:
    """Return the network in Keras's archive, refusing everything that would execute code."""
    with zipfile.ZipFile(network) as file:
        for name in file.namelist():
            entry = PurePosixPath(name)
            if entry.is_absolute() or ".." in entry.parts:
                raise ValueError(f"the network's archive has an entry outside of it: {name!r}")
    return keras.saving.load_model(network, compile=compiled, safe_mode=True)


def _to_plain_labels(classes: np.ndarray) -> dict[str, Any]:
    values = classes.tolist()
    if not all(isinstance(value, bool | int | float | str) for value in values):
        raise ValueError(f"labels of type {type(values[0]).__name__} cannot be saved")
    return {"dtype": str(classes.dtype), "values": values}
