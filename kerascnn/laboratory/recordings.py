"""Exhibits of sounds: waveforms and spectrograms, and how well networks tell them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Panel, Picture, Plot, Points, Table
from kerascnn.results.recordings import RecordingsResults

CLASSES_SHOWN = 4
POINTS_OF_A_WAVEFORM = 300
SPECTROGRAM = {"rate": 16_000, "n_fft": 1024, "hop": 512, "n_mels": 128}


def accuracies(results: RecordingsResults) -> Exhibit:
    """Return each model's accuracy for each way to hold samples out."""
    models, splits = results.models, results.splits
    found = {split: [results.accuracies(split, name) for name in models] for split in splits}
    n_seeds = len(found[splits[0]][0])
    chosen = results.trainings.groupby("model", sort=False)[["parameters", "seconds"]].mean()
    rows = [
        [
            name,
            *(_with_spread(found[split][place]) for split in splits),
            f"{chosen.loc[name, 'parameters']:,.0f}",
            f"{chosen.loc[name, 'seconds']:.0f}",
        ]
        for place, name in enumerate(models)
    ]
    return Exhibit(
        "How well they tell the classes",
        f"Test accuracy, mean and standard deviation over {n_seeds} seeds, each with test samples "
        "and initial weights of its own. A network that is tested on voices that it knows does "
        "better than it would with others.",
        [
            Points(
                "Test accuracy",
                models,
                {split: np.array([each.mean() for each in found[split]]) for split in splits},
                {split: np.array([each.std() for each in found[split]]) for split in splits},
                "test accuracy",
            ),
            Table(
                "Test accuracy, mean ± standard deviation over seeds",
                ["model", *splits, "parameters", "seconds per training"],
                rows,
            ),
        ],
    )


def examples(
    X: np.ndarray, y: np.ndarray, names: tuple[str, ...], rate: float, settings: Mapping[str, Any]
) -> Exhibit:
    """Return waveform and mel spectrogram of a sound of each of the first classes.

    Args:
        X: sounds, (n, samples, 1) float32.
        y: their class indices, (n,).
        names: of the classes.
        rate: samples per second.
        settings: of the spectrogram, where they are not `audio_cnn_2d`'s own.
    """
    from kerascnn.models.mel import MelImage

    layer = MelImage(**{**SPECTROGRAM, **settings})
    panels: list[Panel] = []
    for label in np.unique(y)[:CLASSES_SHOWN]:
        sound = X[y == label][:1]
        image = as_wide(np.asarray(layer(sound))[0, ::-1, :, 0])
        panels.append(Plot(f"{names[label]}: waveform", {names[label]: as_course(sound[0, :, 0])}))
        panels.append(Picture(f"{names[label]}: mel spectrogram, decibels, high at the top", image))
    seconds = X.shape[1] / rate
    return Exhibit(
        "What the networks are given",
        f"The first training sound of some classes, {seconds:.3g} s at {rate:,.0f} Hz: its course, "
        "which a network of waveforms takes as it is, and the power by frequency and time that a "
        "network of spectrograms makes of it.",
        panels,
    )


def as_wide(image: np.ndarray) -> np.ndarray:
    """Return a picture with its columns repeated until it is about twice as wide as high."""
    height, width = image.shape
    return image.repeat(max(1, round(2 * height / width)), axis=1)


def as_course(signal: np.ndarray) -> np.ndarray:
    """Return the smallest and largest values of short parts of a signal, in turn."""
    parts = np.array_split(signal, min(POINTS_OF_A_WAVEFORM // 2, len(signal)))
    return np.array([extreme for part in parts for extreme in (part.min(), part.max())])


def _with_spread(values: np.ndarray) -> str:
    return f"{values.mean():.3f} ± {values.std():.3f}"
