"""One WAV file → one signal."""

import io
import struct
import warnings
from dataclasses import dataclass
from math import gcd

import numpy as np

# What SciPy raises on files whose headers make no sense, without saying so.
SENSELESS = (TypeError, OverflowError, ZeroDivisionError, struct.error)
CHUNK_NAME_BYTES = 4  # SciPy asks for so many at the end of a file to see that it is the end
# The filter that resamples by up/down has 20 coefficients per unit of the larger of the two.
LARGEST_FACTOR = 200_000
FILTER_REACH = 20  # twice what SciPy's filter reaches to either side, in the same unit


class UnreadableRecording(ValueError):  # noqa: N818 (it says what is wrong, as OSError's kin do)
    """A file holds no recording that can be used; the message says why."""


@dataclass(frozen=True)
class Recording:
    """What a WAV file holds.

    Attributes:
        rate: samples per second.
        n_samples: samples per channel.
        n_channels: the channels.
        peak: the largest absolute value of its signal; 1 is full scale.
    """

    rate: int
    n_samples: int
    n_channels: int
    peak: float


def inspect_recording(data: bytes) -> Recording:
    """Return what a WAV file holds.

    Raises:
        UnreadableRecording: if the file is empty, damaged, shorter than its header says,
            compressed, without a rate, or holds NaN or infinite values.
    """
    rate, values = _read(data)
    peak = float(np.abs(_signal(values)).max())
    return Recording(rate, len(values), 1 if values.ndim == 1 else values.shape[1], peak)


def read_signal(data: bytes, rate: int, n_samples: int) -> np.ndarray:
    """Return a WAV file's signal at a rate and with a length.

    Integers are divided by full scale, so that they lie in [-1, 1]; floating point values are
    taken as they are. Channels are averaged, and resampling is SciPy's `resample_poly`, whose
    filter may overshoot a little. What is too long loses its end, what is too short gets zeros
    at its end.

    Args:
        data: the file's content.
        rate: samples per second.
        n_samples: the length.

    Returns:
        float32, (n_samples,).

    Raises:
        UnreadableRecording: see `inspect_recording`, or if the rates have too large a ratio.
    """
    own_rate, values = _read(data)
    up, down = factors(own_rate, rate)
    needed = (n_samples * down + FILTER_REACH * max(up, down)) // up + 1
    signal = _signal(values[:needed])
    if up != down:
        from scipy.signal import resample_poly  # with SciPy's signals half a second

        signal = resample_poly(signal, up, down)
    padded = np.zeros(n_samples, np.float32)
    padded[: len(signal)] = signal[:n_samples]
    return padded


def resampled_length(recording: Recording, rate: int) -> int:
    """Return how many samples a recording has at another rate."""
    up, down = factors(recording.rate, rate)
    return -(-recording.n_samples * up // down)


def factors(own_rate: int, rate: int) -> tuple[int, int]:
    """Return the coprime numbers `up` and `down` with `own_rate` × up / down = `rate`.

    Raises:
        UnreadableRecording: if they are so large that the filter would fill the memory.
    """
    divisor = gcd(own_rate, rate)
    up, down = rate // divisor, own_rate // divisor
    if max(up, down) > LARGEST_FACTOR:
        raise UnreadableRecording(
            f"{own_rate:,} Hz cannot be resampled to {rate:,} Hz: choose a rate that has a "
            "larger common divisor with it"
        )
    return up, down


class _StrictBytes(io.BytesIO):
    """Bytes that refuse to give fewer than asked for, which SciPy would take for the whole."""

    def read(self, size: int | None = -1, /) -> bytes:
        left = len(self.getbuffer()) - self.tell()
        if size is not None and size > max(left, CHUNK_NAME_BYTES):
            raise EOFError(f"its header claims {size:,} bytes where {max(left, 0):,} are left")
        return super().read(size)


def _read(data: bytes) -> tuple[int, np.ndarray]:
    """Return the rate and the values as they are stored, (n,) or (n, channels)."""
    from scipy.io import wavfile

    if not data:
        raise UnreadableRecording("the file is empty")
    try:
        with warnings.catch_warnings():
            # Chunks that are no samples, such as notes of a program, do not matter.
            warnings.simplefilter("ignore", wavfile.WavFileWarning)
            rate, values = wavfile.read(_StrictBytes(data))
    except NameError as error:  # SciPy's way to say that there is no chunk of samples
        raise UnreadableRecording("it holds no samples") from error
    except (ValueError, EOFError) as error:
        raise UnreadableRecording(str(error)) from error
    except SENSELESS as error:
        raise UnreadableRecording(f"its header is damaged: {error}") from error
    if rate == 0:
        raise UnreadableRecording("its sampling rate is 0")
    if values.size == 0:
        raise UnreadableRecording("it holds no samples")
    return int(rate), values


def _signal(values: np.ndarray) -> np.ndarray:
    """Return values scaled by full scale and averaged over channels, (n,) float64."""
    if values.dtype.kind == "f":
        scaled = values.astype(np.float64)
    else:
        full_scale = 128.0 if values.dtype == np.uint8 else -float(np.iinfo(values.dtype).min)
        scaled = (values - (128.0 if values.dtype == np.uint8 else 0.0)) / full_scale
    signal = scaled if scaled.ndim == 1 else scaled.mean(axis=1)
    if not (np.abs(signal) <= np.finfo(np.float32).max).all():
        raise UnreadableRecording("it holds NaN or infinite values")
    return signal
