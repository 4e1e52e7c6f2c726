"""The figures of a sweep for a paper: every metric, in the formats and widths of journals."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kerascnn.report.figures import paper_heatmaps, paper_parameters
from kerascnn.report.figures.grid_view import GridView, grid_view
from kerascnn.report.figures.paper_cells import Cells
from kerascnn.report.figures.paper_reports import (
    PaperFigure,
    best_curves,
    models_figure,
    training_figure,
)
from kerascnn.report.figures.paper_style import FORMATS, WIDTHS, PaperStyle
from kerascnn.results import statistics
from kerascnn.results.sources import results_of
from kerascnn.results.storage import RESULTS_FILE, read_json
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.files import check_folder
from kerascnn.utils.formatting import joined, plural, setting_label
from kerascnn.utils.spelling import did_you_mean

SCREEN_DOTS_PER_INCH = 110
WORDS = {"test": "validation", "train": "training"}


def write_figures(
    search: Any,
    folder: str | Path,
    *,
    metrics: Sequence[str] | None = None,
    formats: Sequence[str] = FORMATS,
    columns: Sequence[str] = tuple(WIDTHS),
    spread: bool = False,
    ticks: str = "powers",
) -> list[Path]:
    """Write the figures of a search for a paper, each with its caption as text.

    They are the scores of each metric and the learning curves of the best candidate; of a report
    of a single training or of compared models, what its page is about. Files are called
    `validation-accuracy-one-column.pdf`; the caption of each lies beside it in
    `validation-accuracy.txt`, and within the file where its format has room for it.

    Args:
        search: see `kerascnn.show`.
        folder: where to; made if it does not exist.
        metrics: which ones, as a report or the search names them; None for all.
        formats: of "png" (300 dots per inch), "svg" and "pdf".
        columns: of "one" (3.5 inches wide) and "two" (7.2 inches).
        spread: whether cells show the standard deviation over the splits, too.
        ticks: "powers" writes 10⁻³ where an axis is of powers of ten, "decimals" 0.001.

    Returns:
        The paths of the figures.

    Raises:
        ValueError: if one of these is unknown, the folder is a file, or the search has no results.
    """
    _check(columns, tuple(WIDTHS), "columns")
    styles = [PaperStyle(width, spread, ticks) for width in columns]
    _check(formats, FORMATS, "formats")
    place = check_folder(folder)
    figures = _figures(search, styles, metrics)
    return [path for figure in figures for path in figure.write(place, formats)]


def _figures(
    search: Any, styles: Sequence[PaperStyle], metrics: Sequence[str] | None
) -> Iterator[PaperFigure]:
    """Give the figures of whatever a search, a file or a report's folder holds."""
    other = {"training": training_figure, "comparison": models_figure}.get(_kind(search))
    if other is not None:
        yield other(Path(search), styles)
        return
    results = results_of(search)
    for metric in _metrics(results, metrics):
        for part in WORDS:
            if results.scores(part, metric) is not None:
                yield _scores_figure(results, part, metric, styles)
    yield from best_curves(results, styles)


def _metrics(results: SweepResults, named: Sequence[str] | None) -> Sequence[str]:
    """Return the metrics to draw, named as in the columns of results or as pages name them."""
    if named is None:
        return results.metrics
    labels = {results.label(metric): metric for metric in results.metrics}
    names = named if isinstance(named, str) else [labels.get(name, name) for name in named]
    _check(names, results.metrics, "metrics")
    return names


def _kind(search: Any) -> str:
    """Return the kind of report that a folder holds, "" for anything else."""
    path = Path(search) / RESULTS_FILE if isinstance(search, str | Path) else None
    return str(read_json(path).get("kind")) if path is not None and path.exists() else ""


def _scores_figure(
    results: SweepResults, part: str, metric: str, styles: Sequence[PaperStyle]
) -> PaperFigure:
    figures = [(style, _figure(results, part, metric, style)) for style in styles]
    drawn = [(style, figure) for style, figure in figures if figure is not None]
    return PaperFigure(file_name(results, part, metric), caption(results, part, metric), drawn)


def plot(
    results: SweepResults, *, metric: str | None = None, part: str = "test", ax: Any = None
) -> Axes:
    """Draw a sweep on Matplotlib axes: as a heatmap, a validation curve or points.

    Args:
        results: of the sweep.
        metric: None for the one that chose the best candidate.
        part: "test" for the parts of the splits that candidates are scored on, or "train".
        ax: where to draw; None makes a figure.

    Raises:
        ValueError: if the metric was not measured there.
    """
    metric = metric or results.metric
    scores = results.scores_of(part, metric)
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(layout="constrained")
    view = view_of(results)
    single = single_number(results)
    if single is not None:
        paper_parameters.draw_curve(ax, results, single, metric)
    elif view is not None:
        scale = paper_heatmaps.shown_scale(results, view, scores)
        facet = view.facets[view.facet_of(results.best_index)]
        width = 0.7 * ax.figure.get_size_inches()[0] / len(view.columns.values)
        cells = Cells(results, scores, scale, PaperStyle(), width)
        cells.draw(ax, view, facet)
        title = f"{WORDS[part]} {results.label(metric)}".capitalize()
        paper_heatmaps.draw_colour_bar(ax.figure, np.array([ax]), scale, title)
    else:
        name = (paper_parameters.varied(results) or list(results.params[0]) or [""])[0]
        paper_parameters.draw_points(ax, results, name, metric)
        ax.set_ylabel(results.label(metric))
    drawn: Axes = ax
    return drawn


