"""Simulated seismograms and spectrograms."""

import numpy as np
import pytest
from scipy.signal import get_window, welch

from kerascnn.datasets import DatasetError
from kerascnn.datasets.seismic import KINDS, simulate_seismograms, spectrograms

RATE = 50.0
# Hz, from the reviews that the generator follows.
STATED = {"volcano-tectonic": (1, 20), "long-period": (0.5, 5), "tremor": (0.5, 7)}
RECORDS = simulate_seismograms(120, kinds=(*KINDS, "noise"), seed=3, rate=RATE)


def events_of(kind):
    """Return the noiseless events of one kind, (n, samples)."""
    return RECORDS.events[kind == RECORDS.y, :, 0]


def lasting(event):
    """Return the samples between which an event's energy grows from 5 to 95 %, by counting."""
    shares = np.cumsum(event.astype(float) ** 2) / np.sum(event.astype(float) ** 2)
    return np.flatnonzero(shares >= 0.05)[0], np.flatnonzero(shares >= 0.95)[0] + 1


def test_records_have_shape_and_type_of_signals():
    """They are (n, samples, 1) float32, with a kind and a ratio each."""
    assert RECORDS.X.shape == RECORDS.events.shape == (120, 1500, 1)
    assert RECORDS.X.dtype == RECORDS.events.dtype == np.float32
    assert RECORDS.y.shape == RECORDS.signal_to_noise.shape == (120,)


def test_there_are_as_many_records_of_each_kind_as_can_be():
    """Eleven records of three kinds are four, four and three."""
    _, counts = np.unique(simulate_seismograms(11).y, return_counts=True)
    assert sorted(counts) == [3, 4, 4]


@pytest.mark.parametrize("kind", STATED)
def test_a_kinds_energy_lies_in_its_band(kind):
    """By Welch's spectrum of the ground motion of each event, at least 80 % does."""
    frequencies, power = welch(events_of(kind), RATE, nperseg=500)
    low, high = STATED[kind]
    inside = power[:, (frequencies >= low - 0.1) & (frequencies <= high)].sum(axis=1)
    assert (inside / power.sum(axis=1)).min() > 0.8


def test_volcano_tectonic_events_have_the_widest_band():
    """Their energy has a mean frequency above that of each event of another kind."""
    frequencies, power = welch(RECORDS.events[..., 0], RATE, nperseg=500)
    with np.errstate(invalid="ignore"):  # noise has no event
        means = power @ frequencies / power.sum(axis=1)
    wide = RECORDS.y == "volcano-tectonic"
    assert np.nanmin(means[wide]) > np.nanmax(means[~wide])


@pytest.mark.parametrize(
    ("kind", "shortest", "longest"), [("volcano-tectonic", 0, 0.4), ("tremor", 0.6, 1)]
)
def test_earthquakes_are_short_and_tremor_lasts(kind, shortest, longest):
    """The share of the record that an event's energy needs tells them apart."""
    shares = [np.diff(lasting(event))[0] / len(event) for event in events_of(kind)]
    assert shortest < min(shares) <= max(shares) < longest


def test_transient_events_begin_in_the_stated_part_of_the_record():
    """Nothing moves before 10 % of the record, and all do by 40 %."""
    events = np.concatenate([events_of("volcano-tectonic"), events_of("long-period")])
    onsets = (events != 0).argmax(axis=1) / events.shape[1]
    assert 0.1 <= onsets.min() < 0.15
    assert 0.35 < onsets.max() <= 0.41


def test_tremor_has_no_onset():
    """Each tenth of a record holds at least a hundredth of the energy."""
    tenths = events_of("tremor").reshape(-1, 10, 150).astype(float)
    shares = (tenths**2).sum(axis=2) / (tenths**2).sum(axis=(1, 2))[:, None]
    assert shares.min() > 0.01


