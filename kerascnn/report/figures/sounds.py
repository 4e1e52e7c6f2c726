"""Signals as sounds on a page."""

from base64 import b64encode
from io import BytesIO

import numpy as np

FULL_SCALE = 32_767
PLAYED = (3_000, 384_000)  # samples per second that browsers play


def can_be_played(rate: float) -> bool:
    """Return whether browsers play sounds of so many samples per second."""
    return PLAYED[0] <= rate <= PLAYED[1]


def wav_address(signal: np.ndarray, rate: float) -> str:
    """Write a signal as a WAV data address, 16 bits a sample, without the silence at its end.

    Args:
        signal: (samples, channels), float; channels are averaged. What is louder than full scale,
            from -1 to 1, is made quieter as a whole.
        rate: samples per second.
    """
    from scipy.io import wavfile

    course = np.nan_to_num(signal.astype(np.float64).mean(axis=-1), posinf=0.0, neginf=0.0)
    heard = np.flatnonzero(course)
    course = course[: heard[-1] + 1] if len(heard) else course[:1]
    loudest = max(1.0, np.abs(course).max())
    samples = np.round(course / loudest * FULL_SCALE).astype(np.int16)
    buffer = BytesIO()
    wavfile.write(buffer, round(rate), samples)
    return "data:audio/wav;base64," + b64encode(buffer.getvalue()).decode("ascii")
