"""The figures at the top of a page."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerascnn.results.comparison import ComparisonResults
from kerascnn.results.laboratory import LaboratoryResults
from kerascnn.results.predictions import Expected, Predictions
from kerascnn.results.recordings import RecordingsResults
from kerascnn.results.statistics import passed_over
from kerascnn.results.study import Headline, StudyResults
from kerascnn.results.sweep import SweepResults
from kerascnn.results.training import TrainingResults
from kerascnn.results.transfer import TransferResults
from kerascnn.utils.formatting import (
    candidate_number,
    duration_label,
    plural,
    score_label,
    scores_label,
    setting_label,
)


def sweep_headlines(results: SweepResults) -> list[Headline]:
    """Return a sweep's figures in the order in which they are read."""
    figures = [
        _best_candidate(results),
        _validation(results),
        accuracy_on_test_split(results.predictions, results.expected_of("test")),
        _fits(results),
        duration(results.provenance) or _time_in_fits(results),
        _diverged(results),
    ]
    return [figure for figure in figures if figure is not None]


def _best_candidate(results: SweepResults) -> Headline:
    if not np.isfinite(results.scores_of("test", results.metric).mean).any():
        return Headline("Best candidate", "none", "no candidate has a finite score")
    number = candidate_number(results.best_index)
    setting = setting_label(results.labels[results.best_index])
    highest = passed_over(results)
    if highest is None:
        note = f"candidate {number}, chosen by cross-validated {_metric(results)}"
        return Headline("Best candidate", setting, note)
    note = (
        f"candidate {number}, chosen by the search; candidate {candidate_number(highest)} has the "
        f"highest cross-validated {_metric(results)}"
    )
    return Headline("Chosen candidate", setting, note)


def _metric(results: SweepResults) -> str:
    return results.label(results.metric)


def _validation(results: SweepResults) -> Headline:
    scores = results.scores_of("test", results.metric)
    mean, std = scores.mean[results.best_index], scores.std[results.best_index]
    note = f"mean ± standard deviation over {plural(results.n_splits, 'fold')}"
    if results.n_splits == 1:
        note = "on one split"
    expected = results.expected_of("cross-validated")
    if not np.isfinite(scores.mean).any():
        note = "no candidate has a finite score"
    elif expected is not None:
        note += f"; {expected.note(mean)}"
    return Headline(f"Cross-validated {_metric(results)}", score_label(mean, std), note)


def accuracy_on_test_split(
    predictions: Predictions | None, expected: Expected | None
) -> Headline | None:
    """Return the figure on the test split, with the expected one beside it."""
    if predictions is None:
        return None
    note = f"on {plural(len(predictions.y_true), 'test sample')}"
    if expected is not None:
        note += f"; {expected.note(predictions.accuracy)}"
    value = score_label(predictions.accuracy)
    return Headline("Test accuracy", value, note)


def _fits(results: SweepResults) -> Headline:
    candidates = plural(len(results.params), "candidate")
    if results.rungs:
        sizes = " + ".join(str(len(rung.rows)) for rung in results.rungs)
        candidates = f"{sizes} candidates in {plural(len(results.rungs), 'rung')}"
    note = f"{candidates} × {plural(results.n_splits, 'fold')}"
    return Headline("Fits", f"{len(results.params) * results.n_splits:,}", note)


def duration(provenance: Mapping[str, Any]) -> Headline | None:
    """Return the total duration, the first one stated where none is called "total"."""
    durations = provenance.get("durations")
    if not isinstance(durations, Mapping) or not durations:
        return None
    label = "total" if "total" in durations else next(iter(durations))
    value = durations[label]
    text = duration_label(value) if isinstance(value, int | float) else str(value)
    return Headline("Duration", text, str(label))


def _time_in_fits(results: SweepResults) -> Headline:
    seconds = float(np.nansum(results.fit_times)) * results.n_splits
    return Headline("Duration", duration_label(seconds), "sum over all fits")


