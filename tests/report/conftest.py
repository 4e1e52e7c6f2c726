"""A browser for the tests of reports, and pages without pictures beside them."""

import shutil

import pytest

from kerascnn.report.pages import comparison, exhibits, sweep, training

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests of a file, which are skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def no_pictures(monkeypatch):
    """Leave out the PNGs beside pages: they take longer, and have tests of their own."""
    for name in ("write_heatmaps", "write_rungs", "write_exhibits"):
        monkeypatch.setattr(sweep, name, lambda *_: None)
    monkeypatch.setattr(exhibits, "write_exhibits", lambda *_: None)
    monkeypatch.setattr(comparison, "write_comparison", lambda *_: None)
    monkeypatch.setattr(training, "write_curves", lambda *_: None)
