"""Arrays, tables and sparse matrices, described by value, type and shape."""

from typing import Any

import numpy as np

from kerascnn.identity.node import Node, unidentifiable
from kerascnn.identity.walk import Walk


def describe(value: Any, walk: Walk) -> Node | None:
    """Describe NumPy arrays and ufuncs, pandas' tables, SciPy's sparse matrices; None else."""
    if type(value) in (np.ndarray, np.memmap):
        return _array(np.asarray(value))
    if isinstance(value, np.ufunc):
        return _ufunc(value)
    root = type(value).__module__.partition(".")[0]
    if root == "pandas":
        return _pandas(value)
    if root == "scipy":
        return _sparse(value)
    return None


def _array(value: np.ndarray) -> Node:
    about = [repr(value.dtype), value.shape]
    if value.dtype.names:
        # Between the fields may lie bytes that nobody wrote.
        return Node("array", [*about, *(value[name] for name in value.dtype.names)])
    if value.dtype.hasobject or value.dtype.kind == "T":
        return Node("array", [*about, *value.ravel().tolist()])
    if value.dtype.char in "gG":  # long doubles are padded with such bytes, too
        return Node("array", [*about, *map(repr, value.ravel())])
    content = np.ascontiguousarray(value).reshape(-1).view(np.uint8)
    return Node("array", [*about, Node("data", data=content.data)])


def _ufunc(value: np.ufunc) -> Node:
    from scipy import special

    for module in (np, special):
        if getattr(module, value.__name__, None) is value:
            root = module.__name__.partition(".")[0]
            return Node("name", [module.__name__, value.__name__], origin=root)
    raise unidentifiable(value, "it is a universal function from neither NumPy nor SciPy")


def _pandas(value: Any) -> Node | None:
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        columns = [value.iloc[:, number].array for number in range(value.shape[1])]
        return Node("frame", [type(value), value.columns, value.index, *columns])
    if isinstance(value, pd.Series):
        return Node("series", [type(value), value.name, value.index, value.array])
    if isinstance(value, pd.MultiIndex):
        return Node("index", [list(value.names), value.tolist()])
    if isinstance(value, pd.Index):
        return Node("index", [value.name, value.array])
    if isinstance(value, pd.Categorical):
        return Node("categorical", [value.codes, value.categories, value.ordered])
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return Node("column", [str(value.dtype), value.to_numpy()])
    return None


def _sparse(value: Any) -> Node | None:
    from scipy import sparse

    if not sparse.issparse(value):
        return None
    # Other formats remember what they were asked: canonical coordinates do not.
    canonical = value.tocoo(copy=True)
    canonical.sum_duplicates()
    return Node("sparse", [type(value), value.shape, *canonical.coords, canonical.data])
