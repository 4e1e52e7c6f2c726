"""The division of training samples into those that train and those that validate."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from kerascnn.estimators.early_stopping import share_of
from kerascnn.estimators.routes import effective
from kerascnn.training.batches import Samples

Parameters = Mapping[str, Any]
Rows = tuple[np.ndarray, np.ndarray]


def held_out_by(parameters: Parameters) -> str | None:
    """Return the parameter that has some training samples validate, and not train; None if none."""
    if share_of(parameters):
        return "early_stopping"
    return "validation_split" if effective(parameters, "validation_split") else None


def divided_rows(
    parameters: Parameters, n_samples: int, labels: np.ndarray | None, seed: int
) -> Rows:
    """Return which training samples train, and which validate, as row numbers in their order.

    `validation_split` holds out the last samples, as Keras does; `early_stopping` draws some by
    the seed, as many of each class as its share is, as scikit-learn's estimators do.

    Args:
        parameters: an estimator's, that hold samples out.
        n_samples: how many there are.
        labels: (n_samples,), of classes that both sides should have; None for none.
        seed: of the draw.

    Raises:
        ValueError: if one side would be empty, or lack a class.
    """
    if share := share_of(parameters):
        return _drawn(share, n_samples, labels, seed)
    return _last(effective(parameters, "validation_split"), n_samples)


def check_stopping_weights(parameters: Parameters, weights: np.ndarray | None) -> None:
    """Raise an error if early stopping would watch samples of which none counts.

    Args:
        parameters: an estimator's, that hold samples out.
        weights: of the samples held out, (n,), or None.

    Raises:
        ValueError: if all of them are zero: their loss would be 0 in every epoch.
    """
    if (share := share_of(parameters)) and weights is not None and not weights.any():
        raise ValueError(
            f"early_stopping={share!r} holds out {len(weights)} samples whose weights are all 0: "
            "give more samples a sample_weight above 0, or hold out a larger share"
        )


def divided(samples: Samples, rows: Rows) -> tuple[Samples, Samples]:
    """Return the samples, encoded targets and weights of both sides."""
    inputs, targets, weights = samples
    first, second = (
        (inputs[side], targets[side], None if weights is None else weights[side]) for side in rows
    )
    return first, second


def _last(share: float, n_samples: int) -> Rows:
    n_first = math.floor(n_samples * (1 - share))
    if not 0 < n_first < n_samples:
        raise ValueError(f"validation_split={share!r} of {n_samples} samples leaves one side empty")
    return np.arange(n_first), np.arange(n_first, n_samples)


def _drawn(share: float, n_samples: int, labels: np.ndarray | None, seed: int) -> Rows:
    try:
        train, held_out = train_test_split(
            np.arange(n_samples), test_size=share, stratify=labels, random_state=seed
        )
    except ValueError as error:
        classes = "" if labels is None else f" of {len(np.unique(labels))} classes"
        raise ValueError(
            f"early_stopping={share!r} cannot hold out some of {n_samples} training samples"
            f"{classes}: give more samples, another share, or early_stopping=None ({error})"
        ) from error
    return np.sort(train), np.sort(held_out)
