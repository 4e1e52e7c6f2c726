"""Functions and modules: a library's by name, users' by content.

A function's content is its code, defaults, captured values and attributes, and the globals that
it reads; not its file, its place there or its annotations.
"""

import builtins
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import _lru_cache_wrapper, cached_property
from types import (
    BuiltinMethodType,
    CellType,
    ClassMethodDescriptorType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

from kerascnn.identity import library, outside
from kerascnn.identity.node import USER_CODE, Node
from kerascnn.identity.plain import attributes
from kerascnn.identity.reads import Read, codes_within, reads_of, rebound_name
from kerascnn.identity.walk import Walk

_MISSING = Node("missing")


def describe(value: Any, walk: Walk) -> Node | None:
    """Describe functions, methods, descriptors, code and modules; None for anything else."""
    if isinstance(value, ModuleType):
        return _module(value)
    if isinstance(value, FunctionType):
        return _function(value, walk)
    if describe_part := _PARTS.get(type(value)):
        return Node(type(value).__name__, describe_part(value), shared=type(value) is CellType)
    if isinstance(value, type):
        return None
    name = library.library_name(value)
    return _library_function(value, name, walk) if name else None


def named(module: str, name: str) -> Node:
    """Describe library code by its name; the library's version is part of a key elsewhere."""
    return Node("name", [module, name, library.edition(module)], origin=library.origin(module))


def _library_function(value: Any, name: tuple[str, str], walk: Walk) -> Node:
    if outside.reads_outside(value, ()):
        walk.reach_out(".".join(name))
    return named(*name)


def _module(module: ModuleType) -> Node:
    if library.is_library_module(module):
        return named(module.__name__, "")
    content = {name: value for name, value in vars(module).items() if not name.startswith("__")}
    return Node("module", [attributes(content)], shared=True, origin=USER_CODE)


def _function(function: FunctionType, walk: Walk) -> Node:
    code = function.__code__
    if (library.is_generated(code) or library.is_library_code(code)) and (
        name := library.library_name(function)
    ):
        return _library_function(function, name, walk)
    if not library.is_library_code(code):
        _note(function, walk)
        reads = _values_read(function, walk)
        return Node("function", [*_own_content(function), *reads], shared=True, origin=USER_CODE)
    module, place = str(function.__globals__.get("__name__")), function.__code__.co_qualname
    if place == "singledispatch.<locals>.wrapper":  # it also holds a cache, by weak reference
        return Node("singledispatch", [dict(function.registry)], shared=True)  # type: ignore[attr-defined]
    # A library's closure reads its own module's globals, which its name stands for.
    return Node(
        "closure",
        [module, place, *_own_content(function)],
        shared=True,
        origin=library.origin(module),
    )


def _own_content(function: FunctionType) -> list[Any]:
    return [
        function.__name__,
        function.__code__,
        function.__defaults__,
        function.__kwdefaults__,
        list(function.__closure__ or ()),
        attributes(vars(function)),
    ]


def _note(function: FunctionType, walk: Walk) -> None:
    """Take notice of what a user's function holds and changes that is not its own."""
    walk.met.held += [part for cell in function.__closure__ or () for part in _cell(cell)]
    walk.met.held += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    for code in codes_within(function.__code__):
        if name := outside.reading_method(code):
            walk.reach_out(f"{name}()")
        if name := rebound_name(code):
            walk.met.reaching_out.append(
                f"{function.__qualname__} changes {name}, which is not its own"
            )


def _values_read(function: FunctionType, walk: Walk) -> Iterable[Any]:
    captured = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    cells = {name: part for name, cell in captured for part in _cell(cell)}
    for read in reads_of(function.__code__):
        if read.captured and read.names[0] not in cells:
            continue  # a variable of the function that the code stands in
        value = _value_read(read, cells if read.captured else function.__globals__, walk)
        walk.met.held.append(value)
        yield ".".join(read.names)
        yield value


def _value_read(read: Read, namespace: Mapping[str, Any], walk: Walk) -> Any:
    value, names = _start(read, namespace)
    while names and isinstance(value, ModuleType) and not library.is_library_module(value):
        value, names = getattr(value, names[0], _MISSING), names[1:]
    if outside.reads_outside(value, names or read.taken):
        walk.reach_out(".".join(read.names))
    return value


def _start(read: Read, namespace: Mapping[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """Return the value that a chain of names starts from, and the names that follow."""
    first, *rest = read.names
    if read.level is None:
        return namespace.get(first, getattr(builtins, first, _MISSING)), tuple(rest)
    package = namespace.get("__package__") or str(namespace.get("__name__")).rpartition(".")[0]
    try:
        return _imported(first, package, read.level), tuple(rest)
    except ImportError:
        return _MISSING, ()


def _imported(name: str, package: str, level: int) -> ModuleType:
    absolute = importlib.util.resolve_name("." * level + name, package)
    return sys.modules.get(absolute) or importlib.import_module(absolute)


def _code(code: CodeType) -> list[Any]:
    return [
        code.co_name,
        code.co_code,
        code.co_consts,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_flags,
        [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount],
        code.co_exceptiontable,
    ]


def _cell(cell: CellType) -> list[Any]:
    try:
        return [cell.cell_contents]
    except ValueError:
        return [_MISSING]


def _builtin(function: BuiltinMethodType) -> list[Any]:
    """Describe a builtin function by its module, a bound one by the object it is bound to."""
    owner = function.__self__
    return [function.__module__ if owner is None else owner, function.__name__]


def _descriptor(value: Any) -> list[Any]:
    return [value.__objclass__, value.__name__]


_PARTS: dict[type, Callable[[Any], list[Any]]] = {
    CodeType: _code,
    CellType: _cell,
    BuiltinMethodType: _builtin,
    MethodType: lambda method: [method.__self__, method.__func__],
    MethodWrapperType: lambda method: [method.__self__, method.__name__],
    ClassMethodDescriptorType: _descriptor,
    GetSetDescriptorType: _descriptor,
    MemberDescriptorType: _descriptor,
    MethodDescriptorType: _descriptor,
    WrapperDescriptorType: _descriptor,
    property: lambda value: [value.fget, value.fset, value.fdel],
    staticmethod: lambda value: [value.__func__],
    classmethod: lambda value: [value.__func__],
    cached_property: lambda value: [value.func, value.attrname],
    _lru_cache_wrapper: lambda value: [value.__wrapped__, value.cache_parameters()],
}
