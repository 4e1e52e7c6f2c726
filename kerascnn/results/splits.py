"""The size of the test parts of a search's splits, beside the training parts."""

from typing import Any

from kerascnn.utils.splits import test_train_ratio


def test_train_ratio_of(search: Any) -> float | None:
    """Return how many test samples there are to each training sample of a search's splits.

    Args:
        search: a fitted search, whose `test_train_ratio_` counts if it has one, else its `cv`: a
            number of folds, scikit-learn's repeated folds and random splits, or a list of row
            numbers.

    Returns:
        None where that does not say.
    """
    known = getattr(search, "test_train_ratio_", None)
    return known if known is not None else _ratio(getattr(search, "cv", None))


test_train_ratio_of.__test__ = False  # type: ignore[attr-defined]  # or pytest would call it


def _ratio(cv: Any) -> float | None:
    """Return the ratio of a splitter; None where it does not say."""
    if isinstance(cv, list):
        return test_train_ratio(cv)
    folds = getattr(cv, "cvargs", {}).get("n_splits")
    if folds is not None:  # of repeated folds, each of which is a split
        return 1 / (folds - 1)
    if hasattr(cv, "test_size") and hasattr(cv, "train_size"):
        return _random_ratio(cv)
    return None


def _random_ratio(cv: Any) -> float | None:
    """Return the ratio of random splits whose sizes are both shares, or both counts."""
    test, train = cv.test_size, cv.train_size
    if test is None and train is None:
        test = getattr(cv, "_default_test_size", None)
    if isinstance(test, float):
        train = 1 - test if train is None else train
    elif isinstance(train, float):
        test = 1 - train if test is None else test
    if test is None or train is None or isinstance(test, float) is not isinstance(train, float):
        return None
    return float(test / train)
