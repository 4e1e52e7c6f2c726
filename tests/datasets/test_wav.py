"""The layout of WAV files, against SciPy and headers that contradict themselves."""

import io
import struct

import numpy as np
import pytest
from scipy.io import wavfile

from kerascnn.datasets.wav import FLOAT, PCM, UnreadableRecording, find_layout
from tests.datasets.sounds import wav_bytes

RANDOM = np.random.default_rng(0)
EXTENSIBLE = 0xFFFE
STORED = struct.pack("<6h", 0, 16_384, -16_384, 32_767, -32_768, 8_192)


def extensible(content, bits, tag, valid=None):
    """Return a file whose format is told by an identifier in a longer header."""
    width = bits // 8
    form = struct.pack("<HHIIHH", EXTENSIBLE, 1, 8_000, 8_000 * width, width, bits)
    form += struct.pack("<HHI", 22, valid or bits, 4) + struct.pack("<H", tag)
    form += bytes.fromhex("000000001000800000aa00389b71")
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def with_frame_bytes(data, frame_bytes):
    """Return a file whose header states other bytes of a frame."""
    return data[:32] + struct.pack("<H", frame_bytes) + data[34:]


def values(data):
    """Return all values of a file."""
    layout = find_layout(data)
    return layout.values(data, 0, layout.n_frames)


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">i2", "<i4", ">i4", "<f4", ">f4", "<f8"])
@pytest.mark.parametrize("n_channels", [1, 2, 5])
def test_values_are_scipys(dtype, n_channels):
    """Files that SciPy writes are read as SciPy reads them, and scaled by full scale."""
    kind = np.dtype(dtype)
    stored = RANDOM.integers(0, 200, (50, n_channels)).astype(kind)
    file = io.BytesIO()
    wavfile.write(file, 8_000, stored)
    expected = wavfile.read(io.BytesIO(file.getvalue()))[1].reshape(50, n_channels).astype(float)
    if kind.kind == "u":
        expected = (expected - 128) / 128
    elif kind.kind == "i":
        expected /= 2.0 ** (8 * kind.itemsize - 1)
    np.testing.assert_array_equal(values(file.getvalue()), expected)


@pytest.mark.parametrize(
    ("bits", "tag", "dtype"), [(16, PCM, "<i2"), (32, FLOAT, "<f4"), (64, FLOAT, "<f8")]
)
def test_an_extensible_header_tells_its_format_by_an_identifier(bits, tag, dtype):
    """The number 65534 stands for any format."""
    stored = RANDOM.integers(-100, 100, 9).astype(dtype)
    scale = 1.0 if tag == FLOAT else 32_768.0
    np.testing.assert_array_equal(
        values(extensible(stored.tobytes(), bits, tag))[:, 0], stored / scale
    )


def test_24_bits_may_be_stored_in_4_bytes():
    """Each in the upper three of them."""
    content = struct.pack("<3i", 2**30, -(2**31), 2**24)
    data = with_frame_bytes(wav_bytes(content, 24), 4)
    assert values(data)[:, 0].tolist() == [0.5, -1.0, 2**-7]


@pytest.mark.parametrize("frame_bytes", [0, 1, 3, 4, 8])
def test_bytes_of_a_frame_that_contradict_the_format_are_refused(frame_bytes):
    """16-bit samples are never taken for 8 or 24 bits, which would be other sounds."""
    with pytest.raises(UnreadableRecording, match=f"contradicts itself: .*take {frame_bytes} byte"):
        find_layout(with_frame_bytes(wav_bytes(STORED, 16), frame_bytes))


@pytest.mark.parametrize("claimed", [0, 2, 4])
def test_samples_behind_the_end_that_the_header_states_are_not_lost_in_silence(claimed):
    """A header that claims fewer bytes than there are is an error."""
    with pytest.raises(UnreadableRecording, match=r"chunks end \d+ bytes before the file"):
        find_layout(wav_bytes(STORED, 16, claimed=claimed))


@pytest.mark.parametrize("rest", [bytes(500), b"TAG" + b"title of a song" * 8, b"\x01\x02\x03"])
def test_what_programs_append_to_a_file_does_not_matter(rest):
    """Zeros up to a round size, and notes."""
    assert find_layout(wav_bytes(STORED, 16) + rest).n_frames == 6


def test_padding_behind_an_odd_number_of_bytes_may_be_missing():
    """Both kinds of files are followed by another chunk."""
    data, note = wav_bytes(b"\x80\x90\xa0", 8), b"LIST" + struct.pack("<I", 4) + b"INFO"
    for padding in (b"", b"\0"):
        assert find_layout(data + padding + note).n_frames == 3


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (wav_bytes(bytes(16), 24), "16 bytes of samples are no multiple of 3, .* cut short"),
        (wav_bytes(STORED, 16, channels=4), "12 bytes of samples are no multiple of 8"),
        (wav_bytes(STORED, 16, FLOAT), "its samples have 16 bits, which no such format has"),
        (extensible(STORED, 16, 255), "compressed or coded: AAC"),
        (wav_bytes(STORED, 16) + wav_bytes(STORED, 16)[36:], "several chunks called 'data'"),
        (wav_bytes(STORED, 16)[:24], "claims 16 bytes where 4 are left"),
    ],
)
def test_other_contradictions_are_refused(data, message):
    """Each with what is wrong in a few words."""
    with pytest.raises(UnreadableRecording, match=message):
        find_layout(data)
