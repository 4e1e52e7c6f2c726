"""Reports in a real browser: nothing is fetched, nothing fails, everything can be used."""

from contextlib import contextmanager
from dataclasses import replace
from html import escape
from io import StringIO

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
from kerascnn.report.pages import comparison, exhibits, sweep, training
from kerascnn.results.statistics import corrected_p_values, indistinguishable, split_differences
from tests.results.fixtures import make_table

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core").Axe
pytestmark = pytest.mark.browser
DRAWN = "svg"
SCREEN = {"width": 1280, "height": 800}
SEEN = ("#grid svg", "[data-curve=loss] svg", "[data-curve=accuracy] svg", "#folds")
FILTERING = """() => [1, 2, 3].map(() => {
    const start = performance.now();
    document.getElementById("table-filter").value = "a = 7";
    filterTable();
    document.body.offsetHeight;
    return performance.now() - start;
})"""


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    """Leave out the PNGs beside pages: they take longer, and have tests of their own."""
    for name in ("write_heatmaps", "write_rungs", "write_exhibits"):
        monkeypatch.setattr(sweep, name, lambda *_: None)
    monkeypatch.setattr(exhibits, "write_exhibits", lambda *_: None)
    monkeypatch.setattr(comparison, "write_comparison", lambda *_: None)
    monkeypatch.setattr(training, "write_curves", lambda *_: None)


def large_grid(side, n_splits=2, n_epochs=3):
    """Return the results of side × side candidates with learning curves."""
    generator = np.random.default_rng(0)
    values = [10.0**k for k in range(side)]
    params = [{"l2": l2, "learning_rate": rate} for l2 in values for rate in values]
    places = [range(len(params)), range(n_splits), range(1, n_epochs + 1)]
    fits = pd.MultiIndex.from_product(places, names=["candidate", "split", "epoch"])
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    curves = pd.DataFrame(generator.random((len(fits), 4)), index=fits, columns=names)
    scores = generator.random((len(params), n_splits))
    found = make_table(params, scores, scores)
    best = int(scores.mean(axis=1).argmax())
    claim = "The learning rate decides."
    return SweepResults("large", "Large", claim, found, best, curves.reset_index())


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


def cell(page, candidate):
    """Return the cell of a candidate, a row of `cv_results_`."""
    return page.locator(f"#grid rect[data-candidate='{candidate}']").first


def texts(page):
    """Return the text in each cell of the grid."""
    return page.locator("#grid text.value").all_text_contents()


def chosen(page):
    """Return the chosen candidate's number, from 1, as the page says it."""
    return int(page.locator("#candidate-title").inner_text().split()[1])


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


def test_cells_hold_the_scores_of_the_search(browser, search, tmp_path):
    """In the row and column of their parameters; training scores share the colours' range."""
    results = SweepResults.from_search(search, name="a", title="b")
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        for part, word in (("test", "validation-score"), ("train", "training-score")):
            page.evaluate("word => { location.hash = `show=${word}`; }", word)
            page.wait_for_function("word => currentMeasure().key === word", arg=word)
            assert texts(page) == [f"{v:.3f}" for v in search.cv_results_[f"mean_{part}_score"]]
            low = search.cv_results_["mean_test_score"].min()
            assert page.locator("#scale-low").inner_text() == f"{low:.3f}"
        labels = page.locator("#grid .labels text").all_text_contents()
        assert labels == ["10⁻¹", "10⁰", "10¹", "10⁻³", "10⁻²", "C", "gamma"]
        across, down = (cell(page, 1), cell(page, 2))
        first = cell(page, 0).bounding_box()
        assert across.bounding_box()["x"] > first["x"]
        assert down.bounding_box()["y"] > first["y"]


def test_the_picture_comes_first(browser, tmp_path):
    """A 7 × 7 grid, its best candidate's curves and folds need no scrolling on 1280 × 800."""
    with opened(browser, write_sweep_report(large_grid(7), tmp_path), viewport=SCREEN) as page:
        assert page.locator("#grid rect[data-candidate]").count() == 49
        boxes = [
            page.locator(place).bounding_box() for place in (*SEEN, ".headlines > div >> nth=-1")
        ]
        assert max(box["y"] + box["height"] for box in boxes) <= 800
        grid, curve = boxes[:2]
        assert curve["x"] >= grid["x"] + grid["width"]
        figures = page.locator(".headlines > div").all()
        assert len({figure.bounding_box()["y"] for figure in figures}) == 1


