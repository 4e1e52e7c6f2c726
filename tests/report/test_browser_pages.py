"""Pages in a real browser: nothing is fetched, nothing fails, all can read and print them."""

from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd
import pytest

from kerascnn.report import (
    Bands,
    ComparisonResults,
    Exhibit,
    LaboratoryResults,
    Matrix,
    Picture,
    Plot,
    Points,
    Scatter,
    SweepResults,
    Table,
    TrainingResults,
    write_comparison_report,
    write_index,
    write_laboratory_report,
    write_sweep_report,
    write_training_report,
)
from tests.report.pages_in_browser import DRAWN, chosen, large_grid, opened
from tests.results.fixtures import make_table

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core").Axe
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_pictures")]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_draws_everything_offline(
    browser, rates, predictions, insight, tmp_path, width, scheme
):
    """On a screen and on a phone, light and dark, nothing runs off the side."""
    path = write_sweep_report(replace(rates, predictions=predictions, insight=insight), tmp_path)
    view = {"width": width, "height": 800}
    with opened(browser, path, viewport=view, color_scheme=scheme, offline=True) as page:
        for plot in page.locator(".plot").all():
            plot.locator(DRAWN).first.wait_for(state="attached")
        assert page.locator(".plot").count() == 6
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1280, 390])
def test_a_laboratory_draws_everything_offline(browser, tmp_path, width):
    """Small pictures are enlarged without smoothing; the widest matrix scrolls in its own frame."""
    panels = [
        Picture("a map", np.eye(6), grid=True),
        Plot("a signal", {"signal": np.arange(9)}),
        Matrix("a matrix", np.arange(64).reshape(4, 16)),
        Points("means", ["a", "b"], {"one": np.ones(2)}, {"one": np.ones(2)}, "accuracy"),
        Bands("curves", np.array([10, 500]), {"one": np.ones(2)}, {"one": np.ones(2)}, "n", "a"),
        Scatter("codes", {"one": np.eye(2), "two": np.ones((3, 2))}, "first", "second"),
        Table("a table", ["strategy", *map(str, range(20))], [["one", *"abcdefghijklmnopqrst"]]),
    ]
    results = LaboratoryResults("lab", "Lab", "It shows.", [Exhibit("One", "Look.", panels)])
    path = write_laboratory_report(results, tmp_path)
    with opened(browser, path, viewport={"width": width, "height": 800}, offline=True) as page:
        for plot in page.locator(".plot").all():
            plot.locator(DRAWN).first.wait_for(state="attached")
        rendering = "image => getComputedStyle(image).imageRendering"
        assert page.locator(".exhibit img").evaluate(rendering) == "pixelated"
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_runs_into_its_value(browser, rates, tmp_path, width):
    """Where results come from, long names of settings are broken to fit their column."""
    sections = ("data", "durations", "versions")
    provenance = {section: {"TF_ENABLE_ONEDNN_OPTS": "1"} for section in sections}
    path = write_sweep_report(replace(rates, provenance=provenance), tmp_path)
    with opened(browser, path, viewport={"width": width, "height": 800}) as page:
        labels = page.locator(".provenance dt").all()
        assert labels
        fits = "label => label.scrollWidth <= label.clientWidth"
        assert [label.inner_text() for label in labels if not label.evaluate(fits)] == []


def test_the_pages_own_policy_blocks_nothing_it_needs(browser, rates, tmp_path):
    """A violation would be an error on the console."""
    problems = []
    page = browser.new_page()
    page.on("console", lambda message: problems.append(message.text))
    page.goto(write_sweep_report(rates, tmp_path).as_uri())
    page.locator(f"#grid {DRAWN}").first.wait_for(state="attached")
    page.close()
    assert problems == []


def accessible(browser, path):
    """Return what axe finds wrong with a page, on a light screen and on a dark phone."""
    found = []
    for width, scheme in ((1280, "light"), (390, "dark")):
        view = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
        with opened(browser, path, **view) as page:
            violations = Axe().run(page).response["violations"]
            found += [(v["id"], v["nodes"][0]["html"], width, scheme) for v in violations]
    return found


def test_a_sweep_is_accessible(browser, rates, predictions, insight, tmp_path):
    """Of a grid, and of candidates that are no grid."""
    path = write_sweep_report(replace(rates, predictions=predictions, insight=insight), tmp_path)
    assert accessible(browser, path) == []
    params = [{"a": a, "b": a * a, "c": "x" if a % 2 else "y"} for a in range(12)]
    scores = np.random.default_rng(0).random((12, 3))
    random = SweepResults("r", "R", "", make_table(params, scores), int(scores.mean(1).argmax()))
    assert accessible(browser, write_sweep_report(random, tmp_path)) == []


