"""The layout of a WAV file: its format, and where its samples lie.

Sources: Microsoft and IBM, Multimedia programming interface and data specifications 1.0 (1991), for
RIFF; EBU Tech 3306 (2009) for RF64, whose sizes have 64 bits.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

BYTE_ORDERS = {b"RIFF": "<", b"RF64": "<", b"RIFX": ">"}
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
# What identifies a format in an extensible header, behind its number, and where that begins.
EXTENSIBLE_END = [0, 16, bytes.fromhex("800000aa00389b71")]
EXTENSIBLE_START = 24
COMPRESSED = {
    2: "Microsoft ADPCM",
    6: "A-law",
    7: "mu-law",
    17: "IMA ADPCM",
    49: "GSM 6.10",
    80: "MPEG",
    85: "MP3",
    255: "AAC",
}
WIDTHS = {PCM: (1, 2, 3, 4, 8), FLOAT: (4, 8)}  # bytes of one stored value
SIZE_ELSEWHERE = 2**32 - 1  # in an RF64 file: the size stands in its chunk "ds64"


class UnreadableRecording(ValueError):  # noqa: N818 (it says what is wrong, as OSError's kin do)
    """A file holds no recording that can be used; the message says why."""


@dataclass(frozen=True)
class WavLayout:
    """How a WAV file stores its samples.

    Attributes:
        rate: samples per second.
        n_channels: the channels.
        n_frames: samples per channel.
        is_float: whether values are floating point; otherwise they are integers.
        width: bytes of one value.
        byte_order: "<" or ">", as NumPy and struct write it.
        start: where the samples begin, in bytes.
    """

    rate: int
    n_channels: int
    n_frames: int
    is_float: bool
    width: int
    byte_order: str
    start: int

    def values(self, data: bytes, first: int, n: int) -> np.ndarray:
        """Return n frames as they are scaled by full scale, (n, n_channels) float64.

        Args:
            data: the file's content.
            first: the first of the frames.
            n: how many; no more than there are behind the first.
        """
        count, offset = n * self.n_channels, self.start + first * self.n_channels * self.width
        if self.width == 3:  # NumPy has no such integers: they become the upper bytes of larger
            raw = np.frombuffer(data, np.uint8, 3 * count, offset).reshape(-1, 3)
            wide = np.zeros((count, 4), np.uint8)
            wide[:, slice(1, 4) if self.byte_order == "<" else slice(3)] = raw
            stored = wide.view(f"{self.byte_order}i4")[:, 0]
        else:
            kind = "f" if self.is_float else "u" if self.width == 1 else "i"
            stored = np.frombuffer(data, f"{self.byte_order}{kind}{self.width}", count, offset)
        return self._scaled(stored).reshape(n, self.n_channels)

    def _scaled(self, stored: np.ndarray) -> np.ndarray:
        values = stored.astype(np.float64)
        if self.is_float:
            return values
        if self.width == 1:  # bytes have no sign, and silence is 128
            values -= 128.0
        values /= 2.0 ** (8 * stored.dtype.itemsize - 1)
        return values


def find_layout(data: bytes) -> WavLayout:
    """Return how a WAV file stores its samples.

    Its header is not trusted: the bytes of one frame must be those that the format takes, the
    samples must lie within the file, and what follows them must be another chunk.

    Raises:
        UnreadableRecording: if the file is empty, no WAV file, compressed or damaged, or its
            header contradicts itself or the file.
    """
    if not data:
        raise UnreadableRecording("the file is empty")
    order = BYTE_ORDERS.get(data[:4])
    if order is None or data[8:12] != b"WAVE":
        raise UnreadableRecording("it is no WAV file: it does not begin with RIFF and WAVE")
    chunks: dict[bytes, tuple[int, int]] = {}
    for name, start, size in _chunks(data, order):
        if name in chunks and name in (b"fmt ", b"data"):
            raise UnreadableRecording(f"it has several chunks called {name.decode()!r}")
        chunks.setdefault(name, (start, size))
    if b"fmt " not in chunks or b"data" not in chunks:
        raise UnreadableRecording("it holds no samples")
    start, size = chunks[b"fmt "]
    return _layout(data[start : start + size], order, *chunks[b"data"])


def _chunks(data: bytes, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, the start and the size in bytes of each chunk, in their order."""
    place, size_of_samples = 12, None
    while place + 8 <= len(data):
        name, size = struct.unpack_from(f"{order}4sI", data, place)
        if not _is_name(name):
            _check_rest(data, place)
            return
        start = place + 8
        if name == b"data" and size == SIZE_ELSEWHERE and size_of_samples is not None:
            size = size_of_samples
        left = len(data) - start
        if name in (b"data", b"fmt ", b"ds64") and size > left:
            raise UnreadableRecording(f"its header claims {size:,} bytes where {left:,} are left")
        if name == b"ds64" and size >= 16:
            size_of_samples = struct.unpack_from(f"{order}Q", data, start + 8)[0]
        yield name, start, size
        place = start + size
        if size % 2 and data[place : place + 1] == b"\0":  # some programs leave the padding out
            place += 1


def _is_name(name: bytes) -> bool:
    return all(32 <= byte < 127 for byte in name)


def _check_rest(data: bytes, place: int) -> None:
    """Accept zeros behind the last chunk, with which recorders fill files up, and nothing else."""
    n_left = len(data) - place
    if data.count(0, place) != n_left:
        raise UnreadableRecording(
            f"its header contradicts the file: its chunks end {n_left:,} bytes before the file"
        )


def _layout(form: bytes, order: str, start: int, size: int) -> WavLayout:
    """Return the layout that the chunk of the format states, or say what contradicts it."""
    if len(form) < 16:
        raise UnreadableRecording(f"its format takes {len(form)} bytes, not 16 or more")
    tag, n_channels, rate, _, frame_bytes, bits = struct.unpack_from(f"{order}HHIIHH", form)
    if tag == EXTENSIBLE and len(form) >= EXTENSIBLE_START + 16:
        number, *end = struct.unpack_from(f"{order}IHH8s", form, EXTENSIBLE_START)
        tag = number if end == EXTENSIBLE_END else tag
    if tag not in WIDTHS:
        known = COMPRESSED.get(tag, "an unknown format")
        raise UnreadableRecording(f"its samples are compressed or coded: {known} (number {tag})")
    if rate == 0:
        raise UnreadableRecording("its sampling rate is 0")
    if size == 0:
        raise UnreadableRecording("it holds no samples")
    width = _width(tag, n_channels, frame_bytes, bits)
    if size % frame_bytes:
        raise UnreadableRecording(
            f"its {size:,} bytes of samples are no multiple of {frame_bytes}, which one sample of "
            "each channel takes: it is cut short or damaged"
        )
    return WavLayout(rate, n_channels, size // frame_bytes, tag == FLOAT, width, order, start)


def _width(tag: int, n_channels: int, frame_bytes: int, bits: int) -> int:
    """Return the bytes of one value."""
    fitting = [-(-bits // 8)]
    if tag == PCM and bits == 24:
        fitting.append(4)  # so some programs store them
    width = next((each for each in fitting if each * n_channels == frame_bytes), 0)
    if not width or not n_channels:
        raise UnreadableRecording(
            f"its header contradicts itself: {n_channels} channels of {bits} bits do not take "
            f"{frame_bytes} bytes"
        )
    if width not in WIDTHS[tag]:
        raise UnreadableRecording(f"its samples have {bits} bits, which no such format has")
    return width
