"""Checkpoints of one long training, written after every epoch.

Resuming from a checkpoint ends with the same weights, to the last bit, as never having stopped:
the batch order depends on the epoch's number alone, and everything else is in the file.
"""

import json
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerascnn.estimators.classifier import CNNClassifier
from kerascnn.identity import digest, global_settings, identify_network
from kerascnn.training.loop import has_diverged
from kerascnn.utils.files import replacing

OnEpoch = Callable[[int, Mapping[str, float]], None]


def fit_with_checkpoint(
    classifier: CNNClassifier,
    X: np.ndarray,
    y: np.ndarray,
    path: Path,
    *,
    validation_data: tuple[np.ndarray, np.ndarray] | None = None,
    on_epoch: OnEpoch | None = None,
) -> float:
    """Fit a classifier, resuming from the checkpoint at `path` if that is this training's.

    Args:
        classifier: not yet fitted, with a `random_state`; it is fitted in place.
        X: images, see `CNNClassifier`.
        y: labels, (n,).
        path: where the checkpoint is kept; it stays when the training is complete. A checkpoint
            of another training (other data or parameters) is left alone and stops this one.
        validation_data: (X, y) whose loss and accuracy are recorded after each epoch.
        on_epoch: called with each finished epoch's number, from 1, and its history.

    Returns:
        The seconds that the epochs took, those before an interruption included.

    Raises:
        ValueError: as `CNNClassifier.fit`, or if the checkpoint is another training's.
        DivergenceError: if the loss of an epoch is not finite.
    """
    epochs = classifier.epochs
    classifier.initialize(X, y)
    training = _training_key(classifier, X, y, validation_data)
    seconds = _restore(classifier, path, training)
    done = classifier.current_epoch
    if done < epochs:
        saver = _Saver(classifier, path, training, seconds, on_epoch)
        classifier.set_params(warm_start=True, epochs=epochs - done, callbacks=[saver])
        try:
            classifier.fit(X, y, validation_data=validation_data)
        finally:
            classifier.set_params(warm_start=False, epochs=epochs, callbacks=None)
        seconds = saver.seconds
    return seconds


class _Saver(keras.callbacks.Callback):
    """Writes a checkpoint after every epoch."""

    def __init__(
        self,
        classifier: CNNClassifier,
        path: Path,
        training: str,
        seconds: float,
        on_epoch: OnEpoch | None,
    ) -> None:
        super().__init__()
        self.classifier = classifier
        self.path = path
        self.training = training
        self.seconds = seconds
        self.on_epoch = on_epoch
        self.history = {name: list(values) for name, values in classifier.history_.items()}
        self._last = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        logs = {name: float(value) for name, value in (logs or {}).items()}
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        now = time.perf_counter()
        self.seconds, self._last = self.seconds + now - self._last, now
        if not has_diverged(self.history):
            _save(self.classifier, self.path, self.training, self.history, self.seconds)
        if self.on_epoch is not None:
            self.on_epoch(epoch + 1, logs)


def _training_key(classifier: CNNClassifier, X: Any, y: Any, validation_data: Any) -> str:
    """Return a digest of what the trained weights depend on, but for the number of epochs.

    Raises:
        Unidentifiable: if that cannot be said.
    """
    parameters = {**classifier.get_params(deep=False), "epochs": None, "verbose": None}
    parameters.pop("compile__steps_per_execution", None)  # the same weights to the last bit
    network = identify_network(classifier.model_)
    built = [network.structure, network.start, global_settings()]
    return digest([built, parameters, np.asarray(X), np.asarray(y), validation_data])


def _save(
    classifier: CNNClassifier,
    path: Path,
    training: str,
    history: Mapping[str, list[float]],
    seconds: float,
) -> None:
    """Write a checkpoint, which is whole or not there at all."""
    state = _state(classifier.model_)
    about = json.dumps({"training": training, "history": history, "seconds": seconds})
    arrays: dict[str, Any] = {"about": np.array(about)}
    arrays |= {f"variable {i}": np.asarray(variable) for i, variable in enumerate(state)}
    with replacing(path) as unfinished:
        np.savez(unfinished, **arrays)


def _restore(classifier: CNNClassifier, path: Path, training: str) -> float:
    """Bring an initialized classifier to a checkpoint's state, if there is one."""
    if not path.exists():
        return 0.0
    try:
        # numpy leaves a damaged file open, so it is opened and closed here.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
        about = json.loads(str(arrays["about"]))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not a checkpoint, or is damaged: move it away") from error
    if about["training"] != training:
        raise ValueError(
            f"{path} is the checkpoint of a training with other data or parameters: move it away"
        )
    classifier.model_.optimizer.build(classifier.model_.trainable_variables)
    for i, variable in enumerate(_state(classifier.model_)):
        variable.assign(arrays[f"variable {i}"])
    classifier.history_ = about["history"]
    return float(about["seconds"])


def _state(network: keras.Model) -> list[keras.Variable]:
    """Return all that training changes: weights, the optimizer's slots, dropout's counters."""
    seeds = [v for v in network.variables if "seed_generator_state" in v.path]
    return [*network.weights, *seeds, *network.optimizer.variables]
