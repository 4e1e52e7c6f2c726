"""Simulated ground motion at a volcano: three kinds of events, background noise, a station.

The kinds and what tells them apart are those of the reviews of B. A. Chouet, Long-period volcano
seismicity: its source and use in eruption forecasting, Nature 380 (1996), 309-316, and
S. R. McNutt, Volcanic seismology, Annu. Rev. Earth Planet. Sci. 33 (2005), 461-491. Of these
and of D. Fee et al., Volcanica 8 (2025), 305-323, the abstracts alone were read. One of them states
a range: Chouet's, periods of 0.2 to 2 s of long-period seismicity. All other ranges below are
conventional: set in the spirit of these reviews, and not copied from them.
The models are kinematic: they have the look and the spectrum of such signals, not their physics.
"""

from collections.abc import Callable

import numpy as np
from scipy.signal import butter, sosfilt

Generator = np.random.Generator
# A kind of event: generator, times of the samples in seconds, onset in seconds → its motion.
Source = Callable[[Generator, np.ndarray, float], np.ndarray]

# The bands in which the kinds have their energy, from the lowest to the highest frequency in Hz.
BANDS = {"volcano-tectonic": (1.0, 20.0), "long-period": (0.5, 5.0), "tremor": (0.5, 7.0)}


def volcano_tectonic(generator: Generator, times: np.ndarray, onset: float) -> np.ndarray:
    """Simulate the breaking of rock: sharp P and S waves of a wide band, decaying codas.

    ::

        P: noise of 1-2 to 10-20 Hz · exp(-t / (0.3 to 1 s))  · 0.2 to 0.6, from the onset
        S: other noise of that band · exp(-t / (1 to 4 s)), from 0.3 to 3 s after the onset

    S follows P by about 1 s for every 8 km of distance, a rule of thumb. All ranges are
    conventional.

    Args:
        generator: draws all of this.
        times: times of the samples in seconds, (samples,).
        onset: when the P wave arrives, in seconds.

    Returns:
        The ground's velocity in arbitrary units, (samples,) float64; 0 before the onset.
    """
    band = (generator.uniform(1.0, 2.0), generator.uniform(10.0, 20.0))
    delay = generator.uniform(0.3, 3.0)
    p_wave = _burst(generator, times - onset, band, decay=generator.uniform(0.3, 1.0))
    s_wave = _burst(generator, times - onset - delay, band, decay=generator.uniform(1.0, 4.0))
    return generator.uniform(0.2, 0.6) * p_wave + s_wave


def long_period(generator: Generator, times: np.ndarray, onset: float) -> np.ndarray:
    """Simulate the ringing of a fluid-filled crack: emergent, few frequencies, high quality.

    ::

        Σ over k = 1 … 2 to 4 of  a_k · sin(2π f_k t + φ_k) · exp(-π f_k t / Q)
        · (1 - exp(-t / (0.5 to 2 s)))

        f_1 = 0.5 to 2.5 Hz, evenly in its logarithm, f_k = k · f_1 · (0.95 to 1.05), Q = 15 to 60,
        a_k = (0.3 to 1) / √k

    Overtones above 5 Hz are left out. That all frequencies lie from 0.5 to 5 Hz is Chouet's range
    of periods, 0.2 to 2 s; the other ranges are conventional. For arguments and result see
    `volcano_tectonic`.
    """
    since = np.maximum(times - onset, 0)
    fundamental = np.exp(generator.uniform(np.log(0.5), np.log(2.5)))
    quality = generator.uniform(15.0, 60.0)
    motion = np.zeros_like(times)
    for order in range(1, generator.integers(2, 4, endpoint=True) + 1):
        detuned = 1.0 if order == 1 else generator.uniform(0.95, 1.05)
        frequency = order * fundamental * detuned
        if frequency > BANDS["long-period"][1]:
            break
        amplitude = generator.uniform(0.3, 1.0) / np.sqrt(order)
        phase = generator.uniform(0, 2 * np.pi)
        ringing = np.sin(2 * np.pi * frequency * since + phase)
        motion += amplitude * ringing * np.exp(-np.pi * frequency * since / quality)
    return motion * -np.expm1(-since / generator.uniform(0.5, 2.0))


