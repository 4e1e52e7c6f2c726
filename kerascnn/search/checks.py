"""Wrong arguments of a search, found before anything is trained."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from kerascnn.estimators import CNNClassifier
from kerascnn.spelling import did_you_mean

ENGINES = ("auto", "fused", "processes", "serial")


def check_engine(engine: str) -> None:
    """Raise ValueError if `engine` is not the name of one."""
    if engine not in ENGINES:
        raise ValueError(f"engine={engine!r} is unknown: {did_you_mean(str(engine), ENGINES)}")


def check_candidates(
    estimator: CNNClassifier, candidates: Sequence[Mapping[str, Any]], X: Any, y: Any
) -> None:
    """Raise ValueError for the first candidate that could not be fitted to X and y.

    Each network that the candidates need is built once, which is what shows whether a builder
    takes its arguments and whether the images are large enough.
    """
    built = set()
    for parameters in candidates:
        candidate = clone(estimator).set_params(**clone(dict(parameters), safe=False))
        candidate.check_arguments()
        network = repr({name: parameters[name] for name in sorted(parameters) if _builds(name)})
        if network not in built:
            candidate.initialize(X, y)
            built.add(network)


def _builds(parameter: str) -> bool:
    """Return whether a parameter changes what is built, rather than how it is trained."""
    return parameter == "model" or parameter.startswith("model__")


def check_class_sizes(splitter: Any, y: Any) -> None:
    """Raise ValueError if a class has fewer members than a stratified splitter has folds."""
    if not isinstance(splitter, StratifiedKFold):
        return
    labels, counts = np.unique(np.asarray(y), return_counts=True)
    if counts.min() < splitter.n_splits:
        rarest = labels.tolist()[counts.argmin()]
        raise ValueError(
            f"cv={splitter.n_splits} folds need at least {splitter.n_splits} members of each "
            f"class, but class {rarest!r} has {counts.min()}: use fewer folds or add samples"
        )
