"""One contender on one case: a fresh process, from its launch to its exit."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import jobs
from benchmarks.cases import OWN, Case, Contender
from benchmarks.data import UNAVAILABLE
from benchmarks.jobs import Answer, Job

ROOT = Path(__file__).parent.parent
SETTINGS = (
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "KERAS_BACKEND",
)
LINES_OF_AN_ERROR = 15


@dataclass(frozen=True)
class Measurement:
    """What was measured of one contender on one case.

    Attributes:
        case: the case.
        contender: who ran it.
        wall_seconds: from the launch of the process to its exit.
        answer: what the process said.
    """

    case: Case
    contender: Contender
    wall_seconds: float
    answer: Answer

    @property
    def fits_run(self) -> int:
        """The number of fits that were run."""
        return self.case.n_fits if self.contender.kind == OWN else self.case.n_sampled_fits

    @property
    def whole_seconds(self) -> float:
        """Seconds for the whole grid: measured for kerascnn, extrapolated for its peers."""
        if self.contender.kind == OWN:
            return self.wall_seconds
        answer = self.answer
        return extrapolate(answer.startup_seconds, answer.seconds_per_fit, self.case.n_fits)


def extrapolate(startup_seconds: float, seconds_per_fit: float, n_fits: int) -> float:
    """Return what a whole grid takes, from its start-up and the mean of some of its fits."""
    return startup_seconds + seconds_per_fit * n_fits


class Unavailable(Exception):  # noqa: N818  (no error: the case is left out)
    """A data set cannot be had."""


def prepare(case: Case, folder: Path) -> Path:
    """Write the case's data into a folder, once, and return the file.

    Raises:
        Unavailable: if the data set cannot be had.
    """
    path = folder / f"{case.dataset}-{case.n_samples or 'all'}.npz"
    if not path.exists():
        module = ["benchmarks.data", case.dataset, str(case.n_samples or 0), str(path)]
        finished = _python(*module, environment=environment(False))
        if finished.returncode == UNAVAILABLE:
            raise Unavailable(finished.stderr.strip())
        _check(finished)
    return path


def measure(case: Case, contender: Contender, data: Path) -> Measurement:
    """Run one contender on one case and return what was measured.

    Raises:
        RuntimeError: if the process fails.
    """
    module = "benchmarks.own" if contender.kind == OWN else "benchmarks.peers"
    with tempfile.TemporaryDirectory() as folder:
        job_file, answer_file = Path(folder) / "job.json", Path(folder) / "answer.json"
        settings = environment(contender.onednn)
        start = time.perf_counter()
        jobs.write(Job(case, contender, str(data), time.time()), job_file)
        _check(_python(module, str(job_file), str(answer_file), environment=settings))
        wall_seconds = time.perf_counter() - start
        return Measurement(case, contender, wall_seconds, jobs.read_answer(answer_file))


def environment(onednn: bool) -> dict[str, str]:
    """Return this process's environment without settings for TensorFlow, or with oneDNN's."""
    plain = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {
        **plain,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **({"TF_ENABLE_ONEDNN_OPTS": "1"} if onednn else {}),
    }


def _python(*module: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _check(finished: subprocess.CompletedProcess[str]) -> None:
    if finished.returncode:
        last = "\n".join(finished.stderr.splitlines()[-LINES_OF_AN_ERROR:])
        raise RuntimeError(f"{' '.join(finished.args[1:3])} failed:\n{last}")
