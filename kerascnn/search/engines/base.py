"""The interface of engines: they refuse trainings or run them, and forecast time and memory."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.estimators.routes import has_callbacks
from kerascnn.estimators.trained_part import TrainedPart
from kerascnn.fusion.stack import StackedModel
from kerascnn.search.engines.shared_arrays import SharedArrays
from kerascnn.search.fits import Finished, SearchTask
from kerascnn.search.networks import Networks
from kerascnn.search.store import NullStore
from kerascnn.search.trainings import Training


@dataclass(frozen=True)
class SearchContext:
    """What the engines of a search share.

    Attributes:
        task: what all fits share.
        networks: the networks that the fits need.
        samples: all samples as tensors.
        n_jobs: worker processes asked for; None for one per core.
        threads: lanes that train at a time.
        continues: whether trainings may go on for more epochs in a later rung: engines that can
            keep in the store where they end.
        stacks: the last compiled stack, by its topology.
        scheduler: of a cluster, for an engine that uses one: an address, a client, or None.
    """

    task: SearchTask
    networks: Networks
    samples: SharedArrays
    n_jobs: int | None
    threads: int
    continues: bool = False
    stacks: dict[Any, StackedModel] = field(default_factory=dict)
    scheduler: Any = None

    def read(self, training: Training) -> CNNEstimator:
        """Return a training's estimator with its network, built and never trained; only to read."""
        return self.networks.of(training.estimator, training.candidate.network)

    def part(self, training: Training, own: CNNEstimator | None = None) -> TrainedPart:
        """Return the part of a network that a training steps through.

        Args:
            training: the training.
            own: initialized, whose network it is a part of; None for `read`'s.
        """
        owner = own or self.read(training)
        if has_callbacks(training.candidate.settings):
            return TrainedPart(owner.model_)
        return owner.trained_part(self.task.n_samples)


class Refusals(dict[str, list[Training]]):
    """Trainings that an engine could not run after all, by the reason."""

    def add(self, training: Training, reason: str) -> None:
        """Note a training."""
        self.setdefault(reason, []).append(training)


class Engine(ABC):
    """One way to run trainings.

    Args:
        context: what the engines of the search share.

    Attributes:
        name: as users name it.
        phrase: how the plan says that fits run so.
        exact: whether its numbers are those of separate fits to the last bit.
        continues: whether a training can go on from where one for fewer epochs ended.
    """

    name: str
    phrase: str
    exact: bool = True
    continues: bool = False

    def __init__(self, context: SearchContext) -> None:
        self.context = context

    def refusal(self, training: Training) -> str | None:
        """Return why a training cannot run so, in one sentence; None if it can."""
        return None

    def goes_on(self, training: Training) -> bool:
        """Return whether a training goes on from where one for fewer epochs ended, if any did."""
        return self.continues and self.context.continues and training.candidate.passes_through

    def groups(self, trainings: Sequence[Training]) -> list[list[Training]]:
        """Return the trainings in groups that run one after another."""
        return [list(trainings)] if trainings else []

    @abstractmethod
    def layout(self, trainings: Sequence[Training]) -> str:
        """Return how a group of trainings runs, in a few words."""

    def side_by_side(self, trainings: Sequence[Training]) -> int:
        """Return how many trainings of a group are under way at a time."""
        return 1

    @abstractmethod
    def seconds(self, trainings: Sequence[Training]) -> float:
        """Return how many seconds a group is expected to take, within a factor of two."""

    @abstractmethod
    def memory(self, trainings: Sequence[Training]) -> float:
        """Return how many bytes of memory all processes are expected to need for a group."""

    @abstractmethod
    def run(self, trainings: Sequence[Training], finished: Finished, store: NullStore) -> Refusals:
        """Run a group; hand the outcome of each fit to `finished` as it comes.

        Returns:
            Those that turned out to need another engine.
        """
