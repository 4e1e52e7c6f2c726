"""CNNs for audio: on mel spectrograms as images, and on the raw waveform."""

import keras
from keras import layers
from keras.regularizers import L2

from kerascnn.models.checks import check_at_least, check_dropout, check_length
from kerascnn.models.mel import LOWEST_FREQUENCY, MelImage, shortest_signal
from kerascnn.models.registry import arguments, register

SMALLEST = 4  # bands and frames that two halvings leave something of


@register(smallest=SMALLEST, image=(128, 128, 1), signal=(65_024, 1))
def audio_cnn_2d(
    input_shape: tuple[int, ...],
    n_classes: int,
    *,
    l2: float = 0.0,
    dropout: float = 0.5,
    rate: int = 16_000,
    n_fft: int = 1024,
    hop: int = 512,
    n_mels: int = 128,
) -> keras.Model:
    """Build a CNN on mel spectrograms; 33,578,890 parameters for 65,024 samples and 10 classes.

    ::

        65,024×1  ─ mel spectrogram of 128 bands, decibels
        128×128×1 ─ conv 32@3×3 same, relu ─ 128×128×32 ─ max-pool 2 ─ 64×64×32     320 parameters
                  ─ conv 64@3×3 same, relu ─ 64×64×64   ─ max-pool 2 ─ 32×32×64  18,496
                  ─ flatten ─ 65,536 ─ dense 512, relu ─ dropout 0.5         33,554,944
                                     ─ dense 10, softmax                          5,130

    Source: M. La Quatra, Deep learning for speech and vision, module 2, Kore University of Enna,
    where it is given in PyTorch. The decibels, the first band's beginning at 20 Hz and HTK's mel
    scale are Keras's; see `kerascnn.models.mel.MelImage`.

    Args:
        input_shape: (samples, 1): a signal, of which the network makes its own spectrogram; or
            (height, width, channels), at least 4×4: a spectrogram, which is taken as it is.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on the four kernels: the loss gains l2 · Σ w².
        dropout: the share of hidden units dropped in training, 0 to 1 exclusive.
        rate: the signal's samples per second, above 40.
        n_fft: samples of the Hann window, an even number; bands are resolved to rate / n_fft hertz.
        hop: samples from one window to the next, at least 1; there are samples // hop + 1.
        n_mels: mel bands, at least 4 and at most n_fft / 2 + 1, the frequencies of a window.

    Raises:
        ValueError: if an argument is out of range, the signal has several channels or gives
            less than 4 windows, the spectrogram is smaller than 4×4, or one of the last four
            arguments is given for a spectrogram.
    """
    check_dropout(dropout)
    given = {"rate": rate, "n_fft": n_fft, "hop": hop, "n_mels": n_mels}
    if len(input_shape) == 3:
        _check_unused(given, input_shape)
        front = []
    else:
        _check_mel(given, input_shape)
        front = [MelImage(**given)]
    return keras.Sequential(
        [
            keras.Input(input_shape),
            *front,
            layers.Conv2D(32, 3, padding="same", activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, padding="same", activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(512, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dropout(dropout),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)),
        ],
        name="audio_cnn_2d",
    )


@register(signal=(16_000, 1), shortest=16)
def audio_cnn_1d(
    input_shape: tuple[int, int], n_classes: int, *, l2: float = 0.0, dropout: float = 0.5
) -> keras.Model:
    """Build a CNN on raw waveforms; 15,946 parameters for one channel and 10 classes.

    ::

        16,000×1 ─ conv 32@3 same, relu ─ 16,000×32 ─ max-pool 4     ─ 4,000×32    128 parameters
                 ─ conv 64@3 same, relu ─ 4,000×64  ─ average-pool 4 ─ 1,000×64  6,208
                 ─ global average ─ 64 ─ dense 128, relu ─ dropout 0.5           8,320
                                       ─ dense 10, softmax                       1,290

    Source: see `audio_cnn_2d`.

    Args:
        input_shape: (samples, channels), at least 16 samples, of any rate.
        n_classes: the number of outputs.
        l2: strength of the L2 penalty on the four kernels: the loss gains l2 · Σ w².
        dropout: the share of hidden units dropped in training, 0 to 1 exclusive.

    Raises:
        ValueError: if the signal has less than 16 samples, or `dropout` is out of range.
    """
    check_dropout(dropout)
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv1D(32, 3, padding="same", activation="relu", kernel_regularizer=L2(l2)),
            layers.MaxPooling1D(4),
            layers.Conv1D(64, 3, padding="same", activation="relu", kernel_regularizer=L2(l2)),
            layers.AveragePooling1D(4),
            layers.GlobalAveragePooling1D(),
            layers.Dense(128, activation="relu", kernel_regularizer=L2(l2)),
            layers.Dropout(dropout),
            layers.Dense(n_classes, activation="softmax", kernel_regularizer=L2(l2)),
        ],
        name="audio_cnn_1d",
    )


def _check_unused(given: dict[str, int], input_shape: tuple[int, ...]) -> None:
    """Raise a ValueError if a spectrogram's argument is not what it is by default."""
    defaults = arguments(audio_cnn_2d)
    for name, value in given.items():
        if value != defaults[name]:
            raise ValueError(
                f"{name}={value!r} has no effect on input_shape={input_shape}, a spectrogram: "
                "leave it out, or give signals of shape (samples, 1)"
            )


def _check_mel(given: dict[str, int], input_shape: tuple[int, ...]) -> None:
    """Raise a ValueError unless a signal of that shape has a spectrogram of at least 4×4."""
    least = {"rate": int(2 * LOWEST_FREQUENCY) + 1, "n_fft": 2, "hop": 1, "n_mels": SMALLEST}
    for name, value in given.items():
        check_at_least(name, value, least[name])
    n_fft, hop, n_mels = given["n_fft"], given["hop"], given["n_mels"]
    if n_fft % 2:
        raise ValueError(f"n_fft={n_fft}: must be even")
    if n_mels > n_fft // 2 + 1:
        raise ValueError(
            f"n_mels={n_mels}: must be at most {n_fft // 2 + 1}, the frequencies that "
            f"n_fft={n_fft} tells apart"
        )
    n_samples, channels = input_shape
    if channels != 1:
        raise ValueError(
            f"input_shape={input_shape}: model 'audio_cnn_2d' makes spectrograms of signals of "
            "one channel, (samples, 1)"
        )
    shortest = shortest_signal(n_fft, hop, SMALLEST)
    check_length("audio_cnn_2d", n_samples, shortest, f" with n_fft={n_fft} and hop={hop}")
