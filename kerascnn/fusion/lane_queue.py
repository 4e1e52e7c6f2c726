"""The lanes that have not started: who takes which, so that all threads end together."""

import math
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from kerascnn.fusion.lanes import Lane


class LaneQueue:
    """The lanes that have not started, in groups that can share a chunk.

    Lanes of a chunk see equally many samples per step, so they have equally many training
    samples and the same batch size.

    Args:
        lanes: all of them, roughly in the order in which they are to start.
        sizes: how many lanes a chunk may hold, by batch size.
        threads: how many chunks train at a time.
    """

    def __init__(self, lanes: Sequence[Lane], sizes: Mapping[int, int], threads: int) -> None:
        self._sizes = sizes
        self._threads = threads
        self._not_started = threads
        self._lock = threading.Lock()
        groups: dict[tuple[int, int], list[Lane]] = {}
        for lane in lanes:
            groups.setdefault((len(lane.train), lane.batch_size), []).append(lane)
        self._groups = {
            key: deque(_dealt(group, sizes[key[1]], threads)) for key, group in groups.items()
        }

    def take(self) -> list[Lane]:
        """Take lanes for a new chunk: a fair share, so that all threads end together."""
        with self._lock:
            group = max(self._groups.values(), key=len)
            if not group:
                return []
            waiting = sum(map(len, self._groups.values()))
            share = math.ceil(waiting / (self._not_started or self._threads))
            self._not_started = max(self._not_started - 1, 0)
            return _taken(group, min(share, self.chunk_size(group[0])))

    def take_more(self, companion: Lane, at_most: int) -> list[Lane]:
        """Take lanes that can join a chunk in which `companion` trains."""
        with self._lock:
            return _taken(self._groups[len(companion.train), companion.batch_size], at_most)

    def chunk_size(self, lane: Lane) -> int:
        """Return how many lanes like this one a chunk may hold."""
        return self._sizes[lane.batch_size]


def _taken(group: deque[Lane], at_most: int) -> list[Lane]:
    """Remove the first lanes of a group, and return them."""
    return [group.popleft() for _ in range(min(at_most, len(group)))]


def _dealt(lanes: Sequence[Lane], size: int, threads: int) -> Iterator[Lane]:
    """Deal neighbours to different chunks: in a grid, they tend to diverge together."""
    at_once = size * threads
    for start in range(0, len(lanes), at_once):
        for thread in range(threads):
            yield from lanes[start + thread : start + at_once : threads]
