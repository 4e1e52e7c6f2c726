"""Lanes of the smallest networks, many at a time in one stacked model."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from functools import partial

from kerascnn import fusion
from kerascnn.estimators.division import held_out_by
from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.search import forecast, scoring
from kerascnn.search.engines import lanes
from kerascnn.search.engines.base import Engine, Refusals
from kerascnn.search.fits import Finished, Fit
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Training


class StacksEngine(Engine):
    """Trains lanes of one topology together; equal to separate fits but for rounding."""

    name = "stacks"
    phrase = "stacked"
    exact = False
    continues = True

    def refusal(self, training: Training) -> str | None:
        """Return why a training cannot be stacked; None if it can."""
        if not training.candidate.mergeable:
            return "callbacks need a fit of their own"
        if held_out := held_out_by(training.candidate.settings):
            return f"{held_out} needs a fit of its own"
        flops = training.record.flops_per_sample * training.setting("batch_size")
        if flops > fusion.FLOPS_WORTH_STACKING:
            return "its steps keep a core busy"
        record = training.record
        reason = lanes.refusal(training, self.context.task)
        return reason or record.compiled_refusal or record.stack_refusal

    def groups(self, trainings: Sequence[Training]) -> list[list[Training]]:
        """Return the trainings by topology and order of batches; each group shares one trace."""
        groups: dict[Hashable, list[Training]] = defaultdict(list)
        for training in trainings:
            groups[training.record.topology, training.setting("shuffle")].append(training)
        return list(groups.values())

    def layout(self, trainings: Sequence[Training]) -> str:
        """Return how many lanes are stacked in how many threads."""
        sizes = self._sizes(trainings)
        parts = [
            f"{lanes} lanes × {self.context.threads} threads"
            + (f" in batches of {batch_size}" if len(sizes) > 1 else "")
            for batch_size, lanes in sizes.items()
        ]
        return ", ".join(parts)

    def side_by_side(self, trainings: Sequence[Training]) -> int:
        """Return how many lanes are trained at a time, in all stacks."""
        lanes = max(self._sizes(trainings).values())
        return min(lanes * self.context.threads, len(trainings))

    def seconds(self, trainings: Sequence[Training]) -> float:
        """Return how many seconds a stack's lanes are expected to take."""
        return forecast.stacked_seconds(trainings, self.context.threads)

    def memory(self, trainings: Sequence[Training]) -> float:
        """Return how many bytes of memory are expected to be needed."""
        lanes = max(self._sizes(trainings).values())
        return forecast.stacked_bytes(trainings, lanes, self.context.threads)

    def run(self, trainings: Sequence[Training], finished: Finished, store: NullStore) -> Refusals:
        """Train all lanes of a group, and hand the outcome of each fit to `finished`."""
        first = self._read(trainings[0])
        outcomes = lanes.LaneOutcomes(self.context.task, finished)
        fusion.train_lanes(
            [self._lane(training, store) for training in trainings],
            first.images(self.context.task.X),
            first.encode(self.context.task.y),
            shuffle=trainings[0].setting("shuffle"),
            want_train_outputs=self.context.task.return_train_score,
            threads=self.context.threads,
            stacks=self.context.stacks,
            on_report=partial(self._take, outcomes, store),
            on_state=partial(lanes.keep, store, self.name),
        )
        return Refusals()

    def _sizes(self, trainings: Sequence[Training]) -> dict[int, int]:
        """Return how many lanes are stacked, by their batch size."""
        counts = Counter(int(training.setting("batch_size")) for training in trainings)
        model, threads = self._read(trainings[0]).model_, self.context.threads
        return {
            batch_size: fusion.chunk_size(model, batch_size, n_lanes, threads)[0]
            for batch_size, n_lanes in sorted(counts.items())
        }

    def _read(self, training: Training) -> CNNEstimator:
        return self.context.read(training)

    def _lane(self, training: Training, store: NullStore) -> fusion.Lane:
        fit = training.longest
        return fusion.Lane(
            model=lambda: self._read(training).model_,
            train=fit.train,
            test=fit.test,
            epochs=max(training.fits),
            batch_size=int(training.setting("batch_size")),
            seed=int(training.setting("random_state")),
            report_epochs=tuple(training.fits),
            learning_rate=next(iter(lanes.rates_set_after_building(training)), None),
            sample_weight=lanes.training_weights(training, self.context.task, fit.train),
            state=lanes.checkpoint(training, store, self.name),
            tag=training,
        )

    def _take(
        self, outcomes: lanes.LaneOutcomes, store: NullStore, report: fusion.LaneReport
    ) -> None:
        """Keep where a lane ended, if it may go on, and score the fits that a report completes."""
        training = report.tag
        trained = scoring.Trained(report.epoch, report.seconds, report.history)
        if report.diverged:
            outcomes.diverged(training, trained)
        else:
            if self.goes_on(training):
                lanes.keep(store, self.name, training, report.checkpoint())
            fits = training.fits[report.epoch]
            outcomes.succeeded(fits, partial(self._fitted, report), trained)

    def _fitted(self, report: fusion.LaneReport, fit: Fit) -> CNNEstimator:
        """Return the fitted estimator; one that only predicts uses the outputs at hand."""
        training, task = report.tag, self.context.task
        read = self._read(training)
        estimator = scoring.fitted_estimator(task, fit, read)
        if not lanes.sees_predictions_only(training, task):
            return self._own_network(report, read, estimator)
        known = [(fit.test, report.test_outputs), (fit.train, report.train_outputs)]
        return scoring.with_outputs(estimator, known, partial(self._own_network, report, read))

    def _own_network(
        self, report: fusion.LaneReport, read: CNNEstimator, estimator: CNNEstimator
    ) -> CNNEstimator:
        """Give a estimator a network of its own with the lane's weights."""
        return estimator.initialize_like(read).adopt(report.weights, report.history)
