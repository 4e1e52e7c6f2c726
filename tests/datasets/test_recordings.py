"""One WAV file as a signal, against numbers packed by hand."""

import struct
import tracemalloc

import numpy as np
import pytest
from scipy.signal import resample_poly

from kerascnn.datasets.recordings import inspect_recording, read_signal
from kerascnn.datasets.resampling import UnreachableRate, resampled_length
from kerascnn.datasets.wav import UnreadableRecording
from tests.datasets.sounds import ADPCM, FLOAT, MULAW, PCM, wav_bytes

RANDOM = np.random.default_rng(0)
VALUES = [-1.0, -0.5, 0.0, 0.25, 0.75]  # each is exact in every format


def packed(bits, tag):
    """Return VALUES as they are stored, packed one by one."""
    if tag == FLOAT:
        return b"".join(struct.pack("<f" if bits == 32 else "<d", value) for value in VALUES)
    whole = [round(value * 2 ** (bits - 1)) for value in VALUES]
    if bits == 8:
        return bytes(number + 128 for number in whole)
    return b"".join(number.to_bytes(bits // 8, "little", signed=True) for number in whole)


@pytest.mark.parametrize(
    ("bits", "tag"), [(8, PCM), (16, PCM), (24, PCM), (32, PCM), (32, FLOAT), (64, FLOAT)]
)
def test_every_format_is_scaled_by_full_scale(bits, tag):
    """8 (unsigned), 16, 24 and 32-bit integers and both kinds of floats give the same values."""
    found = read_signal(wav_bytes(packed(bits, tag), bits, tag), 8_000, len(VALUES))
    assert found.dtype == np.float32
    assert found.tolist() == VALUES


def test_channels_are_averaged():
    """Each sample of a stereo file is the mean of left and right."""
    pairs = [(16_384, 0), (-32_768, 32_767), (8_192, 8_192)]
    content = b"".join(struct.pack("<hh", *pair) for pair in pairs)
    found = read_signal(wav_bytes(content, 16, channels=2), 8_000, 3)
    np.testing.assert_array_equal(found, [0.25, np.float32(-0.5 / 32_768), 0.25])


@pytest.mark.parametrize(("own", "rate"), [(8_000, 16_000), (44_100, 16_000), (100, 16_000)])
@pytest.mark.parametrize("n_samples", [50, 1_000, 1_000_000])
def test_resampling_is_scipys_whatever_is_cut(own, rate, n_samples):
    """The signal starts as the whole file resampled does, also where only its start is needed."""
    stored = RANDOM.integers(-32_768, 32_768, 3_000).astype("<i2")
    data = wav_bytes(stored.tobytes(), 16, rate=own)
    whole = resample_poly(stored / 32_768, rate // 100, own // 100)
    expected = np.zeros(n_samples, np.float32)
    expected[: len(whole)] = whole[:n_samples]
    np.testing.assert_allclose(read_signal(data, rate, n_samples), expected, atol=1e-7)
    assert resampled_length(inspect_recording(data).n_samples, own, rate) == len(whole)


def test_a_cut_loses_the_end_and_padding_is_zero():
    """A signal without resampling keeps its values to the last bit."""
    data = wav_bytes(packed(16, PCM), 16)
    assert read_signal(data, 8_000, 3).tolist() == VALUES[:3]
    assert read_signal(data, 8_000, 7).tolist() == [*VALUES, 0, 0]


def test_what_a_file_holds_is_told():
    """Rate, length, channels and the loudest value of the average."""
    content = struct.pack("<4h", 16_384, 16_384, 0, -32_768)
    found = inspect_recording(wav_bytes(content, 16, channels=2, rate=44_100))
    assert (found.rate, found.n_samples, found.n_channels, found.peak) == (44_100, 2, 2, 0.5)


@pytest.mark.parametrize("chunk", [b"LIST", b"cue ", b"id3 "])
def test_chunks_of_other_programs_do_not_matter(chunk):
    """Notes in front of the samples and after them are skipped, without a warning."""
    note = chunk + struct.pack("<I", 4) + b"note"
    data = wav_bytes(packed(16, PCM), 16)
    longer = b"RIFF" + struct.pack("<I", len(data) - 8 + 2 * len(note)) + data[8:36]
    found = read_signal(longer + note + data[36:] + note, 8_000, len(VALUES))
    assert found.tolist() == VALUES


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"hello, this is no sound", "it is no WAV file"),
        (wav_bytes(b"", 16), "it holds no samples"),
        (wav_bytes(b"", 16)[:36], "it holds no samples"),
        (wav_bytes(bytes(8), 16, rate=0), "its sampling rate is 0"),
        (wav_bytes(bytes(8), 16, channels=0), "its header contradicts itself: 0 channels"),
        (wav_bytes(bytes(8), 16, claimed=1_600_000_000), "claims 1,600,000,000 bytes where 8 are"),
        (wav_bytes(bytes(999), 16, claimed=1_000), "claims 1,000 bytes where 999 are left"),
        (wav_bytes(bytes(64), 4, ADPCM, channels=2), "compressed or coded: Microsoft ADPCM"),
        (wav_bytes(bytes(64), 8, MULAW), "compressed or coded: mu-law"),
        (wav_bytes(struct.pack("<2f", 0.5, np.nan), 32, FLOAT), "NaN or infinite"),
        (wav_bytes(struct.pack("<2f", 0.5, -np.inf), 32, FLOAT), "NaN or infinite"),
        (wav_bytes(struct.pack("<2d", 0.5, 1e300), 64, FLOAT), "NaN or infinite"),
    ],
)
def test_what_is_no_recording_is_refused(data, message):
    """Empty, damaged, compressed and endless files are told apart in a few words."""
    with pytest.raises(UnreadableRecording, match=message):
        inspect_recording(data)


