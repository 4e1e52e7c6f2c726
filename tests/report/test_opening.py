"""A page's address, and who can open it."""

import webbrowser

import pytest

from kerascnn.report.opening import address, open_page


def test_an_address_can_be_opened_from_anywhere(tmp_path, monkeypatch):
    """It is absolute, with odd characters written as addresses have them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b.html").touch()
    assert address((tmp_path / "a b.html").relative_to(tmp_path)).startswith("file:///")
    assert address(tmp_path / "a b.html").endswith("/a%20b.html")


@pytest.mark.parametrize("kind", [webbrowser.GenericBrowser, webbrowser.BackgroundBrowser])
def test_a_browser_of_the_terminal_is_not_started(tmp_path, monkeypatch, kind):
    """It would take the place of what the run prints; one with windows is started."""
    opened = []
    monkeypatch.setattr(kind, "open", lambda self, page: bool(opened.append(page)) or True)
    monkeypatch.setattr(webbrowser, "get", lambda: kind("browser"))
    assert open_page(tmp_path) is (kind is webbrowser.BackgroundBrowser)
    assert len(opened) == (kind is webbrowser.BackgroundBrowser)


def test_without_a_browser_nothing_is_opened(tmp_path, monkeypatch):
    """The address has been printed."""

    def fail():
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", fail)
    assert open_page(tmp_path) is False
