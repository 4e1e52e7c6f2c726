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
    assert fits[1][0] == {"split": 0, "epochs": 2, "loss": [1.5, 0.5]}
    assert fits[1][1] == {"split": 1, "epochs": 2, "loss": [1.5, 1.5]}


def test_numbers_have_five_digits_and_infinities_none():
    """JSON knows no infinity."""
    frame = curve(3, loss=[1.23456789, float("inf"), float("nan")])
    assert page_curves(frame)["fits"][0][0]["loss"] == [1.2346, None, None]


def test_long_curves_keep_every_kth_epoch_and_the_last():
    """The page says which; the last one tells them all."""
    for last, kept in ((10, [1, 4, 7, 10]), (9, [1, 4, 7, 9])):
        curves = page_curves(curve(last, loss=range(1, last + 1)), largest=4 - last % 2)
        assert curves["step"] == 3
        assert curves["fits"][0][0] == {"split": 0, "epochs": last, "loss": kept}


def test_epochs_with_gaps_are_all_named():
    """A foreign search may have recorded some epochs only."""
    frame = curve(3, loss=0.0).assign(epoch=[1, 5, 6])
    assert page_curves(frame)["fits"][0][0]["epochs"] == [1, 5, 6]


def test_columns_not_measured_are_left_out():
    """A search without validation data has two curves only."""
    frame = curve(1, loss=1.0, accuracy=1.0, val_loss=None)
    assert set(page_curves(frame)["fits"][0][0]) == {"split", "epochs", "loss", "accuracy"}


def test_no_curves_are_no_fits():
    """scikit-learn's own estimators have none."""
    assert page_curves(None) == {"step": 1, "fits": {}}
