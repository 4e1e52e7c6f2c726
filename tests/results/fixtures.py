"""Fitted scikit-learn searches and hand-built results that the report's tests draw."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from kerascnn.report import Expected, Insight, Predictions, Saliency, SweepResults

HOSTILE = (
    '</script><script>window.broken = 1</script><img src=x onerror="window.broken=1">&\'\r\n$x$'
)


@pytest.fixture(scope="session")
def digits():
    """The first 300 digits: X (300, 64) float, y (300,) int."""
    X, y = load_digits(return_X_y=True)
    return X[:300], y[:300]


@pytest.fixture(scope="session")
def fit_search(digits):
    """A function that fits scikit-learn's own search on the digits."""

    def fit(grid, estimator=None, **options):
        options = {"cv": 3, "return_train_score": True, **options}
        return GridSearchCV(estimator or SVC(), grid, **options).fit(*digits)

    return fit


@pytest.fixture(scope="session")
def search(fit_search):
    """A fitted 3 × 2 search over C and gamma."""
    return fit_search({"C": [0.1, 1.0, 10.0], "gamma": [1e-3, 1e-2]})


@pytest.fixture
def predictions():
    """Six predictions for three classes, two of them wrong."""
    generator = np.random.default_rng(0)
    return Predictions(
        y_true=np.array([0, 1, 2, 2, 1, 0]),
        y_pred=np.array([0, 1, 2, 0, 2, 0]),
        confidence=np.array([0.9, 0.8, 0.7, 0.6, 0.95, 0.5]),
        images=generator.integers(0, 256, (6, 5, 4, 1), dtype=np.uint8),
        class_names=("nought", "one", "two"),
    )


@pytest.fixture
def insight():
    """Filters, feature maps and saliency of a made-up network."""
    generator = np.random.default_rng(1)
    image = generator.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return Insight(
        filters=generator.normal(size=(3, 3, 3, 4)),
        example=image,
        feature_maps=(("first", generator.random((6, 6, 4))), ("second", np.zeros((2, 2, 70)))),
        saliency=(Saliency(image, generator.random((2, 2)), "cat", "dog", 0.75),),
    )


def make_table(params, scores, train_scores=None):
    """Build `cv_results_` from each candidate's parameters and scores (n_candidates, n_splits)."""
    columns = {"mean_fit_time": np.full(len(params), 1.5), "params": list(params)}
    for name in dict.fromkeys(name for setting in params for name in setting):
        columns[f"param_{name}"] = [setting.get(name) for setting in params]
    for part, values in (("test", scores), ("train", train_scores)):
        if values is not None:
            values = np.asarray(values, float)
            for split in range(values.shape[1]):
                columns[f"split{split}_{part}_score"] = values[:, split]
            columns[f"mean_{part}_score"] = values.mean(axis=1)
            columns[f"std_{part}_score"] = values.std(axis=1)
    table = pd.DataFrame(columns)
    ranks = table["mean_test_score"].rank(ascending=False, method="min", na_option="bottom")
    return table.assign(rank_test_score=ranks.fillna(1).astype(int))


@pytest.fixture
def table():
    """The function that builds `cv_results_` by hand."""
    return make_table


def learning_rate_grid(n_epochs=6):
    """Return the results of a 3 × 3 sweep of learning rate and L2 penalty, one row diverged."""
    generator = np.random.default_rng(2)
    rates, penalties = [1e-2, 0.1, 1.0], [1e-5, 1e-4, 1e-3]
    params = [{"l2": l2, "learning_rate": rate} for l2 in penalties for rate in rates]
    scores = 0.5 + 0.4 * generator.random((9, 2))
    curves, diverged = [], []
    for candidate, setting in enumerate(params):
        for split in range(2):
            epochs = np.arange(1, n_epochs + 1)
            loss = 2.0 / epochs
            if setting["learning_rate"] == 1.0:
                scores[candidate, split] = np.nan
                epochs, loss = epochs[:2], np.array([5.0, np.nan])
                diverged.append((candidate, split, 2))
            curve = {"candidate": candidate, "split": split, "epoch": epochs, "loss": loss}
            accuracy = 1 - 0.5 / epochs
            curve |= {"accuracy": accuracy, "val_loss": loss + 0.1, "val_accuracy": accuracy - 0.1}
            curves.append(pd.DataFrame(curve))
    return SweepResults(
        name="rates",
        title="Rates against penalties",
        claim="The rate decides.",
        cv_results=make_table(params, scores, scores + 0.05),
        best_index=int(np.nanargmax(scores.mean(axis=1))),
        learning_curves=pd.concat(curves, ignore_index=True),
        diverged=pd.DataFrame(diverged, columns=["candidate", "split", "epoch"]),
        expected=Expected(0.7, 0.1, "earlier runs"),
        provenance={
            "command": "kerascnn run rates",
            "seed": 0,
            "durations": {"total": 189.0},
            "data": {"name": "digits", "shape": (1797, 8, 8, 1)},
        },
    )


@pytest.fixture
def rates():
    """The results of a 3 × 3 sweep with learning curves and a diverged learning rate."""
    return learning_rate_grid()


@pytest.fixture
def hostile(table):
    """Results in which every text tries to break out of where it is written."""
    params = [{"activation": HOSTILE, "C": 1.0}, {"activation": "relu", "C": 1.0}]
    return SweepResults(
        name=HOSTILE,
        title=HOSTILE,
        claim=HOSTILE,
        cv_results=table(params, [[0.5, 0.6], [0.4, 0.5]]),
        best_index=0,
        predictions=Predictions(
            np.array([0, 1]),
            np.array([1, 1]),
            np.array([0.9, 0.8]),
            np.zeros((2, 3, 3, 1), np.uint8),
            (HOSTILE, "b"),
        ),
        provenance={HOSTILE: HOSTILE, "versions": {HOSTILE: HOSTILE}},
        notices=(HOSTILE,),
        expected=Expected(0.5, 0.1, HOSTILE),
    )
