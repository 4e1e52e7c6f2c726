"""Numbers and parameter values as a reader sees them."""

import numpy as np
import pytest

from kerascnn.utils import formatting as labels


def test_powers_of_ten_keep_their_exponent_along_an_axis():
    """An axis of powers of ten is written with exponents throughout, small and large."""
    values = np.logspace(-5, 1, 7).tolist()
    expected = ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]
    assert labels.axis_labels(values) == expected


def test_zero_may_stand_among_powers_of_ten():
    """No penalty at all is a common neighbour of 10⁻⁴."""
    assert labels.axis_labels([0.0, 1e-4, 1e-3]) == ["0", "10⁻⁴", "10⁻³"]


def test_whole_numbers_and_mixed_values_are_written_as_they_are():
    """A batch size of 10 is no power of ten to a reader."""
    assert labels.axis_labels([10, 100]) == ["10", "100"]
    assert labels.axis_labels([0.1, 0.3]) == ["0.1", "0.3"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (32, "32"),
        (0.05, "0.05"),
        (0.0, "0"),
        (1e-5, "10⁻⁵"),
        (3e-5, "3×10⁻⁵"),
        (-2e-7, "-2×10⁻⁷"),
        (None, "None"),
        (True, "True"),
        ("relu", "relu"),
        (float("nan"), "nan"),
    ],
)
def test_single_values(value, text):
    """Each kind of value has one way of being written."""
    assert labels.value_label(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.042, "42 ms"),
        (0.42, "0.42 s"),
        (12.3, "12 s"),
        (59.8, "1 min"),
        (189, "3 min 9 s"),
        (7500, "2 h 5 min"),
        (float("nan"), "–"),
    ],
)
def test_durations(seconds, text):
    """Durations have two units at most."""
    assert labels.duration_label(seconds) == text


def test_scores_have_three_decimals_and_perhaps_a_spread():
    """A score that is not finite is a dash."""
    assert labels.score_label(0.98765, 0.0123) == "0.988 ± 0.012"
    assert labels.score_label(0.98765) == "0.988"
    assert labels.score_label(float("nan"), float("nan")) == "–"
    assert labels.score_label(-0.0723, 0.0004) == "−0.072 ± 0.000"
    assert labels.score_label(-0.00723, 0.0004) == "−0.00723 ± 0.00040"
    assert labels.score_label(0.0) == "0.000"


def test_a_parameter_is_written_alike_in_all_candidates():
    """0.1 is 10⁻¹ next to 10⁻², and 0.1 next to 0.3."""
    params = [{"rate": 0.1, "dropout": 0.1}, {"rate": 0.01, "dropout": 0.3}]
    expected = [{"rate": "10⁻¹", "dropout": "0.1"}, {"rate": "10⁻²", "dropout": "0.3"}]
    assert labels.setting_labels(params) == expected


@pytest.mark.parametrize("name", ["learning_rate", "optimizer__learning_rate"])
def test_the_learning_rate_has_its_symbol_by_any_route(name):
    """Scikeras routes end in the parameter's own name."""
    assert labels.parameter_label(name) == "learning rate η"


@pytest.mark.parametrize(
    ("texts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")],
)
def test_lists_end_with_and(texts, text):
    """Whatever their length."""
    assert labels.joined(texts) == text


def test_a_single_score_has_no_spread():
    """Several have the standard deviation that NumPy computes."""
    scores = np.array([0.5, 0.6, 0.85])
    assert labels.scores_label(scores) == f"0.650 ± {scores.std():.3f}"
    assert labels.scores_label(scores[:1]) == "0.500"
