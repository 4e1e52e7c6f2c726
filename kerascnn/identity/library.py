"""Library code told from users' code: the one counts by its name, the other by its content."""

import hashlib
import site
import sys
import sysconfig
from functools import lru_cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

# Their versions are part of each key, see `kerascnn.search.keys`.
VERSIONED = frozenset({"keras", "kerascnn", "numpy", "sklearn", "tensorflow"})
FOLDERS = tuple(
    f"{Path(folder)}/"
    for folder in {
        *(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *site.getsitepackages(),
        site.getusersitepackages(),
        str(Path(__file__).parents[1]),  # kerascnn itself
    }
)


def is_library_file(path: str) -> bool:
    """Return whether a source file belongs to Python, an installed package or kerascnn."""
    return path.startswith(("<frozen", *FOLDERS))


def is_library_code(code: CodeType) -> bool:
    """Return whether code was compiled from a library's file."""
    return is_library_file(code.co_filename)


def is_generated(code: CodeType) -> bool:
    """Return whether code has no file, as that of generated functions and of consoles."""
    return code.co_filename.startswith("<")


def is_library_module(module: ModuleType) -> bool:
    """Return whether a module belongs to Python, an installed package or kerascnn.

    A user's file may have the name of a module of Python's, so a file counts more than a name.
    """
    name = module.__name__
    if name == "__main__":
        return False
    file = getattr(module, "__file__", None)
    folders = [f"{folder}/" for folder in getattr(module, "__path__", ())]
    if file is None and folders:
        return all(map(is_library_file, folders))
    return _root(name) in sys.stdlib_module_names if file is None else is_library_file(file)


def library_name(value: Any) -> tuple[str, str] | None:
    """Return the module and the name under which a library holds a function or class.

    None for users' code, and for what a library made while running, such as closures.
    """
    module_name = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not (isinstance(module_name, str) and isinstance(name, str)):
        return None
    module = sys.modules.get(module_name)
    if module is None or not is_library_module(module) or _find(module, name) is not value:
        return None
    return module_name, name


def origin(module_name: str) -> str:
    """Return the root module of a library's module."""
    return _root(module_name)


def edition(module_name: str) -> str:
    """Return what tells one installation of a module's library from another.

    "" for Python itself and the libraries whose versions are part of each key. Otherwise the list
    of installed files with their hashes, or without one, the content of the module's file.
    """
    root = _root(module_name)
    is_versioned = root in VERSIONED or root.lstrip("_") in sys.stdlib_module_names
    return "" if is_versioned else installation(root)


@lru_cache
def installation(root: str) -> str:
    """Return the edition of a root module that no key has the version of."""
    for name in packages_distributions().get(root, ()):
        installed = distribution(name)
        listed = installed.read_text("RECORD") or installed.version
        return hashlib.sha1(listed.encode(), usedforsecurity=False).hexdigest()
    file = getattr(sys.modules.get(root), "__file__", None)
    if file is None or not Path(file).is_file():
        return ""
    return hashlib.sha1(Path(file).read_bytes(), usedforsecurity=False).hexdigest()


def _find(module: ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


@lru_cache(maxsize=4096)
def _root(name: str) -> str:
    return name.partition(".")[0]
