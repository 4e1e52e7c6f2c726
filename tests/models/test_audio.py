"""Mel spectrograms against SciPy, and what the audio networks refuse."""

from itertools import pairwise

import keras
import numpy as np
import pytest
from scipy.signal import stft

from kerascnn import models
from kerascnn.models.mel import MelImage

RATE, N_FFT, HOP, N_MELS = 16_000, 1024, 512, 128
SIGNALS = np.random.default_rng(0).normal(size=(3, 4_000, 1)).astype(np.float32)
SMALL = {"rate": 8_000, "n_fft": 64, "hop": 32, "n_mels": 8}


def mel(frequency):
    """Return the mels of a frequency in hertz, as O'Shaughnessy and HTK define them."""
    return 2595 * np.log10(1 + frequency / 700)


def bands(rate, n_fft, n_mels):
    """Return the (n_mels, n_fft // 2 + 1) triangles, evenly spaced and linear in mel."""
    edges = np.linspace(mel(20), mel(rate / 2), n_mels + 2)
    bins = mel(np.arange(n_fft // 2 + 1) * rate / n_fft)
    return np.array([np.interp(bins, edges[i : i + 3], [0, 1, 0]) for i in range(n_mels)])


def decibels(signal, rate=RATE, n_fft=N_FFT, hop=HOP, n_mels=N_MELS):
    """Return the mel spectrogram of a signal, (n_mels, frames), by SciPy in float64."""
    half = n_fft // 2
    mirrored = np.pad(signal.astype(float), half, mode="reflect")
    _, _, spectrum = stft(
        mirrored, window="hann", nperseg=n_fft, noverlap=n_fft - hop, boundary=None, padded=False
    )
    spectrum = spectrum * n_fft / 2  # SciPy divides by the window's sum
    levels = 10 * np.log10(np.maximum(bands(rate, n_fft, n_mels) @ abs(spectrum) ** 2, 1e-10))
    return np.maximum(levels, levels.max() - 80)


def spectrogram(signals, rate=RATE, n_fft=N_FFT, hop=HOP, n_mels=N_MELS):
    """Return the layer's images of signals."""
    return np.array(MelImage(rate, n_fft, hop, n_mels)(signals))


@pytest.mark.numbers
@pytest.mark.parametrize("n_samples", [4_000, 4_095, 4_096, 513 * 3])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"n_mels": 20},
        {"rate": 8_000, "n_fft": 256, "hop": 100, "n_mels": 24},
    ],
)
def test_the_spectrogram_is_scipys(n_samples, settings):
    """Transform, mel bands and decibels agree with an independent computation."""
    signals = np.random.default_rng(1).normal(size=(2, n_samples, 1)).astype(np.float32)
    expected = np.stack([decibels(signal[:, 0], **settings) for signal in signals])
    np.testing.assert_allclose(spectrogram(signals, **settings)[..., 0], expected, atol=2e-3)


@pytest.mark.numbers
def test_what_is_80_decibels_below_the_maximum_is_cut_off():
    """Bands far from a pure tone are at exactly that level."""
    time = np.arange(4_096) / RATE
    tone = np.sin(2 * np.pi * 1_000 * time).astype(np.float32)[None, :, None]
    image = spectrogram(tone)[0, :, 2:-2, 0]
    assert image.min() == pytest.approx(image.max() - 80, abs=0.01)


def test_a_tone_lies_in_its_band():
    """The brightest row of a tone at 1 kHz is the band whose centre is nearest to it in mel."""
    tone = np.sin(2 * np.pi * 1_000 * np.arange(4_096) / RATE).astype(np.float32)
    centres = np.linspace(mel(20), mel(RATE / 2), N_MELS + 2)[1:-1]
    brightest = spectrogram(tone[None, :, None])[0, :, 4, 0].argmax()
    assert brightest == abs(centres - mel(1_000)).argmin()


def test_a_signals_image_does_not_depend_on_the_others_of_its_batch():
    """A loud neighbour does not raise the level at which a quiet signal is cut off."""
    loud = SIGNALS.copy()
    loud[1:] *= 1e6
    np.testing.assert_array_equal(spectrogram(loud)[0], spectrogram(SIGNALS)[0])


def test_silence_is_finite():
    """A signal of zeros has the least power in every band."""
    silent = spectrogram(np.zeros((1, 2_000, 1), np.float32))
    np.testing.assert_allclose(silent, -100, rtol=1e-6)


@pytest.mark.parametrize("n_samples", [1_535, 1_536, 1_537, 2_047])
def test_the_stated_shape_is_that_of_the_output(n_samples):
    """Also for the lengths for which Keras's own layer states one frame too many."""
    layer = MelImage(RATE, N_FFT, HOP, N_MELS)
    signals = np.zeros((2, n_samples, 1), np.float32)
    assert layer.compute_output_shape(signals.shape) == layer(signals).shape


