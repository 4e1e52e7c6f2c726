"""The part of the Dask engine that runs beside the workers: trains batches of a search."""

import hashlib
import os
import pickle
import platform
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import kerascnn
from kerascnn import environment
from kerascnn.cluster.messages import DifferentError, Pack, PlainTraining, Report
from kerascnn.models import registry
from kerascnn.models.entries import Entry
from kerascnn.search.engines.base import SearchContext
from kerascnn.search.engines.compiled import CompiledEngine
from kerascnn.search.engines.serial import SerialEngine
from kerascnn.search.engines.shared_arrays import SharedArrays
from kerascnn.search.fits import Finished, Fit, Outcome, SearchTask
from kerascnn.search.keys import VERSIONS, scorer_key
from kerascnn.search.networks import Networks
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Candidate, Training, make_candidates
from kerascnn.training.lane import LaneCheckpoint
from kerascnn.utils.formatting import candidate_number

THREADS = "threads per operation"
# What else decides which of TensorFlow's kernels compute.
VARIABLES = ("TF_ENABLE_ONEDNN_OPTS", "ONEDNN_MAX_CPU_ISA", *environment.THREAD_VARIABLES)


@dataclass(frozen=True)
class SearchContent:
    """What all batches of a search share.

    Attributes:
        task: what its fits share.
        settings: the parameters of each candidate.
        splits: row numbers of the training and test samples of each split, and of the training
            samples as they are predicted, see `Fit`.
        identities: of the candidates that trainings are made for.
        scorer: the scorer's identity.
        keras_settings: see `kerascnn.environment.keras_settings`.
        models: what users have registered.
        continues: whether trainings may go on for more epochs in a later rung.
    """

    task: SearchTask
    settings: Mapping[int, Mapping[str, Any]]
    splits: Mapping[int, tuple[np.ndarray, np.ndarray, np.ndarray | None]]
    identities: Mapping[int, str | None]
    scorer: str | None
    keras_settings: Mapping[str, Any]
    models: Mapping[str, Entry]
    continues: bool = False

    def packed(self) -> Pack:
        """Return this pickled; functions of `__main__` go by value."""
        import cloudpickle

        buffers: list[pickle.PickleBuffer] = []
        return Pack(cloudpickle.dumps(self, 5, buffer_callback=buffers.append), buffers)


def surroundings() -> dict[str, str]:
    """Return what decides the numbers of a process, beside the code of users."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2]), "kerascnn": _own_content()}
    for package in VERSIONS:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    variables = {name: os.environ.get(name, "not set") for name in VARIABLES}
    return {**found, **variables, THREADS: str(environment.threads_per_operation())}


@cache
def _own_content() -> str:
    """Return a digest of this package's modules, as versions do not tell checkouts apart."""
    folder, content = Path(kerascnn.__file__).parent, hashlib.blake2b(digest_size=4)
    for path in sorted(folder.rglob("*.py")):
        content.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return f"of files {content.hexdigest()}"


