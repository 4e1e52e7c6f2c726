"""Signals at another rate: which factors, how long, and how rates are written."""

import pytest

from kerascnn.datasets.resampling import factors, hertz, resampled_length


@pytest.mark.parametrize(
    ("own", "rate", "expected"),
    [(8_000, 16_000, (2, 1)), (44_100, 16_000, (160, 441)), (0.5, 2, (4, 1)), (100.0, 100, (1, 1))],
)
def test_factors_are_coprime(own, rate, expected):
    """Also of rates that are no whole numbers."""
    assert factors(own, rate) == expected


def test_a_length_is_rounded_up():
    """As resample_poly rounds it."""
    assert resampled_length(100, 44_100, 16_000) == 37


@pytest.mark.parametrize(
    ("rate", "text"), [(44_100, "44,100 Hz"), (8e3, "8,000 Hz"), (0.5, "0.5 Hz")]
)
def test_a_rate_is_written_as_it_is(rate, text):
    """Whole numbers without decimals, and half a sample per second as no less."""
    assert hertz(rate) == text
