"""Plain results in, pictures and pages out, for any fitted scikit-learn search.

import kerascnn

kerascnn.show(search)
kerascnn.write_report(search, "reports/svc", title="Support vectors on digits")
"""

from kerascnn.report.face import show, write_figures, write_report
from kerascnn.report.pages.index import write_index
from kerascnn.report.render import (
    render_report,
    write_comparison_report,
    write_laboratory_report,
    write_study_report,
    write_sweep_report,
    write_training_report,
    write_transfer_report,
)
from kerascnn.results.comparison import ComparisonResults
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.interpretation import Insight, Saliency
from kerascnn.results.laboratory import LaboratoryResults
from kerascnn.results.panels import (
    Bands,
    Check,
    Checks,
    Matrix,
    Picture,
    Plot,
    Points,
    Scatter,
    Table,
)
from kerascnn.results.predictions import Expected, Predictions
from kerascnn.results.study import Headline, StudyResults
from kerascnn.results.sweep import SweepResults
from kerascnn.results.training import Samples, TrainingResults
from kerascnn.results.transfer import TransferResults
from kerascnn.results.waveform import Waveform

__all__ = [
    "Bands",
    "Check",
    "Checks",
    "ComparisonResults",
    "Exhibit",
    "Expected",
    "Headline",
    "Insight",
    "LaboratoryResults",
    "Matrix",
    "Picture",
    "Plot",
    "Points",
    "Predictions",
    "Saliency",
    "Samples",
    "Scatter",
    "StudyResults",
    "SweepResults",
    "Table",
    "TrainingResults",
    "TransferResults",
    "Waveform",
    "render_report",
    "show",
    "write_comparison_report",
    "write_figures",
    "write_index",
    "write_laboratory_report",
    "write_report",
    "write_study_report",
    "write_sweep_report",
    "write_training_report",
    "write_transfer_report",
]
