"""How the fits of a search will run: which engine takes which, why, and what is expected."""

from collections.abc import Sequence
from dataclasses import dataclass

from kerascnn import runtime
from kerascnn.search import forecast, fused, processes, serial
from kerascnn.search.fits import Finished, Fit, SearchTask
from kerascnn.search.store import NoStore
from kerascnn.search.trainings import Networks, Training, chunk_sizes, gather

# Below this many fits, starting worker processes costs more than it gains.
FEW_FITS = 5


@dataclass(frozen=True)
class Share:
    """The trainings that one engine takes in one go, and why.

    Attributes:
        engine: "fused", "processes" or "serial".
        trainings: of one topology if fused.
        why: what the report says about it.
    """

    engine: str
    trainings: Sequence[Training]
    why: str

    @property
    def fits(self) -> list[Fit]:
        """The share's fits, in scikit-learn's order."""
        fits = [f for training in self.trainings for same in training.fits.values() for f in same]
        return sorted(fits, key=lambda fit: (fit.candidate, fit.split))


@dataclass(frozen=True)
class Plan:
    """All fits of a search and the engines that run them.

    Attributes:
        task: what the fits share.
        fits: every candidate on every split, in scikit-learn's order.
        shares: who runs what.
        networks: the networks that the fits need.
        n_jobs: worker processes asked for; None for one per core.
    """

    task: SearchTask
    fits: Sequence[Fit]
    shares: Sequence[Share]
    networks: Networks
    n_jobs: int | None = None

    @property
    def n_candidates(self) -> int:
        """The number of candidates."""
        return 1 + max(fit.candidate for fit in self.fits)

    @property
    def n_splits(self) -> int:
        """The number of splits."""
        return 1 + max(fit.split for fit in self.fits)

    def seconds(self) -> float:
        """Return how many seconds all fits are expected to take, within a factor of two."""
        return sum(self._seconds(share) for share in self.shares)

    def memory(self) -> float:
        """Return how many bytes of memory all processes together are expected to need."""
        return max(self._memory(share) for share in self.shares)

    def describe(self) -> str:
        """Return what runs how and why, one line per engine and reason."""
        return "\n".join(
            f"{len(self.fits)} fits: {len(share.fits)} {NAMES[share.engine]}, {share.why}"
            for share in self.shares
        )

    def announcement(self) -> str:
        """Return how many fits there are, what time and memory they take, and how they run."""
        sizes = f"{self.n_candidates} candidates × {self.n_splits} folds = {len(self.fits)} fits"
        needs = f"about {forecast.duration(self.seconds())} and {self.memory() / 1e9:.1f} GB"
        return f"{sizes}, {needs} of memory\n{self.describe()}"

    def run(self, fits: Sequence[Fit], finished: Finished, store: NoStore) -> None:
        """Run those of the plan's fits that are still missing."""
        missing = {(fit.candidate, fit.split) for fit in fits}
        for share in self.shares:
            left = [fit for fit in share.fits if (fit.candidate, fit.split) in missing]
            if not left:
                continue
            if share.engine == "fused":
                fused.run(self.task, gather(self.task, left), self.networks, finished, store)
            elif share.engine == "processes":
                processes.run(self.task, left, finished, self.n_jobs)
            else:
                serial.run(self.task, left, finished)

    def _seconds(self, share: Share) -> float:
        if share.engine == "fused":
            return forecast.fused_seconds(share.trainings, self.networks)
        if share.engine == "processes":
            workers = processes.worker_count(self.n_jobs)
            return forecast.processes_seconds(share.trainings, self.networks, workers)
        return forecast.serial_seconds(share.trainings, self.networks)

    def _memory(self, share: Share) -> float:
        if share.engine == "fused":
            threads = runtime.available_cores()
            return forecast.fused_bytes(share.trainings, self.networks, threads)
        workers = processes.worker_count(self.n_jobs) if share.engine == "processes" else 0
        return forecast.fit_bytes(share.trainings, self.networks, workers)


NAMES = {"fused": "fused", "processes": "in worker processes", "serial": "one after another"}


def make_plan(task: SearchTask, fits: Sequence[Fit], engine: str, n_jobs: int | None) -> Plan:
    """Return the plan for `fits`.

    Args:
        task: what the fits share.
        fits: every candidate on every split.
        engine: "auto" fuses what can be fused and leaves the rest to worker processes; "fused",
            "processes" and "serial" use that engine alone.
        n_jobs: worker processes; None for one per core.

    Raises:
        ValueError: if `engine` is "fused" and a fit cannot be fused.
    """
    trainings, networks = gather(task, fits), Networks(task)
    if engine in ("serial", "processes"):
        share = Share(engine, trainings, f"engine={engine!r}")
        return Plan(task, fits, [share], networks, n_jobs)
    stacks, refused = _sorted_out(trainings, networks)
    if refused and engine == "fused":
        reason, kept_out = next(iter(refused.items()))
        raise ValueError(
            f"engine='fused' cannot run {len(kept_out)} of {len(trainings)} trainings: {reason}; "
            "engine='auto' leaves them to worker processes"
        )
    shares = [Share("fused", stack, _layout(stack, networks)) for stack in stacks]
    shares += [_fall_back(kept_out, reason) for reason, kept_out in refused.items()]
    return Plan(task, fits, shares, networks, n_jobs)


def _sorted_out(
    trainings: Sequence[Training], networks: Networks
) -> tuple[list[list[Training]], dict[str, list[Training]]]:
    """Return trainings that can be fused by topology, and the others by the reason."""
    stacks: dict[object, list[Training]] = {}
    refused: dict[str, list[Training]] = {}
    for training in trainings:
        reason = networks.refusal(training)
        if reason is None:
            stacks.setdefault(networks.topology(training), []).append(training)
        else:
            refused.setdefault(reason, []).append(training)
    return list(stacks.values()), refused


def _layout(stack: Sequence[Training], networks: Networks) -> str:
    """Return how the lanes of one topology are laid out: "8 lanes × 2 threads", and why."""
    threads, parts = runtime.available_cores(), []
    sizes = chunk_sizes(stack, networks, threads)
    for batch_size, (lanes, why) in sizes.items():
        size = f"{lanes} lane{'s' if lanes > 1 else ''} × {threads} threads"
        batches = f" in batches of {batch_size}" if len(sizes) > 1 else ""
        parts.append(f"{size}{batches} ({why})")
    return ", ".join(parts)


def _fall_back(trainings: list[Training], reason: str) -> Share:
    n_fits = sum(len(fits) for training in trainings for fits in training.fits.values())
    engine = "serial" if n_fits < FEW_FITS else "processes"
    return Share(engine, trainings, f"not fused: {reason}")
