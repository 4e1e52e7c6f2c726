"""The page of a sweep."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascnn.report.figures import heatmaps
from kerascnn.report.figures.curves import page_curves
from kerascnn.report.figures.descriptions import facet_label
from kerascnn.report.figures.grid_view import GridView, grid_view
from kerascnn.report.figures.paper_exhibits import write_exhibits
from kerascnn.report.figures.paper_heatmaps import write_heatmaps
from kerascnn.report.figures.rungs import describe_rungs, rungs_figure, write_rungs
from kerascnn.report.pages import tables
from kerascnn.report.pages.exhibits import exhibit_figures, exhibit_views
from kerascnn.report.pages.headline import sweep_headlines
from kerascnn.report.pages.page import write_page
from kerascnn.report.pages.sections import curves_section, insight_section, predictions_section
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import setting_label


@dataclass(frozen=True)
class GridSection:
    """What a page says beside its heatmaps.

    Attributes:
        metric: the name of the metric that chose the best candidate.
        metrics: the names of all metrics.
        facets: the panels' labels.
        best_facet: the number of the panel that holds the best candidate.
        fixed: the parameters that are the same everywhere, as text.
        has_training: whether there are scores on the training parts.
    """

    metric: str
    metrics: list[str]
    facets: list[str]
    best_facet: int
    fixed: str
    has_training: bool


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = SweepResults.load(folder)
    last = results.last_rows
    view = grid_view([results.settings[row] for row in last], last)
    write_heatmaps(results, view, folder)
    write_rungs(results, folder)
    write_exhibits(results.exhibits, folder)
    table = tables.candidate_table(results)
    curves = page_curves(results.learning_curves)
    labels = [(row.candidate, setting_label(results.labels[row.candidate])) for row in table.rows]
    test = predictions_section(results.predictions)
    data: dict[str, Any] = {
        "best": results.best_index,
        "panels": heatmaps.panels(results, view) if view else [],
        "curves": curves,
        "divergence": results.divergence,
        "stops": results.stops,
        "figures": {
            **({} if view else {"ranking": heatmaps.ranking(results).to_plotly_json()}),
            **({"rungs": rungs_figure(results).to_plotly_json()} if results.rungs else {}),
            **({"confusion": test.confusion.to_plotly_json()} if test else {}),
            **exhibit_figures(results.exhibits),
        },
    }
    return write_page(
        folder,
        "sweep.html.j2",
        results,
        sweep_headlines(results),
        data,
        grid=_grid_section(results, view) if view else None,
        rungs=describe_rungs(results) if results.rungs else None,
        table=table,
        curves=curves_section(curves, labels, several_folds=results.n_splits > 1),
        test=test,
        insight=insight_section(results.insight),
        exhibits=exhibit_views(results.exhibits),
    )


def _grid_section(results: SweepResults, view: GridView) -> GridSection:
    return GridSection(
        metric=results.label(results.metric),
        metrics=[results.label(metric) for metric in results.metrics],
        facets=[facet_label(results, facet) for facet in view.facets],
        best_facet=view.facet_of(results.best_index),
        fixed=setting_label({name: results.labels[0][name] for name in view.fixed})
        if view.fixed
        else "",
        has_training=results.scores("train", results.metric) is not None,
    )
