"""What a search shows of itself: a plot, and in a notebook a picture beside the diagram."""

import pytest
from matplotlib import pyplot
from sklearn import config_context
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV as StockGridSearchCV

from kerascnn import GridSearchCV

GRID = {"alpha": [0.1, 1.0], "fit_intercept": [True, False]}


@pytest.fixture(scope="module")
def search(three_digits):
    """A fitted search; with another estimator than a CNN the class is scikit-learn's."""
    X, y = three_digits
    return GridSearchCV(RidgeClassifier(), GRID, cv=2).fit(X.reshape(len(X), -1), y)


def test_a_fitted_search_has_a_plot(search):
    """Each cell shows a mean score."""
    ax = search.plot()
    shown = sorted(text.get_text() for text in ax.texts)
    assert shown == sorted(f"{mean:.3f}" for mean in search.cv_results_["mean_test_score"])
    pyplot.close("all")


def test_an_unfitted_search_has_none():
    """The error says what to do."""
    with pytest.raises(ValueError, match="not fitted"):
        GridSearchCV(RidgeClassifier(), GRID).plot()


def test_a_notebook_shows_the_diagram_and_a_picture(search):
    """Before fitting the diagram alone, as scikit-learn's; none of both as text."""
    for shown in (search._repr_mimebundle_()["text/html"], search._repr_html_()):
        assert "sk-estimator" in shown
        assert "data:image/png;base64," in shown
        assert "The best of 4 candidates" in shown
    unfitted = GridSearchCV(RidgeClassifier(), GRID)._repr_html_()
    assert "data:image/png" not in unfitted
    assert "sk-estimator" in StockGridSearchCV(RidgeClassifier(), GRID)._repr_html_()
    with config_context(display="text"):
        assert not hasattr(search, "_repr_html_")
        assert search._repr_mimebundle_() == {"text/plain": repr(search)}
