"""Exhibits on a page, one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerascnn.report.figures import exhibits as figures
from kerascnn.report.figures import plots
from kerascnn.report.figures.charts import Chart
from kerascnn.report.figures.paper_exhibits import columns, file_name, write_exhibits
from kerascnn.report.figures.waveforms import waveform_chart
from kerascnn.report.pages.page import write_page
from kerascnn.report.pages.sections import InsightSection
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import (
    Bands,
    Check,
    Checks,
    Matrix,
    Panel,
    Picture,
    Plot,
    Points,
    Scatter,
    Table,
)
from kerascnn.results.study import Headline
from kerascnn.results.waveform import Waveform


@dataclass(frozen=True)
class PanelView:
    """What a page shows of one panel; only the part that its kind has is not empty.

    Attributes:
        kind: "picture", "plot", "matrix", "checks" or "table".
        caption: the text below.
        note: a picture's size and range.
        columns: how many of the four columns of a row it takes: 1, 2 or all.
        picture: a PNG data address.
        is_pixelated: whether the picture is shown larger than it is.
        figure: the name of a plot's figure in the page's data.
        cells: of a coloured grid.
        rows: of a table of checks.
        headings: of a table of texts.
        texts: its rows.
        against: the heading of their numbers from elsewhere.
    """

    kind: str
    caption: str
    columns: int
    note: str = ""
    picture: str = ""
    is_pixelated: bool = False
    figure: str = ""
    cells: Sequence[Sequence[figures.Cell]] = ()
    rows: Sequence[Check] = ()
    against: str = ""
    headings: Sequence[str] = ()
    texts: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class ExhibitView:
    """What a page shows of one exhibit, and the file that holds it as a PNG."""

    title: str
    text: str
    file: str
    panels: Sequence[PanelView]


def write_exhibits_page(
    folder: Path,
    results: Any,
    headlines: Sequence[Headline],
    insight: InsightSection | None = None,
) -> Path:
    """Draw a page of exhibits, and a PNG of each; return the page's path.

    Args:
        folder: of the report.
        results: with `exhibits`.
        headlines: their figures.
        insight: what a network has learned, shown below the exhibits.
    """
    write_exhibits(results.exhibits, folder)
    return write_page(
        folder,
        "laboratory.html.j2",
        results,
        headlines,
        {"figures": exhibit_figures(results.exhibits)},
        exhibits=exhibit_views(results.exhibits),
        insight=insight,
    )


def exhibit_views(exhibits: Sequence[Exhibit]) -> list[ExhibitView]:
    """Return what a page shows of exhibits."""
    return [_view(number, exhibit) for number, exhibit in enumerate(exhibits, start=1)]


def exhibit_figures(exhibits: Sequence[Exhibit]) -> dict[str, Any]:
    """Return the figures that the page's script draws, by the names that views give them."""
    return {
        _figure_name(number, place): _chart(panel).description()
        for number, exhibit in enumerate(exhibits, start=1)
        for place, panel in enumerate(exhibit.panels)
        if isinstance(panel, Plot | Points | Bands | Scatter | Waveform)
    }


def _chart(panel: Plot | Points | Bands | Scatter | Waveform) -> Chart:
    match panel:
        case Plot():
            return plots.plot_chart(panel)
        case Points():
            return plots.points_chart(panel)
        case Bands():
            return plots.bands_chart(panel)
        case Scatter():
            return plots.scatter_chart(panel)
        case Waveform():
            return waveform_chart(panel)


def _view(number: int, exhibit: Exhibit) -> ExhibitView:
    panels = [
        _panel_view(panel, _figure_name(number, place))
        for place, panel in enumerate(exhibit.panels)
    ]
    return ExhibitView(exhibit.title, exhibit.text, file_name(number, exhibit), panels)


def _panel_view(panel: Panel, figure: str) -> PanelView:
    width = columns(panel)
    match panel:
        case Picture():
            return PanelView(
                panel.KIND,
                panel.caption,
                width,
                note=figures.picture_note(panel),
                picture=figures.picture_address(panel),
                is_pixelated=panel.pixels.shape[1] <= figures.FEW_PIXELS,
            )
        case Plot() | Points() | Bands() | Scatter() | Waveform():
            return PanelView("plot", panel.caption, width, figure=figure)
        case Matrix():
            return PanelView(panel.KIND, panel.caption, width, cells=figures.matrix_cells(panel))
        case Checks():
            return PanelView(
                panel.KIND, panel.caption, width, rows=panel.rows, against=panel.against
            )
        case Table():
            return PanelView(
                panel.KIND, panel.caption, width, headings=panel.headings, texts=panel.rows
            )


def _figure_name(number: int, place: int) -> str:
    return f"plot-{number}-{place}"