def test_other_pages_are_accessible(browser, insight, tmp_path):
    """A training, a comparison and a page of exhibits."""
    history = pd.DataFrame({"epoch": [1, 2], "loss": [2.0, 1.0], "val_loss": [2.0, 1.5]})
    results = TrainingResults("t", "T", "It learns.", history, insight=insight)
    assert accessible(browser, write_training_report(results, tmp_path / "t")) == []
    models = {"model": ["a", "b"], "accuracy": [0.5, 0.6], "parameters": [9, 99], "seconds": [1, 2]}
    compared = ComparisonResults("c", "C", "", pd.DataFrame(models), insights={"a": insight})
    assert accessible(browser, write_comparison_report(compared, tmp_path / "c")) == []
    panels = [
        Matrix("many numbers", np.linspace(-1, 1, 400).reshape(10, 40)),
        Table("a wide table", list(map(str, range(40))), [list("abcdefgh") * 5]),
        Plot("a signal", {"before": np.arange(9)}),
    ]
    results = LaboratoryResults("lab", "Lab", "", [Exhibit("One", "Look.", panels)])
    assert accessible(browser, write_laboratory_report(results, tmp_path / "l")) == []


def test_the_table_is_one_stop_of_the_tab_key(browser, tmp_path):
    """Arrow keys go on from row to row, and Enter chooses."""
    with opened(browser, write_sweep_report(large_grid(7), tmp_path)) as page:
        stops = "[...document.querySelectorAll('#candidates tbody *')].filter(e => e.tabIndex >= 0)"
        assert page.evaluate(f"{stops}.length") == 1
        page.locator("#candidates tbody tr.chosen").focus()
        page.keyboard.press("ArrowDown")
        second = page.locator("#candidates tbody tr").nth(1)
        assert chosen(page) == int(second.get_attribute("data-candidate")) + 1
        assert second.evaluate("row => row === document.activeElement")


def test_print_shows_all_rows_and_no_controls(browser, tmp_path):
    """On paper nothing can be scrolled or chosen."""
    with opened(browser, write_sweep_report(large_grid(9), tmp_path)) as page:
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator("#candidates tbody tr").count() == 81
        for control in ("#grid-controls", "#table-filter", "#pin", "#curve-log"):
            assert not page.locator(control).is_visible()


def test_hostile_text_runs_nothing(browser, hostile, tmp_path):
    """Class names, titles and parameter values are shown, not run."""
    path = write_sweep_report(hostile, tmp_path / "report")
    for target in (path, write_index(tmp_path)):
        with opened(browser, target) as page:
            page.wait_for_load_state("load")
            assert page.evaluate("window.broken") is None
            assert "onerror" in page.locator("body").inner_text()


def test_a_page_of_49_candidates_is_light(browser, tmp_path):
    """With 5 folds of 100 epochs: at most 2 MB, and nothing of other libraries."""
    page = write_sweep_report(large_grid(7, n_splits=5, n_epochs=100), tmp_path)
    assert page.stat().st_size < 2e6
    assert "plotly" not in page.read_text(encoding="utf-8").lower()


def test_a_page_in_a_frame_needs_no_address(browser, rates, tmp_path):
    """As in a notebook: candidates are chosen though nothing can be kept there."""
    page = write_sweep_report(rates, tmp_path / "report").read_text(encoding="utf-8")
    frame = f'<iframe sandbox="allow-scripts" srcdoc="{escape(page)}" width=1200 height=700>'
    (tmp_path / "notebook.html").write_text(frame, encoding="utf-8")
    with opened(browser, tmp_path / "notebook.html") as shown:
        inside = shown.frame_locator("iframe")
        inside.locator("#grid rect[data-candidate='3']").click()
        sync_api.expect(inside.locator("#candidate-title")).to_contain_text("Candidate 4 of 9")


def test_a_page_without_curves_or_grid_works(browser, fit_search, tmp_path):
    """A list of grids of an estimator that is no network: points over each parameter."""
    search = fit_search([{"kernel": ["rbf"], "C": [0.1, 1.0]}, {"kernel": ["linear"]}])
    results = SweepResults.from_search(search, name="a", title="b")
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        assert page.locator("#grid svg").count() == 2
        for name in ("parallel coordinates", "ranking"):
            page.locator("#view").select_option(label=name)
            page.locator(f"#grid {DRAWN}").first.wait_for(state="attached")
        assert page.locator("#candidates tbody tr").count() == 3


def test_a_single_epoch_is_drawn_at_its_epoch(browser, tmp_path):
    """As points over one tick; where no number is finite, no axis is made up."""
    results = large_grid(2, n_epochs=1)
    curves = results.learning_curves
    results = replace(results, learning_curves=curves.assign(loss=np.nan, val_loss=np.inf))
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        ticks = page.locator("[data-curve=accuracy] .axes text").all_text_contents()
        assert ticks[0] == "1"
        assert not [tick for tick in ticks[1:] if tick.startswith("1.0")]
        assert page.locator("[data-curve=accuracy] .dots").count() > 0
        assert page.locator("[data-curve=loss]").inner_text() == "No finite number to draw."
