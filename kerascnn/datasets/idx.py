"""Arrays in the IDX format, in which MNIST and Fashion-MNIST were published.

A big-endian header (two zero bytes, the type, the number of axes, the length of each axis) is
followed by the values. Source: Y. LeCun, The MNIST database, "File formats".
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from kerascnn.datasets.errors import DatasetError

UNSIGNED_BYTE = 8
IMAGES = "{split}-images-idx3-ubyte.gz"
LABELS = "{split}-labels-idx1-ubyte.gz"


def read_idx(path: Path) -> np.ndarray:
    """Return the array in a gzipped IDX file of unsigned bytes.

    Raises:
        DatasetError: if the file is damaged, not fully downloaded or of another format.
    """
    try:
        with gzip.open(path) as file:
            return _array(file.read())
    except (OSError, EOFError, zlib.error, struct.error, ValueError) as error:
        raise DatasetError(
            f"{path} is damaged or not fully downloaded ({error}): delete it and fetch it again"
        ) from error


def read_splits(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return X, y, X_test and y_test from the four files of a folder; for errors see `read_idx`."""
    X, y = (read_idx(folder / kind.format(split="train")) for kind in (IMAGES, LABELS))
    X_test, y_test = (read_idx(folder / kind.format(split="t10k")) for kind in (IMAGES, LABELS))
    return X, y, X_test, y_test


def has_splits(folder: Path) -> bool:
    """Tell whether all four files lie in the folder."""
    files = [kind.format(split=split) for kind in (IMAGES, LABELS) for split in ("train", "t10k")]
    return all((folder / file).is_file() for file in files)


def _array(data: bytes) -> np.ndarray:
    zeros, kind, n_axes = struct.unpack(">HBB", data[:4])
    if zeros != 0 or kind != UNSIGNED_BYTE:
        raise ValueError("no IDX file of unsigned bytes")
    shape = struct.unpack(f">{n_axes}I", data[4 : 4 + 4 * n_axes])
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * n_axes)
    if len(values) != math.prod(shape):
        raise ValueError(f"{len(values):,} values instead of {math.prod(shape):,}")
    return values.reshape(shape)
