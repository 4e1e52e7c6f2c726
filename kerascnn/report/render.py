"""Writing a report and drawing it again, whatever its kind."""

from importlib import import_module
from pathlib import Path

from kerascnn.results import storage
from kerascnn.results.comparison import ComparisonResults
from kerascnn.results.laboratory import LaboratoryResults
from kerascnn.results.study import StudyResults
from kerascnn.results.sweep import SweepResults
from kerascnn.results.training import TrainingResults
from kerascnn.results.transfer import TransferResults

# The libraries that draw are large, so a page's module is imported when there is one to draw:
# listing experiments does not wait for them, and a training has their memory.
PAGES = {
    "sweep": "kerascnn.report.pages.sweep",
    "training": "kerascnn.report.pages.training",
    "comparison": "kerascnn.report.pages.comparison",
    "laboratory": "kerascnn.report.pages.laboratory",
    "transfer": "kerascnn.report.pages.transfer",
    "recordings": "kerascnn.report.pages.recordings",
    "study": "kerascnn.report.pages.study",
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


def write_laboratory_report(results: LaboratoryResults, folder: Path) -> Path:
    """Save the exhibits of a laboratory in `folder`, draw its page and a PNG of each there.

    Returns:
        The path of the page, `folder/index.html`.
    """
    results.save(Path(folder))
    return render_report(folder)


def write_transfer_report(results: TransferResults, folder: Path) -> Path:
    """Save the results of transfer learning in `folder`, draw its page and PNGs there.

    Returns:
        The path of the page, `folder/index.html`.
    """
    results.save(Path(folder))
    return render_report(folder)


def write_study_report(results: StudyResults, folder: Path) -> Path:
    """Save the results of a study in `folder`, draw its page and a PNG of each exhibit there.

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
            f"{str(folder)!r} is not a report: it has no {storage.RESULTS_FILE}; "
            "give the folder that a run wrote, such as reports/grid-digits"
        )
    kind = storage.read_json(path).get("kind")
    if kind not in PAGES:
        raise ValueError(f"{str(path)!r} has kind {kind!r}, expected one of {sorted(PAGES)}")
    page: Path = import_module(PAGES[kind]).render(Path(folder))
    return page
