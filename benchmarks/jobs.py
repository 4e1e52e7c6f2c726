"""The order to a measured process, and its answer: two small JSON files."""

import json
import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.cases import Case, Contender

# getrusage counts kilobytes on Linux.
BYTES_PER_MAXRSS = 1024


@dataclass(frozen=True)
class Job:
    """One contender on one case.

    Attributes:
        case: the case.
        contender: who is to run it.
        data: the file that holds its images and labels.
        launched: when the process was started, in seconds since 1970.
    """

    case: Case
    contender: Contender
    data: str
    launched: float


@dataclass(frozen=True)
class Answer:
    """What a process says about its run.

    Attributes:
        startup_seconds: from its launch until it was ready to fit.
        seconds_per_fit: mean over the fits it ran, divided by how many ran side by side.
        scores: for each candidate it ran, the accuracy on each split; NaN if diverged.
        peak_memory: bytes, all of its processes together.
        flops_asked: operations that the whole grid holds, if known.
        flops_done: operations that were carried out, if known.
        how: what ran how, in kerascnn's words.
    """

    startup_seconds: float
    seconds_per_fit: float
    scores: Sequence[Sequence[float]]
    peak_memory: int
    flops_asked: float | None = None
    flops_done: float | None = None
    how: str = ""


def write(record: Job | Answer, path: Path) -> None:
    """Write a job or an answer."""
    path.write_text(json.dumps(asdict(record)), encoding="utf-8")


def read_job(path: str) -> Job:
    """Read the job that `write` wrote."""
    record = json.loads(Path(path).read_text(encoding="utf-8"))
    peers = tuple(Contender(**peer) for peer in record["case"].pop("peers"))
    case = Case(peers=peers, **record.pop("case"))
    return Job(case=case, contender=Contender(**record.pop("contender")), **record)


def read_answer(path: Path) -> Answer:
    """Read the answer that `write` wrote."""
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Answer(**record)


def seconds_since_launch(job: Job) -> float:
    """Return how long ago the process was started."""
    return time.time() - job.launched


def peak_memory() -> int:
    """Return the most memory that this process has held so far, in bytes."""
    return BYTES_PER_MAXRSS * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