def test_a_page_of_49_candidates_is_light(browser, tmp_path):
    """With 5 folds of 100 epochs: at most 2 MB, and nothing of other libraries."""
    page = write_sweep_report(large_grid(7, n_splits=5, n_epochs=100), tmp_path)
    assert page.stat().st_size < 2e6
    assert "plotly" not in page.read_text(encoding="utf-8").lower()


def test_hover_tells_a_cells_figures(browser, rates, tmp_path):
    """Mean, spread, folds and time; a diverged cell names its epoch, counted from 1."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        cell(page, 0).hover()
        said = page.locator(".readout").inner_text()
        row = rates.cv_results.iloc[0]
        for column in ("mean", "std", "split0", "split1"):
            assert f"{row[f'{column}_test_score']:.3f}" in said
        assert "1. l2 = 10⁻⁵, learning_rate = 10⁻²" in said
        assert "1.5 s per fit" in said
        cell(page, 5).hover()
        said = page.locator(".readout").inner_text()
        assert "diverged in epoch 2 (2 of 2 folds)" in said
        assert "no validation accuracy" in said


def test_a_click_on_a_cell_shows_its_curves(browser, rates, tmp_path):
    """Outlined, in the table, in the address, with its divergence."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        for candidate, status in ((5, "fold 2 in epoch 2"), (6, "")):
            cell(page, candidate).click()
            assert chosen(page) == candidate + 1
            assert page.url.endswith(f"#candidate={candidate + 1}")
            outline, box = page.locator("#grid rect.chosen"), cell(page, candidate).bounding_box()
            middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
            around = outline.bounding_box()
            assert around["x"] < middle[0] < around["x"] + around["width"]
            assert around["y"] < middle[1] < around["y"] + around["height"]
            row = page.locator("#candidates tr.chosen")
            assert row.get_attribute("data-candidate") == str(candidate)
            assert status in page.locator("#curve-status").inner_text()
            folds = page.locator("#folds tbody tr").first.locator("td").all_inner_texts()
            expected = rates.cv_results.iloc[candidate][["split0_test_score", "split1_test_score"]]
            if not status:
                assert folds[1:] == [f"{value:.3f}" for value in expected]


def test_an_address_opens_its_candidate(browser, rates, tmp_path):
    """A link shows the candidate, the pinned ones and the measure; nonsense shows the best."""
    path = write_sweep_report(rates, tmp_path)
    with opened(browser, path) as page:
        page.goto(path.as_uri() + "#candidate=7&pinned=1,2&show=loss")
        page.reload()
        assert chosen(page) == 7
        assert page.locator("#pins button").count() == 2
        assert page.locator("#show option:checked").inner_text() == "validation loss"
        page.goto(path.as_uri() + "#candidate=<b>&pinned=99,-1&show=x")
        page.reload()
        assert chosen(page) == rates.best_index + 1
        assert page.locator("#pins button").count() == 0


def test_a_page_in_a_frame_needs_no_address(browser, rates, tmp_path):
    """As in a notebook: candidates are chosen though nothing can be kept there."""
    page = write_sweep_report(rates, tmp_path / "report").read_text(encoding="utf-8")
    frame = f'<iframe sandbox="allow-scripts" srcdoc="{escape(page)}" width=1200 height=700>'
    (tmp_path / "notebook.html").write_text(frame, encoding="utf-8")
    with opened(browser, tmp_path / "notebook.html") as shown:
        inside = shown.frame_locator("iframe")
        inside.locator("#grid rect[data-candidate='3']").click()
        sync_api.expect(inside.locator("#candidate-title")).to_contain_text("Candidate 4 of 9")


def test_the_best_follows_the_measure(browser, rates, tmp_path):
    """The smallest loss, not the largest score; its frame lies within the picture."""
    curves = rates.learning_curves.assign(val_loss=lambda f: f["val_loss"] + f["candidate"])
    path = write_sweep_report(replace(rates, learning_curves=curves), tmp_path)
    with opened(browser, path) as page:
        page.locator("#show").select_option(label="validation loss")
        frame = page.locator("#grid rect.best-dark").bounding_box()
        best = cell(page, 0).bounding_box()
        assert best["x"] <= frame["x"] + 1
        assert frame["x"] + frame["width"] <= best["x"] + best["width"] + 1
        last = curves.query("candidate == 0 and epoch == 6")["val_loss"].mean()
        assert texts(page)[0] == f"{last:.3f}"


