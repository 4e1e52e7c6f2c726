"""Spoken words: the Free Spoken Digit Dataset."""

from dataclasses import replace
from pathlib import Path
from zipfile import is_zipfile

from kerascnn.datasets.dataset import Dataset
from kerascnn.datasets.errors import DatasetError
from kerascnn.datasets.fetching import RemoteFile, fetch
from kerascnn.datasets.local import VARIABLE, keras_home, where_looked
from kerascnn.datasets.registry import register_as
from kerascnn.datasets.signals import load_signals

NAME = "spoken-digits"
HOME = "https://github.com/Jakobovski/free-spoken-digit-dataset"
# A release pinned by its tag, without a hash: GitHub packs the archive anew on request and does
# not promise its bytes, and nobody publishes a hash of it. Its entries have checksums (CRC-32).
ARCHIVE = RemoteFile(f"{HOME}/archive/refs/tags/v1.0.10.zip", f"{NAME}.zip")
AUTHORS = f"Z. Jackson and others, CC BY-SA 4.0, {HOME}"
WAYS_OUT = """Two ways out:
  1. On a machine with a network download {url}
     and copy it to {cache} here.
  2. Set {variable} to a folder that holds it as {name}.zip, or its recordings in a folder
     {name}/, as <digit>_<speaker>_<index>.wav."""


@register_as(NAME)
def spoken_digits(
    path: str | Path | None = None, *, rate: int = 16_000, n_samples: int = 16_000
) -> Dataset:
    """Return the Free Spoken Digit Dataset: 3,000 recordings of 6 speakers, who are the groups.

    They were recorded at 8,000 Hz and take between 0.14 and 2.28 seconds; 20 of them take more
    than the one second that is kept by default.

    Args:
        path: a folder or archive of the recordings, in place of a download.
        rate: samples per second to resample all recordings to, in Hz.
        n_samples: the length that all signals get, cut or padded with zeros at the end.

    Raises:
        DatasetError: if the data is not available, or cannot be used.
    """
    found = load_signals(path or _downloaded(), NAME, rate=rate, n_samples=n_samples)
    return replace(found, source=f"Free Spoken Digit Dataset ({AUTHORS}), from {found.source}")


def _downloaded() -> Path:
    folder = keras_home() / "datasets"
    try:
        archive = fetch(ARCHIVE, folder)
        if not is_zipfile(archive):
            archive.unlink()  # or it would be taken for the data the next time
            raise ValueError("what came is no zip archive")
        return archive
    except Exception as error:
        ways = WAYS_OUT.format(
            url=ARCHIVE.url, cache=folder / ARCHIVE.place, variable=VARIABLE, name=NAME
        )
        raise DatasetError(
            f"{NAME} is not available. Tried:\n  - {where_looked(NAME)}\n"
            f"  - {ARCHIVE.url}: {error}\n{ways}"
        ) from None
