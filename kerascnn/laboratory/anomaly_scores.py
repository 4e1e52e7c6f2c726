"""Scores of images of known classes and of one that was left out, and how well they tell it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

AUTOENCODER = "autoencoder"
MADE = "made"
FALSE_POSITIVE_RATES = np.arange(51) / 50


@dataclass(frozen=True)
class Scored:
    """Test images as scored without a class.

    Attributes:
        is_anomaly: whether an image is of the class left out, (n,).
        arrays: by method the scores of the images, (n,), higher for anomalies; under "made" what
            the autoencoder makes of its `extreme_rows`, (2, height, width, channels).
    """

    is_anomaly: np.ndarray
    arrays: Mapping[str, np.ndarray]

    @property
    def methods(self) -> list[str]:
        """The methods, in order."""
        return [name for name in self.arrays if name != MADE]

    def true_positive_rates(self, method: str) -> np.ndarray:
        """Return the ROC curve at `FALSE_POSITIVE_RATES`."""
        from sklearn.metrics import roc_curve

        false, true, _ = roc_curve(self.is_anomaly, self.arrays[method], drop_intermediate=False)
        return np.interp(FALSE_POSITIVE_RATES, false, true)

    def by_error(self, *, anomalies: bool) -> np.ndarray:
        """Return the rows of the anomalies, or of the others, by ascending error."""
        rows = np.flatnonzero(self.is_anomaly == anomalies)
        return rows[np.argsort(self.arrays[AUTOENCODER][rows], kind="stable")]


def figures(scores: np.ndarray, is_anomaly: np.ndarray, threshold: float) -> dict[str, float]:
    """Return how well scores tell anomalies.

    Args:
        scores: (n,), higher for anomalies.
        is_anomaly: (n,) bool, some of each.
        threshold: above which a score is called an anomaly.

    Returns:
        "area" under the ROC curve; "found" and "false_alarms", the shares of anomalies and of
        other images above the threshold.
    """
    from sklearn.metrics import roc_auc_score

    is_above = scores > threshold
    return {
        "area": float(roc_auc_score(is_anomaly, scores)),
        "found": float(is_above[is_anomaly].mean()),
        "false_alarms": float(is_above[~is_anomaly].mean()),
    }


def extreme_rows(scores: np.ndarray, is_anomaly: np.ndarray) -> np.ndarray:
    """Return the rows of the anomalies with the largest and with the smallest score."""
    rows = np.flatnonzero(is_anomaly)
    return rows[[scores[rows].argmax(), scores[rows].argmin()]]
