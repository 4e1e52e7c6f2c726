"""A fitted estimator in one file that loads without executing anything in it.

The file is a zip of `estimator.json` (parameters and what was learnt beside the network) and
`network.keras` (Keras's own archive). Parameters that are no plain values, such as builders that
are not registered, are only named there: predicting works without them, training anew asks for
them.
"""

import json
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

import keras
import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.validation import check_is_fitted

import kerascnn
from kerascnn.estimators.outputs import Outputs
from kerascnn.estimators.routes import settled_by_building
from kerascnn.estimators.validation import Unsaved, model_name

if TYPE_CHECKING:
    from kerascnn.estimators.classifier import CNNClassifier

    Estimator = TypeVar("Estimator", bound=CNNClassifier)

FORMAT = "kerascnn estimator 1"
STATE = "estimator.json"
NETWORK = "network.keras"


def save(estimator: "CNNClassifier", path: str | Path) -> None:
    """Write a fitted estimator to `path`: all of it or nothing.

    Raises:
        NotFittedError: if the estimator is not fitted.
        ValueError: if its labels are neither numbers, strings nor booleans.
        OSError: if the file cannot be written.
    """
    check_is_fitted(estimator)
    path = Path(path)
    state = json.dumps(_state(estimator), indent=1)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        network, archive = Path(folder, NETWORK), Path(folder, "archive")
        estimator.model_.save(network)
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(STATE, state)
            file.write(network, NETWORK)
        archive.replace(path)


def load(kind: type["Estimator"], path: str | Path) -> "Estimator":
    """Return the estimator in a file that `save` wrote.

    Args:
        kind: the estimator's class.
        path: the file.

    Raises:
        OSError: if there is no such file.
        ValueError: if it is foreign or damaged, or its network needs code to be executed.
    """
    try:
        with zipfile.ZipFile(path) as file, tempfile.TemporaryDirectory() as folder:
            _check_names(file)
            state = json.loads(file.read(STATE))
            if not isinstance(state, dict):
                raise ValueError(f"{STATE} is no object")
            if state.get("format") != FORMAT:
                raise ValueError(f"its format is {state.get('format')!r}, not {FORMAT!r}")
            network = Path(folder, NETWORK)
            network.write_bytes(file.read(NETWORK))
            return _restore(kind, state, network)
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} cannot be loaded as a saved CNNClassifier: {error}") from error


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
        return _load_network(path, compiled=True)


def _check_names(file: zipfile.ZipFile) -> None:
    if sorted(file.namelist()) != [STATE, NETWORK]:
        raise ValueError(f"it must hold {STATE} and {NETWORK}, but holds {file.namelist()[:5]}")


def _state(estimator: "CNNClassifier") -> dict[str, Any]:
    """Return all but the network as what JSON can hold."""
    parameters, unsaved = {}, {}
    for name, value in estimator.get_params(deep=False).items():
        try:
            parameters[name] = _to_plain(value)
        except TypeError:
            unsaved[name] = model_name(value)
    names = getattr(estimator, "feature_names_in_", None)
    return {
        "format": FORMAT,
        "versions": {"kerascnn": kerascnn.__version__, "keras": keras.__version__},
        "parameters": parameters,
        "unsaved": unsaved,
        "classes": _to_plain_labels(estimator.classes_),
        "image_shape": estimator.image_shape_,
        "n_features_in": estimator.n_features_in_,
        "feature_names_in": None if names is None else list(names),
        "outputs": asdict(estimator.outputs_),
        "seed": estimator.seed_,
        "history": estimator.history_,
    }


def _restore(kind: type["Estimator"], state: dict[str, Any], network: Path) -> "Estimator":
    """Return an estimator made from a file's state and its network's archive."""
    unsaved: dict[str, Any] = {name: Unsaved(what) for name, what in state["unsaved"].items()}
    parameters = {name: _from_plain(value) for name, value in state["parameters"].items()}
    estimator = kind(**parameters, **unsaved)
    estimator.target_encoder_ = LabelEncoder()
    labels = np.array(state["classes"]["values"], dtype=state["classes"]["dtype"])
    estimator.target_encoder_.classes_ = estimator.classes_ = labels
    estimator.image_shape_ = tuple(state["image_shape"])
    estimator.n_features_in_ = state["n_features_in"]
    if state["feature_names_in"] is not None:
        estimator.feature_names_in_ = np.array(state["feature_names_in"], dtype=object)
    estimator.outputs_ = Outputs(**state["outputs"])
    estimator.seed_ = state["seed"]
    estimator.history_ = state["history"]
    estimator._settled = settled_by_building(estimator.get_params(deep=False))
    estimator.model_ = _load_network(network, compiled=not any(map(_is_compiled_with, unsaved)))
    return estimator


def _is_compiled_with(name: str) -> bool:
    """Return whether a parameter's value is part of what a network is compiled with."""
    return name.partition("__")[0] in ("compile", "learning_rate", "loss", "metrics", "optimizer")


def _load_network(network: Path, *, compiled: bool) -> keras.Model:
    """Return the network in Keras's archive, refusing everything that would execute code."""
    with zipfile.ZipFile(network) as file:
        for name in file.namelist():
            entry = PurePosixPath(name)
            if entry.is_absolute() or ".." in entry.parts:
                raise ValueError(f"the network's archive has an entry that climbs out: {name!r}")
    return keras.saving.load_model(network, compile=compiled, safe_mode=True)


def _to_plain(value: Any) -> Any:
    """Return a parameter as JSON can hold it, tuples and dicts marked as such.

    Raises:
        TypeError: if it is not made of numbers, strings, None, lists, tuples and dicts.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [_to_plain(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_to_plain(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_to_plain(key), _to_plain(item)] for key, item in value.items()]}
    raise TypeError(f"{value!r} is no plain value")


def _from_plain(value: Any) -> Any:
    """Undo `_to_plain`."""
    if isinstance(value, list):
        return [_from_plain(item) for item in value]
    if isinstance(value, dict) and "tuple" in value:
        return tuple(_from_plain(item) for item in value["tuple"])
    if isinstance(value, dict):
        return {_from_plain(key): _from_plain(item) for key, item in value["dict"]}
    return value


def _to_plain_labels(classes: np.ndarray) -> dict[str, Any]:
    values = classes.tolist()
    if not all(isinstance(value, bool | int | float | str) for value in values):
        raise ValueError(f"labels of type {type(values[0]).__name__} cannot be saved")
    return {"dtype": str(classes.dtype), "values": values}
