"""The page of a laboratory shows every panel sharp, with its caption, and a PNG of each exhibit."""

import io
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

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
    Scatter,
    Table,
    render_report,
    write_laboratory_report,
)
from kerascnn.report.figures.exhibits import grey_levels, number_label, with_grid
from kerascnn.report.figures.paper_exhibits import exhibit_figure
from tests.report.test_pages import read

HOSTILE = "<img src=x onerror=alert(1)> $\\frac$"


@pytest.fixture
def laboratory():
    """One exhibit with every kind of panel."""
    panels = [
        Picture("a photo", np.arange(24, dtype=np.uint8).reshape(2, 4, 3)),
        Picture("a map", np.array([[-8.0, 0.0], [4.0, 8.0]]), grid=True),
        Plot("a signal", {"before": np.arange(5), "after": np.arange(3)}, {"after": 1}),
        Matrix("a kernel", np.array([[1, 0, -1]])),
        Checks("the lecture", [Check("28 · 28", "724", "784", False, "28 · 28 is 784")]),
    ]
    return LaboratoryResults("lab", "Lab", "It shows.", [Exhibit("One & two", "Look.", panels)])


@pytest.fixture
def page(laboratory, tmp_path):
    """Its page."""
    return read(write_laboratory_report(laboratory, tmp_path / "lab"))


def pixels_of(address):
    """Return the pixels of a PNG data address."""
    data = b64decode(address.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(data)))


def test_every_panel_has_its_caption_below(page):
    """As many captions as panels, and the exhibit's sentence above."""
    captions = ["Look.", "a photo", "a map", "a signal", "a kernel", "the lecture"]
    places = [page.text.index(caption) for caption in captions]
    assert places == sorted(places)
    assert [tag for tag, _ in page.tags].count("figcaption") == 5


def test_pictures_are_sharp(page, laboratory):
    """Each pixel of the file is one of the picture, and a browser does not smooth it."""
    photo, marked = [attrs for tag, attrs in page.tags if tag == "img"]
    np.testing.assert_array_equal(pixels_of(photo["src"]), laboratory.exhibits[0].panels[0].pixels)
    assert photo["class"] == marked["class"] == "pixelated"


def test_a_grid_is_drawn_around_each_pixel():
    """The pixels keep their colours between the lines."""
    framed = with_grid(grey_levels(np.array([[0.0, 1.0]])))
    assert framed.shape == (17, 33, 3)
    assert (framed[8, 8] == 0).all()
    assert (framed[8, 24] == 255).all()
    assert (framed[0] == framed[8, 16]).all()


def test_a_constant_picture_is_black():
    """Its range is nothing that could be stretched."""
    assert (grey_levels(np.full((2, 2), 3.5)) == 0).all()


def test_what_black_and_white_mean_is_said(page):
    """Where real numbers were stretched to grey levels, and only there."""
    assert "2 × 2, black −8 to white 8" in page.text.replace("\u00a0", " ")
    assert "(2 × 4)" in page.text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "text"), [(-1, "−1"), (0.0625, "0.0625"), (1 / 9, "0.111"), (1234.0, "1,234")]
)
def test_numbers_are_written_shortly(value, text):
    """Three digits at most, and a true minus sign."""
    assert number_label(value) == text


def test_a_stated_number_stands_beside_the_computed_one(page):
    """With the remark that says where the error is."""
    assert "28 · 28 724 784 no 28 · 28 is 784" in page.text
    assert "0 of 1" in page.text


def test_each_exhibit_is_a_picture_beside_the_page(page, tmp_path):
    """The page links to it."""
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a" and "skip" not in str(attrs)]
    assert links == ["exhibit-01-one-two.png"]
    with Image.open(tmp_path / "lab" / links[0]) as picture:
        assert min(picture.info["dpi"]) >= 200


def test_pictures_of_an_earlier_drawing_disappear(laboratory, tmp_path):
    """An exhibit that is gone leaves none."""
    (tmp_path / "exhibit-09-gone.png").write_bytes(b"")
    write_laboratory_report(laboratory, tmp_path)
    assert [path.name for path in tmp_path.glob("*.png")] == ["exhibit-01-one-two.png"]


def test_a_stored_laboratory_is_drawn_again(laboratory, tmp_path):
    """The page depends on the plain results alone."""
    page = write_laboratory_report(laboratory, tmp_path)
    before = page.read_bytes()
    page.unlink()
    assert render_report(tmp_path).read_bytes() == before


def test_scatters_and_wide_pictures_take_half_a_row(tmp_path):
    """Two scatters stand beside each other, a wide picture beside two others."""
    panels = [
        Scatter("codes", {"a": np.eye(2)}, "x", "y"),
        Scatter("components", {"a": np.eye(2)}, "x", "y"),
        Picture("a strip", np.zeros((2, 6))),
        Picture("a square", np.zeros((2, 2))),
        Picture("a photo", np.zeros((2, 5))),
        Points("a row of its own", ["a"], {"x": np.ones(1)}, {"x": np.ones(1)}, "q"),
    ]
    exhibit = Exhibit("One", "Look.", panels)
    page = read(write_laboratory_report(LaboratoryResults("a", "A", "", [exhibit]), tmp_path))
    classes = [attrs.get("class") for tag, attrs in page.tags if tag == "figure"]
    assert classes == ["half", "half", "half", None, None, "wide"]
    places = [ax.get_subplotspec() for ax in exhibit_figure(exhibit).axes]
    columns = [(place.colspan.start, place.colspan.stop) for place in places]
    assert columns == [(0, 2), (2, 4), (0, 2), (2, 3), (3, 4), (0, 4)]


def test_hostile_text_stays_text(tmp_path):
    """In captions, names of signals, labels, checks, and Matplotlib's mathematics."""
    panels = [
        Picture(HOSTILE, np.zeros((2, 2))),
        Plot(HOSTILE, {HOSTILE: np.arange(3)}),
        Matrix(HOSTILE, np.zeros((1, 1)), np.array([[HOSTILE]])),
        Points(HOSTILE, [HOSTILE], {HOSTILE: np.ones(1)}, {HOSTILE: np.ones(1)}, HOSTILE),
        Checks(HOSTILE, [Check(HOSTILE, HOSTILE, HOSTILE, False, HOSTILE)], HOSTILE),
        Bands(HOSTILE, np.ones(1), {HOSTILE: np.ones(1)}, {HOSTILE: np.ones(1)}, HOSTILE, HOSTILE),
        Scatter(HOSTILE, {HOSTILE: np.ones((1, 2))}, HOSTILE, HOSTILE),
        Table(HOSTILE, [HOSTILE], [[HOSTILE]]),
    ]
    results = LaboratoryResults("a", HOSTILE, HOSTILE, [Exhibit(HOSTILE, HOSTILE, panels)])
    page = read(write_laboratory_report(results, tmp_path))
    assert not [attrs for _, attrs in page.tags if "onerror" in attrs]
    assert page.text.count("onerror") > 10
