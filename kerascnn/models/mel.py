"""The mel spectrogram of a signal, as an image that a network takes."""

from typing import Any

import keras
from keras import layers, ops

LOWEST_FREQUENCY = 20.0  # Hz, where the first band begins
LEAST_POWER = 1e-10  # of a band: silence is -100 dB
RANGE = 80.0  # decibels below an image's maximum at which it is cut off


@keras.saving.register_keras_serializable("kerascnn")
class MelImage(layers.Layer):
    """Turns signals into images of their power, in decibels, by mel band and time.

    ::

        (n, samples, 1) ─ frames of n_fft samples every hop samples, Hann window, |FFT|²
                        ─ n_mels triangular bands from 20 Hz to rate / 2, peak 1
                        ─ 10 log₁₀, at most 80 dB below the image's maximum
                        ─ (n, n_mels, samples // hop + 1, 1)

    Frame t is centred on sample t · hop; the signal is mirrored at both ends. Row 0 is the lowest
    band. 0 dB is the power 1. Edges and centres of bands lie evenly on the mel scale
    2595 log₁₀(1 + f / 700 Hz), and each triangle is linear in mel (HTK). A band narrower than
    rate / n_fft may hold no frequency of the transform and is then constant.

    Keras's own MelSpectrogram does the transform and the bands. Its decibels are not used: they
    are cut off below the maximum of a whole batch, which would make the prediction for a signal
    depend on the signals beside it. Nor is its output shape, which for some lengths has one
    frame too many.

    Args:
        rate: samples per second.
        n_fft: samples of a frame, an even number.
        hop: samples from one frame to the next.
        n_mels: the number of bands.
    """

    def __init__(self, rate: int, n_fft: int, hop: int, n_mels: int, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.n_fft = n_fft
        self.hop = hop
        self.n_mels = n_mels
        self.mel_power = layers.MelSpectrogram(
            fft_length=n_fft,
            sequence_stride=hop,
            sampling_rate=rate,
            num_mel_bins=n_mels,
            min_freq=LOWEST_FREQUENCY,
            power_to_db=False,
            dtype="float32",
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Build the layer within for signals of one length."""
        self.mel_power.build(input_shape[:2])

    def call(self, signals: Any) -> Any:
        """Return the images of a batch of signals, (n, samples, 1)."""
        power = self.mel_power(signals[..., 0])
        decibels = 10.0 * ops.log10(ops.maximum(power, LEAST_POWER))
        loudest = ops.max(decibels, axis=(1, 2), keepdims=True)
        images = ops.maximum(decibels, loudest - RANGE)[..., None]
        return ops.cast(images, self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the images, (n, n_mels, frames, 1)."""
        n, samples, _ = input_shape
        return n, self.n_mels, None if samples is None else n_frames(samples, self.hop), 1

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        own = {"rate": self.rate, "n_fft": self.n_fft, "hop": self.hop, "n_mels": self.n_mels}
        return {**super().get_config(), **own}


def n_frames(n_samples: int, hop: int) -> int:
    """Return the number of frames of a signal: one centred on every `hop`-th sample."""
    return n_samples // hop + 1


def shortest_signal(n_fft: int, hop: int, frames: int) -> int:
    """Return the least number of samples that can be mirrored and give so many frames."""
    return max(n_fft // 2 + 1, hop * (frames - 1))
