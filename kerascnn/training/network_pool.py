"""Compiled networks that no lane trains in now, kept for lanes and searches to come.

TensorFlow never gives back all the memory of a graph that it has run, and tracing takes time: a
network that is compiled once is used for as many trainings as there are.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from kerascnn.training.compiled import CompiledNetwork

NETWORKS_AT_MOST = 16
BYTES_AT_MOST = 64_000_000


class NetworkPool:
    """Idle compiled networks by key, those used last kept longest.

    Args:
        n_networks: how many are kept at most.
        n_bytes: how many bytes the variables of all that are kept may take.
    """

    def __init__(self, n_networks: int = NETWORKS_AT_MOST, n_bytes: int = BYTES_AT_MOST) -> None:
        self._n_networks = n_networks
        self._n_bytes = n_bytes
        self._lock = threading.Lock()
        self._idle: OrderedDict[tuple[Hashable, int], CompiledNetwork] = OrderedDict()

    def take(self, key: Hashable, compile: Callable[[], CompiledNetwork]) -> CompiledNetwork:
        """Return an idle network, or a new one that `compile` makes.

        Raises:
            NotCompilable: if `compile` does.
        """
        with self._lock:
            for held in reversed(self._idle):
                if held[0] == key:
                    return self._idle.pop(held)
        return compile()

    def give_back(self, key: Hashable, network: CompiledNetwork) -> None:
        """Keep a network, and let go of others if they are too many or too large."""
        with self._lock:
            self._idle[key, id(network)] = network
            while len(self._idle) > self._n_networks or self._size() > self._n_bytes:
                self._idle.popitem(last=False)

    def _size(self) -> int:
        return sum(network.n_bytes for network in self._idle.values())


# One for the process: searches that follow each other train in the same networks.
POOL = NetworkPool()
