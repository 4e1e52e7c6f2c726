"""WAV files written byte by byte or by the standard library, for tests."""

import struct
import wave

import numpy as np

PCM, ADPCM, FLOAT, MULAW = 1, 2, 3, 7


def write_pcm(path, samples, rate=8_000):
    """Write int16 samples, (n,) or (n, channels), with the standard library; return the path."""
    samples = np.asarray(samples, "<i2")
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def wav_bytes(content, bits, tag=PCM, channels=1, rate=8_000, claimed=None):
    """Return a WAV file whose header claims `claimed` bytes of samples, or as many as there are."""
    width = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, (rate * width) % 2**32, width, bits)
    size = len(content) if claimed is None else claimed
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", size) + content
    return b"RIFF" + struct.pack("<I", len(chunks) + size - len(content)) + chunks


def write_bytes(path, data):
    """Write bytes, the folders made; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
