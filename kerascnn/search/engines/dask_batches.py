"""Batches of trainings for the workers of a cluster, and what becomes of those that are lost."""

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kerascnn.search.engines.serial import fits_of
from kerascnn.search.fits import Fit
from kerascnn.search.trainings import Training

# Batches become smaller towards the end, so that workers finish together.
BATCHES_PER_THREAD = 4
LANES_PER_THREAD = 32
# Of the states that come back with a batch.
BYTES_AT_MOST = 64e6
# As many deaths of its worker as make a fit a failed one.
DEATHS_AT_MOST = 3


@dataclass(frozen=True)
class Batch:
    """Trainings that one worker does in one go.

    Attributes:
        trainings: all of one network.
        deaths: how many workers died of them, perhaps.
    """

    trainings: Sequence[Training]
    deaths: int = 0

    def split(self) -> "list[Batch]":
        """Return batches for other workers after one has died, to find out which lane it was.

        They shrink to a single training before they have had as many deaths as they may have.
        """
        deaths, n = self.deaths + 1, len(self.trainings)
        size = 1 if deaths == DEATHS_AT_MOST - 1 else math.ceil(math.sqrt(n))
        parts = [self.trainings[start : start + size] for start in range(0, n, size)]
        return [Batch(part, deaths) for part in parts]


class BatchQueue:
    """Trainings that wait for a worker, by network, the most work first.

    Args:
        trainings: all of them.
        work: what a training costs, in any unit.
        state_bytes: how large the state is that a training comes back with, 0 if with none.
    """

    def __init__(
        self,
        trainings: Sequence[Training],
        work: Callable[[Training], float],
        state_bytes: Callable[[Training], int] = lambda training: 0,
    ) -> None:
        self._state_bytes = state_bytes
        self._again: deque[Batch] = deque()
        self._waiting: dict[str | None, deque[Training]] = {}
        for training in sorted(trainings, key=work, reverse=True):
            self._waiting.setdefault(training.record.structure, deque()).append(training)
        self._networks_of: dict[str, str | None] = {}

    def fits(self) -> dict[tuple[int, int], Fit]:
        """Return the fits that wait, by candidate and split."""
        waiting = [training for lanes in self._waiting.values() for training in lanes]
        return {(fit.candidate, fit.split): fit for fit in fits_of(waiting)}

    def __bool__(self) -> bool:
        return bool(self._again) or any(self._waiting.values())

    def returns_states(self, batch: Batch) -> bool:
        """Return whether a batch comes back with more than outcomes."""
        return any(map(self._state_bytes, batch.trainings))

    def put_back(self, batch: Batch) -> None:
        """Take a batch back that no worker has done."""
        self._again.append(batch)

    def take(self, worker: str, threads: int, all_threads: int) -> Batch | None:
        """Return a batch for a worker, if possible of the network that it has compiled.

        Args:
            worker: its address.
            threads: how many lanes it trains at a time.
            all_threads: how many all workers together do.
        """
        if self._again:
            return self._again.popleft()
        network = self._network_for(worker)
        if network is None:
            return None
        self._networks_of[worker] = network
        lanes, left = self._waiting[network], sum(map(len, self._waiting.values()))
        share = math.ceil(left / (BATCHES_PER_THREAD * all_threads))
        size = threads * min(share, LANES_PER_THREAD)
        if state_bytes := self._state_bytes(lanes[0]):
            size = min(size, max(threads, int(BYTES_AT_MOST / state_bytes)))
        return Batch([lanes.popleft() for _ in range(min(size, len(lanes)))])

    def _network_for(self, worker: str) -> str | None:
        """Return the network that a worker has, else one that no other has, else the largest."""
        waiting = {network: len(lanes) for network, lanes in self._waiting.items() if lanes}
        if not waiting:
            return None
        if self._networks_of.get(worker) in waiting:
            return self._networks_of[worker]
        taken = set(self._networks_of.values())
        free = [network for network in waiting if network not in taken]
        return max(free or waiting, key=lambda network: waiting[network])
