"""Experiments as files: one Python file each, which names its experiment `experiment`."""

import ast
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from kerascnn.utils.spelling import did_you_mean

FOLDER = Path("experiments")


def find_experiments(folder: Path = FOLDER) -> dict[str, Path]:
    """Return the experiment files in `folder` by name: `grid_digits.py` is "grid-digits"."""
    return {_name(path): path for path in sorted(folder.glob("*.py"))}


def summary(path: Path) -> str:
    """Return the first line of an experiment file's docstring, without running the file."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    return docstring.splitlines()[0] if docstring else ""


def load_experiment(name_or_path: str, folder: Path = FOLDER) -> tuple[str, Any]:
    """Return an experiment's name and the experiment, from a name in `folder` or from a path.

    Raises:
        ValueError: if there is none, with the closest name there is, or if the file does not
            define `experiment`.
    """
    path = _path(name_or_path, folder)
    module = _run_file(path)
    if not hasattr(module, "experiment"):
        raise ValueError(f"{path} defines no `experiment`: add `experiment = GridExperiment(…)`")
    return _name(path), module.experiment


def _path(name_or_path: str, folder: Path) -> Path:
    if name_or_path.endswith(".py"):
        path = Path(name_or_path).expanduser()
        if not path.is_file():
            raise ValueError(f"there is no experiment file {name_or_path!r}")
        return path
    known = find_experiments(folder)
    if name_or_path not in known:
        raise ValueError(
            f"no experiment {name_or_path!r} in {folder.resolve()}, nor is it the path of an "
            f"experiment file (*.py): {did_you_mean(name_or_path, known)}"
        )
    return known[name_or_path]


def _name(path: Path) -> str:
    return path.stem.replace("_", "-")


def _run_file(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"experiment_{path.stem}", path)
    if specification is None or specification.loader is None:
        raise ValueError(f"{path} cannot be read as Python")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
