"""The page of a sweep."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascnn.report.figures.curves import page_curves
from kerascnn.report.figures.explorer import describe_candidates
from kerascnn.report.figures.grid_view import GridView, grid_view
from kerascnn.report.figures.paper_exhibits import write_exhibits
from kerascnn.report.figures.paper_heatmaps import write_heatmaps
from kerascnn.report.figures.rungs import describe_rungs, rungs_chart, write_rungs
from kerascnn.report.pages.exhibits import exhibit_figures, exhibit_views
from kerascnn.report.pages.headline import sweep_headlines
from kerascnn.report.pages.page import write_page
from kerascnn.report.pages.sections import curves_section, insight_section, predictions_section
from kerascnn.report.pages.tables import candidate_table
from kerascnn.results.statistics import simplest_candidate, told_apart_label
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import setting_label


@dataclass(frozen=True)
class GridSection:
    """What a page says beside all candidates.

    Attributes:
        is_grid: whether they are one.
        fixed: the parameters that are the same everywhere, as text.
        rungs: what a halving search went through, "" for another.
        is_tested: whether there are splits enough for a test.
        told: how many candidates cannot be told from the best, "" where that is unknown.
        simplest: the simplest candidate within one standard error of the best, if it is another.
        simplest_label: its setting.
    """

    is_grid: bool
    fixed: str
    rungs: str
    is_tested: bool
    told: str
    simplest: int | None
    simplest_label: str


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = SweepResults.load(folder)
    last = results.last_rows
    view = grid_view([results.settings[row] for row in last], last)
    write_heatmaps(results, view, folder)
    write_rungs(results, folder)
    write_exhibits(results.exhibits, folder)
    curves = page_curves(results.learning_curves)
    test = predictions_section(results.predictions)
    data: dict[str, Any] = {
        "sweep": describe_candidates(results, view),
        "table": candidate_table(results).description(),
        "curves": curves,
        "divergence": results.divergence,
        "stops": results.stops,
        "figures": {
            **({"rungs": rungs_chart(results).description()} if results.rungs else {}),
            **({"confusion": test.confusion} if test else {}),
            **exhibit_figures(results.exhibits),
        },
    }
    return write_page(
        folder,
        "sweep.html.j2",
        results,
        sweep_headlines(results),
        data,
        grid=_grid_section(results, view),
        curves=curves_section(curves),
        test=test,
        insight=insight_section(results.insight),
        exhibits=exhibit_views(results.exhibits),
    )


def _grid_section(results: SweepResults, view: GridView | None) -> GridSection:
    fixed = {name: results.labels[0][name] for name in view.fixed} if view else {}
    simplest = simplest_candidate(results, results.metric)
    if simplest == results.best_index:
        simplest = None
    return GridSection(
        is_grid=view is not None,
        fixed=setting_label(fixed) if fixed else "",
        rungs=describe_rungs(results) if results.rungs else "",
        is_tested=results.n_splits > 1,
        told=told_apart_label(results, results.metric),
        simplest=simplest,
        simplest_label="" if simplest is None else setting_label(results.labels[simplest]),
    )
