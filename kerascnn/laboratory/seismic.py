"""Exhibits of seismograms: what they look like, and how well their kinds are told."""

from collections.abc import Sequence

import numpy as np

from kerascnn.laboratory.recordings import as_course, as_wide
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Panel, Picture, Plot, Points, Table
from kerascnn.results.recordings import RecordingsResults

KINDS_SHOWN = 4
BINS = 6


def examples(
    X: np.ndarray, images: np.ndarray, y: np.ndarray, names: Sequence[str], rate: float | None
) -> Exhibit:
    """Return waveform and spectrogram of the first record of each kind.

    Args:
        X: records, (n, samples, 1) float32.
        images: their spectrograms, (n, height, width, 1), the lowest frequency first.
        y: class indices, (n,).
        names: of the classes.
        rate: samples per second, where known.
    """
    panels: list[Panel] = []
    for label in np.unique(y)[:KINDS_SHOWN]:
        row = int(np.flatnonzero(y == label)[0])
        course = {names[label]: as_course(X[row, :, 0])}
        panels.append(Plot(f"{names[label]}: ground motion over time", course))
        picture = as_wide(images[row, ::-1, :, 0])
        panels.append(Picture(f"{names[label]}: spectrogram, high frequencies at the top", picture))
    length = f"{X.shape[1] / rate:.3g} s" if rate else f"{X.shape[1]:,} samples"
    return Exhibit(
        "What the network is given",
        f"A record of each kind, {length}, and the logarithm of its power by frequency and time, "
        "the picture that the network is given.",
        panels,
    )


def by_noise(ratios: np.ndarray, is_right: dict[str, np.ndarray]) -> Exhibit:
    """Return each method's accuracy against the signal-to-noise ratio.

    Args:
        ratios: of the test records, decibels, (n,).
        is_right: by method, whether it is right, (n_seeds, n).
    """
    edges = np.linspace(ratios.min(), ratios.max(), BINS + 1)
    places = np.clip(np.digitize(ratios, edges) - 1, 0, BINS - 1)
    used = np.unique(places)
    names = [f"{edges[place]:.0f} to {edges[place + 1]:.0f} dB" for place in used]
    shares = {
        name: np.array([right[:, places == place].mean(axis=1) for place in used])
        for name, right in is_right.items()
    }
    return Exhibit(
        "Accuracy against noise",
        "The share of test records whose kind is told, by the ratio of signal to noise, mean and "
        "standard deviation over seeds.",
        [
            Points(
                "Test accuracy by signal-to-noise ratio",
                names,
                {name: each.mean(axis=1) for name, each in shares.items()},
                {name: each.std(axis=1) for name, each in shares.items()},
                "test accuracy",
            )
        ],
    )


def accuracies(results: RecordingsResults, n_tests: int) -> Exhibit:
    """Return a table of the methods' accuracies.

    Args:
        results: of which.
        n_tests: test records of each seed.
    """
    [split] = results.splits
    rows = []
    for name in results.models:
        values = results.accuracies(split, name)
        rows.append(
            [
                name,
                f"{values.mean():.3f} ± {values.std():.3f}",
                f"{values.mean() * n_tests:.1f} of {n_tests:,}",
                f"{len(values)}",
            ]
        )
    headings = ["method", "accuracy, mean ± deviation over seeds", "right", "seeds"]
    return Exhibit(
        "How well the kinds are told",
        f"On records that were not trained on: {split}.",
        [Table("Accuracy on test records", headings, rows)],
    )
