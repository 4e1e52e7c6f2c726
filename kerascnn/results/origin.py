"""Where the results of a search come from, as far as the search or its file says."""

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

import numpy as np

from kerascnn.utils.formatting import axis_labels, shortened

LONGEST = 400
ALWAYS_STATED = ("scikit-learn", "numpy", "kerascnn")


def searched(search: Any) -> str:
    """Return the name of what a search varies: of a pipeline, its last step."""
    estimator = getattr(search, "estimator", search)
    steps = getattr(estimator, "steps", None)
    return type(steps[-1][1] if steps else estimator).__name__


def search_provenance(search: Any) -> dict[str, Any]:
    """Return what a fitted search says of how its results were made, see `SweepResults`."""
    durations = {
        "all fits added up": _seconds_of_fits(search),
        "final fit of the best candidate": getattr(search, "refit_time_", None),
    }
    single = {
        "search": type(search).__name__,
        "estimator": shortened(" ".join(repr(getattr(search, "estimator", "")).split()), LONGEST),
        "how it ran": _how(search),
        "splits": _splits(search),
        "scoring": _scoring(search),
        "seed": _seed(search),
        "samples": _samples(search),
    }
    sections = {
        "parameters tried": _tried(search),
        "durations": {name: value for name, value in durations.items() if value is not None},
        "versions": versions_of(getattr(search, "estimator", search)),
    }
    return {
        **{name: value for name, value in single.items() if value not in (None, "")},
        **{name: section for name, section in sections.items() if section},
    }


def file_provenance(path: Path) -> dict[str, Any]:
    """Return what is known of results that were read from a file."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return {"file": path.name, "last changed": changed.isoformat(timespec="seconds")}


def versions_of(estimator: Any) -> dict[str, str]:
    """Return the versions of the packages that an estimator comes from, and of Python."""
    package = type(estimator).__module__.split(".")[0]
    owners = packages_distributions().get(package, [])
    names = dict.fromkeys([*owners, *ALWAYS_STATED])
    found = {f"{name} version": text for name in names if (text := _version(name))}
    return {**found, "Python version": platform.python_version(), "platform": platform.platform()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _how(search: Any) -> str:
    plan = getattr(search, "plan_", None)
    return plan.describe() if plan is not None else ""


def _seconds_of_fits(search: Any) -> float | None:
    times = search.cv_results_.get("mean_fit_time")
    n_splits = getattr(search, "n_splits_", None)
    return None if times is None or n_splits is None else float(np.nansum(times) * n_splits)


def _splits(search: Any) -> str:
    cv, n_splits = getattr(search, "cv", None), getattr(search, "n_splits_", "")
    own = "" if cv is None or isinstance(cv, int) or not hasattr(cv, "split") else f" by {cv}"
    return f"{n_splits}{own}"


def _scoring(search: Any) -> str:
    scoring = getattr(search, "scoring", None)
    if scoring is None:
        return "the estimator's own score"
    if isinstance(scoring, Mapping | list | tuple | set):
        return ", ".join(map(str, scoring))
    return scoring if isinstance(scoring, str) else getattr(scoring, "__name__", str(scoring))


def _seed(search: Any) -> Any:
    """Return the seed of all fits, or the search's and the estimator's own."""
    drawn = getattr(search, "seed_", None)
    if drawn is not None:
        return drawn
    own = {
        "search": getattr(search, "random_state", None),
        "estimator": getattr(getattr(search, "estimator", None), "random_state", None),
    }
    known = {name: int(seed) for name, seed in own.items() if isinstance(seed, int | np.integer)}
    if len(set(known.values())) > 1:
        return ", ".join(f"{name} {seed}" for name, seed in known.items())
    return next(iter(known.values()), None)


def _samples(search: Any) -> str:
    """Return what the best estimator tells of the samples."""
    features = getattr(search, "n_features_in_", None)
    classes = getattr(search, "classes_", None)
    known = [
        f"{features} features" if features is not None else "",
        f"{len(classes)} classes" if classes is not None and np.ndim(classes) == 1 else "",
    ]
    return ", ".join(filter(None, known))


def _tried(search: Any) -> dict[str, str]:
    """Return the values or distributions of each parameter, as text."""
    for name in ("param_grid", "param_distributions"):
        given = getattr(search, name, None)
        if given is not None:
            return _spaces([given] if isinstance(given, Mapping) else list(given))
    return {}


def _spaces(spaces: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    several = len(spaces) > 1
    return {
        f"{name} (part {number})" if several else name: shortened(_values(values), LONGEST)
        for number, space in enumerate(spaces, 1)
        for name, values in space.items()
    }


def _values(values: Any) -> str:
    if isinstance(values, list | tuple | np.ndarray):
        return ", ".join(axis_labels([_plain(value) for value in values]))
    frozen = getattr(values, "dist", None)  # a distribution of SciPy's, with its arguments
    if frozen is not None:
        arguments = [*map(repr, values.args), *(f"{k}={v!r}" for k, v in values.kwds.items())]
        return f"{frozen.name}({', '.join(arguments)})"
    return str(values)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
