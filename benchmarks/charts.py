"""The two figures of the benchmark."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.cases import SCALING_EPOCHS

# Colour-blind safe: by the contender's settings.
COLOURS = {"default": "#0072b2", "oneDNN on": "#56b4e9"}
DOTS_PER_INCH = 160
INCHES_PER_BAR = 0.28


def draw_speedup(peers: pd.DataFrame, path: Path) -> None:
    """Draw how many times longer each peer takes, as bars from the lowest to the highest.

    Args:
        peers: see `summary.comparison`.
        path: the picture to write.
    """
    height = 1.2 + INCHES_PER_BAR * len(peers) + 0.3 * peers["case"].nunique()
    figure = Figure(figsize=(9, height), layout="constrained")
    groups = list(peers.groupby("case", sort=False))
    heights = [len(group) + 1 for _, group in groups]
    all_axes = figure.subplots(len(groups), 1, sharex=True, height_ratios=heights, squeeze=False)
    for ax, (_, group) in zip(all_axes[:, 0], groups, strict=True):
        _draw_bars(ax, group)
    all_axes[0, 0].set_xlim(0, 1.15 * peers["ratio_highest"].max())
    all_axes[-1, 0].set_xlabel("Times as long as kerascnn (median of rounds, lines: range)")
    figure.savefig(path, dpi=DOTS_PER_INCH)


def _draw_bars(ax: Axes, group: pd.DataFrame) -> None:
    names = [f"{row.contender}, {row.settings}" for row in group.itertuples()]
    below, above = group["ratio"] - group["ratio_lowest"], group["ratio_highest"] - group["ratio"]
    ax.barh(
        names,
        group["ratio"],
        xerr=[below, above],
        color=[COLOURS[settings] for settings in group["settings"]],
        error_kw={"ecolor": "0.3", "linewidth": 1},
        height=0.7,
    )
    for place, (ratio, highest) in enumerate(
        zip(group["ratio"], group["ratio_highest"], strict=True)
    ):
        ax.annotate(
            f"{ratio:.1f}×", (highest, place), (4, 0), textcoords="offset points", va="center"
        )
    ax.axvline(1, color="0.3", linewidth=1)
    ax.set_title(group["title"].iloc[0], loc="left", fontsize=10)
    ax.invert_yaxis()
    _finish(ax)


def draw_scaling(sizes: pd.DataFrame, path: Path) -> None:
    """Draw seconds per fit against the number of fits.

    Args:
        sizes: see `summary.scaling`.
        path: the picture to write.
    """
    figure = Figure(figsize=(6, 3.4), layout="constrained")
    ax = figure.subplots()
    ax.plot(sizes["fits"], sizes["seconds_each"], "o-", color=COLOURS["default"])
    for fits, seconds in zip(sizes["fits"], sizes["seconds_each"], strict=True):
        ax.annotate(f"{seconds:.2g} s", (fits, seconds), (5, 6), textcoords="offset points")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.margins(0.12)
    ax.set_xlabel("Fits in the grid")
    ax.set_ylabel("Seconds per fit, start-up included")
    ax.set_title(f"Digits CNN, {SCALING_EPOCHS} epochs per fit", loc="left", fontsize=10)
    _finish(ax)
    figure.savefig(path, dpi=DOTS_PER_INCH)


def _finish(ax: Axes) -> None:
    ax.grid(color="0.9")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
