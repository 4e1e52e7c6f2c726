"""The table of datasets by name, and `load`, the one way in."""

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from kerascnn.datasets.columns import load_columns
from kerascnn.datasets.dataset import Dataset
from kerascnn.datasets.errors import MAX_BYTES, DatasetError
from kerascnn.datasets.files import open_files
from kerascnn.datasets.folders import holds_recordings
from kerascnn.datasets.forms import SIGNAL_OPTIONS
from kerascnn.datasets.images import load_images
from kerascnn.datasets.labels import CLASS_NAMES
from kerascnn.datasets.local import find_local
from kerascnn.datasets.npz import load_npz
from kerascnn.datasets.signals import load_signals
from kerascnn.utils.spelling import did_you_mean

Loader = Callable[..., Dataset]

# The modules that register loaders.
SOURCES = ("downloads", "embedded", "speech", "synthetic")

_loaders: dict[str, Loader] = {}


def register(function: Loader) -> Loader:
    """Make a loader known by its function's name; use as a decorator."""
    return register_as(function.__name__)(function)


def register_as(name: str) -> Callable[[Loader], Loader]:
    """Make a loader known by a name; use as a decorator with an argument.

    A loader with an argument `path` also reads the data that lie in the folder of KERASCNN_DATA,
    unless they are an `.npz` file.
    """

    def add(function: Loader) -> Loader:
        _loaders[name] = function
        return function

    return add


def names() -> list[str]:
    """Return the names of all registered datasets, sorted."""
    _import_sources()
    return sorted(_loaders)


def load(name_or_path: str | Path, **options: Any) -> Dataset:
    """Return the dataset of that name, or the one that lies at that path.

    A name is first looked for in the folder that the environment variable KERASCNN_DATA names,
    as `<name>.npz`, as a folder `<name>/` or as an archive `<name>.zip`.

    Args:
        name_or_path: a registered name (see `names`), or the path of an `.npz` file, of a CSV
            file of signals in columns, or of a folder or zip archive of image files or, if it
            holds more of them, of WAV files.
        **options: the loader's own options, such as `size` and `color` for image files, `rate`
            and `n_samples` for signals, whatever file they lie in. With one of these a folder or
            archive is taken for one of WAV files.

    Raises:
        DatasetError: if there is no such dataset or it cannot be used.
    """
    if _is_path(name_or_path):
        return _load_path(Path(name_or_path).expanduser(), **options)
    name = str(name_or_path)
    local = find_local(name)
    if local is not None:
        return _load_local(local, name, **options)
    if name in names():
        return _call(_loaders[name], **options)
    if Path(name).exists():
        return _load_path(Path(name), **options)
    raise DatasetError(
        f"{name!r} is neither a dataset nor the path of one: {did_you_mean(name, names())}"
    )


def _is_path(name_or_path: str | Path) -> bool:
    """Tell a path from a name: registered names hold neither slashes nor dots."""
    return isinstance(name_or_path, Path) or any(sign in name_or_path for sign in "/\\.~")


def _load_local(path: Path, name: str, **options: Any) -> Dataset:
    """Load what lies under a dataset's name, with the dataset's own loader if that takes a path."""
    if name in names() and path.suffix != ".npz":
        loader = _loaders[name]
        if "path" in inspect.signature(loader).parameters:
            return _call(loader, path, **options)
    return _load_path(path, name=name, **options)


def _load_path(path: Path, **options: Any) -> Dataset:
    if not path.exists():
        beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DatasetError(f"{path} does not exist: {did_you_mean(path.name, beside)}")
    if path.is_dir() or path.suffix.lower() == ".zip":
        return _call(_loader_of(path, options), path, **options)
    if path.suffix.lower() == ".csv":
        return _call(load_columns, path, **options)
    if path.suffix.lower() == ".npz":
        class_names = CLASS_NAMES.get(options.get("name", ""))
        return _call(load_npz, path, **{"class_names": class_names, **options})
    raise DatasetError(
        f"{path} is neither an .npz file nor a folder or .zip archive of images or recordings, "
        "nor a .csv file of signals"
    )


def _loader_of(path: Path, options: Mapping[str, Any]) -> Loader:
    """Return the loader for what is asked for, else for what a folder or archive holds more of."""
    if not options.keys().isdisjoint(SIGNAL_OPTIONS):
        return load_signals
    with open_files(path, options.get("max_bytes", MAX_BYTES)) as files:
        return load_signals if holds_recordings(files.names()) else load_images


def _call(loader: Loader, *arguments: Any, **options: Any) -> Dataset:
    """Call a loader; options that it does not have are an error that names those it has."""
    known = list(inspect.signature(loader).parameters)[len(arguments) :]
    for option in options:
        if option in SIGNAL_OPTIONS and option not in known:
            raise DatasetError(
                f"{loader.__name__} is no dataset of sounds, which {option}={options[option]!r} is "
                "for: give a folder or zip archive of WAV files, an .npz file of signals and "
                "their rate, or a .csv file of signals in columns"
            )
        if option not in known:
            raise DatasetError(
                f"{option!r} is not an option of {loader.__name__}: {did_you_mean(option, known)}"
            )
    return loader(*arguments, **options)


def _import_sources() -> None:
    for source in SOURCES:
        import_module(f"kerascnn.datasets.{source}")
