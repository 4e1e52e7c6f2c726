"""Exhibits of sounds: waveforms and spectrograms, and how well networks tell them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Panel, Picture, Points, Table
from kerascnn.results.recordings import RecordingsResults
from kerascnn.results.waveform import Waveform
from kerascnn.utils.formatting import plural, scores_label
from kerascnn.utils.spectrograms import upright

CLASSES_SHOWN = 4


def accuracies(results: RecordingsResults) -> Exhibit:
    """Return each model's accuracy for each way to hold samples out, the hardest way first."""
    models, splits = results.models, results.splits
    found = {split: [results.accuracies(split, name) for name in models] for split in splits}
    n_seeds = len(found[splits[0]][0])
    chosen = results.trainings.groupby("model", sort=False)[["parameters", "seconds"]].mean()
    rows = [
        [
            name,
            *(scores_label(found[split][place]) for split in splits),
            f"{chosen.loc[name, 'parameters']:,.0f}",
            f"{chosen.loc[name, 'seconds']:.0f}",
        ]
        for place, name in enumerate(models)
    ]
    return Exhibit(
        "How well they tell the classes",
        f"Test accuracy{_over(n_seeds)}, each with test samples and initial weights of its own. "
        f"{_compared(results)}",
        [
            Points(
                "Test accuracy",
                models,
                {split: np.array([each.mean() for each in found[split]]) for split in splits},
                {split: np.array([each.std() for each in found[split]]) for split in splits},
                "test accuracy",
            ),
            Table(
                f"Test accuracy{_over(n_seeds)}",
                ["model", *splits, "parameters", "seconds per training"],
                rows,
            ),
        ],
    )


def _over(n_seeds: int) -> str:
    """Say what figures are made of."""
    if n_seeds == 1:
        return " with one seed"
    return f", mean ± standard deviation over {plural(n_seeds, 'seed')}"


def _compared(results: RecordingsResults) -> str:
    """Say which networks do better on the last split than on the first, as was measured."""
    first, last = results.splits[0], results.splits[-1]
    better = [
        name
        for name in results.models
        if results.accuracies(last, name).mean() > results.accuracies(first, name).mean()
    ]
    if len(better) == len(results.models):
        return f"All networks do better with {last} than with {first}."
    return f"With {last} better than with {first}: {', '.join(better) or 'none'}."


def examples(
    X: np.ndarray,
    y: np.ndarray,
    names: tuple[str, ...],
    rate: float | None,
    spectrogram: Mapping[str, Any] | None,
) -> Exhibit:
    """Return the waveform of a sound of each of the first classes, perhaps its spectrogram.

    Args:
        X: sounds, (n, samples, 1) float32.
        y: their class indices, (n,).
        names: of the classes.
        rate: samples per second, where known.
        spectrogram: the arguments of the `MelImage` that a network makes of them; None for none.
    """
    panels: list[Panel] = []
    for label in np.unique(y)[:CLASSES_SHOWN]:
        sound = X[y == label][:1]
        panels.append(Waveform.of(f"{names[label]}: waveform", sound[0], rate))
        if spectrogram is not None:
            panels.append(_mel_picture(names[label], sound, spectrogram))
    text = (
        f"The first sound of some classes, {_length(X.shape[1], rate)}: its course, which a "
        "network of waveforms takes as it is"
    )
    if spectrogram is not None:
        text += (
            ", and the power by frequency and time that the network of spectrograms makes of it, "
            f"which takes it for {spectrogram['rate']:,} Hz"
        )
    return Exhibit("What the networks are given", f"{text}.", panels)


def _mel_picture(name: str, sound: np.ndarray, spectrogram: Mapping[str, Any]) -> Picture:
    from kerascnn.models.mel import MelImage

    image = np.asarray(MelImage(**spectrogram)(sound))[0, :, :, 0]
    return Picture(f"{name}: mel spectrogram, decibels, high at the top", upright(image))


def _length(n_samples: int, rate: float | None) -> str:
    if rate is None:
        return f"{n_samples:,} samples at a rate that the data does not state"
    return f"{n_samples / rate:,.4g} s at {rate:,.10g} Hz"
