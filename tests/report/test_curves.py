"""Learning curves on their way to the page."""

import pandas as pd

from kerascnn.report.figures.curves import page_curves


def curve(n_epochs, candidate=0, split=0, **columns):
    """Return the rows of one fit."""
    frame = pd.DataFrame({"epoch": range(1, n_epochs + 1), **columns})
    return frame.assign(candidate=candidate, split=split)


def test_each_fit_has_its_curve():
    """Candidates and splits are kept apart."""
    frame = pd.concat([curve(2, c, s, loss=[c + 0.5, s + 0.5]) for c in (0, 1) for s in (0, 1)])
    fits = page_curves(frame)["fits"]
    assert fits[1][0] == {"split": 0, "epochs": [1, 2], "loss": [1.5, 0.5]}
    assert fits[1][1] == {"split": 1, "epochs": [1, 2], "loss": [1.5, 1.5]}


def test_numbers_have_five_digits_and_infinities_none():
    """JSON knows no infinity."""
    frame = curve(3, loss=[1.23456789, float("inf"), float("nan")])
    assert page_curves(frame)["fits"][0][0]["loss"] == [1.2346, None, None]


def test_long_curves_keep_every_kth_epoch_and_the_last():
    """The page says which."""
    curves = page_curves(curve(10, loss=0.0), largest=4)
    assert curves["step"] == 3
    assert curves["fits"][0][0]["epochs"] == [1, 4, 7, 10]
    assert page_curves(curve(9, loss=0.0), largest=3)["fits"][0][0]["epochs"] == [1, 4, 7, 9]


def test_columns_not_measured_are_left_out():
    """A search without validation data has two curves only."""
    frame = curve(1, loss=1.0, accuracy=1.0, val_loss=None)
    assert set(page_curves(frame)["fits"][0][0]) == {"split", "epochs", "loss", "accuracy"}


def test_no_curves_are_no_fits():
    """scikit-learn's own estimators have none."""
    assert page_curves(None) == {"step": 1, "fits": {}}
