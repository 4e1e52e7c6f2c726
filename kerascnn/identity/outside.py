"""Detection of library code that depends on files, the environment or the clock.

What it gives today is no part of any content, so that code that calls it cannot be identified.
"""

import builtins
import importlib
import os
import sys
from types import CodeType, ModuleType
from typing import Any

from kerascnn.identity import library

# Modules of Python's whose functions depend on their arguments alone, or only write. What
# `random` draws is settled by the seed of a fit.
_PURE_NAMES = """
    __future__ abc array ast base64 binascii bisect builtins calendar cmath collections colorsys
    contextlib copy copyreg csv dataclasses decimal difflib dis enum fractions functools gc hashlib
    heapq html inspect itertools json keyword logging math numbers operator pickle pprint random re
    reprlib statistics string struct textwrap traceback types typing unicodedata warnings weakref
    zlib
"""
_PURE = frozenset(_PURE_NAMES.split())
# Parts of other libraries, and of pure modules, that read.
_READING = {
    "numpy": {"DataSource", "fromfile", "fromregex", "genfromtxt", "load", "loadtxt", "memmap"},
    "tensorflow": {"data", "io", "saved_model", "train"},
    "keras": {"get_file", "load_img", "load_model", "load_weights", "image_dataset_from_directory"},
    "json": {"load"},
    "pickle": {"load", "Unpickler"},
    "inspect": {"stack", "currentframe", "getsource"},
    "gc": {"get_objects", "get_referrers"},
}
_HARMLESS = {
    "os": {"path", "sep", "linesep"},
    "sys": {"stdout", "stderr", "float_info", "maxsize", "version_info", "byteorder"},
}
_READING_FUNCTIONS = {
    id(function): function
    for function in (
        builtins.open,
        builtins.input,
        builtins.eval,
        builtins.exec,
        builtins.globals,
        builtins.__import__,
        importlib.import_module,
    )
}
# Methods of objects that code may have from anywhere.
_READING_METHODS = frozenset(
    {"load_weights", "read_bytes", "read_csv", "read_text", "readline", "readlines"}
)


def reading_method(code: CodeType) -> str | None:
    """Return the name of a method that code calls to read a file, None if it calls none."""
    return next((name for name in code.co_names if name in _READING_METHODS), None)


def reads_outside(value: Any, names: tuple[str, ...]) -> bool:
    """Return whether code that takes `names` from a library's value depends on more than content.

    Args:
        value: a module, function, class or object that code holds.
        names: the attributes that the code takes from it, one after another.
    """
    if id(value) in _READING_FUNCTIONS or isinstance(value, type(os.environ)):
        return True
    if isinstance(value, ModuleType):
        return library.is_library_module(value) and _part_reads(value.__name__, names)
    if found := library.library_name(value):
        module, name = found
        return _part_reads(module, tuple(name.split(".")))
    return False


def _part_reads(module: str, names: tuple[str, ...]) -> bool:
    root = library.origin(module)
    chain = {*module.split(".")[1:], *names}
    if chain & _READING.get(root, set()):
        return True
    root = root if root in sys.stdlib_module_names else ""
    bare = root.lstrip("_")  # as functions written in C name their modules
    if not root or bare in _PURE:
        return False
    return not (names and names[0] in _HARMLESS.get(bare, ()))
