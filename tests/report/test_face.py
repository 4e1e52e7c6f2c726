"""A report in one line: of any search, in a folder or in a notebook."""

import subprocess
import sys
from html.parser import HTMLParser

import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV

import kerascnn
from kerascnn.report import SweepResults, face, write_sweep_report
from tests.results.fixtures import HOSTILE


class Frames(HTMLParser):
    """Collects the attributes of a page's frames."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        """Keep a frame's attributes."""
        if tag == "iframe":
            self.found.append(dict(attributes))


@pytest.fixture(scope="module")
def ridges(digits):
    """A fitted search of scikit-learn's."""
    return GridSearchCV(RidgeClassifier(), {"alpha": [0.1, 1.0, 10.0]}, cv=3).fit(*digits)


def test_any_search_has_a_report_in_one_line(ridges, tmp_path):
    """The folder gives the report its name; the results are those of the search."""
    page = kerascnn.write_report(ridges, tmp_path / "ridges")
    assert page == tmp_path / "ridges" / "index.html"
    assert "RidgeClassifier: accuracy by alpha" in page.read_text("utf-8")
    loaded = SweepResults.load(tmp_path / "ridges")
    assert loaded.name == "ridges"
    assert loaded.params == ridges.cv_results_["params"]


def test_further_attributes_are_kept(ridges, tmp_path):
    """What is simpler may be said."""
    kerascnn.write_report(ridges, tmp_path, complexity=[2, 1, 0], n_samples=300)
    loaded = SweepResults.load(tmp_path)
    assert (loaded.complexity, loaded.n_samples) == ([2, 1, 0], 300)


def test_a_folder_that_is_a_file_is_an_error(ridges, tmp_path):
    """Before anything is written."""
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        for write in (kerascnn.write_report, kerascnn.write_figures):
            with pytest.raises(ValueError, match="file' is a file: name a folder"):
                write(ridges, place)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_notebook_shows_the_page_in_a_frame(ridges, monkeypatch):
    """The frame holds the whole page and may do nothing to the notebook."""
    shown = []
    monkeypatch.setattr(face, "in_notebook", lambda: True)
    monkeypatch.setattr(face, "display_html", lambda html, plain: shown.append((html, plain)))
    kerascnn.show(ridges, title=HOSTILE)
    [(html, plain)] = shown
    [frame] = Frames(html).found
    assert frame["srcdoc"].startswith("<!doctype html>")
    assert "allow-same-origin" not in frame["sandbox"]
    assert "window.broken" in plain


def test_elsewhere_a_page_is_opened(ridges, monkeypatch, capsys):
    """Its address is printed for those without a browser."""
    opened = []
    monkeypatch.setattr(face, "open_page", opened.append)
    kerascnn.show(ridges)
    [page] = opened
    assert page.exists()
    assert capsys.readouterr().out == f"report: {page.as_uri()}\n"


def test_a_report_needs_no_tensorflow(tmp_path):
    """A search of scikit-learn's is fitted and reported without it."""
    program = (
        "import sys, kerascnn\n"
        "from sklearn.linear_model import RidgeClassifier\n"
        "from sklearn.model_selection import GridSearchCV\n"
        "X, y = [[i] for i in range(20)], [i % 2 for i in range(20)]\n"
        "search = GridSearchCV(RidgeClassifier(), {'alpha': [1.0, 2.0]}).fit(X, y)\n"
        f"kerascnn.write_report(search, {str(tmp_path)!r})\n"
        "print({'tensorflow', 'keras', 'scikeras'} & {*sys.modules})"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "set()"


@pytest.mark.browser
def test_a_page_in_a_frame_needs_no_address(rates, tmp_path, browser):
    """Another candidate is chosen although there is no address to keep it in."""
    from playwright.sync_api import expect

    page = write_sweep_report(rates, tmp_path / "report").read_text("utf-8")
    (tmp_path / "notebook.html").write_text(face.framed(page, 300), encoding="utf-8")
    shown = browser.new_page()
    problems: list[str] = []
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.goto((tmp_path / "notebook.html").as_uri())
    frame = shown.frame_locator("iframe")
    best = frame.locator("#candidate-title").text_content()
    frame.locator("#next").click()
    expect(frame.locator("#candidate-title")).not_to_have_text(best)
    assert problems == []