class WorkerSearch:
    """A search beside a worker.

    Args:
        pickled: its `SearchContent`, pickled but for arrays.
        buffers: these.
        expected: the surroundings of the process that searches.
        lanes: how many train at a time.

    Raises:
        DifferentError: if this process has other versions or settings than that.
        Exception: if the content cannot be unpickled here.
    """

    def __init__(
        self, pickled: bytes, buffers: Sequence[Any], expected: Mapping[str, str], lanes: int
    ) -> None:
        environment.prefer_threads_for_worker(int(expected[THREADS]), lanes)
        for name, here in surroundings().items():
            if here != expected[name]:
                raise DifferentError(f"{name} is {here} there, {expected[name]} here")
        self._content: SearchContent = pickle.loads(pickled, buffers=buffers)
        environment.set_keras_settings(self._content.keras_settings)
        registry.add_entries(dict(self._content.models))
        task, continues = self._content.task, self._content.continues
        arrays = SharedArrays(task)
        self._context = SearchContext(task, Networks(task), arrays, None, lanes, continues)
        self._compiled = CompiledEngine(self._context)
        self._serial = SerialEngine(self._context)
        self._candidates: dict[int, Candidate] = {}

    def train(self, batch: Sequence[PlainTraining], report: Report) -> tuple[str, Any]:
        """Train a batch; report each outcome, and each end that a later rung may need, pickled.

        Returns:
            "done", "refusal" and why, or "error" and the pickled exception that a fit has raised.
        """
        try:
            trainings = self._trainings(batch)
        except DifferentError as difference:
            return "refusal", str(difference)
        except Exception as error:
            return "refusal", f"it cannot prepare fits: {error!r}"
        try:
            ends = TravellingEnds(trainings, batch, report)
            self._run(trainings, lambda *ended: report("outcome", _pickled(*ended)), ends)
        except Exception as error:
            return "error", _pickled_error(error)
        return "done", None

    def _trainings(self, batch: Sequence[PlainTraining]) -> list[Training]:
        """Return the trainings of a batch.

        Raises:
            DifferentError: if the code that they use is not that of the process that searches.
        """
        if scorer_key(self._content.task) != self._content.scorer:
            raise DifferentError("the code of the scorer differs there")
        for number, *_ in batch:
            if self._candidate(number).identity != self._content.identities[number]:
                parameters = dict(self._content.settings[number])
                which = f"candidate {candidate_number(number)}"
                raise DifferentError(f"the code of {which} differs there: {parameters}")
        return [self._training(each.candidate, each.fits) for each in batch]

    def _run(self, trainings: Sequence[Training], finished: Finished, ends: NullStore) -> None:
        """Train in compiled lanes what can be, the rest by Keras's own fit."""
        left = [each for each in trainings if self._compiled.refusal(each) is not None]
        may = [each for each in trainings if self._compiled.refusal(each) is None]
        if may:
            for refused in self._compiled.run(may, finished, ends).values():
                left += refused
        self._serial.run(left, finished, ends)

    def _candidate(self, number: int) -> Candidate:
        if number not in self._candidates:
            task, settings = self._content.task, self._content.settings[number]
            made = make_candidates(task, [settings], self._context.networks, first=number)
            [self._candidates[number]] = made
        return self._candidates[number]

    def _training(self, number: int, fits: Mapping[int, Sequence[tuple[int, int]]]) -> Training:
        by_epochs = {epochs: [self._fit(*each) for each in same] for epochs, same in fits.items()}
        return Training(by_epochs, self._candidate(number))

    def _fit(self, candidate: int, split: int) -> Fit:
        train, test, scored = self._content.splits[split]
        return Fit(candidate, split, self._content.settings[candidate], train, test, scored)


class TravellingEnds(NullStore):
    """Where trainings ended: comes with their batch, and is reported of those trained here.

    Args:
        trainings: of the batch.
        batch: the same as it came.
        report: called with each end.
    """

    def __init__(
        self, trainings: Sequence[Training], batch: Sequence[PlainTraining], report: Report
    ) -> None:
        longest = [training.longest for training in trainings]
        self._ends = {
            (fit.candidate, fit.split): plain.end
            for fit, plain in zip(longest, batch, strict=True)
            if plain.end is not None
        }
        self._report = report

    def find_end(self, fit: Fit, engine: str) -> LaneCheckpoint | None:
        """Return what came with the batch."""
        end = self._ends.get((fit.candidate, fit.split))
        return None if end is None else pickle.loads(end)

    def keep_end(self, fit: Fit, engine: str, checkpoint: LaneCheckpoint) -> None:
        """Report where a training ended."""
        self._report("end", _pickled(fit, checkpoint))


def _pickled(fit: Fit, what: Outcome | LaneCheckpoint) -> bytes:
    return pickle.dumps((fit.candidate, fit.split, what), 5)


def _pickled_error(error: Exception) -> bytes:
    """Return an exception and its traceback pickled; one that cannot be, as what it says."""
    import cloudpickle

    text = "".join(traceback.format_exception(error))
    try:
        pickled: bytes = cloudpickle.dumps((error, text))
        pickle.loads(pickled)  # an exception with arguments of its own may fail to
        return pickled
    except Exception:
        return pickle.dumps((RuntimeError(str(error)), text))
