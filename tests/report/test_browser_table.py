"""The table of candidates in a real browser: sorted, filtered, unfolded and taken away."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from kerascnn.report import (
    SweepResults,
    write_sweep_report,
)
from tests.report.pages_in_browser import opened

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_pictures")]
FILTERING = """() => [1, 2, 3].map(() => {
    const start = performance.now();
    document.getElementById("table-filter").value = "a = 7";
    filterTable();
    document.body.offsetHeight;
    return performance.now() - start;
})"""


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
