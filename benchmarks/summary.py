"""From measurements to rows, ratios and tables; plain arithmetic."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import machine
from benchmarks.cases import OWN
from benchmarks.measure import Measurement

SCORES_AGREE_WITHIN = 0.1  # accuracy, means of a few fits with weights drawn differently
KEY = ["case", "contender", "settings"]
SCALING = "scaling-"

METHOD = """\
Every contender runs in a fresh process, and its time counts from launch to exit; contenders take
turns round by round. kerascnn runs the whole grid. Its peers run the stated sample of fits, and
their time is start-up, as measured, plus the mean seconds per fit times the number of fits: no
idle worker at the end is counted against n_jobs=2. The best candidate is not refitted. A ratio is
the median over the rounds of peer's time over kerascnn's in the same round. Peers run once without
any setting for TensorFlow and once with TF_ENABLE_ONEDNN_OPTS=1, which kerascnn sets for itself.
Accuracies are means over the same candidates and splits, from weights and batches drawn
differently. GFLOP/s count what was carried out: candidates that share a training count once, a
diverged training until it stopped. The peak is that of float32 matrix products of NumPy."""


def row(
    number: int, measurement: Measurement, own: Measurement, peak: float
) -> dict[str, str | float]:
    """Return one line of `results.csv`.

    Args:
        number: the round, from 1.
        measurement: what was measured.
        own: kerascnn's measurement of the same case and round.
        peak: the matrix product's operations per second in that round.
    """
    case, contender, answer = measurement.case, measurement.contender, measurement.answer
    return {
        "round": number,
        "case": case.name,
        "title": case.title,
        "contender": contender.name,
        "settings": contender.settings,
        "fits_run": measurement.fits_run,
        "fits": case.n_fits,
        "wall_seconds": measurement.wall_seconds,
        "startup_seconds": answer.startup_seconds,
        "seconds_per_fit": answer.seconds_per_fit,
        "whole_seconds": measurement.whole_seconds,
        "ratio": measurement.whole_seconds / own.whole_seconds,
        "peak_memory_mb": answer.peak_memory / 1e6,
        "gflops_asked": _speed(answer.flops_asked, measurement),
        "gflops_done": _speed(answer.flops_done, measurement),
        "matrix_product_gflops": peak / 1e9,
        "accuracy": mean_score(measurement),
        "kerascnn_accuracy": mean_score(measurement, own),
        "how": answer.how,
    }


def _speed(operations: float | None, measurement: Measurement) -> float:
    return np.nan if operations is None else operations / measurement.wall_seconds / 1e9


def mean_score(measurement: Measurement, of: Measurement | None = None) -> float:
    """Return the mean accuracy over the candidates and splits that a contender ran.

    Args:
        measurement: whose candidates and splits are meant.
        of: kerascnn's measurement of the whole grid, to look them up there instead.
    """
    scores = np.asarray(measurement.answer.scores, float)
    if of is not None and measurement.contender.kind != OWN:
        candidates = measurement.case.candidates
        rows = [candidates.index(dict(candidate)) for candidate in measurement.case.sampled]
        scores = np.asarray(of.answer.scores, float)[rows, : scores.shape[1]]
    return float(np.nanmean(scores)) if np.isfinite(scores).any() else float("nan")


def disagreements(results: pd.DataFrame) -> list[str]:
    """Return a sentence for every contender whose accuracy is not that of kerascnn."""
    means = results.groupby(KEY, sort=False)[["accuracy", "kerascnn_accuracy"]].mean()
    apart = means[(means["accuracy"] - means["kerascnn_accuracy"]).abs() > SCORES_AGREE_WITHIN]
    return [
        f"{' / '.join(key)}: accuracy {found.accuracy:.3f}, kerascnn {found.kerascnn_accuracy:.3f}"
        for key, found in zip(apart.index, apart.itertuples(), strict=True)
    ]


def medians(results: pd.DataFrame) -> pd.DataFrame:
    """Return one row per case and contender: medians over the rounds, and the ratios' range."""
    groups = results.groupby(KEY, sort=False)
    found = groups.median(numeric_only=True)
    found["title"] = groups["title"].first()
    found["ratio_lowest"] = groups["ratio"].min()
    found["ratio_highest"] = groups["ratio"].max()
    return found.reset_index().drop(columns="round")


