"""The logs of an epoch, as Keras's `fit` gives them."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class StepLogs:
    """What an epoch logs: the metrics' results, or what the last step returned.

    Source: `Trainer._get_metrics_result_or_logs` of Keras: a step whose logs have the names of
    the model's metrics is not asked for them.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._specs: dict[str, tf.TensorSpec] | None = None

    @property
    def are_metrics(self) -> bool:
        """Whether the metrics' results are what is logged; known after a trace."""
        return self._specs is None

    def empty(self) -> dict[str, tf.Tensor]:
        """Return what is carried before the first step."""
        return {n: tf.zeros(spec.shape, spec.dtype) for n, spec in (self._specs or {}).items()}

    def carried(self, logs: Mapping[str, Any]) -> dict[str, tf.Tensor]:
        """Return what is carried after a step; notice what that is when traced first."""
        names = set(logs)
        logs = {name: tf.convert_to_tensor(value) for name, value in _flat(logs).items()}
        if names == set(self._model.get_metrics_result()):
            return {}
        known = self._specs is not None
        self._specs = {name: tf.TensorSpec(v.shape, v.dtype) for name, v in logs.items()}
        return logs if known else {}

    def after(self, last: Mapping[str, tf.Tensor]) -> Mapping[str, tf.Tensor]:
        """Return the epoch's logs."""
        if not self.are_metrics:
            return last
        results = self._model.get_metrics_result()
        return {name: tf.convert_to_tensor(value) for name, value in results.items()}


def _flat(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Return logs as Keras hands them to callbacks: those of a nested dict beside the others."""
    flat: dict[str, Any] = {}
    for name, value in logs.items():
        flat |= _flat(value) if isinstance(value, dict) else {name: value}
    return flat


def plain(value: np.ndarray) -> Any:
    """Return a number, or several, as Python's, as an estimator's `fit` records them."""
    return float(value) if value.size == 1 else value.tolist()
