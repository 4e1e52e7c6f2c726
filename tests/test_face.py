"""The public face: every name is there, lazily, and has its type."""

from typing import assert_type

import kerascnn
from kerascnn import CNNClassifier, GridSearchCV, HalvingGridSearchCV, output_size


def test_every_public_name_has_a_home():
    """What is offered is imported when it is asked for, and nothing else is."""
    assert set(kerascnn.__all__) == set(kerascnn._HOMES)
    assert all(getattr(kerascnn, name).__name__ == name for name in kerascnn.__all__)
    assert set(kerascnn.__all__) <= set(dir(kerascnn))


def test_public_names_have_types() -> None:
    """Mypy checks this function: a face without types would give Any."""
    search = GridSearchCV(CNNClassifier("digits_cnn"), {"l2": [0.0, 0.1]})
    assert_type(search, GridSearchCV)
    assert_type(HalvingGridSearchCV(CNNClassifier("digits_cnn"), {}), HalvingGridSearchCV)
    assert_type(output_size(28, 5, padding=2), int)
