"""Pages opened in a browser, and what tests read off them."""

from contextlib import contextmanager

import numpy as np
import pandas as pd

from kerascnn.report import SweepResults
from tests.results.fixtures import make_table

DRAWN = "svg"
SCREEN = {"width": 1280, "height": 800}


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
