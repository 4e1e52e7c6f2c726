"""Trials of an Optuna study, asked for and told in batches.

Akiba et al. (2019), "Optuna: a next-generation hyperparameter optimization framework", KDD.

Optuna is an extra: this module is imported when a search of it is planned or fitted.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

Distributions = Mapping[str, BaseDistribution]
LARGEST_SEED = 2**31 - 1


class StudyTrial(Protocol):
    """A trial, which becomes a candidate; `params` are what it sets."""

    params: Mapping[str, Any]

    def report(self, score: float, epochs: int) -> None:
        """Let the study know the score after so many epochs."""

    def is_pruned(self, epochs: int) -> bool:
        """Return whether the study gives the trial up after so many epochs."""

    def finish(self, score: float) -> None:
        """Let the study know the last score; NaN is a failure."""


class AskedTrial:
    """A trial that a study has just proposed."""

    def __init__(self, study: optuna.Study, trial: optuna.Trial) -> None:
        self.params: Mapping[str, Any] = trial.params
        self._study = study
        self._trial = trial

    def report(self, score: float, epochs: int) -> None:
        """Let the study know the score after so many epochs."""
        self._trial.report(score, epochs)

    def is_pruned(self, epochs: int) -> bool:
        """Return whether the study's pruner gives the trial up; if so, that is its end."""
        pruned = self._trial.should_prune()
        if pruned:
            self._study.tell(self._trial, state=TrialState.PRUNED)
        return pruned

    def finish(self, score: float) -> None:
        """Let the study know the last score; NaN is a failure."""
        _tell(self._study, self._trial.number, score)


class FoundTrial:
    """A trial that a study had already: it goes as far as it went, and is told once."""

    def __init__(self, study: optuna.Study, trial: FrozenTrial) -> None:
        self.params: Mapping[str, Any] = trial.params
        self._study = study
        self._trial = trial

    def report(self, score: float, epochs: int) -> None:
        """Do nothing: the study knows, or no longer asks."""

    def is_pruned(self, epochs: int) -> bool:
        """Return whether the trial was given up at this point."""
        last = self._trial.last_step
        return self._trial.state is TrialState.PRUNED and (last is None or last <= epochs)

    def finish(self, score: float) -> None:
        """Let the study know the last score of a trial that was cut short."""
        if self._trial.state is TrialState.RUNNING:
            _tell(self._study, self._trial.number, score)


def seeded_study(random_state: Any) -> optuna.Study:
    """Return a new study in memory, with Optuna's default sampler and pruner."""
    return _new_study(optuna.samplers.TPESampler(seed=_seed(random_state)))


def stand_in_study() -> optuna.Study:
    """Return a study that proposes anything and prunes nothing, to plan with."""
    return _new_study(optuna.samplers.RandomSampler(seed=0), optuna.pruners.NopPruner())


def batches(
    study: optuna.Study, distributions: Distributions, n_trials: int, size: int
) -> Iterator[list[StudyTrial]]:
    """Yield trials in batches: those that a study has, then new ones, each batch asked for at once.

    Args:
        study: the study.
        distributions: parameter name → distribution.
        n_trials: how many trials there are to be with those that the study has.
        size: of a batch.
    """
    found = found_trials(study)
    for first in range(0, len(found), size):
        yield [FoundTrial(study, trial) for trial in found[first : first + size]]
    for first in range(len(found), n_trials, size):
        n_asked = min(size, n_trials - first)
        yield [AskedTrial(study, study.ask(dict(distributions))) for _ in range(n_asked)]


def found_trials(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that have been proposed; those enqueued are still to be asked for."""
    return [trial for trial in study.trials if trial.params and trial.state != TrialState.WAITING]


def survivors(
    trials: Sequence[StudyTrial], scores: np.ndarray, epochs: int
) -> Sequence[StudyTrial]:
    """Report the scores of a rung; return the trials that are to go on.

    Args:
        trials: all that were in the rung.
        scores: theirs, (n_trials,), NaN for a failure.
        epochs: after how many.
    """
    left = []
    for trial, score in zip(trials, scores, strict=True):
        if np.isnan(score):
            trial.finish(score)
        else:
            trial.report(float(score), epochs)
            left.append(trial)
    return [trial for trial in left if not trial.is_pruned(epochs)]


def maximizes(study: optuna.Study) -> bool:
    """Return whether a study looks for the largest of one number."""
    return study.directions == [StudyDirection.MAXIMIZE]


def extremes(distribution: BaseDistribution) -> Sequence[Any]:
    """Return the choices of a distribution, or its smallest and its largest number."""
    if isinstance(distribution, optuna.distributions.CategoricalDistribution):
        return distribution.choices
    return [distribution.low, distribution.high]  # type: ignore[attr-defined]


def _tell(study: optuna.Study, number: int, score: float) -> None:
    if np.isnan(score):
        study.tell(number, state=TrialState.FAIL)
    else:
        study.tell(number, float(score))


def _seed(random_state: Any) -> int | None:
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(LARGEST_SEED))
    return None if random_state is None else int(random_state)


def _new_study(
    sampler: optuna.samplers.BaseSampler, pruner: optuna.pruners.BasePruner | None = None
) -> optuna.Study:
    with _quiet_optuna():
        return optuna.create_study(sampler=sampler, pruner=pruner, direction="maximize")


@contextmanager
def _quiet_optuna() -> Iterator[None]:
    """Leave out the line that a study in memory was created: nobody asked for its name."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(verbosity)
