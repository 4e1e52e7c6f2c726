"""Small pictures of reports of every kind, drawn from their results in the page's colours."""

import re

import numpy as np
import pandas as pd
import pytest

from kerascnn.report.figures.thumbnails import thumbnail
from kerascnn.results import Exhibit, LaboratoryResults
from kerascnn.results.exhibits import ARRAYS_FILE
from kerascnn.results.panels import Matrix, Picture, Table
from kerascnn.results.plots import Bands, Plot, Points, Scatter
from kerascnn.results.training import HISTORY_FILE
from kerascnn.results.waveform import Waveform
from tests.results.fixtures import HOSTILE

UP = np.array([0.0, 0.5, 1.0])
TWO = {"first": UP, HOSTILE: UP[::-1]}
TEXT = Table(HOSTILE, ["number"], [["1"]])
PANELS = {
    "picture": (Picture(HOSTILE, np.ones((4, 6))), "image", 1),
    "large picture": (Picture(HOSTILE, np.zeros((400, 500, 3), np.uint8)), "image", 1),
    "matrix": (Matrix(HOSTILE, np.arange(6.0).reshape(2, 3)), "rect", 6),
    "plot": (Plot(HOSTILE, TWO), "polyline", 1),
    "points": (Points(HOSTILE, ["a", "b", HOSTILE], TWO, TWO, HOSTILE), "polyline", 2),
    "bands": (Bands(HOSTILE, UP + 1, TWO, TWO, HOSTILE, HOSTILE), "polyline", 2),
    "scatter": (Scatter(HOSTILE, {HOSTILE: np.ones((5, 2))}, HOSTILE, HOSTILE), "circle", 5),
    "many points": (Scatter(HOSTILE, {"": np.ones((8000, 2))}, "x", "y"), "circle", 381),
    "waveform": (Waveform(HOSTILE, -UP, UP, 1.0, "s"), "polyline", 2),
}


def drawn(folder, *panels):
    """Return the thumbnail of a laboratory with these panels."""
    exhibit = Exhibit(HOSTILE, HOSTILE, panels)
    LaboratoryResults("lab", HOSTILE, HOSTILE, [exhibit]).save(folder)
    return thumbnail(folder, "laboratory")


@pytest.mark.parametrize("name", PANELS)
def test_the_first_panel_that_is_no_text_is_drawn(name, tmp_path):
    """In the colours of the page, without any text of the results."""
    panel, element, count = PANELS[name]
    svg = drawn(tmp_path, TEXT, panel, Plot("", {"other": UP}))
    assert len(re.findall(f"<{element} ", svg)) == count
    assert HOSTILE not in svg
    assert len(svg) < 100_000
    assert element == "image" or "var(--" in svg


def test_curves_have_the_colours_of_what_they_are_of(tmp_path):
    """With validation data and without."""
    history = pd.DataFrame({"epoch": [1, 2], "loss": [2.0, 1.0], "accuracy": [0.1, 0.2]})
    for table, both in ((history, False), (history.assign(val_accuracy=[0.1, 0.3]), True)):
        table.to_csv(tmp_path / HISTORY_FILE, index=False)
        svg = thumbnail(tmp_path, "training")
        assert "var(--training)" in svg
        assert ("var(--validation)" in svg) is both


def test_damaged_exhibits_have_no_picture(tmp_path):
    """The list of reports is written all the same."""
    assert drawn(tmp_path, Picture("", np.ones((4, 6))))
    arrays = tmp_path / ARRAYS_FILE
    arrays.write_bytes(arrays.read_bytes()[:50])
    assert thumbnail(tmp_path, "laboratory") == ""


def test_text_alone_has_no_picture(tmp_path):
    """The list shows the report without one."""
    assert drawn(tmp_path, TEXT) == ""
