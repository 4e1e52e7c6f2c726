"""What a real notebook shows: progress, a picture and a report, and nothing of TensorFlow."""

import json

import nbformat

from kerascnn.utils.notebook import in_notebook
from notebooks.refresh import complaints, execute

CELLS = [
    "import kerascnn\nfrom kerascnn import CNNClassifier, GridSearchCV\n"
    "from kerascnn.datasets import load\n\ndigits = load('digits')",
    "X, y = digits.X[:60], digits.y[:60] % 2\nnetwork = CNNClassifier('digits_cnn', epochs=1)\n"
    "search = GridSearchCV(network, {'l2': [0.0, 0.1]}, cv=2)\nsearch.fit(X, y)",
    "kerascnn.show(search)",
]


def shown_by(cell):
    """Return all data that a cell shows, as one text."""
    return json.dumps([output.get("data", {}) for output in cell.outputs])


def test_a_notebook_shows_progress_pictures_and_reports(tmp_path):
    """Nothing is written to standard error."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    path = tmp_path / "face.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    notebook = execute(path)
    assert complaints(notebook) == []
    _, fitted, reported = map(shown_by, notebook.cells)
    assert "<progress" in fitted
    assert "4/4 fits" in fitted
    assert "data:image/png;base64," in fitted
    assert "<iframe srcdoc=" in reported


def test_a_terminal_is_no_notebook():
    """Nor is a test."""
    assert not in_notebook()
