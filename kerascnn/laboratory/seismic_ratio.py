"""Earthquakes and explosions told apart by the amplitudes of their P and S waves.

Source: R. H. Shumway and D. S. Stoffer, Time Series Analysis and Its Applications, the examples
on discriminating earthquakes from mining explosions (7.11 and 7.12 in the third edition): a
linear discriminant on two logarithms of amplitude. An explosion makes strong P waves and weak
S waves, an earthquake the reverse.
"""

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict


def phase_magnitudes(X: np.ndarray) -> np.ndarray:
    """Return the magnitudes of the P wave and the S wave of seismograms.

    ::

        log₁₀(largest - smallest value) of the first half (P) and of the second half (S)

    Args:
        X: seismograms, (n, samples) or (n, samples, 1), of an even number of samples.

    Returns:
        (n, 2) float64.

    Raises:
        ValueError: if X has another shape, or a half is constant.
    """
    X = np.asarray(X)
    signals = X[..., 0] if X.ndim == 3 and X.shape[2] == 1 else X
    if signals.ndim != 2 or not signals.size or signals.shape[1] % 2:
        raise ValueError(
            f"X has shape {X.shape}: expected seismograms as (n, samples) or (n, samples, 1), "
            "samples even, P in the first half and S in the second"
        )
    halves = signals.astype(np.float64).reshape(len(signals), 2, -1)
    amplitudes = np.ptp(halves, axis=2)
    if not (amplitudes > 0).all():
        row, half = np.argwhere(~(amplitudes > 0))[0]
        raise ValueError(
            f"X[{row}]: the {'PS'[half]} half is constant or not finite, so it has no magnitude: "
            "drop the record"
        )
    return np.log10(amplitudes)


def discriminant(n_classes: int = 2) -> LinearDiscriminantAnalysis:
    """Return an unfitted linear discriminant that takes all classes as equally likely."""
    return LinearDiscriminantAnalysis(priors=np.full(n_classes, 1 / n_classes))


def leave_one_out_predictions(
    X: np.ndarray, y: np.ndarray, events: np.ndarray | None = None
) -> np.ndarray:
    """Predict each event by a linear discriminant fitted to the magnitudes of all others.

    Args:
        X: seismograms, see `phase_magnitudes`.
        y: the class of each, (n,); at least two events of each class.
        events: the event of each, (n,), strings or numbers; all its records, say of several
            stations, are left out together. By default each record is an event.

    Returns:
        The predicted classes, (n,), of the dtype of `y`.

    Raises:
        ValueError: if X has the wrong shape, or a class has one event.
    """
    y, events = np.asarray(y), np.arange(len(y)) if events is None else np.asarray(events)
    classes = np.unique(y)
    counts = {name: len(np.unique(events[y == name])) for name in classes.tolist()}
    if len(classes) < 2 or min(counts.values()) < 2:
        raise ValueError(
            f"y has events {counts}: leaving one event out needs two classes of at least 2 events"
        )
    predicted: np.ndarray = cross_val_predict(
        discriminant(len(classes)), phase_magnitudes(X), y, groups=events, cv=LeaveOneGroupOut()
    )
    return predicted
