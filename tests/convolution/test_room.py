"""The room stands alone."""

import ast
from pathlib import Path

from kerascnn import convolution


def test_the_room_knows_only_numpy_and_python():
    """No module of it imports another room, TensorFlow or SciPy."""
    allowed = (
        "kerascnn.convolution",
        "numpy",
        "collections",
        "difflib",
        "math",
        "numbers",
        "typing",
    )
    imported = set()
    for path in Path(convolution.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                imported.add(f"{node.module}.")
            elif isinstance(node, ast.Import):
                imported |= {f"{alias.name}." for alias in node.names}
    assert imported
    assert not [name for name in imported if not name.startswith(tuple(f"{a}." for a in allowed))]


def test_every_public_name_is_there():
    """What the room offers can be imported from it, in alphabetical order."""
    assert convolution.__all__ == sorted(convolution.__all__)
    assert all(hasattr(convolution, name) for name in convolution.__all__)
