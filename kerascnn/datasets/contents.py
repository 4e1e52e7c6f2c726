"""The contents of a folder or an archive, as numbers to compare with known ones."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from kerascnn.datasets.files import Files


@dataclass(frozen=True)
class Contents:
    """Files with one suffix, whatever folders they lie in.

    Attributes:
        n_files: how many there are.
        n_bytes: their sizes, added up.
        sha256: over name, size and content of each, sorted by name, hexadecimal.
    """

    n_files: int
    n_bytes: int
    sha256: str


def contents_of(files: Files, suffix: str) -> Contents:
    """Return what the files are whose names end in a suffix, in lower or upper case.

    Raises:
        OSError: if one cannot be read.
    """
    found = [name for name in files.names() if name.lower().endswith(suffix)]
    digest, n_bytes = hashlib.sha256(), 0
    for name in sorted(found, key=lambda name: PurePosixPath(name).name):
        content = files.read(name)
        n_bytes += len(content)
        digest.update(f"{PurePosixPath(name).name} {len(content)}\n".encode())
        digest.update(content)
    return Contents(len(found), n_bytes, digest.hexdigest())
