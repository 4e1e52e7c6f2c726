"""The globals and imports that a function's code names."""

import dis
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import CodeType
from typing import NamedTuple

_GLOBALS = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"}
_ATTRIBUTES = {"LOAD_ATTR", "LOAD_METHOD"}
_CAPTURED = {"LOAD_DEREF", "LOAD_CLASSDEREF"}
_REBINDING = {"STORE_GLOBAL", "DELETE_GLOBAL"}
_FROM_ARGUMENTS = {"LOAD_FAST", "LOAD_ATTR", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"}
# The body of every class reads its module's name, which decides nothing.
_MODULE_OF_A_CLASS = ("LOAD_NAME", "__name__")


class Read(NamedTuple):
    """One chain of names that code follows, such as `settings.train.rate`.

    Attributes:
        names: a global or captured variable and the attributes taken from it, or a module and a
            name imported from it.
        level: for an import, how many packages up it starts; else None.
        captured: whether the first name is that of a captured variable.
        taken: for an imported module, what its code may take from it.
    """

    names: tuple[str, ...]
    level: int | None = None
    captured: bool = False
    taken: tuple[str, ...] = ()


def codes_within(code: CodeType) -> Iterator[CodeType]:
    """Go through code and all code within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes_within(constant)


@lru_cache(maxsize=1024)
def rebound_name(code: CodeType) -> str | None:
    """Return a name outside of code that it binds anew; None if there is none.

    Globals, variables of an enclosing function, and attributes of what is neither an argument
    nor reached from one, such as a class's.
    """
    steps = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
    if "__class__" in code.co_names:
        return "attributes of a class"
    for before, step in zip([None, *steps], steps, strict=False):
        if step.opname in _REBINDING:
            return str(step.argval)
        if step.opname == "STORE_DEREF" and step.argval in code.co_freevars:
            return str(step.argval)
        if step.opname == "STORE_ATTR" and before and before.opname not in _FROM_ARGUMENTS:
            return str(step.argval)
    return None


@lru_cache(maxsize=1024)
def reads_of(code: CodeType) -> tuple[Read, ...]:
    """Return what code reads from outside, and the code within it, each once and in order."""
    found = set(_reads(code))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found.update(reads_of(constant))
    return tuple(sorted(found, key=repr))


def _reads(code: CodeType) -> Iterator[Read]:
    instructions = [step for step in dis.get_instructions(code) if step.opname != "EXTENDED_ARG"]
    for number, step in enumerate(instructions):
        following = instructions[number + 1 :]
        if (step.opname, step.argval) == _MODULE_OF_A_CLASS:
            continue
        if step.opname in _GLOBALS:
            yield Read((step.argval, *_attributes(following)))
        elif step.opname in _CAPTURED and step.argval in code.co_freevars:
            yield Read((step.argval, *_attributes(following)), captured=True)
        elif step.opname == "IMPORT_NAME":
            level = instructions[number - 2].argval
            names = _imported_names(following)
            yield from (Read((step.argval, name), level) for name in names)
            if not names:
                # `import a.b` binds a, of which the code may then take anything.
                for module in (step.argval, step.argval.partition(".")[0]):
                    yield Read((module,), level, taken=code.co_names)


def _attributes(steps: Sequence[dis.Instruction]) -> Iterator[str]:
    for step in steps:
        if step.opname not in _ATTRIBUTES:
            return
        yield step.argval


def _imported_names(steps: Sequence[dis.Instruction]) -> list[str]:
    names = []
    for step in steps:
        if step.opname == "IMPORT_FROM":
            names.append(step.argval)
        elif not step.opname.startswith("STORE_"):
            break
    return names
