"""The figures of reports of other kinds than sweeps, for a paper."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from kerascnn.report.figures.paper_curves import comparison_figure, curves_figure
from kerascnn.report.figures.paper_style import PaperStyle, save_figure
from kerascnn.results.comparison import ComparisonResults
from kerascnn.results.storage import write_text
from kerascnn.results.sweep import SweepResults
from kerascnn.results.training import TrainingResults
from kerascnn.utils.formatting import plural, setting_label


@dataclass(frozen=True)
class PaperFigure:
    """A figure at each width that was asked for, with its caption.

    Attributes:
        name: of its files, without what follows.
        caption: what it shows.
        drawn: each style and the figure in it.
    """

    name: str
    caption: str
    drawn: Sequence[tuple[PaperStyle, Figure]]

    def write(self, folder: Path, formats: Sequence[str]) -> Iterator[Path]:
        """Write the figure in each format and its caption; give the figures' paths."""
        for style, figure in self.drawn:
            for suffix in formats:
                path = folder / f"{self.name}-{style.columns}-column.{suffix}"
                yield save_figure(figure, path, self.caption)
        if self.drawn:
            write_text(folder / f"{self.name}.txt", self.caption + "\n")


def best_curves(results: SweepResults, styles: Sequence[PaperStyle]) -> Iterator[PaperFigure]:
    """Give the learning curves of a sweep's best candidate, if there are any."""
    curves = results.learning_curves
    if curves is None or not (curves["candidate"] == results.best_index).any():
        return
    own = curves[curves["candidate"] == results.best_index]
    n_splits = own["split"].nunique()
    caption = (
        f"Learning curves of the best candidate "
        f"({setting_label(results.labels[results.best_index])}): mean over "
        f"{plural(n_splits, 'fold')}, bands are the standard deviation over the folds"
    )
    columns = own.drop(columns=["candidate", "split"]).dropna(axis="columns", how="all")
    drawn = [(style, curves_figure(columns, style)) for style in styles]
    yield PaperFigure("learning-curves", caption + _seed(results.provenance) + ".", drawn)


def training_figure(folder: Path, styles: Sequence[PaperStyle]) -> PaperFigure:
    """Return the learning curves of a single training."""
    results = TrainingResults.load(folder)
    caption = f"{results.title}: learning curves of {plural(len(results.history), 'epoch')}"
    drawn = [(style, curves_figure(results.history, style)) for style in styles]
    return PaperFigure("learning-curves", caption + _seed(results.provenance) + ".", drawn)


def models_figure(folder: Path, styles: Sequence[PaperStyle]) -> PaperFigure:
    """Return the accuracies of compared models over their sizes and times."""
    results = ComparisonResults.load(folder)
    caption = (
        f"{results.title}: test accuracy of {plural(len(results.models), 'model')} by parameters "
        "and training time"
    )
    drawn = [(style, comparison_figure(results, style)) for style in styles]
    return PaperFigure("comparison", caption + _seed(results.provenance) + ".", drawn)


def _seed(provenance: object) -> str:
    seed = provenance.get("seed") if isinstance(provenance, dict) else None
    return "" if seed is None else f", seed {seed}"
