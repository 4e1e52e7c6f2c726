"""Models whose weights are declared but not made, each built once."""

import functools

import pytest

from kerascnn import models
from kerascnn.internals.keras import weights_only_declared

L2 = 0.01


@functools.cache
def build_weightless(name):
    """Return the model in the form it was made for, with an L2 penalty of 0.01."""
    entry = models.entry(name)
    with weights_only_declared():
        return entry.builder(entry.shape, entry.outputs, l2=L2)


@pytest.fixture(scope="session")
def weightless():
    """Return the function that builds a registered model without making its weights."""
    return build_weightless


@pytest.fixture(scope="session")
def rows():
    """Return the function that gives a registered model's layer rows."""
    return lambda name: models.layer_rows(build_weightless(name))