def test_candidates_are_pinned_and_compared(browser, rates, tmp_path):
    """By button or key; the means over folds of each are drawn, its folds stand in a row."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        cell(page, 0).click()
        page.locator("#pin").click()
        cell(page, 3).click()
        page.locator("#grid").focus()
        page.keyboard.press("p")
        assert page.url.endswith("#candidate=4&pinned=1,4")
        assert page.locator("#grid .pin").count() == 2
        lines = page.locator("[data-curve=accuracy] .series .line")
        assert lines.count() == 4
        cell(page, 6).click()
        assert lines.count() == 6
        rows = page.locator("#folds tbody tr").all_inner_texts()
        scores = rates.cv_results["split0_test_score"]
        assert [f"{scores[row]:.3f}" in text for row, text in zip((0, 3, 6), rows, strict=True)]
        page.locator("#pins button").first.click()
        assert "pinned=4" in page.url


def test_candidates_not_told_from_the_best_are_marked(browser, tmp_path):
    """In cells, rows and words; their differences, fold by fold, are shown on demand."""
    results = large_grid(3, n_splits=5)
    scores = 0.02 * np.random.default_rng(0).random((9, 5)) + 0.1 * (np.arange(9)[:, None] // 3)
    table = make_table(results.params, scores)
    results = replace(results, cv_results=table, best_index=int(scores.mean(axis=1).argmax()))
    alike = indistinguishable(results, "score")
    assert 1 < alike.sum() < 9
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        assert (
            f"{alike.sum()} of 9 cannot be told apart on 5 folds"
            in page.locator(".told").inner_text()
        )
        assert page.locator("#grid .alike").count() == alike.sum()
        page.fill("#table-filter", "•")
        rows = page.locator("#candidates tbody tr").all()
        assert {int(row.get_attribute("data-candidate")) for row in rows} == {
            *np.flatnonzero(alike)
        }
        other = (results.best_index + 1) % 9
        cell(page, other).click()
        page.locator("#differences").check()
        shown = page.locator("#folds tbody tr").first.locator("td").all_inner_texts()
        differences = split_differences(results, "score")[other]
        assert shown[1:] == [f"{value:+.3f}".replace("-", "−") for value in differences]
        p_value = corrected_p_values(results, "score")[other]
        assert f"{p_value:.3f}" in page.locator("#p-value").inner_text()


def test_arrow_keys_choose_cells(browser, rates, tmp_path):
    """Down is the next learning rate, right the next penalty; edges hold; Home is the best."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        cell(page, 0).click()
        page.locator("#grid").focus()
        for key, number in (("ArrowDown", 2), ("ArrowRight", 5), ("ArrowUp", 4), ("ArrowUp", 4)):
            page.keyboard.press(key)
            assert chosen(page) == number
        page.keyboard.press("Home")
        assert chosen(page) == rates.best_index + 1


def test_every_fit_can_be_reached_from_the_keyboard(browser, rates, tmp_path):
    """Next leads from the best candidate to the worst."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        seen = [chosen(page)]
        page.locator("#next").focus()
        for _ in range(8):
            page.keyboard.press("Enter")
            seen.append(chosen(page))
        assert seen[0] == rates.best_index + 1
        assert sorted(seen) == list(range(1, 10))


def test_early_stops_are_marked(browser, rates, tmp_path):
    """By a ring on the validation curve of each fold, and in words."""
    best = rates.best_index
    stops = pd.DataFrame(
        {"candidate": best, "split": [0, 1], "epoch": [6, 5], "best_epoch": [4, 3]}
    )
    with opened(browser, write_sweep_report(replace(rates, best_epochs=stops), tmp_path)) as page:
        said = page.locator("#curve-status").inner_text()
        assert "fold 1 of epoch 4, stopped after 6; fold 2 of epoch 3, stopped after 5" in said
        assert page.locator("[data-curve=loss] .ring").count() == 2
        drawn = page.evaluate(f"stopSeries(fitsOf({best}), 'loss', report.stops[{best}])[0].y")
        curves = rates.learning_curves.query(f"candidate == {best}")
        expected = [curves.query(f"split == {n} and epoch == {4 - n}") for n in (0, 1)]
        assert drawn == pytest.approx([each["val_loss"].item() for each in expected], rel=1e-4)


def test_a_click_on_a_rung_shows_its_curves(browser, rates, tmp_path):
    """The best candidate's point in its rung chooses that candidate."""
    rungs = {"iter": [0] * 6 + [1] * 3, "n_resources": [2] * 6 + [6] * 3}
    halved = replace(rates, cv_results=rates.cv_results.assign(**rungs), resource="epochs")
    with opened(browser, write_sweep_report(halved, tmp_path)) as page:
        page.locator("#candidates tr[data-candidate='0']").click()
        assert chosen(page) == 1
        # The best candidate's series is drawn last, its dots in one path.
        best = page.locator("[data-figure=rungs] .series .dots").last
        best.scroll_into_view_if_needed()
        box = best.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert chosen(page) == rates.best_index + 1