def test_the_stated_signal_to_noise_ratio_is_the_measured_one():
    """It is what the record without its event and the event give, in decibels."""
    for kind, record, event, stated in zip(
        RECORDS.y, RECORDS.X[..., 0], RECORDS.events[..., 0], RECORDS.signal_to_noise, strict=True
    ):
        if kind != "noise":
            noise = record.astype(float) - event
            signal = event[slice(*lasting(event))].astype(float)
            ratio = 10 * np.log10(np.mean(signal**2) / np.mean(noise**2))
            assert ratio == pytest.approx(stated, abs=1e-3)


def test_the_ratio_is_drawn_from_the_given_range():
    """All lie within it, and they fill it."""
    ratios = simulate_seismograms(60, decibels=(-5, 5)).signal_to_noise
    assert -5 <= ratios.min() < -4
    assert 4 < ratios.max() <= 5


def test_records_of_noise_hold_no_event():
    """Their ratio is NaN and their event is zero."""
    noise = RECORDS.y == "noise"
    assert not RECORDS.events[noise].any()
    np.testing.assert_array_equal(np.isnan(RECORDS.signal_to_noise), noise)


def test_equal_seeds_give_equal_bits():
    """All arrays of two calls are the same; another seed gives other records."""
    first, second, other = (simulate_seismograms(6, seed=seed) for seed in (1, 1, 2))
    for one, same in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, same)
    assert not np.array_equal(first.X, other.X)


def test_the_global_generator_does_not_matter():
    """Records depend on their seed alone and leave NumPy's own state alone."""
    np.random.seed(5)
    first = simulate_seismograms(3)
    np.random.seed(6)
    np.testing.assert_array_equal(first.X, simulate_seismograms(3).X)


def test_rate_and_seconds_set_the_number_of_samples():
    """A record holds their product."""
    assert simulate_seismograms(3, rate=100, seconds=20.5).X.shape == (3, 2050, 1)


@pytest.mark.parametrize(
    ("n", "options", "message"),
    [
        (2, {}, "n=2: must be at least 3, one record for each kind"),
        (9, {"kinds": ["tremors"]}, "'tremors' is unknown.*tremor"),
        (9, {"kinds": []}, r"kinds=\[\]: must be one or several of"),
        (9, {"kinds": ["tremor", "tremor"]}, "must be one or several of"),
        (9, {"rate": 40}, "rate=40: must be at least 50 to hold 20 Hz"),
        (9, {"seconds": 5}, "seconds=5: must be at least 20"),
        (9, {"decibels": (3, 1)}, r"decibels=\(3, 1\): must be two numbers"),
        (9, {"decibels": (5,)}, r"decibels=\(5,\): must be two numbers"),
        (9, {"decibels": (-5_000, -5_000)}, "decibels=.*must be two numbers from -200 to 200"),
        (9, {"decibels": "ab"}, "decibels='ab': must be two numbers"),
        (9, {"rate": "50"}, "rate='50': must be at least 50"),
        (9, {"rate": np.nan}, "rate=nan: must be at least 50"),
        (9, {"seconds": np.nan}, "seconds=nan: must be at least 20"),
        (9, {"seed": -1}, "seed=-1: must be an integer of at least 0"),
        (9, {"seed": 1.5}, "seed=1.5: must be an integer of at least 0"),
        (9.5, {}, "n=9.5: must be at least 3"),
    ],
)
def test_wrong_arguments_are_named(n, options, message):
    """The error names the argument, its value and the remedy."""
    with pytest.raises(DatasetError, match=message):
        simulate_seismograms(n, **options)


