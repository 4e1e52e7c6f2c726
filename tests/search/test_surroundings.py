"""Stored fits are told apart by names, orders and tables that decide their numbers."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

from tests.search.expectations import classifier, linear, one_split_search

STEPS = {"scale": lambda x: x * 2.0, "shift": lambda x: x + 1.0}


def named(input_shape, n_classes, *, head="head"):
    """Build a network whose last layer has a name."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Flatten(),
            layers.Dense(8, activation="relu", name="body"),
            layers.Dense(n_classes, activation="softmax", name=head),
        ]
    )


class Stepping(layers.Layer):
    """A layer that takes steps in the order of a global dict."""

    def call(self, x):
        """Take them."""
        for step in STEPS.values():
            x = step(x)
        return x


def stepping(input_shape, n_classes):
    """Build a network of such a layer."""
    end = layers.Dense(n_classes, activation="softmax")
    return keras.Sequential([keras.Input(input_shape), layers.Flatten(), Stepping(), end])


def fitted(estimator, data, store, **arguments):
    """Return a search with its store."""
    return one_split_search(estimator, store=store, **arguments).fit(*data)


def test_names_that_an_optimizer_goes_by_are_told_apart(three_digits, tmp_path):
    """Muon leaves layers to Adam by their names, which nothing else tells."""
    searches = [
        fitted(
            classifier(
                named,
                optimizer="muon",
                optimizer__exclude_layers=["classifier"],
                model__head=head,
                learning_rate=0.01,
            ),
            three_digits,
            tmp_path / "fits.sqlite",
        )
        for head in ("one", "classifier")
    ]
    assert searches[1].n_restored_ == 0
    curves = [search.learning_curves_["loss"].tolist() for search in searches]
    assert curves[0] != curves[1]


def test_the_order_of_a_dict_that_a_layer_goes_through_is_told_apart(
    three_digits, tmp_path, monkeypatch
):
    """In a store, and among the networks that a process has compiled."""
    store = tmp_path / "fits.sqlite"
    fitted(classifier(stepping), three_digits, store)
    monkeypatch.setattr(f"{__name__}.STEPS", dict(reversed(STEPS.items())))
    search = fitted(classifier(stepping), three_digits, store)
    alone = one_split_search(classifier(stepping), engine="serial").fit(*three_digits)
    assert search.n_restored_ == 0
    assert search.learning_curves_.equals(alone.learning_curves_)


def test_a_loss_that_reads_the_environment_is_not_stored(three_digits, tmp_path, monkeypatch):
    """It may be another the next time, in this process and in others."""
    import os

    def loss(y, outputs):
        return float(os.environ["FACTOR"]) * keras.losses.categorical_crossentropy(y, outputs)

    losses = []
    for factor in ("1", "2"):
        monkeypatch.setenv("FACTOR", factor)
        store = tmp_path / "fits.sqlite"
        search = fitted(classifier(linear, loss=loss), three_digits, store, engine="auto")
        assert search.n_restored_ == 0
        losses.append(search.learning_curves_["loss"].to_numpy())
    assert "neither merged nor stored" in search.plan_.describe()
    assert losses[0][0] != losses[1][0]


@pytest.mark.parametrize("engine", ["serial", "compiled"])
def test_names_of_columns_and_rows_are_told_apart(engine, three_digits, tmp_path):
    """A scorer is given the tables, and may go by them."""
    X, y = three_digits
    flat = X.reshape(len(X), -1)

    def ink(estimator, X, y):
        return float(X["p20"].sum()) + float(y.index[0])

    tables = [
        (pd.DataFrame(flat, columns=[f"p{(i + shift) % 64}" for i in range(64)]), start)
        for shift, start in ((0, 0), (7, 0), (0, 1000))
    ]
    scores = []
    for table, start in tables:
        labels = pd.Series(y, index=np.arange(start, start + len(y)))
        estimator = classifier(image_shape=(8, 8, 1))
        options = {"scoring": ink, "engine": engine}
        search = fitted(estimator, (table, labels), tmp_path / "fits.sqlite", **options)
        assert search.n_restored_ == 0
        scores.append(search.cv_results_["mean_test_score"][0])
    assert len(set(scores)) == 3