def test_the_table_sorts_the_best_first(browser, rates, tmp_path):
    """By number, not by text; what has no number comes last either way."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        heading = page.get_by_role("button", name="validation accuracy")
        rows = page.locator("#candidates tbody tr")
        scores = rates.cv_results["mean_test_score"]
        heading.click()
        order = [int(row.get_attribute("data-candidate")) for row in rows.all()]
        assert order[0] == rates.best_index
        assert scores[order[:6]].is_monotonic_decreasing
        assert scores[order[6:]].isna().all()
        heading.click()
        order = [int(row.get_attribute("data-candidate")) for row in rows.all()]
        assert scores[order[:6]].is_monotonic_increasing
        assert scores[order[6:]].isna().all()
        times = page.get_by_role("button", name="time per fit")
        times.click()
        assert times.locator("..").get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("l2 <= 1e-4", "l2 <= 1e-4"),
        ("l2 = 10⁻⁵", "l2 == 1e-5"),
        ("accuracy > 0.7", "mean_test_score > 0.7"),
        (
            "training accuracy >= 0.8 and learning_rate < 0.1",
            "mean_train_score >= 0.8 and rate < 0.1",
        ),
        ("l2 != 0.001 & rate = 0.01", "l2 != 1e-3 and rate == 0.01"),
        ("candidate = 5", "number == 5"),
        ("Learning rate = 0.01", "rate == 0.01"),
        (
            "l2 = '1e-4' or \"l2\" = 10⁻⁵ and rate > 0.05",
            "l2 == 1e-4 or l2 == 1e-5 and rate > 0.05",
        ),
    ],
)
def test_the_table_filters_by_value(browser, rates, tmp_path, text, query):
    """The rows that pandas finds."""
    found = rates.cv_results.assign(
        l2=lambda f: f["param_l2"].astype(float),
        rate=lambda f: f["param_learning_rate"].astype(float),
        number=range(1, 10),
    ).query(query)
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        page.fill("#table-filter", text)
        rows = page.locator("#candidates tbody tr").all()
        assert {int(row.get_attribute("data-candidate")) for row in rows} == {*found.index}
        assert page.locator("#table-count").inner_text() == f"{len(found)} of 9"


def test_a_filter_that_means_nothing_says_so(browser, rates, tmp_path):
    """And hides no row for it; plain text finds what holds it."""
    with opened(browser, write_sweep_report(rates, tmp_path)) as page:
        page.fill("#table-filter", "speed > 3")
        assert "no column “speed”" in page.locator("#table-count").inner_text()
        assert page.locator("#candidates tbody tr").count() == 9
        page.fill("#table-filter", "1e-05")
        assert page.locator("#table-count").inner_text() == "3 of 9"


def test_what_is_quoted_is_no_word_of_the_filter(browser, table, tmp_path):
    """A text that holds "and", a sign or an ampersand can be asked for."""
    values = ["black and white", "a < b", "R & D", "it's", ""]
    results = SweepResults("a", "A", "", table([{"p": v} for v in values], [[0.5, 0.5]] * 5), 0)
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        for text, row in (
            ("p = 'black and white'", 0),
            ('"black and white"', 0),
            ('p = "a < b"', 1),
            ("'a < b'", 1),
            ('p = "R & D" or p = nothing', 2),
            ("it's", 3),
            ("p = ''", 4),
        ):
            page.fill("#table-filter", text)
            assert page.evaluate("listing.shown.map(row => table.candidates[row])") == [row], text


def test_labels_of_rows_are_cut_at_their_end(browser, table, tmp_path):
    """A label too long for its room ends in dots, and begins within the picture."""
    params = [{"estimator": "LogisticRegression" * n, "C": C} for n in (1, 2, 9) for C in (1, 2)]
    results = SweepResults("a", "A", "", table(params, [[0.5, 0.6]] * 6), 0)
    page = write_sweep_report(results, tmp_path)
    with opened(browser, page, viewport={"width": 390, "height": 800}) as page:
        label = "text => text.getBBox().x"
        starts = page.locator("#grid .labels text:not([transform])").evaluate_all(
            f"all => all.map({label})"
        )
        assert min(starts) >= 0


def test_the_table_shows_folds_and_leaves_as_files(browser, rates, tmp_path):
    """What is shown is what is downloaded: CSV with exact numbers, Markdown and LaTeX with ±."""
    with opened(browser, write_sweep_report(rates, tmp_path), accept_downloads=True) as page:
        whole = page.evaluate("exportedText('csv')")
        assert pd.read_csv(StringIO(whole))["validation accuracy"].isna().sum() == 3  # diverged
        page.locator("#table-folds").check()
        page.fill("#table-filter", "accuracy > 0.5")
        saved = {}
        for form in ("csv", "md", "tex"):
            page.select_option("#table-format", form)
            with page.expect_download() as download:
                page.locator("#table-download").click()
            assert download.value.suggested_filename == f"rates-table.{form}"
            saved[form] = download.value.path()
        table = pd.read_csv(saved["csv"]).set_index("candidate").sort_index()
        expected = rates.cv_results[rates.cv_results["mean_test_score"] > 0.5]
        assert table.index.tolist() == [row + 1 for row in expected.index]
        for heading, column in (
            ("validation accuracy", "mean_test_score"),
            ("validation accuracy, standard deviation", "std_test_score"),
            ("fold 2 validation accuracy", "split1_test_score"),
            ("l2", "param_l2"),
        ):
            assert table[heading].tolist() == expected[column].tolist()
        best = rates.cv_results.iloc[rates.best_index]
        mean = f"{best['mean_test_score']:.3f} ± {best['std_test_score']:.3f}"
        markdown = saved["md"].read_text().splitlines()
        assert mean in markdown[2]
        assert len({line.count("|") for line in markdown}) == 1
        latex = saved["tex"].read_text()
        assert mean.replace("±", "$\\pm$") in latex
        assert r"learning\_rate" in latex
        assert all(rule in latex for rule in (r"\toprule", r"\midrule", r"\bottomrule"))


def test_two_thousand_candidates_are_found_at_once(browser, table, tmp_path):
    """A filter takes less than 100 ms in Chromium; rows come as they are scrolled to."""
    generator = np.random.default_rng(0)
    params = [{"a": a, "b": b} for a in range(50) for b in range(40)]
    results = SweepResults("many", "Many", "", table(params, generator.random((2000, 3))), 0)
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        times = page.evaluate(FILTERING)
        assert page.locator("#table-count").inner_text() == "40 of 2,000"
        assert min(times) < 100
        page.fill("#table-filter", "")
        assert page.locator("#candidates tbody tr").count() < 200
        page.locator(".scroll").evaluate("place => place.scrollTo(0, 1e6)")
        page.wait_for_function("document.querySelectorAll('#candidates tbody tr').length > 100")


def test_selectors_change_metric_and_panel(browser, fit_search, tmp_path):
    """Any metric can be shown; small multiples give way to one panel, and the page says which."""
    grid = {"C": [0.01, 1.0], "gamma": [1e-3, 1e-2], "kernel": ["rbf", "sigmoid"]}
    search = fit_search(grid, scoring=["accuracy", "neg_mean_squared_error"], refit="accuracy")
    results = SweepResults.from_search(search, name="a", title="b")
    found = search.cv_results_
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        assert page.locator("#grid figure").count() == 2
        page.locator("#show").select_option(label="validation neg_mean_squared_error")
        columns = [f"mean_{part}_neg_mean_squared_error" for part in ("test", "train")]
        low = min(found[column].min() for column in columns)
        assert page.locator("#scale-low").inner_text() == f"{low:.3f}".replace("-", "−")
        page.locator("#rest").select_option(label="averaged")
        assert "the mean over all values of kernel" in page.locator("#grid-how").inner_text()
        means = pd.DataFrame(found).groupby(["param_C", "param_gamma"])[columns[0]].mean()
        assert texts(page) == [f"{value:.3f}".replace("-", "−") for value in means]
        page.locator("#rest").select_option(label="at their best")
        best = pd.DataFrame(found).groupby(["param_C", "param_gamma"])[columns[0]].max()
        assert texts(page) == [f"{value:.3f}".replace("-", "−") for value in best]
        page.locator("#columns").select_option(label="C")
        assert page.locator("#rows option:checked").inner_text() == "gamma"


def test_the_page_says_what_matters(browser, table, tmp_path):
    """Of a sum of two parameters' effects, in per cent; the metric is the one shown."""
    params = [{"a": a, "b": b} for a in range(3) for b in range(3)]
    scores = np.array([[0.1 * p["a"] + 0.2 * p["b"]] * 2 for p in params])
    results = SweepResults("sum", "Sum", "", table(params, scores, scores), 8)
    with opened(browser, write_sweep_report(results, tmp_path)) as page:
        rows = page.locator("#importance-shares tr").all_inner_texts()
        assert [row.split() for row in rows] == [["b", "80", "%"], ["a", "20", "%"]]
        assert page.locator("#importance-effects svg").count() == 2
        assert "9 mean scores" in page.locator("#importance-how").inner_text()


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
