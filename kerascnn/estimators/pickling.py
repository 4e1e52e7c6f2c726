"""Pickling of estimators: the builder makes the network again, which takes over the state."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np

from kerascnn.estimators import persistence
from kerascnn.estimators.network import NetworkEstimator
from kerascnn.estimators.validation import Unsaved


class PickledEstimator(NetworkEstimator):
    """An abstract estimator whose pickle holds the state of its network, and not its graph."""

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        network, _ = state.pop("model_", None), state.pop("_part", None)
        if network is None or not self.initialized_:
            return state
        if any(isinstance(value, Unsaved) for value in self._settled.values()):
            return {**state, "_network": persistence.archive(network)}
        state["_network"] = self.training_state()
        if self._settled.get("pretrained") is not None:  # whose file may be gone by then
            uncompiled = keras.Model(network.inputs[0], network.outputs[0], name=network.name)
            state["_archive"] = persistence.archive(uncompiled)
        return state

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        state = dict(state)
        network, archive = state.pop("_network", None), state.pop("_archive", None)
        super().__setstate__(state)
        if isinstance(network, bytes):
            self.model_ = persistence.from_archive(network)
        elif network is not None:
            self.model_ = self._rebuilt(network, archive)

    def _rebuilt(self, state: Sequence[np.ndarray], archive: bytes | None) -> keras.Model:
        """Return the network that was built with the parameters of then, in a given state.

        Args:
            state: see `training_state`.
            archive: the uncompiled network; None has the parameters build it.
        """
        twin = type(self)(**self._settled)
        twin.take_reading(self)
        twin.seed_, twin.outputs_ = self.seed_, self.outputs_
        twin._build_from_seed(archive)
        return twin.adopt_state(state, {}).model_