def test_a_claim_of_a_million_seconds_takes_no_memory():
    """A header of 16 GB in an RF64 file is compared with what is there before memory is taken."""
    form = struct.pack("<HHIIHH", PCM, 1, 8_000, 16_000, 2, 16)
    sizes = struct.pack("<QQQI", 16_000_000_100, 16_000_000_000, 8_000_000_000, 0)
    data = b"RF64" + b"\xff" * 4 + b"WAVEds64" + struct.pack("<I", 28) + sizes
    data += b"fmt " + struct.pack("<I", 16) + form + b"data" + b"\xff" * 4 + bytes(100)
    tracemalloc.start()
    with pytest.raises(UnreadableRecording, match="claims 16,000,000,000 bytes where 100 are left"):
        inspect_recording(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_rate_that_needs_an_endless_filter_is_refused():
    """Rates without a common divisor would need a filter of billions of coefficients."""
    data = wav_bytes(bytes(8), 16, rate=2_000_000_011)
    with pytest.raises(UnreachableRate, match="2,000,000,011 Hz cannot be resampled to 16,000"):
        read_signal(data, 16_000, 10)


def test_a_long_recording_is_resampled_no_further_than_needed():
    """One second of an hour at one sample per second takes the memory of the second."""
    data = wav_bytes(bytes(2 * 3_600), 16, rate=1)
    inspect_recording(data)
    tracemalloc.start()
    read_signal(data, 16_000, 16_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000  # all of it would take 460 MB


def test_any_flipped_bytes_give_a_signal_or_a_clear_error():
    """A damaged header never escapes as an error of another kind, nor fills the memory."""
    whole = wav_bytes(packed(16, PCM) * 4, 16)
    for _ in range(3_000):
        data = bytearray(whole[: RANDOM.integers(1, len(whole) + 1)])
        for place in RANDOM.integers(0, len(data), 3):
            data[place] = RANDOM.integers(256)
        try:
            signal = read_signal(bytes(data), inspect_recording(bytes(data)).rate, 100)
        except UnreadableRecording:
            continue
        assert signal.shape == (100,)
        assert np.isfinite(signal).all()