def test_the_network_gets_scipys_spectrogram():
    """On a signal it computes what it computes on the ready image."""
    on_signals = models.build("audio_cnn_2d", (400, 1), 3, **SMALL)
    images = np.stack([decibels(signal[:, 0], **SMALL) for signal in SIGNALS[:, :400]])[..., None]
    on_images = models.build("audio_cnn_2d", images.shape[1:], 3)
    on_images.set_weights(on_signals.get_weights())
    np.testing.assert_allclose(
        on_signals.predict(SIGNALS[:, :400], verbose=0),
        on_images.predict(images, verbose=0),
        atol=1e-3,
    )


def test_a_128_by_128_spectrogram_becomes_64_maps_of_32_by_32():
    """The features before the dense layer are those that the source states."""
    rows = models.describe("audio_cnn_2d", (128, 128, 1))
    before = [row.output_shape for row, after in pairwise(rows) if after.kind == "Flatten"]
    assert before == [(32, 32, 64)]


def test_the_raw_waveform_is_pooled_by_maximum_then_by_average():
    """Kinds and sizes of the poolings are those of the source."""
    rows = models.describe("audio_cnn_1d")
    pooled = [(row.kind, row.output_shape) for row in rows if "Pooling" in row.kind]
    assert pooled == [
        ("MaxPooling1D", (4_000, 32)),
        ("AveragePooling1D", (1_000, 64)),
        ("GlobalAveragePooling1D", (64,)),
    ]


def test_a_saved_network_comes_back_with_its_spectrogram(tmp_path):
    """Keras's file holds the layer's settings."""
    network = models.build("audio_cnn_2d", (400, 1), 3, **SMALL)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    signals = SIGNALS[:, :400]
    np.testing.assert_array_equal(
        network.predict(signals, verbose=0), loaded.predict(signals, verbose=0)
    )


@pytest.mark.parametrize("name", ["audio_cnn_1d", "audio_cnn_2d"])
def test_a_training_step_in_a_graph_changes_every_weight(name):
    """Gradients pass from the loss to all layers, and stay finite."""
    keras.utils.set_random_seed(0)
    network = models.build(name, (400, 1), 3, **(SMALL if name == "audio_cnn_2d" else {}))
    network.compile("adam", "sparse_categorical_crossentropy")
    before = network.get_weights()
    network.train_on_batch(SIGNALS[:, :400], np.array([0, 1, 2]))
    for old, new in zip(before, network.get_weights(), strict=True):
        assert np.isfinite(new).all()
        assert not np.array_equal(old, new)


@pytest.mark.parametrize(
    ("shape", "arguments", "message"),
    [
        ((128, 128, 1), {"n_mels": 64}, r"n_mels=64 has no effect on input_shape=\(128, 128, 1\)"),
        ((16_000, 2), {}, r"input_shape=\(16000, 2\).*one channel"),
        ((16_000, 1), {"n_mels": 3}, "n_mels=3: must be an integer of at least 4"),
        ((16_000, 1), {"rate": 40}, "rate=40: must be an integer of at least 41"),
        ((16_000, 1), {"hop": 0}, "hop=0: must be an integer of at least 1"),
        ((16_000, 1), {"n_mels": "8"}, "n_mels='8': must be an integer"),
        ((16_000, 1), {"n_mels": None}, "n_mels=None: must be an integer"),
        ((16_000, 1), {"n_mels": 8.5}, "n_mels=8.5: must be an integer"),
        ((16_000, 1), {"rate": "8000"}, "rate='8000': must be an integer"),
        ((16_000, 1), {"rate": float("nan")}, "rate=nan: must be an integer"),
        ((16_000, 1), {"n_fft": 64.0}, "n_fft=64.0: must be an integer"),
        ((16_000, 1), {"hop": 1.5}, "hop=1.5: must be an integer"),
        ((16_000, 1), {"n_mels": 10**6}, "n_mels=1000000: must be at most 513, the frequencies"),
        ((16_000, 1), {"n_fft": 1023}, "n_fft=1023: must be even"),
        ((1_535, 1), {}, "of 1,535 samples .* at least 1,536 samples with n_fft=1024 and hop=512"),
        ((512, 1), {"hop": 1}, "signal of 512 samples is too short .* at least 513 samples"),
    ],
)
def test_a_signal_or_setting_without_a_spectrogram_is_refused(shape, arguments, message):
    """The error names the argument, its value and what it should be."""
    with pytest.raises(ValueError, match=message):
        models.build("audio_cnn_2d", shape, 10, **arguments)


@pytest.mark.parametrize("name", ["audio_cnn_1d", "audio_cnn_2d"])
@pytest.mark.parametrize("dropout", [1.0, -0.1, float("nan"), "half"])
def test_a_share_that_leaves_no_units_is_refused(name, dropout):
    """Nor is one of another kind taken."""
    with pytest.raises(ValueError, match=f"dropout={dropout!r}: must be a number of at least 0"):
        models.build(name, (16_000, 1), 10, dropout=dropout)


@pytest.mark.parametrize(("n_samples", "settings"), [(1_536, {}), (513, {"hop": 1})])
def test_the_stated_least_length_is_enough(n_samples, settings):
    """A signal of the length that the error names gives a prediction."""
    image = spectrogram(SIGNALS[:1, :n_samples], **settings)
    assert min(image.shape[1:3]) >= 4
    assert models.describe("audio_cnn_2d", (n_samples, 1), **settings)[-1].output_shape == (10,)
