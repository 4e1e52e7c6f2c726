"""Learning curves and comparisons fit for a paper."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kerascnn.report.figures.paper_heatmaps import plain_text, save_figure
from kerascnn.results.comparison import ComparisonResults
from kerascnn.utils.curves import quantities

COLOURS = {"training": "#0072b2", "validation": "#d55e00"}


def write_curves(history: pd.DataFrame, folder: Path) -> Path:
    """Write `learning_curves.png`: the loss per epoch, and beside it what else was measured."""
    measured = quantities(history) or ["loss"]
    figure = Figure(figsize=(4 * len(measured), 3), layout="constrained")
    axes = figure.subplots(1, len(measured), squeeze=False)[0]
    for ax, quantity in zip(axes, measured, strict=True):
        for column, word in ((quantity, "training"), (f"val_{quantity}", "validation")):
            if column in history:
                ax.plot(history["epoch"], history[column], color=COLOURS[word], label=word)
        finish(ax, "Epoch", plain_text(quantity.replace("_", " ").capitalize()))
        if ax.lines:
            ax.legend(frameon=False)
    return save_figure(figure, folder / "learning_curves.png")


def write_comparison(results: ComparisonResults, folder: Path) -> Path:
    """Write `comparison.png`: accuracy against parameters and training time, side by side."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    models = results.models
    titles = {"parameters": "Parameters", "seconds": "Training time in seconds"}
    for ax, (cost, title) in zip(figure.subplots(1, 2), titles.items(), strict=True):
        ax.scatter(models[cost], models["accuracy"], color=COLOURS["training"], s=30)
        for name, x, y in zip(models["model"], models[cost], models["accuracy"], strict=True):
            ax.annotate(
                plain_text(str(name)), (x, y), (4, 4), textcoords="offset points", fontsize=8
            )
        ax.set_xscale("log")
        ax.margins(0.15)
        finish(ax, title, "Test accuracy")
    return save_figure(figure, folder / "comparison.png")


def finish(ax: Axes, across: str, up: str) -> None:
    """Name the axes of a plot and draw its grid."""
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    ax.grid(color="0.9")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
