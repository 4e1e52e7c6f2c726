"""A page's address, and opening it in a browser."""

import webbrowser
from pathlib import Path


def address(page: Path) -> str:
    """Return the address that a browser opens a page by: file:///…."""
    return page.resolve().as_uri()


def open_page(page: Path) -> bool:
    """Open a page in the person's browser; return whether there is one with windows.

    A browser that draws in the terminal, as `lynx` does, is none.
    """
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser:  # what Python calls those of terminals
        return False
    return browser.open(address(page))