def test_spectrograms_are_standardized_images():
    """They are (n, height, width, 1) float32 of mean 0 and deviation 1."""
    images = spectrograms(RECORDS.X, RATE)
    assert images.shape == (120, 32, 32, 1)
    assert images.dtype == np.float32
    np.testing.assert_allclose(images.mean(axis=(1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(images.std(axis=(1, 2, 3)), 1, atol=1e-5)


def test_a_spectrogram_is_the_logarithm_of_windowed_fourier_power():
    """Each pixel is that of a transform written out in NumPy, up to a shift and a scale."""
    signal = RECORDS.X[0, :, 0].astype(float)
    height, width, hop = 16, 20, (1500 - 34) // 19
    frames = np.stack([signal[c * hop : c * hop + 34] for c in range(width)])
    frames = (frames - frames.mean(axis=1, keepdims=True)) * get_window("hann", 34)
    power = abs(np.fft.rfft(frames))[:, 1:-1].T ** 2
    levels = np.log10(np.maximum(power, power.max() * 1e-12))
    expected = (levels - levels.mean()) / levels.std()
    got = spectrograms(RECORDS.X[:1], RATE, (height, width))[0, :, :, 0]
    np.testing.assert_allclose(got, expected, atol=1e-4)


def test_a_tone_is_a_line_at_its_row_of_frequency():
    """A tone at 8 / 66 of the rate is brightest in the eighth of 32 rows."""
    tone = np.sin(2 * np.pi * RATE * 8 / 66 * np.arange(1500) / RATE)[None, :, None]
    image = spectrograms(tone, RATE)[0, :, :, 0]
    assert (image.argmax(axis=0) == 7).all()


@pytest.mark.parametrize("gain", [2**-20, 2**20])
def test_a_spectrogram_does_not_know_the_gain(gain):
    """A record amplified by a constant gives the same image."""
    np.testing.assert_allclose(
        spectrograms(gain * RECORDS.X[:4], RATE), spectrograms(RECORDS.X[:4], RATE), atol=1e-6
    )


def test_a_constant_signal_is_an_image_of_zeros():
    """Nothing is divided by its deviation of 0, nor is what rounding leaves of it enlarged."""
    assert not spectrograms(np.full((1, 200, 1), 0.1), RATE).any()


def test_windows_of_a_long_signal_may_lie_apart():
    """A tone in the last of two windows is seen there alone."""
    signal = np.zeros((1, 5_000, 1))
    signal[0, -10:, 0] = 1, -1, 2, -2, 1, -1, 2, -2, 1, 3
    image = spectrograms(signal, RATE, (4, 2))[0, :, :, 0]
    assert image[:, 1].min() > image[:, 0].max()


@pytest.mark.parametrize(
    ("shape", "rate", "size", "message"),
    [
        (
            (3, 200),
            RATE,
            (32, 32),
            r"X has shape \(3, 200\): expected signals as \(n, samples, 1\)",
        ),
        ((3, 96, 1), RATE, (32, 32), r"of 96 samples: shape=\(32, 32\) needs at least 97"),
        ((3, 200, 1), 0.0, (32, 32), r"rate=0\.0: must be a number above 0"),
        ((3, 200, 1), RATE, (32, 1), r"shape=\(32, 1\): must be at least 2"),
    ],
)
def test_what_has_no_spectrogram_is_refused(shape, rate, size, message):
    """The error names the argument, its value and the remedy."""
    with pytest.raises(DatasetError, match=message):
        spectrograms(np.zeros(shape), rate, size)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_have_no_spectrogram(value):
    """The error names the first signal, which would else be an image of zeros."""
    signals = RECORDS.X[:4].copy()
    signals[2, 7] = value
    with pytest.raises(
        DatasetError, match=r"NaN or infinite .* in 1 of 4 signals, first in X\[2\]"
    ):
        spectrograms(signals, RATE)


def test_records_of_the_largest_ratios_are_finite():
    """Noise and event both fit into float32."""
    for ratio in (-200, 200):
        assert np.isfinite(simulate_seismograms(3, decibels=(ratio, ratio)).X).all()


def test_the_stated_least_length_is_enough():
    """97 samples give 32 by 32 pixels."""
    assert spectrograms(RECORDS.X[:1, :97], RATE).shape == (1, 32, 32, 1)
