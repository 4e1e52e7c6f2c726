"""The plans of a search over a pipeline: those of a search over its CNN, for each transformer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sklearn.pipeline import Pipeline

from kerascnn.search.engines import SearchContext
from kerascnn.search.fits import Fit, enumerate_fits
from kerascnn.search.keys import FitKeys
from kerascnn.search.pipelines import Transformed, divided, same, splits_key, transformed
from kerascnn.search.plan import Plan, Rung
from kerascnn.search.planner import Group, Planner, group_of
from kerascnn.search.preparation import Preparation, Splits
from kerascnn.search.trainings import Candidate, make_candidates
from kerascnn.utils.formatting import plural

Settings = Mapping[str, Any]


@dataclass
class PipelineKeys:
    """Gives each fit the key that it has among those with the same transformers.

    Attributes:
        by_candidate: the keys by the candidates' numbers.
    """

    by_candidate: dict[int, FitKeys] = field(default_factory=dict)

    @property
    def why_none(self) -> str | None:
        """Why some fit has no key, if that is so."""
        return next((keys.why_none for keys in self.by_candidate.values() if keys.why_none), None)

    def __call__(self, fit: Fit) -> str | None:
        """Return a fit's key; None for one that cannot be told from others."""
        return self.by_candidate[fit.candidate](fit)

    def training(self, fit: Fit) -> str | None:
        """Return the key of a fit's training, whatever its number of epochs and its scorer."""
        return self.by_candidate[fit.candidate].training(fit)


class PipelinePlanner(Planner):
    """Makes the plans of a search over a pipeline that ends in a CNN.

    Transformers are fitted once for each split and each setting of theirs, when a plan is made;
    what they make of the samples is kept until the search ends.
    """

    def __init__(self, search: Any, prepared: Preparation, continues: bool = False) -> None:
        super().__init__(search, prepared, continues)
        self._keys = PipelineKeys()
        # With the transformers, so that none made later is taken for them.
        self._known: dict[Any, tuple[SearchContext, Transformed, Pipeline]] = {}

    def plan(
        self, settings: Sequence[Settings], splitter: Any = None, rung: Rung | None = None
    ) -> Plan:
        """Return the plan for every candidate on every split, see `Planner`.

        Raises:
            NotReachedError: if scikit-learn's own search is needed.
        """
        splits, first = self._prepared.splits(splitter), len(self._candidates)
        gathered: dict[Any, tuple[Pipeline, dict[int, Settings]]] = {}
        for number, setting in enumerate(settings, first):
            transformers, own = divided(self._prepared.task, setting)
            _, members = gathered.setdefault(same(transformers), (transformers, {}))
            members[number] = own
        groups = [
            self._group(transformers, members, splits)
            for transformers, members in gathered.values()
        ]
        found = {number: each for group in groups for number, each in group.candidates.items()}
        self._candidates = [*self._candidates, *(found[number] for number in sorted(found))]
        fits = [fit for group in groups for fit in group.fits]
        new = {number: group.keys for group in groups for number in group.candidates}
        self._keys = keys = PipelineKeys({**self._keys.by_candidate, **new})
        sizes = f"{plural(len(groups), 'setting')} × {plural(len(splits), 'split')}"
        plan = Plan(
            sorted(fits, key=lambda fit: (fit.candidate, fit.split)),
            self._candidates,
            [assignment for group in groups for assignment in group.assignments],
            self._context,
            keys,
            [f"transformers are fitted once for each of {sizes}", *self._notes(found, keys)],
            rung,
        )
        self.plans.append(plan)
        return plan

    def _group(self, transformers: Pipeline, members: dict[int, Settings], splits: Splits) -> Group:
        """Return the candidates with the same transformers, and who runs their fits."""
        context, made = self._behind(transformers, splits)
        candidates: dict[int, Candidate] = {}
        fits: list[Fit] = []
        for number, own in members.items():
            [candidates[number]] = make_candidates(context.task, [own], context.networks, number)
            fits += [
                replace(fit, scored=made.scored[fit.split])
                for fit in enumerate_fits([own], made.splits, number)
            ]
        return group_of(context, fits, candidates, self._engine)

    def _behind(self, transformers: Pipeline, splits: Splits) -> tuple[SearchContext, Transformed]:
        """Return the search over the CNN behind some transformers; the same one in later rungs."""
        key = (same(transformers), splits_key(splits))
        if key not in self._known:
            made = transformed(self._prepared.task, transformers, splits)
            self._known[key] = self._context_of(made.task, made.splits), made, transformers
        context, made, _ = self._known[key]
        return context, made
