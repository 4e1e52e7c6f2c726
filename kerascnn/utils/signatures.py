"""The arguments of constructors."""

import inspect
from typing import Any


def constructor_defaults(kind: type, root: type = object) -> dict[str, Any]:
    """Return the defaults of a class's arguments by name, `inspect.Parameter.empty` where none is.

    A constructor that takes `**kwargs` hands them to the class above it, whose arguments are
    the class's, too.

    Args:
        kind: the class.
        root: where to stop; classes that are no subclasses of it are not looked at.
    """
    found: dict[str, Any] = {}
    for level in kind.__mro__:
        if "__init__" not in vars(level) or not issubclass(level, root):
            continue
        parameters = list(inspect.signature(vars(level)["__init__"]).parameters.values())[1:]
        named = [p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
        found = {**{p.name: p.default for p in named}, **found}
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return found
