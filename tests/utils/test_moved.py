"""Modules that have moved are found by their old names, with a warning."""

from importlib import import_module

import pytest

import kerascnn


@pytest.mark.parametrize(("old", "new"), kerascnn._MOVED.items())
def test_a_module_that_has_moved_still_works(old, new):
    """It holds what it holds by its new name, which the warning says."""
    with pytest.warns(FutureWarning, match=f"is now {new}: import that instead"):
        module = import_module(old)
    there = vars(import_module(new))
    public = [name for name in there if not name.startswith("_")]
    assert all(getattr(module, name) is there[name] for name in public)


def test_what_never_was_is_not_found():
    """Other names are missing as before."""
    with pytest.raises(ModuleNotFoundError):
        import_module("kerascnn.nowhere")
