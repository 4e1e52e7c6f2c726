"""Learning curves and comparisons fit for a paper."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kerascnn.report.figures.paper_style import (
    PaperStyle,
    band,
    paper_type,
    plain_text,
    save_figure,
)
from kerascnn.results.comparison import ComparisonResults
from kerascnn.utils.curves import quantities

COLOURS = {"training": "#0072b2", "validation": "#d55e00"}
HEIGHT = 2.3
HEIGHT_OF_COMPARISON = 2.9
# A curve of so few epochs would hardly be seen, or not at all, without its points.
FEW_EPOCHS = 12


def write_curves(history: pd.DataFrame, folder: Path) -> Path:
    """Write `learning_curves.png`: the loss per epoch, and beside it what else was measured."""
    return save_figure(curves_figure(history), folder / "learning_curves.png")


def curves_figure(history: pd.DataFrame, style: PaperStyle | None = None) -> Figure:
    """Draw the loss per epoch, and beside or below it what else was measured.

    Args:
        history: columns epoch (from 1), loss, val_loss and other measures; rows of several fits
            are drawn as their mean, with a band of their standard deviation.
        style: how the figure is made; None for two columns.
    """
    style = style or PaperStyle()
    measured = quantities(history) or ["loss"]
    across = len(measured) if style.columns == "two" else 1
    down = -(-len(measured) // across)
    with paper_type():
        figure = Figure(figsize=(style.width, HEIGHT * down), layout="constrained")
        axes = figure.subplots(down, across, squeeze=False).ravel()
        for ax, quantity in zip(axes, measured, strict=True):
            _draw(ax, history, quantity)
    return figure


def _draw(ax: Axes, history: pd.DataFrame, quantity: str) -> None:
    """Draw one measure of training and validation samples."""
    for column, word in ((quantity, "training"), (f"val_{quantity}", "validation")):
        if column not in history:
            continue
        by_epoch = history.groupby("epoch")[column]
        mean, std = by_epoch.mean(), by_epoch.std(ddof=0)
        marker = "o" if len(mean) <= FEW_EPOCHS else ""
        ax.plot(mean.index, mean, color=COLOURS[word], label=word, lw=1.2, marker=marker, ms=3)
        if (std > 0).any():
            low, high = band(mean.to_numpy(), std.to_numpy(), quantity)
            ax.fill_between(mean.index, low, high, color=COLOURS[word], alpha=0.2, lw=0)
    finish(ax, "Epoch", plain_text(quantity.replace("_", " ").capitalize()))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if history["epoch"].nunique() == 1:
        ax.set_xticks(history["epoch"].unique())
    if ax.lines:
        ax.legend(frameon=False)


def write_comparison(results: ComparisonResults, folder: Path) -> Path:
    """Write `comparison.png`: accuracy against parameters and training time, side by side."""
    return save_figure(comparison_figure(results), folder / "comparison.png")


def comparison_figure(results: ComparisonResults, style: PaperStyle | None = None) -> Figure:
    """Draw accuracy against parameters and training time, beside or below each other.

    Args:
        results: of the comparison.
        style: how the figure is made; None for two columns.
    """
    style = style or PaperStyle()
    models = results.models
    titles = {"parameters": "Parameters", "seconds": "Training time in seconds"}
    across = 2 if style.columns == "two" else 1
    with paper_type():
        size = (style.width, HEIGHT_OF_COMPARISON * 2 / across)
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(2 // across, across, squeeze=False).ravel()
        for ax, (cost, title) in zip(axes, titles.items(), strict=True):
            ax.scatter(models[cost], models["accuracy"], color=COLOURS["training"], s=18)
            for name, x, y in zip(models["model"], models[cost], models["accuracy"], strict=True):
                place = {"textcoords": "offset points", "xytext": (4, 4)}
                ax.annotate(plain_text(str(name)), (x, y), **place, fontsize=7)
            ax.set_xscale("log")
            ax.margins(0.15)
            finish(ax, title, "Test accuracy")
    return figure


def finish(ax: Axes, across: str, up: str) -> None:
    """Name the axes of a plot and draw its grid."""
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    ax.grid(color="0.9")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
