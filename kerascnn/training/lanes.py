"""Training lanes: one after another in the compiled networks of a few threads."""

import time
import traceback
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from kerascnn.training.callbacks import LaneCallbacks
from kerascnn.training.compiled import CompiledNetwork
from kerascnn.training.executor import MainThreadExecutor
from kerascnn.training.graph_checks import NotCompilable
from kerascnn.training.lane import Lane, LaneCheckpoint, LaneReport, RunningLane
from kerascnn.training.network_pool import NetworkPool
from kerascnn.training.queue import LaneQueue, LanesInOrder
from kerascnn.training.seeding import one_thread_at_a_time

SECONDS_BETWEEN_CHECKPOINTS = 30

OnReport = Callable[[LaneReport], None]
OnCheckpoint = Callable[[Any, LaneCheckpoint], None]
OnRefusal = Callable[[Any, str], None]


def train_lanes(
    lanes: Sequence[Lane],
    pool: NetworkPool,
    *,
    threads: int,
    in_order: bool = False,
    on_report: OnReport,
    on_checkpoint: OnCheckpoint | None = None,
    on_refusal: OnRefusal | None = None,
) -> None:
    """Train lanes, each as its separate `fit` would; call back in the calling thread.

    Callers in several threads take turns, as do fits by Keras, see `kerascnn.training.seeding`.

    Args:
        lanes: in any order.
        pool: where compiled networks come from and go to.
        threads: how many lanes train at a time.
        in_order: True trains one lane after another, in the order given.
        on_report: called with each `LaneReport`, while the lane waits. What it does to the
            network has no influence on the lane.
        on_checkpoint: called twice a minute for each lane under way with its tag, and at the end of
            one that `keeps_end`.
        on_refusal: called with the tag of each lane whose network cannot be compiled, and why;
            None raises NotCompilable.
    """
    queue = LanesInOrder(lanes) if in_order else LaneQueue(lanes)
    training = _Training(queue, pool, on_report, on_checkpoint, on_refusal)
    with one_thread_at_a_time():
        training.executor.run(training.work, 1 if in_order else min(threads, len(lanes)))


class _Training:
    """One call of `train_lanes`; `work` runs in each thread."""

    def __init__(
        self,
        queue: LaneQueue | LanesInOrder,
        pool: NetworkPool,
        on_report: OnReport,
        on_checkpoint: OnCheckpoint | None,
        on_refusal: OnRefusal | None,
    ) -> None:
        self.executor = MainThreadExecutor()
        self._queue = queue
        self._pool = pool
        self._on_report = on_report
        self._on_checkpoint = on_checkpoint
        self._on_refusal = on_refusal
        # Tracing another lane's copy of the same network would fail likewise.
        self._refused: dict[Hashable, NotCompilable] = {}

    def work(self) -> None:
        """Train lane after lane, as many as possible in one network before the next."""
        while (lane := self._queue.take()) is not None:
            key, network = lane.network, None
            while lane is not None:
                network = network or self.executor.submit(partial(self._network_for, lane))
                if network is not None and not self._train(lane, network):
                    network = None
                lane = self._queue.take_more(key)
            if network is not None:
                self._pool.give_back(key, network)

    def _network_for(self, lane: Lane) -> CompiledNetwork | None:
        """Return a compiled network; refuse the lane and return None if there can be none."""
        try:
            if lane.network not in self._refused:
                return self._pool.take(lane.network, lane.compile)
        except NotCompilable as reason:
            self._refused[lane.network] = reason
        except Exception as error:  # Keras's own fit may manage, or fail as it would alone
            self._refused[lane.network] = NotCompilable(f"its step cannot be traced: {error}")
        self._refuse(lane, self._refused[lane.network])
        return None

    def _refuse(self, lane: Lane, reason: NotCompilable) -> None:
        if self._on_refusal is None:
            raise reason
        self._on_refusal(lane.tag, str(reason))

    def _train(self, lane: Lane, network: CompiledNetwork) -> bool:
        """Train one lane to its end; return whether the network can serve others.

        What an exception ends scores as a failed fit.
        """
        prepared = self.executor.submit(lane.prepare)
        running = RunningLane(lane, network, prepared)
        try:
            self._train_epochs(running)
        except NotCompilable as reason:
            self.executor.submit(partial(self._refuse, lane, reason))
            return False
        except Exception as error:
            report = running.report((error, traceback.format_exc()))
            self.executor.submit(partial(self._on_report, report))
        return True

    def _train_epochs(self, running: RunningLane) -> None:
        lane, network, prepared = running.lane, running.network, running.prepared
        network.begin(prepared.start)
        if prepared.checkpoint is not None:
            running.resume(prepared.checkpoint)
            network.restore(prepared.checkpoint.arrays)
        callbacks = LaneCallbacks(prepared.callbacks, network, lane, self.executor)
        callbacks.on_train_begin()
        last_checkpoint = time.perf_counter()
        while running.epoch < lane.epochs:
            callbacks.on_epoch_begin(running.epoch)
            logs = running.train_epoch()
            logs = callbacks.on_epoch_end(running.epoch - 1, logs)
            running.record(logs)
            if running.diverged or network.model.stop_training:
                break
            if running.epoch in lane.report_epochs[:-1]:
                self._report_on_the_way(running)
            if self._checkpoint_is_due(last_checkpoint) and not callbacks:
                self._keep(running)
                last_checkpoint = time.perf_counter()
        if lane.keeps_end and not running.diverged:
            self._keep(running)
        network.finish()
        callbacks.on_train_end(logs)
        self.executor.submit(partial(self._on_report, running.report()))

    def _report_on_the_way(self, running: RunningLane) -> None:
        """Report as if the lane ended here, then let it continue from where it was."""
        network, values = running.network, running.network.snapshot()
        network.finish()
        report, running.reported = running.report(), running.epoch
        self.executor.submit(partial(self._on_report, report))
        network.restore(values)

    def _checkpoint_is_due(self, last: float) -> bool:
        due = time.perf_counter() - last > SECONDS_BETWEEN_CHECKPOINTS
        return due and self._on_checkpoint is not None

    def _keep(self, running: RunningLane) -> None:
        assert self._on_checkpoint is not None  # or none is due
        checkpoint = running.checkpoint()
        self.executor.submit(partial(self._on_checkpoint, running.lane.tag, checkpoint))
