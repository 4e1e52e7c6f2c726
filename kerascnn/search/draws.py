"""The random generators that a search draws from, so that it may begin anew with the same draws."""

import copy
from contextlib import suppress
from typing import Any

import numpy as np

DRAWING = ("cv", "random_state", "param_distributions")


class Draws:
    """The states of NumPy's generators that a search is about to draw from."""

    def __init__(self, search: Any) -> None:
        self._global = np.random.get_state()
        copies: dict[int, Any] = {}
        for name in DRAWING:
            with suppress(Exception):  # what cannot be copied goes on from where it is
                copy.deepcopy(getattr(search, name, None), copies)
        self._states = [
            (each, _state(copies[id(each)]))
            for each in copies.get(id(copies), ())
            if isinstance(each, np.random.RandomState | np.random.Generator)
        ]

    def undo(self) -> None:
        """Bring the generators to where they were, whoever else holds them."""
        np.random.set_state(self._global)
        for generator, state in self._states:
            if isinstance(generator, np.random.RandomState):
                generator.set_state(state)
            else:
                generator.bit_generator.state = state


def _state(generator: Any) -> Any:
    if isinstance(generator, np.random.RandomState):
        return generator.get_state()
    return generator.bit_generator.state
