"""The simulated kinds of events, alone."""

import numpy as np
import pytest
from scipy.signal import welch

from kerascnn.datasets.seismic_sources import (
    background,
    long_period,
    station_response,
    tremor,
    volcano_tectonic,
)

RATE = 50.0
TIMES = np.arange(20_000) / RATE  # long enough to resolve the width of a resonance


def many(source, n=40, onset=0.0, times=TIMES):
    """Return the motions of `n` seeds, (n, samples)."""
    return np.stack([source(np.random.default_rng(seed), times, onset) for seed in range(n)])


def first_second_share(motions, onset):
    """Return the largest motion in the first 0.2 s by that in the first 2 s."""
    begin = int(onset * RATE)
    early = abs(motions[:, begin : begin + 10]).max(axis=1)
    return early / abs(motions[:, begin : begin + 100]).max(axis=1)


def test_long_period_events_ring_with_a_high_quality_factor():
    """Frequency by half-power width of the highest peak lies about the stated 15 to 60."""
    frequencies = np.fft.rfftfreq(8 * len(TIMES), 1 / RATE)
    for motion in many(long_period):
        power = abs(np.fft.rfft(motion, 8 * len(TIMES))) ** 2
        peak = power.argmax()
        below = power < power[peak] / 2
        left = peak - below[:peak][::-1].argmax()
        right = peak + below[peak:].argmax()
        quality = frequencies[peak] / (frequencies[right] - frequencies[left])
        assert 12 < quality < 75


def test_long_period_events_emerge_and_earthquakes_begin_at_once():
    """After a fifth of a second an earthquake's P wave is there, a long-period event hardly."""
    sharp = first_second_share(many(volcano_tectonic, onset=20.0), 20.0)
    emergent = first_second_share(many(long_period, onset=20.0), 20.0)
    assert np.median(sharp) > 3 * np.median(emergent)


@pytest.mark.parametrize("source", [volcano_tectonic, long_period])
def test_nothing_moves_before_the_onset(source):
    """The ground is at rest until then."""
    assert not many(source, onset=20.0)[:, : int(20 * RATE)].any()


def test_the_s_wave_follows_within_three_seconds():
    """An earthquake's largest motion comes within a few seconds of its first."""
    latest = abs(many(volcano_tectonic)).argmax(axis=1) / RATE
    assert latest.min() > 0.2
    assert latest.max() < 3 + 2


def test_earthquakes_decay_exponentially():
    """The logarithm of their motion falls along a line, by 1 in the stated 1 to 4 seconds."""
    for motion in many(volcano_tectonic):
        coda = motion[int(4 * RATE) : int(9 * RATE)].reshape(10, -1)
        levels = np.log(np.sqrt((coda**2).mean(axis=1)))
        slope = np.polyfit(np.arange(10) * 0.5, levels, 1)[0]
        assert 0.7 < -1 / slope < 6


def test_some_tremor_is_harmonic_and_some_is_not():
    """A few lines hold most of the power of four in ten, and not of the others."""
    _, power = welch(many(tremor, 60), RATE, nperseg=2_000)
    lines = np.sort(power, axis=1)[:, -20:].sum(axis=1) / power.sum(axis=1)
    assert 0.2 < (lines > 0.5).mean() < 0.6


def test_background_power_falls_with_frequency():
    """On double logarithmic axes its slopes lie between 0 and -2."""
    slopes = []
    for seed in range(40):
        noise = background(np.random.default_rng(seed), TIMES)
        frequencies, power = welch(noise, RATE, nperseg=1_000)
        slopes.append(np.polyfit(np.log(frequencies[5:]), np.log(power[5:]), 1)[0])
    assert -2.2 < min(slopes) < -1.7
    assert -0.3 < max(slopes) < 0.2


def test_a_station_passes_its_band_and_little_else():
    """A tone of 5 Hz passes; one of 0.02 Hz is weakened twentyfold or more."""
    for seed in range(20):
        respond = station_response(np.random.default_rng(seed), RATE)
        settled = slice(10_000, None)
        passed, stopped = (respond(np.sin(2 * np.pi * f * TIMES))[settled] for f in (5.0, 0.02))
        assert abs(passed).max() > 0.9
        assert abs(stopped).max() < 0.05


def test_a_station_does_not_hear_the_future():
    """Its filter is causal: an impulse leaves what came before at rest."""
    impulse = np.zeros(500)
    impulse[200] = 1
    assert not station_response(np.random.default_rng(0), RATE)(impulse)[:200].any()
