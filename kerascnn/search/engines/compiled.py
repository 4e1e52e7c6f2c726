"""Lanes in compiled networks: Keras's own training steps, an epoch a call, on every core."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial

import numpy as np
import tensorflow as tf
from sklearn.base import clone

from kerascnn.estimators.division import held_out_by
from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.identity import global_settings
from kerascnn.search import forecast, scoring
from kerascnn.search.engines import lanes
from kerascnn.search.engines.base import Engine, Refusals, SearchContext
from kerascnn.search.engines.compiled_reports import CompiledReports
from kerascnn.search.fits import Finished
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Training
from kerascnn.training import callbacks
from kerascnn.training.compiled import CompiledNetwork, Data, Start
from kerascnn.training.lane import Lane, LaneReport, Preparation
from kerascnn.training.lanes import train_lanes
from kerascnn.training.network_pool import POOL
from kerascnn.training.variables import state_variables

NO_ROWS = np.zeros(0, np.int32)
NOTHING_KEPT = NullStore()


class CompiledEngine(Engine):
    """Trains one lane after another in each of a few threads."""

    name = "compiled"
    phrase = "compiled"
    continues = True

    def __init__(self, context: SearchContext) -> None:
        super().__init__(context)
        self._arrays = context.samples

    def refusal(self, training: Training) -> str | None:
        """Return why a training cannot be compiled; None if it can."""
        task = self.context.task
        reason = lanes.refusal(training, task) or training.record.compiled_refusal
        if reason is not None:
            return reason
        held_out = held_out_by(training.candidate.settings)
        if held_out and self._is_weighted(training):
            return f"the samples held out by {held_out} are weighted as well"
        return next(filter(None, map(callbacks.refusal, training.candidate.callbacks)), None)

    def groups(self, trainings: Sequence[Training]) -> list[list[Training]]:
        """Return the trainings that may run side by side, and those that must run in order."""
        shared = [training for training in trainings if training.candidate.shared]
        free = [training for training in trainings if not training.candidate.shared]
        return [group for group in (free, shared) if group]

    def layout(self, trainings: Sequence[Training]) -> str:
        """Return how many networks are compiled, and for how many threads."""
        n_networks = len({training.record.structure for training in trainings})
        threads = self.side_by_side(trainings)
        networks = f"{n_networks} network{'s' if n_networks > 1 else ''}"
        return f"{networks} on {threads} thread{'s' if threads > 1 else ''}"

    def side_by_side(self, trainings: Sequence[Training]) -> int:
        """Return how many lanes are trained at a time."""
        return 1 if _in_order(trainings) else min(self.context.threads, len(trainings))

    def seconds(self, trainings: Sequence[Training]) -> float:
        """Return how many seconds the lanes are expected to take."""
        return forecast.compiled_seconds(trainings, self.context.threads)

    def memory(self, trainings: Sequence[Training]) -> float:
        """Return how many bytes of memory are expected to be needed."""
        return forecast.compiled_bytes(trainings, self.context.threads)

    def run(self, trainings: Sequence[Training], finished: Finished, store: NullStore) -> Refusals:
        """Train all lanes, and hand the outcome of each fit to `finished` as it comes."""
        refusals = Refusals()
        reports = CompiledReports(self.context, self._arrays, finished)
        train_lanes(
            [self._lane(training, store) for training in trainings],
            POOL,
            threads=self.context.threads,
            in_order=_in_order(trainings),
            on_report=reports.take,
            on_checkpoint=partial(lanes.keep, store, self.name),
            on_refusal=refusals.add,
        )
        return refusals

    def refit(self, training: Training, rows: np.ndarray) -> CNNEstimator:
        """Return the training's estimator fitted on `rows`, as its `fit` would leave it.

        Raises:
            DivergenceError: if the loss of an epoch is not finite.
            NotCompilable: if the network turns out to need another engine.
            Exception: what else `fit` would raise.
        """
        read = self._read(training)
        report, state = self._train_alone(training, rows)
        if report.error is not None:
            raise report.error[0]
        if report.diverged:
            trained = scoring.Trained(report.epoch, report.seconds, report.history)
            raise scoring.divergence(training, trained)
        fitted: CNNEstimator = report.owner  # with the callbacks that ran
        fitted.initialize_like(read)
        whole = self.context.part(training).whole_state(read.model_, state)
        return fitted.adopt_state(whole, report.history)

    def _train_alone(
        self, training: Training, rows: np.ndarray
    ) -> tuple[LaneReport, list[np.ndarray]]:
        kept: list[tuple[LaneReport, list[np.ndarray]]] = []

        def keep(report: LaneReport) -> None:
            kept.append((report, report.network.state() if report.network else []))

        train_lanes([self._lane_on(training, rows, NO_ROWS)], POOL, threads=1, on_report=keep)
        return kept[-1]

    def _lane(self, training: Training, store: NullStore) -> Lane:
        fit = training.longest
        return self._lane_on(training, fit.train, fit.test, store, self.goes_on(training))

    def _lane_on(
        self,
        training: Training,
        train: np.ndarray,
        test: np.ndarray,
        store: NullStore = NOTHING_KEPT,
        keeps_end: bool = False,
    ) -> Lane:
        epochs = max(training.fits)
        data = partial(self._data, training, train)
        if held_out_by(training.candidate.settings):
            first, second = training.division(self.context.task, train)
            train, test = train[first], train[second]
        return Lane(
            network=self._network_key(training),
            compile=partial(self._compile, training, data),
            prepare=partial(self._prepare, training, data, store),
            train=train.astype(np.int32),
            test=test.astype(np.int32),
            epochs=epochs,
            batch_size=int(training.setting("batch_size")),
            seed=int(training.setting("random_state")),
            report_epochs=tuple(training.fits),
            shuffle=bool(training.setting("shuffle")),
            keeps_end=keeps_end,
            work=forecast.work(training),
            tag=training,
        )

    def _read(self, training: Training) -> CNNEstimator:
        return self.context.read(training)

    def _network_key(self, training: Training) -> Hashable:
        """Return what trainings must have in common to run in one compiled network.

        The network decides how targets are encoded.
        """
        part = self.context.part(training)
        inputs = self._arrays.inputs(self._read(training), part)
        return (
            training.record.structure,
            part.frozen is None,
            (inputs.dtype.name, *inputs.shape[1:]),
            self._is_weighted(training),
            repr(global_settings()),
        )

    def _compile(self, training: Training, data: Callable[[], Data]) -> CompiledNetwork:
        own = self.context.networks.build(training.estimator)
        return CompiledNetwork(self.context.part(training, own).model, data(), own.seed_)

    def _prepare(
        self, training: Training, data: Callable[[], Data], store: NullStore
    ) -> Preparation:
        model = self.context.part(training).model
        values = [variable.numpy() for variable in state_variables(model)]
        start = Start(values, lanes.rates_set_after_building(training), training.record.strengths)
        owner = clone(training.estimator)
        made = [] if training.candidate.mergeable else owner.made_callbacks()
        checkpoint = lanes.checkpoint(training, store, self.name)
        return Preparation(start, data(), made, owner, checkpoint)

    def _data(self, training: Training, rows: np.ndarray) -> Data:
        """Return all samples, with the weights of those that the training may use."""
        read, weights = self._read(training), self._sample_weight(training, rows)
        weights = None if weights is None else tf.constant(read.loss_weights(weights))
        inputs = self._arrays.inputs(read, self.context.part(training))
        return Data(inputs, self._arrays.targets(read), weights)

    def _is_weighted(self, training: Training) -> bool:
        given = self.context.task.fit_params.get("sample_weight")
        return given is not None or training.candidate.settings.get("class_weight") is not None

    def _sample_weight(self, training: Training, rows: np.ndarray) -> np.ndarray | None:
        """Return the weights of all samples, those outside `rows` 0; None if none are given."""
        task = self.context.task
        weights = lanes.training_weights(training, task, rows)
        if weights is None:
            return None
        spread = np.zeros(task.n_samples, np.float32)
        spread[rows] = weights
        return spread


def _in_order(trainings: Sequence[Training]) -> bool:
    return any(training.candidate.shared for training in trainings)
