"""The list of reports and comparisons: settings, marks, thumbnails; sorted and filtered."""

from dataclasses import replace

import pytest

from kerascnn.report import write_index
from kerascnn.report.comparing import comparison_text, write_comparison_page
from kerascnn.results.comparing import compare_reports
from tests.results.fixtures import HOSTILE

SMOKE = "A smoke run: a few steps on a few images, to see that everything works."


@pytest.fixture
def reports(rates, hostile, tmp_path):
    """A folder of four reports, one of a smoke run and one with hostile texts."""
    origin = {"settings": {"grid": {"l2": [0.0, 0.1]}, "seed": 5}, "durations": {"whole run": 9.0}}
    days = {f"2026-01-0{day}T00:00:00+00:00": day for day in (1, 2, 3)}
    for created, day in days.items():
        notices = (SMOKE,) if day == 3 else ()
        own = replace(
            rates, title=f"Report {day}", created=created, provenance=origin, notices=notices
        )
        own.save(tmp_path / f"report-{day}")
    settings = {"settings": {HOSTILE: HOSTILE}}
    replace(hostile, created="2026-01-04T00:00:00+00:00", provenance=settings).save(tmp_path / "h")
    write_index(tmp_path)
    return tmp_path


def test_the_list_holds_settings_marks_and_pictures(reports):
    """All is in the file itself, texts as text."""
    page = (reports / "index.html").read_text("utf-8")
    assert page.count('class="thumbnail"') == 4
    assert page.count("smoke run: its figures say nothing") == 1
    assert page.count("<dt>grid: l2</dt><dd>0, 10⁻¹</dd>") == 3
    assert "<img" not in page
    assert HOSTILE not in page


def test_a_damaged_table_has_no_picture(reports):
    """The report is listed all the same."""
    (reports / "report-1" / "cv_results.csv").write_text("a,b\n1,2\n")
    page = write_index(reports).read_text("utf-8")
    assert page.count('class="thumbnail"') == 3
    assert "Report 1" in page


@pytest.mark.browser
def test_the_list_is_sorted_and_filtered_in_a_browser(reports, browser):
    """By words and settings, by title, without smoke runs; the address keeps it."""
    page = browser.new_page()
    problems: list = []
    page.on("pageerror", lambda error: problems.append(error))
    page.goto((reports / "index.html").as_uri())
    fits = "text => text.scrollWidth <= text.clientWidth"
    assert all(figure.evaluate(fits) for figure in page.locator(".reports .value").all())
    titles = page.locator("#reports li:visible h2")
    assert titles.count() == 4
    page.fill("#filter", "report seed 5")
    assert titles.all_inner_texts() == ["Report 3", "Report 2", "Report 1"]
    page.select_option("#order", "title")
    page.uncheck("#smoke")
    assert titles.all_inner_texts() == ["Report 1", "Report 2"]
    page.reload()
    assert titles.all_inner_texts() == ["Report 1", "Report 2"]
    assert page.locator("#shown").inner_text() == "2 of 4"
    assert page.evaluate("window.broken") is None
    assert problems == []


def test_a_comparison_fits_the_terminal(reports):
    """Every line is within its width, and nothing is left out."""
    comparison = compare_reports([reports / "report-1", reports / "report-2"])
    text = comparison_text(comparison, 80)
    assert max(map(len, text.splitlines())) <= 80
    for word in ("cross-validated", "FIGURES", "whole run", "Report 2", "settings are the same"):
        assert word in text


def test_a_comparison_page_shows_texts_as_they_are(reports):
    """Hostile settings stay text."""
    page = write_comparison_page([reports / "report-1", reports / "h"], reports / "side.html")
    text = page.read_text("utf-8")
    assert HOSTILE not in text
    assert "Settings that differ" in text
