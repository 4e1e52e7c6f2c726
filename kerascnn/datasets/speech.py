"""Spoken words: the Free Spoken Digit Dataset."""

from dataclasses import replace
from pathlib import Path
from zipfile import is_zipfile

from kerascnn.datasets.contents import Contents, contents_of
from kerascnn.datasets.dataset import Dataset
from kerascnn.datasets.errors import MAX_BYTES, DatasetError
from kerascnn.datasets.fetching import RemoteFile, fetch
from kerascnn.datasets.files import open_files
from kerascnn.datasets.forms import NSamples
from kerascnn.datasets.local import VARIABLE, keras_home, where_looked
from kerascnn.datasets.registry import register_as
from kerascnn.datasets.signals import load_signals

NAME = "spoken-digits"
HOME = "https://github.com/Jakobovski/free-spoken-digit-dataset"
# A release pinned by its tag. The archive has no hash to check: GitHub packs it anew on request and
# does not promise its bytes. What it holds is checked instead, against a complete copy of the
# recordings: 50 of each of 10 digits by 6 speakers, of 1,148 to 18,262 samples.
CONTENTS = Contents(
    n_files=3_000,
    n_bytes=21_128_848,
    sha256="8fed8b0b058a7efa7544bbb3e8e98607ecdcbd47a2f0ea31139cab18a6b679c9",
)
ARCHIVE = RemoteFile(f"{HOME}/archive/refs/tags/v1.0.10.zip", f"{NAME}.zip")
AUTHORS = f"Z. Jackson and others, CC BY-SA 4.0, {HOME}"
WAYS_OUT = """Two ways out:
  1. On a machine with a network download {url}
     and copy it to {cache} here.
  2. Set {variable} to a folder that holds it as {name}.zip, or its recordings in a folder
     {name}/, as <digit>_<speaker>_<index>.wav."""


@register_as(NAME)
def spoken_digits(
    path: str | Path | None = None, *, rate: int = 16_000, n_samples: NSamples = 16_000
) -> Dataset:
    """Return the Free Spoken Digit Dataset: 3,000 recordings of 6 speakers, who are the groups.

    They were recorded at 8,000 Hz and take between 0.14 and 2.28 seconds; 20 of them take more
    than the one second that is kept by default, so that they lose their ends; all others get
    zeros.

    What is downloaded is checked by its contents: the number of recordings, their bytes, and a
    SHA-256 over their names and contents. Data of KERASCNN_DATA is taken as it is.

    Args:
        path: a folder or archive of the recordings, in place of a download; not checked.
        rate: samples per second to resample all recordings to, in Hz.
        n_samples: the length that all signals get, cut or padded with zeros at the end; or
            "longest" or "shortest" of theirs.

    Raises:
        DatasetError: if the data is not available, cannot be used, or was downloaded and holds
            something else.
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
    except Exception as error:
        ways = WAYS_OUT.format(
            url=ARCHIVE.url, cache=folder / ARCHIVE.place, variable=VARIABLE, name=NAME
        )
        raise DatasetError(
            f"{NAME} is not available. Tried:\n  - {where_looked(NAME)}\n"
            f"  - {ARCHIVE.url}: {error}\n{ways}"
        ) from None
    _check_contents(archive)
    return archive


def _check_contents(archive: Path) -> None:
    """Raise a DatasetError unless an archive holds the recordings that are expected."""
    try:
        with open_files(archive, MAX_BYTES) as files:
            found = contents_of(files, ".wav")
    except OSError as error:
        raise DatasetError(
            f"{archive} is damaged ({error}): delete it to download it again"
        ) from None
    if found != CONTENTS:
        raise DatasetError(
            f"{archive} holds {_described(found)} where {_described(CONTENTS)} are expected: "
            f"delete it to download it again, or move it to the folder that {VARIABLE} names, to "
            "use it as it is"
        )


def _described(contents: Contents) -> str:
    return (
        f"{contents.n_files:,} recordings of {contents.n_bytes:,} bytes in all "
        f"(SHA-256 {contents.sha256[:12]}…)"
    )
