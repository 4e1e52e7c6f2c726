"""Exhibits of seismograms: what they look like, and how well their kinds are told."""

import numpy as np

from kerascnn.datasets import Dataset
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Panel, Picture, Points, Table
from kerascnn.results.recordings import RecordingsResults
from kerascnn.results.waveform import Waveform
from kerascnn.utils.formatting import scores_label
from kerascnn.utils.spectrograms import upright

KINDS_SHOWN = 4
BINS = 6


def examples(dataset: Dataset, images: np.ndarray, ratios: np.ndarray | None) -> Exhibit:
    """Return waveform and spectrogram of a record of each kind, the clearest where known.

    Args:
        dataset: the records, (n, samples, 1) float32.
        images: their spectrograms, (n, height, width, 1), the lowest frequency first.
        ratios: signal-to-noise ratios in decibels, (n,); None if they are not known.
    """
    panels: list[Panel] = []
    for label in np.unique(dataset.y)[:KINDS_SHOWN]:
        rows = np.flatnonzero(dataset.y == label)
        row = int(rows[0] if ratios is None else rows[ratios[rows].argmax()])
        name = dataset.class_names[label] + _remark(dataset, ratios, row)
        panels.append(Waveform.of(f"{name}: ground motion", dataset.X[row], dataset.rate))
        picture = upright(images[row, :, :, 0])
        panels.append(Picture(f"{name}: spectrogram, high frequencies at the top", picture))
    n_samples, rate = dataset.X.shape[1], dataset.rate
    length = f"{n_samples / rate:.3g} s" if rate else f"{n_samples:,} samples"
    which = "The first record" if ratios is None else "The record with the least noise"
    return Exhibit(
        "What the network is given",
        f"{which} of each kind, {length}, and the logarithm of its power by frequency and time, "
        "the picture that the network is given.",
        panels,
    )


def _remark(dataset: Dataset, ratios: np.ndarray | None, row: int) -> str:
    """Return what else is known of a record, in front of what is shown of it."""
    if ratios is not None:
        return f", signal-to-noise ratio {ratios[row]:.1f} dB"
    return "" if dataset.groups is None else f", {dataset.groups[row]}"


def by_noise(ratios: np.ndarray, is_right: dict[str, np.ndarray]) -> Exhibit:
    """Return each method's accuracy against the signal-to-noise ratio.

    Args:
        ratios: of the test records, decibels, (n,).
        is_right: by method, whether it is right, (n_seeds, n).
    """
    edges = np.linspace(ratios.min(), ratios.max(), BINS + 1)
    places = np.clip(np.digitize(ratios, edges) - 1, 0, BINS - 1)
    used = np.unique(places)
    names = [f"{round(edges[place])} to {round(edges[place + 1])} dB" for place in used]
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


def accuracies(results: RecordingsResults, n_tests: int, remark: str = "") -> Exhibit:
    """Return a table of the methods' accuracies.

    Args:
        results: of which.
        n_tests: test records of each seed.
        remark: a sentence about the methods.
    """
    [split] = results.splits
    rows = []
    for name in results.models:
        values = results.accuracies(split, name)
        rows.append([name, scores_label(values), _counted(values, n_tests), f"{len(values)}"])
    headings = ["method", "accuracy, mean ± deviation over seeds", "right", "seeds"]
    return Exhibit(
        "How well the kinds are told",
        f"On records that were not trained on: {split}. {remark}".rstrip(),
        [Table("Accuracy on test records", headings, rows)],
    )


def _counted(accuracies: np.ndarray, n_tests: int) -> str:
    """Say how many of the test records are told, on average over several seeds."""
    if len(accuracies) == 1:
        return f"{round(accuracies[0] * n_tests):,} of {n_tests:,}"
    return f"{accuracies.mean() * n_tests:,.1f} of {n_tests:,} on average"