def tremor(generator: Generator, times: np.ndarray, onset: float) -> np.ndarray:
    """Simulate a sustained vibration without onset, harmonic in four of ten cases.

    ::

        harmonic:  Σ over k = 1, 2, … while k · f < 6.5 Hz of  (0.3 to 1) / √k · sin(k θ + φ_k),
                   θ' / 2π = f = 0.7 to 1.5 Hz, gliding by a standard deviation of 2 %
        otherwise: noise of 0.5-1.5 to 3-7 Hz

        either way · exp(slow noise of standard deviation 0.1 to 0.4)

    The slow noise holds periods of at least 5 s. All ranges are conventional. For arguments and
    result see `volcano_tectonic`; the onset is not used, for tremor lasts longer than a record.
    """
    if generator.random() < 0.4:
        motion = _harmonics(generator, times)
    else:
        band = (generator.uniform(0.5, 1.5), generator.uniform(3.0, 7.0))
        motion = _band_noise(generator, times, band)
    return motion * np.exp(generator.uniform(0.1, 0.4) * _slow_noise(generator, times))


SOURCES: dict[str, Source] = {
    "volcano-tectonic": volcano_tectonic,
    "long-period": long_period,
    "tremor": tremor,
}


def background(generator: Generator, times: np.ndarray) -> np.ndarray:
    """Simulate coloured noise whose power falls with frequency f as f^-α, α = 0 to 2.

    The range is conventional. For arguments and result see `volcano_tectonic`.
    """
    spectrum = np.fft.rfft(generator.normal(size=len(times)))
    frequencies = np.arange(len(spectrum))
    spectrum[1:] *= frequencies[1:] ** (-generator.uniform(0.0, 2.0) / 2)
    spectrum[0] = 0
    return np.fft.irfft(spectrum, len(times))


def station_response(generator: Generator, rate: float) -> Callable[[np.ndarray], np.ndarray]:
    """Draw a station: a causal band pass of second order on each side.

    The lower corner is drawn from 0.1 to 1 Hz, evenly in its logarithm, the upper from 60 to 90 %
    of half the rate. Both ranges are conventional.

    Args:
        generator: draws the corners.
        rate: samples per second.

    Returns:
        The function that filters ground motion, (samples,).
    """
    corners = np.exp(generator.uniform(np.log(0.1), np.log(1.0))), generator.uniform(0.6, 0.9)
    filters = butter(2, (corners[0], corners[1] * rate / 2), "bandpass", fs=rate, output="sos")
    return lambda motion: sosfilt(filters, motion)


def _burst(
    generator: Generator, since: np.ndarray, band: tuple[float, float], decay: float
) -> np.ndarray:
    """Return noise that starts at once where `since` is 0 and decays over `decay` seconds."""
    envelope = np.where(since >= 0, np.exp(-np.maximum(since, 0) / decay), 0.0)
    return envelope * _band_noise(generator, since, band)


def _band_noise(generator: Generator, times: np.ndarray, band: tuple[float, float]) -> np.ndarray:
    """Return stationary noise of standard deviation 1, from `band[0]` to `band[1]` Hz."""
    rate = 1 / (times[1] - times[0])
    n_before = int(10 * rate / band[0])  # the filter's own beginning, cut off
    white = generator.normal(size=n_before + len(times))
    noise = sosfilt(butter(4, band, "bandpass", fs=rate, output="sos"), white)[n_before:]
    return noise / noise.std()


def _slow_noise(generator: Generator, times: np.ndarray) -> np.ndarray:
    """Return noise of standard deviation 1 that holds periods of at least 5 seconds."""
    frequencies = np.fft.rfftfreq(len(times), times[1] - times[0])
    spectrum = np.fft.rfft(generator.normal(size=len(times)))
    spectrum[(frequencies == 0) | (frequencies > 0.2)] = 0
    noise = np.fft.irfft(spectrum, len(times))
    return noise / noise.std()


def _harmonics(generator: Generator, times: np.ndarray) -> np.ndarray:
    """Return a gliding tone with overtones below 6.5 Hz."""
    fundamental = generator.uniform(0.7, 1.5)
    glide = 1 + 0.02 * _slow_noise(generator, times)
    angle = 2 * np.pi * fundamental * np.cumsum(glide) * (times[1] - times[0])
    orders = np.arange(1, int(6.5 / fundamental) + 1)
    amplitudes = generator.uniform(0.3, 1.0, len(orders)) / np.sqrt(orders)
    phases = generator.uniform(0, 2 * np.pi, len(orders))
    return amplitudes @ np.sin(orders[:, None] * angle + phases[:, None])
