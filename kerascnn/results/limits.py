"""The range of values that a metric can take."""

UNIT = (0.0, 1.0)
# By the first words of scikit-learn's names of scorers and of this package's labels.
LIMITS: dict[str, tuple[float | None, float | None]] = {
    "accuracy": UNIT,
    "average_precision": UNIT,
    "balanced_accuracy": (None, 1.0),  # below 0 where it is adjusted for chance
    "completeness": UNIT,
    "d2": (None, 1.0),
    "explained_variance": (None, 1.0),
    "f1": UNIT,
    "fowlkes_mallows": UNIT,
    "homogeneity": UNIT,
    "jaccard": UNIT,
    "matthews_corrcoef": (-1.0, 1.0),
    "neg_": (None, 0.0),
    "precision": UNIT,
    "r2": (None, 1.0),
    "R²": (None, 1.0),
    "recall": UNIT,
    "roc_auc": UNIT,
    "top_k_accuracy": UNIT,
    "v_measure": UNIT,
}


def metric_limits(name: str) -> tuple[float | None, float | None]:
    """Return the least and the largest value of a metric, None where there is none or unknown.

    Args:
        name: of a scorer, such as "accuracy", "f1_macro" or "neg_log_loss".
    """
    known = sorted((each for each in LIMITS if name.startswith(each)), key=len)
    return LIMITS[known[-1]] if known else (None, None)
