"""The page that follows a run: written at the start, refreshed beside it, and then the report."""

import json

import pytest

from kerascnn.report.live import LIVE_PAGE, LIVE_SCRIPT, LivePage
from kerascnn.utils.progress import ProgressBar
from kerascnn.utils.watchers import watching
from tests.results.fixtures import HOSTILE

PARAMS = [{"l2": l2, "rate": rate} for l2 in (0.0, 0.1) for rate in (0.01, 0.1)]


def state_of(folder):
    """Return what the script beside the page says."""
    text = (folder / LIVE_SCRIPT).read_text("utf-8")
    assert text.startswith("receive(")
    assert "<" not in text
    return json.loads(text.removeprefix("receive(").rstrip().removesuffix(");"))


@pytest.fixture
def at_once(monkeypatch):
    """Have everything written as it happens."""
    monkeypatch.setattr("kerascnn.report.live.SECONDS_BETWEEN_WRITES", 0.0)


def test_the_script_says_how_far_a_run_is(tmp_path, at_once):
    """Counts, times, means over the folds that are there, and what was lost."""
    with LivePage(tmp_path, "Digits") as live, watching(live):
        assert (tmp_path / LIVE_PAGE).exists()
        live.begin_fits(PARAMS, 0, 2)
        with ProgressBar("starting", 8, "fits", shown=False) as bar:
            live.finish_fit(0, 0.5)
            live.finish_fit(0, 0.7)
            live.finish_fit(3, None)
            bar.advance("candidate 0, fold 2/2")
            state = state_of(tmp_path)
    assert state["bar"]["count"] == "1/8 fits"
    assert state["scores"] == {"0": pytest.approx(0.6)}
    assert (state["folds"], state["lost"]) == ({"0": 2}, [3])
    assert state["grid"]["panels"][0]["candidates"] == [[0, 2], [1, 3]]
    assert state_of(tmp_path)["state"] == "finished"


def test_a_run_that_ends_in_an_error_is_stopped(tmp_path):
    """The page says so instead of waiting for more."""
    with pytest.raises(KeyboardInterrupt), LivePage(tmp_path, "Digits"):
        raise KeyboardInterrupt
    assert state_of(tmp_path)["state"] == "stopped"


@pytest.mark.browser
def test_a_browser_follows_the_run_without_a_server(tmp_path, at_once, browser):
    """Cells fill as fits finish, hostile texts stay text, and the report takes the page's place."""
    from playwright.sync_api import expect

    page = browser.new_page()
    problems: list = []
    page.on("pageerror", lambda error: problems.append(error))
    with LivePage(tmp_path, HOSTILE, HOSTILE) as live, watching(live):
        page.goto(live.address)
        live.begin_fits([{**setting, "kind": HOSTILE} for setting in PARAMS], 0, 2)
        with ProgressBar("starting", 8, "fits", shown=False) as bar:
            live.finish_fit(0, 0.25)
            live.finish_fit(1, 0.75)
            live.finish_fit(3, None)
            bar.advance(HOSTILE)
            page.wait_for_selector("#grids td.best")
            assert page.locator("#grids td.best").inner_text() == "0.750"
            assert page.locator("#grids td.lost").count() == 1
            assert page.locator("#count").inner_text().startswith("1/8 fits")
            assert page.locator("#best tr").count() == 2
            live.finish_fit(2, 0.875)
            bar.advance("next")
            expect(page.locator("#grids td.best")).to_have_text("0.875")
        (tmp_path / "index.html").write_text("<title>The report</title>")
    page.wait_for_url("**/index.html")
    assert page.title() == "The report"
    assert page.evaluate("window.broken") is None
    assert problems == []
