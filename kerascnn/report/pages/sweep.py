"""The page of a sweep."""

from pathlib import Path
from typing import Any

from kerascnn.report.figures import heatmaps
from kerascnn.report.figures.curves import page_curves
from kerascnn.report.figures.descriptions import facet_label
from kerascnn.report.figures.grid_view import grid_view
from kerascnn.report.figures.paper_heatmaps import write_heatmaps
from kerascnn.report.pages import page, tables
from kerascnn.report.pages.headline import sweep_headlines
from kerascnn.report.pages.sections import insight_section, predictions_section
from kerascnn.results.sweep import SweepResults
from kerascnn.utils.formatting import setting_label


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = SweepResults.load(folder)
    view = grid_view(results.params)
    write_heatmaps(results, view, folder)
    table = tables.candidate_table(results)
    curves = page_curves(results.learning_curves)
    with_curves = [row.candidate for row in table.rows if row.candidate in curves["fits"]]
    test = predictions_section(results.predictions)
    data: dict[str, Any] = {
        "best": results.best_index,
        "panels": heatmaps.panels(results, view) if view else [],
        "curves": curves,
        "divergence": results.divergence,
        "figures": {
            **({} if view else {"ranking": heatmaps.ranking(results).to_plotly_json()}),
            **({"confusion": test.confusion.to_plotly_json()} if test else {}),
        },
    }
    return page.write_page(
        folder / page.PAGE_FILE,
        "sweep.html.j2",
        data,
        results=results,
        metric=results.label(results.metric),
        metrics=[results.label(metric) for metric in results.metrics],
        headlines=sweep_headlines(results),
        view=view,
        facets=[facet_label(results, facet) for facet in view.facets] if view else [],
        best_facet=view.facet_of(results.best_index) if view else 0,
        fixed=setting_label({n: results.labels[0][n] for n in view.fixed}) if view else "",
        has_training=results.scores("train", results.metric) is not None,
        table=table,
        curve_labels=[(i, setting_label(results.labels[i])) for i in with_curves],
        several_folds=results.n_splits > 1,
        curve_step=curves["step"],
        test=test,
        insight=insight_section(results.insight),
        provenance=page.provenance_sections(results.provenance),
    )
