"""Results of a search as a folder of TensorBoard's: the HParams table and learning curves."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kerascnn.export.candidates import (
    ExportedCandidate,
    Plain,
    exported_candidates,
    results_of,
)
from kerascnn.results import SweepResults

# More choices than this are shown as an interval.
MOST_CHOICES = 10
BEST = "best"
SPLIT = re.compile(r"split(\d+)_(.+)")


def to_tensorboard(source: Any, folder: str | Path) -> Path:
    """Write a search into a new folder for TensorBoard: `tensorboard --logdir folder`.

    Each candidate is a run: in the HParams table with its parameters, mean, standard deviation and
    rank of each metric, and whether it is the best; with its learning curves, each the mean over
    the splits that trained so long; with the splits' scores, whose steps are the splits' numbers.
    Numbers that are not finite are left out; candidates without a score have failed. Parameters
    that are neither numbers nor texts become text.

    Args:
        source: a fitted search, `SweepResults`, or the folder of a search's report.
        folder: a new or an empty one; it is there when all is written.

    Returns:
        The folder.

    Raises:
        ImportError: if TensorBoard is not installed.
        ValueError: if there are no results, or if the folder holds something: TensorBoard would
            mix two searches, or show one twice.
    """
    try:
        import tensorboard  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "tensorboard":
            raise
        raise ImportError(
            'to_tensorboard needs TensorBoard: pip install "kerascnn[tensorboard]"'
        ) from error
    results, folder = results_of(source), Path(folder).absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(
            f"folder={str(folder)!r} is not empty, and TensorBoard would show both: give a new "
            "one, or delete it"
        )
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _write(results, unfinished)
    if folder.exists():
        folder.rmdir()
    return unfinished.rename(folder)


def _write(results: SweepResults, folder: Path) -> None:
    candidates = exported_candidates(results)
    _write_columns(candidates, _columns(results), folder)
    for candidate in candidates:
        _write_candidate(candidate, _columns(results), folder / candidate.name.replace(" ", "-"))


def _columns(results: SweepResults) -> list[str]:
    """Return the columns of `cv_results_` that the table shows."""
    names = [f"{part}_{metric}" for metric in results.metrics for part in ("mean_test", "std_test")]
    return [*names, *(f"rank_test_{metric}" for metric in results.metrics)]


def _write_columns(
    candidates: Sequence[ExportedCandidate], columns: Sequence[str], folder: Path
) -> None:
    """Say which columns the HParams table has."""
    from tensorboard.plugins.hparams import api

    names = dict.fromkeys(name for each in candidates for name in _parameters(each))
    parameters = [
        api.HParam(name, _domain([_parameters(each).get(name) for each in candidates]))
        for name in names
    ]
    with _writing(folder):
        api.hparams_config(parameters, [api.Metric(name) for name in columns])


def _domain(values: Sequence[Plain | None]) -> Any:
    """Return the values that a parameter has: all of them, or from where to where."""
    from tensorboard.plugins.hparams import api

    different = {value for value in values if value is not None}
    if any(isinstance(value, bool | str) for value in different):
        return api.Discrete(different)
    numbers = [float(value) for value in different]
    if len(numbers) > MOST_CHOICES:
        return api.RealInterval(min(numbers), max(numbers))
    return api.Discrete(numbers)


def _parameters(candidate: ExportedCandidate) -> dict[str, Plain]:
    """Return a candidate's parameters, and whether it is the best."""
    return {**candidate.parameters, BEST: candidate.is_best}


def _write_candidate(candidate: ExportedCandidate, columns: Sequence[str], folder: Path) -> None:
    """Write a candidate's run."""
    import tensorflow as tf
    from tensorboard.plugins.hparams import api, api_pb2, summary

    with _writing(folder):
        api.hparams(_parameters(candidate), trial_id=candidate.name)
        for name, value in candidate.scores.items():
            if name in columns:
                tf.summary.scalar(name, value, step=0)
            elif split := SPLIT.fullmatch(name):
                tf.summary.scalar(f"splits/{split[2]}", value, step=int(split[1]))
        for name, curve in candidate.curves.items():
            for epoch, value in curve.items():
                tf.summary.scalar(f"epochs/{name}", value, step=epoch)
        if candidate.diverged:
            tf.summary.text("diverged", candidate.diverged, step=0)
        status = api_pb2.STATUS_SUCCESS if candidate.has_score else api_pb2.STATUS_FAILURE
        end = summary.session_end_pb(status)
        tf.summary.experimental.write_raw_pb(end.SerializeToString(), step=0)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Let summaries inside go into a folder."""
    import tensorflow as tf

    writer = tf.summary.create_file_writer(str(folder))
    try:
        with writer.as_default():
            yield
    finally:
        writer.close()
