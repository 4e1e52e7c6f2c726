"""The choice of engines, with reasons: the one place that knows them by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from kerascnn.search.engines.base import Engine, SearchContext
from kerascnn.search.engines.compiled import CompiledEngine
from kerascnn.search.engines.dask import DaskEngine
from kerascnn.search.engines.processes import ProcessesEngine
from kerascnn.search.engines.serial import SerialEngine, fits_of
from kerascnn.search.engines.stacks import StacksEngine
from kerascnn.search.fits import Fit
from kerascnn.search.trainings import Training

# What each name stands for: the engines that are asked in turn.
ENGINES: dict[str, tuple[type[Engine], ...]] = {
    "auto": (StacksEngine, CompiledEngine, ProcessesEngine, SerialEngine),
    "fused": (StacksEngine, CompiledEngine),
    "compiled": (CompiledEngine,),
    "stacks": (StacksEngine,),
    "processes": (ProcessesEngine, SerialEngine),
    "dask": (DaskEngine, CompiledEngine, SerialEngine),
    "serial": (SerialEngine,),
}
# What leaves an estimator that is no CNN to scikit-learn.
FOR_ANY_ESTIMATOR = ("auto", "serial")
# Who is asked before compiled lanes here, if that is not stacks.
REFUSED_BY = {"dask": "not on the cluster"}
# Below this many fits, starting worker processes costs more than it gains.
FEW_FITS = 5
REASONS_SAID = 2

ByReason = dict[str, list[Training]]


@dataclass(frozen=True)
class Assignment:
    """Trainings that one engine runs in one go, and why.

    Attributes:
        engine: the engine.
        trainings: what it runs.
        why: why not an earlier one of those that were asked, or "".
    """

    engine: Engine
    trainings: Sequence[Training]
    why: str = ""

    @property
    def fits(self) -> list[Fit]:
        """The fits, in scikit-learn's order."""
        return fits_of(self.trainings)

    def describe(self) -> str:
        """Return how many fits run how, and why."""
        reason = f", {self.why}" if self.why else ""
        layout = self.engine.layout(self.trainings)
        return f"{len(self.fits)} {self.engine.phrase}, {layout}{reason}"


def assign(trainings: Sequence[Training], name: str, context: SearchContext) -> list[Assignment]:
    """Return who runs what.

    Args:
        trainings: all of a search.
        name: a key of `ENGINES`.
        context: what the engines share.

    Raises:
        ValueError: if none of the engines that `name` stands for takes a training.
    """
    left: ByReason = {"": list(trainings)}
    assignments: list[Assignment] = []
    for kind in ENGINES[name]:
        engine = kind(context)
        taken, left = _sorted_out(engine, left)
        assignments += _assignments(engine, taken, REFUSED_BY.get(name, "not stacked"))
    if left:
        raise ValueError(_none_takes(name, left, len(trainings)))
    return assignments


def may_compile(name: str) -> bool:
    """Return whether compiled lanes are among the engines that a name stands for."""
    return CompiledEngine in ENGINES[name]


def fall_back(trainings: Sequence[Training], reason: str, engine: Engine) -> list[Assignment]:
    """Return who runs trainings that an engine could not run after all."""
    here = _n_fits(trainings) < FEW_FITS or isinstance(engine, ProcessesEngine)
    processes, serial = ProcessesEngine(engine.context), SerialEngine(engine.context)
    groups: dict[Engine, list[Training]] = {}
    for training in trainings:
        stays = here or processes.refusal(training) is not None
        groups.setdefault(serial if stays else processes, []).append(training)
    return [Assignment(each, group, f"not compiled: {reason}") for each, group in groups.items()]


def _sorted_out(engine: Engine, left: ByReason) -> tuple[ByReason, ByReason]:
    """Return the trainings that an engine takes by the reason why earlier ones did not take them.

    And those that it refuses, by its own reason.
    """
    taken: ByReason = {}
    refused: ByReason = {}
    for earlier, waiting in left.items():
        for training in waiting:
            why = engine.refusal(training)
            if why is None:
                taken.setdefault(earlier, []).append(training)
            else:
                both = (
                    f"{earlier}; {why}" if earlier and isinstance(engine, ProcessesEngine) else why
                )
                refused.setdefault(both, []).append(training)
    return taken, refused


def _assignments(engine: Engine, taken: ByReason, refused: str) -> list[Assignment]:
    """Return an assignment per reason for Keras's own fits, else one per group of the engine.

    Args:
        engine: who takes them.
        taken: trainings by the reason why earlier engines did not.
        refused: how the plan says that lanes were not taken before they are compiled here.
    """
    if isinstance(engine, ProcessesEngine | SerialEngine):
        return [
            assignment
            for reason, waiting in taken.items()
            for assignment in _by_keras(engine, waiting, reason)
        ]
    reasons = [reason for reason in taken if reason]
    why = f"{refused}: {'; '.join(reasons[:REASONS_SAID])}" if reasons else ""
    trainings = [training for waiting in taken.values() for training in waiting]
    return [Assignment(engine, group, why) for group in engine.groups(trainings)]


def _n_fits(trainings: Sequence[Training]) -> int:
    return sum(training.n_fits for training in trainings)


def _by_keras(engine: Engine, waiting: list[Training], reason: str) -> list[Assignment]:
    if isinstance(engine, ProcessesEngine) and reason and _n_fits(waiting) < FEW_FITS:
        engine = SerialEngine(engine.context)
    return [Assignment(engine, waiting, f"not compiled: {reason}" if reason else "")]


def _none_takes(name: str, left: ByReason, n_trainings: int) -> str:
    reason, kept_out = next(iter(left.items()))
    return (
        f"engine={name!r} cannot run {len(kept_out)} of {n_trainings} trainings: {reason}; "
        "engine='auto' hands them to an engine that can"
    )
