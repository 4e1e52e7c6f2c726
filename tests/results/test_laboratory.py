"""A laboratory's exhibits come back from their files as they were."""

from typing import Any

import numpy as np
import pytest

from kerascnn.report import (
    Bands,
    Check,
    Checks,
    Exhibit,
    LaboratoryResults,
    Matrix,
    Picture,
    Plot,
    Points,
    Table,
)

CHECKS = Checks("Stated", [Check("1 + 1", "2", "2", True), Check("1 + 2", "4", "3", False, "no")])
PANELS = [
    Picture("bytes", np.arange(12, dtype=np.uint8).reshape(2, 2, 3)),
    Picture("floats", np.array([[-1.5, 0.0], [np.pi, 2.0]]), grid=True),
    Plot("signals", {"one": np.arange(3), "two": np.array([0.1, 0.2])}, {"two": 0.5}),
    Matrix("numbers", np.array([[1, 2], [3, 4]])),
    Matrix("words", np.array([[1, 0]]), np.array([["w₁", "0"]])),
    CHECKS,
    Checks("Another way", [Check("2 + 2", "4", "4", True)], "by hand"),
    Points("means", ["a", "b"], {"one": np.array([1, 2])}, {"one": np.array([0.1, 0.2])}, "x"),
    Bands("curves", np.array([1, 10]), {"a": np.ones(2)}, {"a": np.zeros(2)}, "size", "height"),
    Table("texts", ["name", "number"], [["a", "1"], ["b", "2"]]),
]


def results(panels):
    """Return a laboratory of one exhibit."""
    return LaboratoryResults("a", "A", "It holds.", [Exhibit("First", "Look.", panels)])


def test_every_kind_of_panel_comes_back(tmp_path):
    """Captions, arrays with their dtypes, labels, offsets and checks."""
    results(PANELS).save(tmp_path)
    (exhibit,) = LaboratoryResults.load(tmp_path).exhibits
    assert (exhibit.title, exhibit.text) == ("First", "Look.")
    for panel, loaded in zip(PANELS, exhibit.panels, strict=True):
        assert type(loaded) is type(panel)
        assert loaded.caption == panel.caption
    picture, floats, plot, numbers, words, checks, another, points, bands, table = exhibit.panels
    assert picture.pixels.dtype == np.uint8
    np.testing.assert_array_equal(picture.pixels, PANELS[0].pixels)
    np.testing.assert_array_equal(floats.pixels, PANELS[1].pixels)
    assert (picture.grid, floats.grid) == (False, True)
    assert list(plot.signals) == ["one", "two"]
    np.testing.assert_array_equal(plot.signals["two"], [0.1, 0.2])
    assert plot.offsets == {"two": 0.5}
    np.testing.assert_array_equal(numbers.values, [[1, 2], [3, 4]])
    assert numbers.labels is None
    np.testing.assert_array_equal(words.labels, [["w₁", "0"]])
    assert (checks, another) == (CHECKS, PANELS[6])
    assert (points.names, points.quantity) == (["a", "b"], "x")
    np.testing.assert_array_equal(points.means["one"], [1, 2])
    np.testing.assert_array_equal(points.spreads["one"], [0.1, 0.2])
    np.testing.assert_array_equal(bands.x, [1, 10])
    np.testing.assert_array_equal(bands.means["a"], [1, 1])
    np.testing.assert_array_equal(bands.spreads["a"], [0, 0])
    assert (bands.x_quantity, bands.quantity) == ("size", "height")
    assert table == PANELS[-1]


def test_only_what_a_source_states_is_counted():
    """A number computed in another way is a comparison, not a statement."""
    assert results(PANELS).figure == "1 of 2 stated numbers agree"


def test_a_laboratory_without_statements_counts_its_exhibits():
    """There is nothing to agree with."""
    assert results(PANELS[:2]).figure == "1 exhibit"


TEXTS: Any = ["a picture"]
WRONG = {
    "no numbers": (lambda: Picture("p", np.array([["a"]])), "are not real numbers"),
    "NaN": (lambda: Picture("p", np.array([[np.nan]])), "NaN or infinite"),
    "four channels": (lambda: Picture("p", np.zeros((2, 2, 4))), "must be .height, width"),
    "no pixels": (lambda: Picture("p", np.zeros((0, 2))), "not be empty"),
    "a flat matrix": (lambda: Matrix("m", np.zeros(3)), "must have 2 dimensions"),
    "labels": (lambda: Matrix("m", np.zeros((1, 2)), np.array([["a"]])), "give one for each"),
    "a flat picture as a signal": (lambda: Plot("s", {"a": np.zeros((2, 2))}), "1 dimensions"),
    "too few points": (lambda: Points("p", ["a"], {"x": np.zeros(2)}, {}, "q"), "1 names"),
    "too short a curve": (
        lambda: Bands("b", np.array([1, 2]), {"a": np.zeros(3)}, {}, "x", "y"),
        "give a number for each",
    ),
    "falling sizes": (lambda: Bands("b", np.array([2, 1]), {}, {}, "x", "y"), "ascending"),
    "sizes of zero": (lambda: Bands("b", np.array([0, 1]), {}, {}, "x", "y"), "positive on a log"),
    "too short a row": (lambda: Table("t", ["a", "b"], [["1"]]), "2 headings"),
    "nothing to see": (lambda: Exhibit("e", "t", []), "needs panels"),
    "text as a panel": (lambda: Exhibit("e", "t", TEXTS), "needs panels"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_shown_is_refused(name):
    """When it is made, with its caption."""
    make, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        make()
