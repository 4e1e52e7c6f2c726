"""Writing a report and drawing it again, whatever its kind."""

from collections.abc import Callable
from pathlib import Path

from kerascnn.report import storage
from kerascnn.report.comparison import ComparisonResults
from kerascnn.report.comparison_page import render_comparison
from kerascnn.report.results import SweepResults
from kerascnn.report.sweep_page import render_sweep
from kerascnn.report.training import TrainingResults
from kerascnn.report.training_page import render_training

RENDERERS: dict[str, Callable[[Path], Path]] = {
    "sweep": render_sweep,
    "training": render_training,
    "comparison": render_comparison,
}


def write_sweep_report(results: SweepResults, folder: Path) -> Path:
    """Save the plain results of a sweep in `folder`, draw its page and PNGs there.

    Returns:
        The path of the page, `folder/index.html`.
    """
    results.save(Path(folder))
    return render_report(folder)


def write_training_report(results: TrainingResults, folder: Path) -> Path:
    """Save the plain results of a single training in `folder`, draw its page and PNG there.

    Returns:
        The path of the page, `folder/index.html`.
    """
    results.save(Path(folder))
    return render_report(folder)


def write_comparison_report(results: ComparisonResults, folder: Path) -> Path:
    """Save the plain results of a comparison in `folder`, draw its page and PNG there.

    Returns:
        The path of the page, `folder/index.html`.
    """
    results.save(Path(folder))
    return render_report(folder)


def render_report(folder: Path) -> Path:
    """Draw the pages and PNGs of a report again from the plain results in `folder`.

    Returns:
        The path of the page, `folder/index.html`.

    Raises:
        ValueError: if the folder holds no report that can be drawn.
    """
    path = Path(folder) / storage.RESULTS_FILE
    if not path.exists():
        raise ValueError(
            f"{str(folder)!r} holds no report: there is no {storage.RESULTS_FILE} in it; "
            "give the folder that a run wrote, such as reports/grid-digits"
        )
    kind = storage.read_json(path).get("kind")
    if kind not in RENDERERS:
        raise ValueError(f"{str(path)!r} has kind {kind!r}, expected one of {sorted(RENDERERS)}")
    return RENDERERS[kind](Path(folder))
