"""The page of a laboratory: its exhibits, one below the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kerascnn.report.figures import exhibits as figures
from kerascnn.report.figures.paper_exhibits import file_name, is_wide, write_exhibits
from kerascnn.report.pages.headline import laboratory_headlines
from kerascnn.report.pages.page import write_page
from kerascnn.results.laboratory import (
    Check,
    Checks,
    Exhibit,
    LaboratoryResults,
    Matrix,
    Panel,
    Picture,
    Plot,
)


@dataclass(frozen=True)
class PanelView:
    """What a page shows of one panel; only the part that its kind has is not empty.

    Attributes:
        kind: "picture", "plot", "matrix" or "checks".
        caption: the text below.
        note: a picture's size and range.
        is_wide: whether it takes a row of its own.
        picture: a PNG data address.
        is_pixelated: whether the picture is shown larger than it is.
        figure: the name of a plot's figure in the page's data.
        cells: of a coloured grid.
        rows: of a table of checks.
        against: the heading of their numbers from elsewhere.
    """

    kind: str
    caption: str
    is_wide: bool
    note: str = ""
    picture: str = ""
    is_pixelated: bool = False
    figure: str = ""
    cells: Sequence[Sequence[figures.Cell]] = ()
    rows: Sequence[Check] = ()
    against: str = ""


@dataclass(frozen=True)
class ExhibitView:
    """What a page shows of one exhibit, and the file that holds it as a PNG."""

    title: str
    text: str
    file: str
    panels: Sequence[PanelView]


def render(folder: Path) -> Path:
    """Draw the page and the PNGs from the plain results in `folder`; return the page's path."""
    results = LaboratoryResults.load(folder)
    write_exhibits(results.exhibits, folder)
    plots = {
        _figure_name(number, place): figures.plot_figure(panel).to_plotly_json()
        for number, exhibit in enumerate(results.exhibits, start=1)
        for place, panel in enumerate(exhibit.panels)
        if isinstance(panel, Plot)
    }
    return write_page(
        folder,
        "laboratory.html.j2",
        results,
        laboratory_headlines(results),
        {"figures": plots},
        exhibits=[_view(number, each) for number, each in enumerate(results.exhibits, start=1)],
    )


def _view(number: int, exhibit: Exhibit) -> ExhibitView:
    panels = [
        _panel_view(panel, _figure_name(number, place))
        for place, panel in enumerate(exhibit.panels)
    ]
    return ExhibitView(exhibit.title, exhibit.text, file_name(number, exhibit), panels)


def _panel_view(panel: Panel, figure: str) -> PanelView:
    wide = is_wide(panel)
    match panel:
        case Picture():
            return PanelView(
                panel.KIND,
                panel.caption,
                wide,
                note=figures.picture_note(panel),
                picture=figures.picture_address(panel),
                is_pixelated=panel.pixels.shape[1] <= figures.FEW_PIXELS,
            )
        case Plot():
            return PanelView(panel.KIND, panel.caption, wide, figure=figure)
        case Matrix():
            return PanelView(panel.KIND, panel.caption, wide, cells=figures.matrix_cells(panel))
        case Checks():
            return PanelView(
                panel.KIND, panel.caption, wide, rows=panel.rows, against=panel.against
            )


def _figure_name(number: int, place: int) -> str:
    return f"plot-{number}-{place}"
