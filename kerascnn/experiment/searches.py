"""The searches that a grid experiment can try its grid with, by name."""

from collections.abc import Mapping
from math import prod
from typing import Any

from kerascnn.utils.spelling import did_you_mean

SEARCHES = ("grid", "halving", "random")
# What only one of them takes, and how the command line calls it.
OWN_OPTIONS = {"n_iter": ("random", "--n-iter"), "factor": ("halving", "--factor")}
N_ITER = 10
FACTOR = 3
RUNGS = 3


def check_search(name: str, given: Mapping[str, Any]) -> None:
    """Raise ValueError for an unknown search, or an option of another one.

    Args:
        name: of the search.
        given: values of `OWN_OPTIONS`; None for those that were not given.
    """
    if name not in SEARCHES:
        raise ValueError(f"search={name!r} is unknown: {did_you_mean(str(name), SEARCHES)}")
    for option, (owner, spelling) in OWN_OPTIONS.items():
        if given[option] is not None and name != owner:
            raise ValueError(
                f"{option}={given[option]!r} has no effect on search={name!r}: leave {spelling} "
                f"out, or give --search {owner}"
            )


def make_search(
    name: str,
    grid: dict[str, Any],
    classifier: Any,
    seed: int,
    own: Mapping[str, int | None],
    **common: Any,
) -> Any:
    """Return a search over a grid, not yet fitted.

    Args:
        name: of the search.
        grid: parameter name → values.
        classifier: the estimator.
        seed: of what is drawn.
        own: values of `OWN_OPTIONS`; None for the default.
        **common: what all searches take.
    """
    from kerascnn import search

    if name == "random":
        n_settings = prod(len(values) for values in grid.values())
        n_iter = min(own["n_iter"] or N_ITER, n_settings)
        return search.RandomizedSearchCV(
            classifier, grid, n_iter=n_iter, random_state=seed, **common
        )
    if name == "halving":
        return _halving(search, grid, classifier, own["factor"] or FACTOR, seed, common)
    return search.GridSearchCV(classifier, grid, **common)


def _halving(
    search: Any, grid: dict[str, Any], classifier: Any, factor: int, seed: int, common: Any
) -> Any:
    """Return a halving search: the epochs are the resource, and the last rung has (almost) all."""
    epochs = int(max(grid.pop("epochs", [classifier.epochs])))
    return search.HalvingGridSearchCV(
        classifier,
        grid,
        factor=factor,
        resource="epochs",
        max_resources=epochs,
        min_resources=max(1, epochs // factor ** (RUNGS - 1)),
        random_state=seed,
        **common,
    )