def _diverged(results: SweepResults) -> Headline:
    divergence = results.divergence
    n_fits = sum(len(epochs) for epochs in divergence.values())
    if not divergence:
        return Headline("Diverged", "none", "")
    note = f"{plural(n_fits, 'fit')} whose loss stopped being finite"
    return Headline("Diverged", plural(len(divergence), "candidate"), note)


def training_headlines(results: TrainingResults) -> list[Headline]:
    """Return a single training's figures in the order in which they are read."""
    figures = [
        accuracy_on_test_split(results.predictions, results.expected),
        _last_accuracy(results),
        _epochs(results),
        _parameters(results.parameters),
        duration(results.provenance),
    ]
    return [figure for figure in figures if figure is not None]


def _last_accuracy(results: TrainingResults) -> Headline | None:
    """Return the accuracies after the last epoch, None where none was measured.

    That of the validation samples is left to the curves where there is one for test samples:
    beside each other, two figures for what may be the same samples would only raise questions.
    """
    last = results.history.iloc[-1] if len(results.history) else {}
    if "accuracy" not in last:
        return None
    training = score_label(last["accuracy"])
    if "val_accuracy" not in last or results.predictions is not None:
        return Headline("Training accuracy", training, "in the last epoch")
    validation = score_label(last["val_accuracy"])
    return Headline("Validation accuracy", validation, f"last epoch; training accuracy {training}")


def _epochs(results: TrainingResults) -> Headline:
    if results.diverged_epoch is None:
        return Headline("Epochs", str(len(results.history)))
    note = f"diverged in epoch {results.diverged_epoch}: the loss stopped being finite"
    return Headline("Epochs", str(len(results.history)), note)


def _parameters(parameters: int | None) -> Headline | None:
    return None if parameters is None else Headline("Parameters", f"{parameters:,}", "trained")


def comparison_headlines(results: ComparisonResults) -> list[Headline]:
    """Return a comparison's figures in the order in which they are read."""
    best = results.best
    spread = best.get("accuracy_spread")
    figures = [
        Headline("Most accurate", str(best["model"]), f"of {plural(len(results.models), 'model')}"),
        Headline("Its test accuracy", score_label(best["accuracy"], spread)),
        Headline("Its parameters", f"{int(best['parameters']):,}"),
        duration(results.provenance),
    ]
    return [figure for figure in figures if figure is not None]


def laboratory_headlines(results: LaboratoryResults) -> list[Headline]:
    """Return a laboratory's figures in the order in which they are read."""
    checks = results.stated
    n_right = sum(check.agrees for check in checks)
    figures = [
        Headline("Exhibits", str(len(results.exhibits))),
        Headline("Stated numbers that agree", f"{n_right} of {len(checks)}") if checks else None,
        duration(results.provenance),
    ]
    return [figure for figure in figures if figure is not None]


def transfer_headlines(results: TransferResults) -> list[Headline]:
    """Return the figures of transfer learning in the order in which they are read."""
    best, scratch = (results.accuracies(name)[0] for name in (results.best, results.scratch))
    fewest = f"from {results.sizes[0]:,} images per class"
    figures = [
        Headline("Best with the fewest images", results.best, fewest),
        Headline("Its test accuracy", scores_label(best)),
        Headline(f"Test accuracy, {results.scratch}", scores_label(scratch), fewest),
        Headline("Pretrained accuracy", score_label(results.pretrained_accuracy), "own classes"),
        duration(results.provenance),
    ]
    return [figure for figure in figures if figure is not None]


def recordings_headlines(results: RecordingsResults) -> list[Headline]:
    """Return the figures of networks of sounds in the order in which they are read."""
    accuracies = {
        (split, model): results.accuracies(split, model)
        for model in results.models
        for split in results.splits
    }
    labelled = [
        Headline(f"{model}, {split}", scores_label(values), "test accuracy")
        for (split, model), values in accuracies.items()
    ]
    figures = [*labelled, duration(results.provenance)]
    return [figure for figure in figures if figure is not None]


def study_headlines(results: StudyResults) -> list[Headline]:
    """Return a study's own figures, and how long it took."""
    figures = [*results.headlines, duration(results.provenance)]
    return [figure for figure in figures if figure is not None]
