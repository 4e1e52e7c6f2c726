"""The table of datasets by name, and `load`, the one way in."""

import difflib
import inspect
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from kerascnn.datasets.dataset import Dataset, DatasetError
from kerascnn.datasets.npz import load_npz

Loader = Callable[..., Dataset]

# The modules that register loaders.
SOURCES = ("embedded",)

_loaders: dict[str, Loader] = {}


def register(function: Loader) -> Loader:
    """Make a loader known by its function's name; use as a decorator."""
    _loaders[function.__name__] = function
    return function


def names() -> list[str]:
    """Return the names of all registered datasets, sorted."""
    _import_sources()
    return sorted(_loaders)


def load(name_or_path: str | Path, **options: Any) -> Dataset:
    """Return the dataset of that name, or the one that lies at that path.

    Args:
        name_or_path: a registered name (see `names`), or the path of an `.npz` file.
        **options: the loader's own options.

    Raises:
        DatasetError: if there is no such dataset or it cannot be used.
    """
    if _is_path(name_or_path):
        path = Path(name_or_path).expanduser()
        if not path.exists():
            raise DatasetError(f"{path} does not exist{_did_you_mean(path.name, _beside(path))}")
        return _call(load_npz, path, **options)
    name = str(name_or_path)
    if name not in names():
        hint = _did_you_mean(name, names()) or f": known are {', '.join(names())}"
        raise DatasetError(f"{name!r} is not a dataset{hint}, or the path of your own data")
    return _call(_loaders[name], **options)


def _is_path(name_or_path: str | Path) -> bool:
    """Tell a path from a name: registered names hold neither slashes nor dots."""
    return isinstance(name_or_path, Path) or any(sign in name_or_path for sign in "/\\.~")


def _call(loader: Loader, *arguments: Any, **options: Any) -> Dataset:
    """Call a loader; options that it does not have are an error that names those it has."""
    known = list(inspect.signature(loader).parameters)[len(arguments) :]
    for option in options:
        if option not in known:
            hint = _did_you_mean(option, known) or f": known are {', '.join(known) or 'none'}"
            raise DatasetError(f"{option!r} is not an option of {loader.__name__}{hint}")
    return loader(*arguments, **options)


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f": did you mean {close[0]!r}" if close else ""


def _beside(path: Path) -> list[str]:
    return [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []


def _import_sources() -> None:
    for source in SOURCES:
        import_module(f"kerascnn.datasets.{source}")
