"""Atomic writing of files, and the folders that they go to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to that becomes `path` only when the block ends without an error.

    A reader thus sees the old file or the new one, never half of either.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_folder(folder: str | Path) -> Path:
    """Return a folder to write to as a path; it need not exist.

    Raises:
        ValueError: if it, or a folder above it, is a file.
    """
    path = Path(folder)
    existing = next((each for each in (path, *path.parents) if each.exists()), path)
    if existing.is_file():
        raise ValueError(f"folder={str(folder)!r}: {str(existing)!r} is a file: name a folder")
    return path
