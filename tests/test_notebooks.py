"""The notebooks run anywhere, and what they show is what they compute."""

import re
from pathlib import Path

import nbformat
import pytest

from notebooks.refresh import FOLDER, METADATA, complaints, execute

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LARGEST = {"convolution": 800_000}  # bytes; it shows a photo
LARGEST_OTHERS = 300_000
LONGEST_CELL = 12  # lines
A_PATH = re.compile(r"(?<![\w.])/(home|opt|root|tmp|usr|work|Users)/")
INSTALLATION = """\
# In a hosted notebook, install the package first
import importlib.util

if importlib.util.find_spec("kerascnn") is None:
    %pip install --quiet kerascnn"""


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request) -> Path:
    """Return the path of a notebook."""
    return request.param


@pytest.fixture(scope="module")
def kept(path):
    """Return the notebook with the outputs that are kept in its file."""
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


@pytest.fixture(scope="module")
def executed(path):
    """Return the notebook with the outputs of a fresh kernel in an empty folder."""
    return execute(path)


def code_cells(notebook):
    """Return the cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def kinds(cell) -> set[str]:
    """Return what a cell shows: names of streams and types of data."""
    names: set[str] = set()
    for output in cell.outputs:
        names |= set(output.get("data", [output.get("name", "error")]))
    return names


def text(cell) -> str:
    """Return the text that a cell shows, without the names of figures."""
    shown = []
    for output in cell.outputs:
        data = output.get("data", {})
        is_figure = any(kind.startswith("image/") for kind in data)
        shown.append(output.get("text", "") if not data or is_figure else data["text/plain"])
    return "".join(shown)


def texts(output) -> list[str]:
    """Return all that an output says, figures aside."""
    data = output.get("data", {})
    return [output.get("text", ""), *(data[kind] for kind in data if kind.startswith("text/"))]


def test_a_notebook_runs_without_errors_and_warnings(executed):
    """No cell fails or writes to standard error, where no file of the checkout lies."""
    assert complaints(executed) == []


def test_outputs_are_kept_wherever_something_is_shown(kept, executed):
    """Each cell's kept outputs are of the kinds that it shows when it is executed."""
    shown = {cell.id: kinds(cell) for cell in code_cells(executed)}
    assert {cell.id: kinds(cell) for cell in code_cells(kept)} == shown
    assert any(shown.values())


def test_exact_outputs_are_what_the_cells_compute(kept, executed):
    """The kept text of each cell tagged "exact" equals that of its execution."""
    exact = {
        cell.id: text(cell) for cell in code_cells(kept) if "exact" in cell.metadata.get("tags", [])
    }
    assert all(exact.values())
    assert exact
    assert exact == {cell.id: text(cell) for cell in code_cells(executed) if cell.id in exact}


def test_a_notebook_is_small(path):
    """A reader downloads little, and the repository stays small."""
    assert path.stat().st_size <= LARGEST.get(path.stem, LARGEST_OTHERS)


def test_a_notebook_says_nothing_of_the_machine(kept):
    """Neither metadata nor outputs hold versions, times or paths of where it was executed."""
    assert kept.metadata == METADATA
    assert {key for cell in kept.cells for key in cell.metadata} <= {"tags"}
    outputs = [output for cell in code_cells(kept) for output in cell.outputs]
    assert [said for output in outputs for said in texts(output) if A_PATH.search(said)] == []


def test_a_hosted_notebook_can_install_the_package(kept):
    """The first code cell installs the package where it is missing."""
    assert code_cells(kept)[0].source == INSTALLATION


def test_cells_are_short_and_explained(kept):
    """A cell of code has few lines, and text before it."""
    for before, cell in zip(kept.cells, kept.cells[1:], strict=False):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown", cell.id
            assert len(cell.source.splitlines()) <= LONGEST_CELL, cell.id


def test_a_notebook_ends_with_exercises(kept):
    """The last cell lists three or four."""
    heading, *lines = kept.cells[-1].source.splitlines()
    assert heading == "## Exercises"
    assert sum(line.startswith("- ") for line in lines) in (3, 4)