def picture_address(results: SweepResults) -> str:
    """Return the validation scores as a picture for a notebook: the address of a PNG."""
    figure = _figure(results, "test", results.metric, PaperStyle())
    assert figure is not None  # there is always one of the validation scores
    FigureCanvasAgg(figure)
    kept = BytesIO()
    figure.savefig(kept, dpi=SCREEN_DOTS_PER_INCH, facecolor="white")
    return "data:image/png;base64," + b64encode(kept.getvalue()).decode("ascii")


def view_of(results: SweepResults) -> GridView | None:
    """Return the grid of a sweep's settings in the last rung that they came to, if it is one."""
    last = results.last_rows
    return grid_view([results.settings[row] for row in last], last)


def single_number(results: SweepResults) -> str | None:
    """Return the only parameter that varies, if its values are numbers and each is there once."""
    names = paper_parameters.varied(results)
    values = [results.settings[row].get(names[0]) for row in results.last_rows] if names else []
    is_curve = len(names) == 1 and len(set(map(repr, values))) == len(values) > 2
    return names[0] if is_curve and paper_parameters.all_numbers(values) else None


def _figure(results: SweepResults, part: str, metric: str, style: PaperStyle) -> Figure | None:
    """Draw one part's scores; None where another part's figure has them already."""
    single, view = single_number(results), view_of(results)
    if single is None and view is not None:
        scores = results.scores_of(part, metric)
        scale = paper_heatmaps.shown_scale(results, view, scores)
        title = f"{WORDS[part]} {results.label(metric)}".capitalize()
        told = metric if part == "test" else None
        return paper_heatmaps.heatmap_figure(results, view, scores, scale, title, style, told)
    if part == "train":
        return None
    if single is not None:
        return paper_parameters.curve_figure(results, single, metric, style)
    return paper_parameters.parameters_figure(results, metric, style)


def file_name(results: SweepResults, part: str, metric: str) -> str:
    """Return the name of a figure's files, without what follows."""
    own = re.sub(r"[^a-z0-9]+", "-", results.label(metric).lower()).strip("-") or "score"
    return f"{WORDS[part]}-{own}"


def caption(results: SweepResults, part: str, metric: str) -> str:
    """Write what a figure shows: what, of how many samples, folds and candidates, which seed."""
    return " ".join(_sentences(results, part, metric))


def _sentences(results: SweepResults, part: str, metric: str) -> Iterator[str]:
    view, single = view_of(results), single_number(results)
    quantity = f"{WORDS[part]} {results.label(metric)}".capitalize()
    yield f"{quantity} by {joined(_named(results))}: {_what(results)}."
    if single is not None:
        yield "Bands are the standard deviation over the folds."
        return
    by = metric if part == "test" else results.metric
    best = results.labels[statistics.best_candidate(results, by)]
    mark = "frame" if view is not None else "circle"
    yield f"The {mark} marks the best candidate ({setting_label(best)})."
    if view is None:
        return
    if len(view.facets) > paper_heatmaps.MOST_PANELS:
        yield f"Of {len(view.facets)} panels the best candidate's is shown."
    if part == "test" and statistics.indistinguishable(results, metric).sum() > 1:
        yield (
            "Dots mark candidates that cannot be told from it "
            f"({statistics.told_apart_label(results, metric)}; corrected resampled t-test, "
            f"level {statistics.LEVEL})."
        )
    if not np.isfinite(results.scores_of(part, metric).mean).all() or results.divergence:
        yield "Hatched: diverged, or without a score."


def _named(results: SweepResults) -> list[str]:
    return paper_parameters.varied(results) or ["candidate"]


def _what(results: SweepResults) -> str:
    """Say what the scores are means of."""
    samples = f" of {plural(results.n_samples, 'sample')}" if results.n_samples else ""
    parts = [
        f"mean over {plural(results.n_splits, 'fold')}{samples}",
        plural(len(results.rows_by_setting), "candidate"),
    ]
    seed = results.provenance.get("seed")
    return ", ".join([*parts, *([f"seed {seed}"] if seed is not None else [])])


def _check(given: Sequence[str], known: Sequence[str], name: str) -> None:
    if isinstance(given, str):
        raise ValueError(f"{name}={given!r} is one text: give a list, such as [{given!r}]")
    for value in given:
        if value not in known:
            raise ValueError(
                f"{name} has {value!r}, which is unknown: {did_you_mean(value, known)}"
            )
