"""The picture of candidates in a real browser: chosen, compared, measured in several ways."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kerascnn.report import (
    SweepResults,
    write_sweep_report,
)
from kerascnn.results.statistics import corrected_p_values, indistinguishable, split_differences
from tests.report.pages_in_browser import SCREEN, cell, chosen, large_grid, opened, texts
from tests.results.fixtures import make_table

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_pictures")]
SEEN = ("#grid svg", "[data-curve=loss] svg", "[data-curve=accuracy] svg", "#folds")


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
