"""The sizes of the parts of splits."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def test_train_ratio(splits: Sequence[tuple[Any, Any]]) -> float:
    """Return how many test samples there are to each training sample, as a mean over splits.

    Args:
        splits: row numbers, or masks of all samples, of training and test samples.
    """
    return float(np.mean([_size(test) / _size(train) for train, test in splits]))


test_train_ratio.__test__ = False  # type: ignore[attr-defined]  # or pytest would call it


def _size(rows: Any) -> int:
    rows = np.asarray(rows)
    return int(rows.sum()) if rows.dtype == bool else len(rows)
