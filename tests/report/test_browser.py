"""Reports in a real browser: nothing is fetched, nothing fails, everything can be used."""

import shutil
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kerascnn.report import (
    Bands,
    Exhibit,
    LaboratoryResults,
    Matrix,
    Picture,
    Plot,
    Points,
    Scatter,
    SweepResults,
    Table,
    write_index,
    write_laboratory_report,
    write_sweep_report,
)

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]
DRAWN = ".main-svg"


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser, path, **options):
    """Open a page, and check at the end that it fetched nothing and that nothing failed."""
    # Without the page's own policy, so that a request would be seen rather than blocked.
    context = browser.new_context(bypass_csp=True, **options)
    page = context.new_page()
    requests, problems = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None
    )
    page.goto(path.as_uri())
    yield page
    context.close()
    assert problems == []
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []


def cell(page, row, column, n_rows=3, n_columns=3):
    """Return the place of a heatmap's cell on the screen."""
    page.locator("#heatmap-validation").scroll_into_view_if_needed()
    box = page.locator("#heatmap-validation .nsewdrag").bounding_box()
    x = box["x"] + box["width"] * (column + 0.5) / n_columns
    return x, box["y"] + box["height"] * (row + 0.5) / n_rows


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
        assert page.locator(".plot").count() == 5
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
    page.locator(f"#heatmap-training {DRAWN}").first.wait_for(state="attached")
    page.close()
    assert problems == []


def test_hostile_text_runs_nothing(browser, hostile, tmp_path):
    """Class names, titles and parameter values are shown, not run."""
    path = write_sweep_report(hostile, tmp_path / "report")
    for target in (path, write_index(tmp_path)):
        with opened(browser, target) as page:
            page.wait_for_load_state("load")
            assert page.evaluate("window.broken") is None
            assert "onerror" in page.locator("body").inner_text()


def test_hover_tells_a_cells_figures(browser, rates, tmp_path):
    """A diverged cell names its epoch."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        hover = page.locator("#heatmap-validation .hovertext")
        page.mouse.move(*cell(page, 0, 0))
        hover.wait_for()
        expected = rates.cv_results["mean_test_score"][0]
        assert f"mean {expected:.3f}" in hover.text_content()
        page.mouse.move(*cell(page, 2, 1))
        page.locator("#heatmap-validation .hovertext", has_text="diverged in epoch 2").wait_for()


def test_a_click_on_a_cell_shows_its_curves(browser, rates, tmp_path):
    """The candidate of row 2, column 1 diverged; the one of row 0, column 2 did not."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        for row, column, status in ((2, 1, "fold 2 in epoch 2"), (0, 2, "")):
            page.mouse.move(*cell(page, row, column))
            page.locator("#heatmap-validation .hovertext").wait_for()
            page.mouse.click(*cell(page, row, column))
            candidate = column * 3 + row
            page.locator(f"#candidates tr.chosen[data-candidate='{candidate}']").wait_for(
                state="attached"
            )
            assert page.locator("#curve-candidate").input_value() == str(candidate)
            assert status in page.locator("#curve-status").inner_text()


def test_early_stops_are_marked(browser, rates, tmp_path):
    """By a point on the validation curve of each fold, and in words."""
    best = rates.best_index
    stops = pd.DataFrame(
        {"candidate": best, "split": [0, 1], "epoch": [6, 5], "best_epoch": [4, 3]}
    )
    with opened(browser, write_sweep_report(replace(rates, best_epochs=stops), tmp_path)) as page:
        said = page.locator("#curve-status").inner_text()
        assert "fold 1 of epoch 4, stopped after 6; fold 2 of epoch 3, stopped after 5" in said
        drawn = page.locator("[data-curve=loss]").evaluate("place => place.data.at(-1)")
        curves = rates.learning_curves.query(f"candidate == {best}")
        expected = [curves.query(f"split == {n} and epoch == {4 - n}") for n in (0, 1)]
        assert drawn["y"] == pytest.approx([each["val_loss"].item() for each in expected], rel=1e-4)


def test_a_click_on_a_rung_shows_its_curves(browser, rates, tmp_path):
    """The best candidate's point in its rung chooses that candidate."""
    rungs = {"iter": [0] * 6 + [1] * 3, "n_resources": [2] * 6 + [6] * 3}
    halved = replace(rates, cv_results=rates.cv_results.assign(**rungs), resource="epochs")
    with opened(browser, write_sweep_report(halved, tmp_path)) as page:
        page.locator("#candidates tr[data-candidate='0'] .show").click()
        point = page.locator("[data-figure=rungs] .points path").last
        point.scroll_into_view_if_needed()
        box = point.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        chosen = page.locator("#candidates tr.chosen").get_attribute("data-candidate")
        assert chosen == str(rates.best_index)


def test_every_fit_can_be_reached_from_the_keyboard(browser, rates, tmp_path):
    """Next leads from the best candidate to the worst."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        assert page.locator("#curve-candidate").input_value() == str(rates.best_index)
        seen = {page.locator("#curve-candidate").input_value()}
        page.locator("#curve-next").focus()
        while page.locator("#curve-next").is_enabled():
            page.keyboard.press("Enter")
            seen.add(page.locator("#curve-candidate").input_value())
        assert seen == {str(candidate) for candidate in range(9)}


def test_the_table_sorts_and_filters(browser, rates, tmp_path):
    """By number, not by text; what has no number comes last."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        heading = page.get_by_role("button", name="validation accuracy")
        heading.click()
        rows = page.locator("#candidates tbody tr")
        order = [int(row.get_attribute("data-candidate")) for row in rows.all()]
        scores = rates.cv_results["mean_test_score"]
        assert scores[order[:6]].is_monotonic_increasing
        assert scores[order[6:]].isna().all()
        heading.click()
        assert int(rows.first.get_attribute("data-candidate")) == rates.best_index
        page.fill("#table-filter", "1e-05")
        assert page.locator("#table-count").inner_text() == "3 of 9"


def test_selectors_change_metric_and_panel(browser, fit_search, tmp_path):
    """The colour scale follows the metric."""
    grid = {"C": [0.01, 1.0], "gamma": [1e-3, 1e-2], "kernel": ["rbf", "sigmoid"]}
    search = fit_search(grid, scoring=["accuracy", "neg_mean_squared_error"], refit="accuracy")
    results = SweepResults.from_search(search, name="a", title="b")
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        columns = [f"mean_{part}_neg_mean_squared_error" for part in ("test", "train")]
        low = min(search.cv_results_[column].min() for column in columns)
        page.select_option("#metric", "1")
        assert page.locator("#scale-low").inner_text() == f"{low:.3f}".replace("-", "−")
        texts = "#heatmap-validation .heatmaplayer text"
        before = page.locator(texts).all_text_contents()
        other = "0" if page.locator("#facet").input_value() == "1" else "1"
        page.select_option("#facet", other)
        assert page.locator(texts).all_text_contents() != before


def test_a_page_without_curves_or_grid_works(browser, fit_search, tmp_path):
    """A list of grids of an estimator that is no network."""
    search = fit_search([{"kernel": ["rbf"], "C": [0.1, 1.0]}, {"kernel": ["linear"]}])
    results = SweepResults.from_search(search, name="a", title="b")
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        page.locator(f"[data-figure=ranking] {DRAWN}").first.wait_for(state="attached")
        assert page.locator("#candidates tbody tr").count() == 3
