"""The plan of a search that evaluates candidates in turns: one plan for each rung."""

from collections.abc import Sequence
from dataclasses import dataclass

from kerascnn.search.plan import Plan, PlanSummary
from kerascnn.utils.formatting import rough_duration_label


@dataclass(frozen=True)
class HalvingPlan:
    """The plans of a search's rungs.

    Which candidates survive a rung is not known before it is run: before that, plans of later
    rungs hold any of them, as many as there will be.

    Attributes:
        rungs: the plans, in their order.
        unit: what they are, for a reader.
    """

    rungs: Sequence[Plan]
    unit: str = "rungs"

    def seconds(self) -> float:
        """Return how many seconds all fits are expected to take, within a factor of two."""
        return sum(
            rung.seconds() * (1 - self._share_gone(number))
            for number, rung in enumerate(self.rungs)
        )

    def memory(self) -> float:
        """Return how many bytes of memory all processes together are expected to need."""
        return max(rung.memory() for rung in self.rungs)

    def describe(self) -> str:
        """Return what runs how and why, rung by rung."""
        lines = []
        for rung in self.rungs:
            lines += [rung.sizes(), rung.describe()]
            if going := going_on(rung):
                others = len(rung.fits) - going
                lines.append(
                    f"{going} fits go on from where they ended a rung before"
                    + (f", {others} start anew" if others else "")
                )
        return "\n".join(lines)

    def announcement(self) -> str:
        """Return what time and memory the fits take, and how they run."""
        needs = f"about {rough_duration_label(self.seconds())} and {self.memory() / 1e9:.1f} GB"
        return f"{len(self.rungs)} {self.unit}, {needs} of memory\n{self.describe()}"

    def summary(self) -> PlanSummary:
        """Return what can be kept of the plan after its run."""
        trainings = (each for rung in self.rungs for each in rung.summary().trainings)
        return PlanSummary(self.describe(), tuple(trainings))

    def _share_gone(self, number: int) -> float:
        """Return which part of a rung's work was done by the rung before."""
        rung = self.rungs[number]
        if not (going := going_on(rung)):
            return 0.0
        before, now = (each.rung.amount for each in (self.rungs[number - 1], rung) if each.rung)
        return before / now * going / len(rung.fits)


def going_on(rung: Plan) -> int:
    """Return how many fits of a rung go on from the rung before; none of a first one."""
    if rung.rung is None or rung.rung.number == 1:
        return 0
    return sum(
        training.n_fits
        for assignment in rung.assignments
        for training in assignment.trainings
        if assignment.engine.goes_on(training)
    )
