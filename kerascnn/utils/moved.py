"""Old names of modules, which still work and name the new ones."""

import sys
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class MovedModules(MetaPathFinder, Loader):
    """Finds modules by their old names.

    Args:
        names: new names by the old ones, dotted.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a module's specification if it has moved; called by Python."""
        return ModuleSpec(fullname, self) if fullname in self.names else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave making the module to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Fill a module with what it holds today, and warn."""
        new = self.names[module.__name__]
        warnings.warn(
            f"{module.__name__} is now {new}: import that instead",
            FutureWarning,  # which Python shows to users, too
            stacklevel=2,
        )
        content: dict[str, Any] = vars(import_module(new))
        kept = {name: value for name, value in content.items() if not name.startswith("__")}
        vars(module).update(kept)

    def install(self) -> None:
        """Let Python ask for modules that nobody else has found."""
        if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
            sys.meta_path.append(self)