def comparison(results: pd.DataFrame) -> pd.DataFrame:
    """Return the medians of the peers; `own_seconds` is kerascnn's median."""
    found = medians(results)
    own = found[found["contender"] == OWN].set_index("case")["whole_seconds"]
    peers = found[found["contender"] != OWN].copy()
    peers["own_seconds"] = peers["case"].map(own)
    return peers


def scaling(results: pd.DataFrame) -> pd.DataFrame:
    """Return seconds per fit, start-up included, against the number of fits, ascending."""
    found = medians(results[results["case"].str.startswith(SCALING)])
    found["seconds_each"] = found["whole_seconds"] / found["fits"]
    return found.sort_values("fits")


def report(results: pd.DataFrame) -> str:
    """Return everything that was found as a Markdown page."""
    peers = comparison(results)
    found = medians(results)
    own = found[(found["contender"] == OWN) & ~found["case"].str.startswith(SCALING)]
    sizes = scaling(results)
    rounds = results["round"].max()
    head = (
        f"# Benchmark\n\nMeasured on {date.today().isoformat()}, {rounds} round(s), on "
        f"{machine.describe()}.\n{machine.versions()}."
    )
    parts = [head]
    if len(peers):
        parts.append("## Against what a user would run instead\n\n" + _table(peers, PEER_COLUMNS))
    if len(own):
        parts.append("## kerascnn\n\n" + _table(own, OWN_COLUMNS))
    if len(sizes):
        parts.append("## Time per fit against grid size\n\n" + _table(sizes, SCALING_COLUMNS))
    if problems := disagreements(results):
        parts.append("## Accuracies that do not agree\n\n- " + "\n- ".join(problems))
    return "\n\n".join([*parts, "## How\n\n" + METHOD]) + "\n"


PEER_COLUMNS = {
    "Task": "{title}",
    "Instead": "{contender}",
    "TensorFlow": "{settings}",
    "Fits run": "{fits_run:.0f} of {fits:.0f}",
    "Seconds": "{whole_seconds:.0f}",
    "kerascnn": "{own_seconds:.1f}",
    "Ratio (range)": "**{ratio:.1f}×** ({ratio_lowest:.1f}–{ratio_highest:.1f})",
    "Peak memory": "{peak_memory_mb:.0f} MB",
    "Accuracy": "{accuracy:.3f}",
    "kerascnn's": "{kerascnn_accuracy:.3f}",
}
OWN_COLUMNS = {
    "Task": "{title}",
    "Fits": "{fits:.0f}",
    "Seconds": "{wall_seconds:.1f}",
    "of these start-up": "{startup_seconds:.1f}",
    "GFLOP/s": "{gflops_done:.1f}",
    "Matrix-product peak": "{matrix_product_gflops:.0f}",
    "Peak memory": "{peak_memory_mb:.0f} MB",
}
SCALING_COLUMNS = {
    "Fits": "{fits:,.0f}",
    "Seconds": "{whole_seconds:.1f}",
    "Seconds per fit": "{seconds_each:.3f}",
    "GFLOP/s": "{gflops_done:.1f}",
    "Peak memory": "{peak_memory_mb:.0f} MB",
}


def _table(rows: pd.DataFrame, columns: Mapping[str, str]) -> str:
    """Return rows as a Markdown table; columns are headings and what stands below them."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for record in rows.to_dict("records"):
        lines.append("| " + " | ".join(_cells(columns, record)) + " |")
    return "\n".join(lines)


def _cells(columns: Mapping[str, str], record: Mapping[Any, Any]) -> list[str]:
    return [template.format(**record) for template in columns.values()]
