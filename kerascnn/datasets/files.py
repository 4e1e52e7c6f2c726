"""The files of a folder or of a zip archive, read without trusting them.

Nothing is ever unpacked to the disk. An archive whose entries climb out of it or unpack to more
than is allowed is refused as a whole, before any entry is read.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from kerascnn.datasets.errors import DatasetError

UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Files(Protocol):
    """Named files; names are relative and have slashes between their parts."""

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""

    def size(self, name: str) -> int:
        """Return the size of a file's content, in bytes; raises OSError if it is not known."""

    def read(self, name: str) -> bytes:
        """Return a file's content; raises OSError if it cannot be read."""


class FolderFiles:
    """The files of a folder and of the folders in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        paths = self.folder.rglob("*")
        return sorted(path.relative_to(self.folder).as_posix() for path in paths if path.is_file())

    def size(self, name: str) -> int:
        """Return the size of a file's content, in bytes."""
        return (self.folder / name).stat().st_size

    def read(self, name: str) -> bytes:
        """Return a file's content."""
        return (self.folder / name).read_bytes()


class ArchiveFiles:
    """The files of an open zip archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def names(self) -> list[str]:
        """Return the names of all entries that are files, sorted."""
        return sorted(entry.filename for entry in self.archive.infolist() if not entry.is_dir())

    def size(self, name: str) -> int:
        """Return the size that an entry declares, in bytes."""
        return self.archive.getinfo(name).file_size

    def read(self, name: str) -> bytes:
        """Return an entry's content, unpacked to no more than the size it declares."""
        try:
            return self.archive.read(name)
        except UNREADABLE as error:
            raise OSError(str(error)) from error


@contextmanager
def open_files(path: Path, max_bytes: int) -> Iterator[Files]:
    """Open a folder or a zip archive.

    Args:
        path: the folder or the archive.
        max_bytes: the most that all entries of an archive may unpack to, in bytes.

    Raises:
        DatasetError: if the archive is damaged, has entries outside of it, or unpacks to more.
    """
    if path.is_dir():
        yield FolderFiles(path)
        return
    with _open_archive(path) as archive:
        _check_entries(path, archive, max_bytes)
        yield ArchiveFiles(archive)


def _open_archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except UNREADABLE as error:
        raise DatasetError(
            f"{path} is damaged or not fully downloaded ({error}): fetch it again"
        ) from error


def _check_entries(path: Path, archive: zipfile.ZipFile, max_bytes: int) -> None:
    for entry in archive.infolist():
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
            raise DatasetError(f"{path}: the entry {entry.filename!r} lies outside of the archive")
    total = sum(entry.file_size for entry in archive.infolist())
    if total > max_bytes:
        raise DatasetError(f"{path} unpacks to {total:,} bytes, more than max_bytes={max_bytes:,}")
