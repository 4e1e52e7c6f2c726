"""Datasets that lie on this machine already, in the folder that KERASCNN_DATA names."""

import os
from pathlib import Path

from kerascnn.datasets.errors import DatasetError

VARIABLE = "KERASCNN_DATA"


def data_folder() -> Path | None:
    """Return the folder that KERASCNN_DATA names, None if it is not set.

    Raises:
        DatasetError: if it is set and names no folder.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise DatasetError(f"{VARIABLE}={named} is not a folder: correct it or unset it")
    return folder


def find_local(name: str) -> Path | None:
    """Return where the dataset lies in that folder: `<name>.npz`, `<name>/` or `<name>.zip`."""
    folder = data_folder()
    if folder is None:
        return None
    return next((path for path in candidates(folder, name) if path.exists()), None)


def candidates(folder: Path, name: str) -> list[Path]:
    """Return the paths under which a dataset is looked for, in this order."""
    return [folder / f"{name}.npz", folder / name, folder / f"{name}.zip"]


def where_looked(name: str) -> str:
    """Return a few words for a message: where a dataset was looked for, without success."""
    folder = data_folder()
    if folder is None:
        return f"{VARIABLE} is not set"
    return f"none of {', '.join(map(str, candidates(folder, name)))}"


def keras_home() -> Path:
    """Return Keras's own folder, in which its downloads lie."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
