"""Numbers from elsewhere agree with computed ones, or they do not."""

import numpy as np
import pytest

from kerascnn.laboratory.checking import check

EQUAL = {
    "numbers": (784, 28 * 28),
    "numbers up to rounding": (0.3, 0.1 + 0.2),
    "arrays": (np.array([1, 2]), np.array([1.0, 2.0])),
    "shapes": ((80, 60), (80, 60)),
}
DIFFERENT = {
    "numbers": (724, 28 * 28),
    "arrays": (np.array([1, 2]), np.array([1, 3])),
    "lengths": (np.array([1, 1]), np.array([1])),
    "shapes": ((399, 299), (400, 300)),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_values_agree(name):
    """Whatever their kind."""
    assert check("it", *EQUAL[name]).agrees


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_values_do_not_agree(name):
    """Also where NumPy would broadcast one to the other."""
    assert not check("it", *DIFFERENT[name]).agrees


def test_values_are_written_for_a_reader():
    """Thousands apart, shapes with a cross, arrays as lists."""
    written = [check("it", value, value).stated for value in (61706, (80, 60), np.array([1, 2]))]
    assert written == ["61,706", "80×60", "[1, 2]"]
