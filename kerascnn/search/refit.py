"""The last fit of a search: the best candidate on all samples, a lane like the others."""

import numpy as np

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.search.engines import SearchContext
from kerascnn.search.engines.choice import may_compile
from kerascnn.search.engines.compiled import CompiledEngine
from kerascnn.search.fits import Fit
from kerascnn.search.trainings import Candidate, Training
from kerascnn.training.graph_checks import NotCompilable

# A split that no search has: all samples train.
ALL_SAMPLES = -1


def refit(
    context: SearchContext, candidate: Candidate, estimator: CNNEstimator, engine: str
) -> CNNEstimator:
    """Return a candidate fitted on all samples.

    Args:
        context: what the engines of the search share.
        candidate: the best.
        estimator: the candidate's, to be fitted if Keras's own fit is needed.
        engine: the search's.

    Raises:
        Exception: whatever the candidate's `fit` raises.
    """
    if may_compile(engine):
        fitted = _fitted_compiled(context, candidate)
        if fitted is not None:
            return fitted
    estimator.fit(context.task.X, context.task.y, **context.task.fit_params)
    return estimator


def _fitted_compiled(context: SearchContext, candidate: Candidate) -> CNNEstimator | None:
    """Return the fitted candidate; None if it cannot be compiled."""
    rows = np.arange(context.task.n_samples)
    fit = Fit(candidate.number, ALL_SAMPLES, {}, rows, rows)
    training = Training({candidate.epochs: [fit]}, candidate)
    compiled = CompiledEngine(context)
    if compiled.refusal(training) is not None:
        return None
    try:
        return compiled.refit(training, rows)
    except NotCompilable:
        return None
