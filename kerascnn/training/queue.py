"""Lanes that have not started: who takes which, so that few networks are compiled twice."""

import threading
from collections import deque
from collections.abc import Hashable, Sequence

from kerascnn.training.lane import Lane


class LaneQueue:
    """Lanes by the network they train in, the most work first.

    Args:
        lanes: all of them.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lock = threading.Lock()
        self._started: set[Hashable] = set()
        self._lanes: dict[Hashable, deque[Lane]] = {}
        for lane in sorted(lanes, key=lambda lane: -lane.work):
            self._lanes.setdefault(lane.network, deque()).append(lane)

    def take(self) -> Lane | None:
        """Take a lane of the network with the most work: one that no thread has, if possible."""
        with self._lock:
            waiting = [key for key, lanes in self._lanes.items() if lanes]
            if not waiting:
                return None
            free = [key for key in waiting if key not in self._started]
            key = max(free or waiting, key=lambda key: sum(lane.work for lane in self._lanes[key]))
            self._started.add(key)
            return self._lanes[key].popleft()

    def take_more(self, network: Hashable) -> Lane | None:
        """Take a lane that trains in this network, if there is one."""
        with self._lock:
            lanes = self._lanes[network]
            return lanes.popleft() if lanes else None


class LanesInOrder:
    """Lanes for one thread, which takes them in the order given.

    Args:
        lanes: all of them.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = deque(lanes)

    def take(self) -> Lane | None:
        """Take the next lane."""
        return self._lanes.popleft() if self._lanes else None

    def take_more(self, network: Hashable) -> Lane | None:
        """Take the next lane if it trains in this network."""
        return self.take() if self._lanes and self._lanes[0].network == network else None
