"""The page of a study: its own figures, its exhibits, and what a network learned."""

import numpy as np
import pytest

from kerascnn.report import Bands, render_report, write_index, write_study_report
from kerascnn.report.figures.plots import bands_chart
from tests.report.test_pages import read
from tests.results.test_study import results


@pytest.fixture
def page(insight, tmp_path):
    """The page of a study in the folder "s"."""
    return write_study_report(results(insight), tmp_path / "s")


def test_the_page_says_what_was_found(page):
    """Headlines with their notes, exhibits, and the inside of a network."""
    text = read(page).text
    for said in ("It holds.", "20.1\n± 0.2 dB", "network", "First", "Inside the network"):
        assert " ".join(said.split()) in " ".join(text.split()), said


def test_without_an_insight_there_is_no_such_section(tmp_path):
    """A study need not look into a network."""
    assert "Inside the network" not in read(write_study_report(results(), tmp_path)).text


def test_it_is_drawn_again_from_its_files(page):
    """With a PNG of each exhibit."""
    before = page.read_bytes()
    page.unlink()
    assert render_report(page.parent).read_bytes() == before
    assert [path.name for path in page.parent.glob("*.png")] == ["exhibit-01-first.png"]


def test_the_list_of_reports_shows_its_figure(page):
    """The first headline."""
    assert "PSNR: 20.1 ± 0.2 dB" in read(write_index(page.parents[1])).text


@pytest.mark.parametrize(("is_logarithmic", "kind"), [(True, "log"), (False, "linear")])
def test_bands_have_the_axis_that_they_ask_for(is_logarithmic, kind):
    """On the page, over any ascending numbers where it is linear."""
    curve = {"a": np.ones(2)}
    bands = Bands("b", np.array([1.0, 3.0]), curve, curve, "x", "y", is_logarithmic)
    assert bands_chart(bands).x.kind == kind
