"""Results of a search as runs of MLflow: one for the search, within it one for each candidate."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kerascnn.export.candidates import ExportedCandidate, digest, exported_candidates, results_of
from kerascnn.results import SweepResults
from kerascnn.utils.formatting import candidate_number

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Run

DIGEST = "kerascnn.digest"
PARENT = "mlflow.parentRunId"
# MLflow takes no more at a time.
MOST_METRICS = 1000
MOST_PARAMETERS = 100


def to_mlflow(
    source: Any, *, experiment: str | None = None, tracking_uri: str | None = None
) -> str:
    """Write a run for a search, and within it one for each candidate, into MLflow.

    A candidate's run has its parameters, the columns of `cv_results_` as metrics, and the learning
    curves as metrics whose steps are epochs, each the mean over the splits that trained so long.
    Numbers that are not finite are left out; runs of candidates without a score have failed, and
    the tag `diverged` says why. The best candidate's tag `best` is "true". Parameters that are
    neither numbers nor texts become text.

    Args:
        source: a fitted search, `SweepResults`, or the folder of a search's report.
        experiment: of MLflow, made if there is none; None for the name of the results.
        tracking_uri: where to, such as "sqlite:///mlflow.db"; None for MLflow's own setting.

    Returns:
        The id of the search's run.

    Raises:
        ImportError: if MLflow is not installed.
        ValueError: if there are no results, if the experiment has a run of them already, or if
            two names differ only in signs that MLflow does not take. What an export that was cut
            short has left is deleted, and written anew.
    """
    try:
        from mlflow import MlflowClient
    except ModuleNotFoundError as error:
        if error.name != "mlflow":
            raise
        raise ImportError('to_mlflow needs MLflow: pip install "kerascnn[mlflow]"') from error
    results = results_of(source)
    client = MlflowClient(tracking_uri=tracking_uri)
    return RunWriter(client, experiment or results.name).write(results)


class RunWriter:
    """Writes results into an experiment.

    Args:
        client: of MLflow.
        experiment: a name.
    """

    def __init__(self, client: "MlflowClient", experiment: str) -> None:
        self._client = client
        self._name = experiment
        known = client.get_experiment_by_name(experiment)
        self._experiment: str = (
            client.create_experiment(experiment) if known is None else (known.experiment_id)
        )

    def write(self, results: SweepResults) -> str:
        """Write the results; return the id of the search's run."""
        candidates = exported_candidates(results)
        _check_names(candidates)
        key = digest(candidates)
        self._make_way(key)
        tags = {DIGEST: key, "title": results.title, "claim": results.claim}
        parent = self._begun(results.name, {name: text for name, text in tags.items() if text})
        for candidate in candidates:
            self._write_candidate(candidate, parent)
        best = candidates[results.best_index]
        self._log(parent, best.parameters, best.scores, {})
        self._client.set_terminated(parent)
        return parent

    def _make_way(self, key: str) -> None:
        """Delete what an export that was cut short has left.

        Raises:
            ValueError: if there is a whole one.
        """
        for run in self._runs(DIGEST, key):
            if run.info.status == "FINISHED":
                raise ValueError(
                    f"experiment {self._name!r} has these results already, in run "
                    f"{run.info.run_id}: name another experiment, or delete that run"
                )
            for part in [*self._runs(PARENT, run.info.run_id), run]:
                self._client.delete_run(part.info.run_id)

    def _runs(self, tag: str, value: str) -> "Iterator[Run]":
        """Yield all runs of the experiment that have a tag."""
        page = None
        while page != "":
            runs = self._client.search_runs(
                [self._experiment], f"tags.`{tag}` = '{value}'", page_token=page
            )
            yield from runs
            page = runs.token or ""

    def _write_candidate(self, candidate: ExportedCandidate, parent: str) -> None:
        tags = {PARENT: parent, "candidate": str(candidate_number(candidate.number))}
        if candidate.is_best:
            tags["best"] = "true"
        if candidate.diverged:
            tags["diverged"] = candidate.diverged
        run = self._begun(candidate.name, tags)
        self._log(run, candidate.parameters, candidate.scores, candidate.curves)
        self._client.set_terminated(run, "FINISHED" if candidate.has_score else "FAILED")

    def _begun(self, name: str, tags: Mapping[str, str]) -> str:
        run = self._client.create_run(self._experiment, run_name=name, tags=dict(tags))
        return str(run.info.run_id)

    def _log(
        self,
        run: str,
        parameters: Mapping[str, Any],
        scores: Mapping[str, float],
        curves: Mapping[str, Mapping[int, float]],
    ) -> None:
        """Log parameters and metrics, as many at a time as MLflow takes."""
        from mlflow.entities import Param

        texts = [Param(_name(name), str(value)) for name, value in parameters.items()]
        for some in _parts(texts, MOST_PARAMETERS):
            self._client.log_batch(run, params=some)
        for some in _parts(_metrics(scores, curves), MOST_METRICS):
            self._client.log_batch(run, metrics=some)


def _metrics(
    scores: Mapping[str, float], curves: Mapping[str, Mapping[int, float]]
) -> "list[Metric]":
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    points = [(name, value, 0) for name, value in scores.items()]
    points += [
        (name, value, epoch) for name, curve in curves.items() for epoch, value in curve.items()
    ]
    return [Metric(_name(name), value, now, step) for name, value, step in points]


def _check_names(candidates: Sequence[ExportedCandidate]) -> None:
    """Raise an error if MLflow would take two names of a candidate for one."""
    for candidate in candidates:
        for names in (candidate.parameters, {**candidate.scores, **candidate.curves}):
            taken: dict[str, str] = {}
            for name in names:
                if (other := taken.setdefault(_name(name), name)) != name:
                    raise ValueError(
                        f"MLflow would take {other!r} and {name!r} for one, {_name(name)!r}: "
                        "rename one of them"
                    )


def _name(name: str) -> str:
    """Return a name that MLflow takes: letters, numbers, and a few signs; no others."""
    return re.sub(r"[^\w./\- ]", "_", name)


def _parts(things: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for first in range(0, len(things), size):
        yield list(things[first : first + size])
