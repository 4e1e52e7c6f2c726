"""Numbers from elsewhere beside computed ones."""

from typing import Any

import numpy as np

from kerascnn.results.panels import Check


def check(what: str, stated: Any, computed: Any, remark: str = "") -> Check:
    """Return a number from elsewhere beside the one computed here.

    Args:
        what: the question that both answer.
        stated: the answer from elsewhere: a number, an array, or a shape as a tuple.
        computed: the answer computed here, likewise; floats agree up to rounding.
        remark: what to know about it.
    """
    agrees = np.shape(stated) == np.shape(computed) and bool(np.allclose(stated, computed))
    return Check(what, written(stated), written(computed), agrees, remark)


def written(value: Any) -> str:
    """Write a number, a shape (as 80×60) or an array for a table."""
    if isinstance(value, tuple):
        return "×".join(f"{size:,}" for size in value)
    if isinstance(value, np.ndarray | list):
        return str(np.asarray(value).tolist())
    return f"{value:,.12g}"
