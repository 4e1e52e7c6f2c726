"""Plain results of runs and their files, independent of how they were made or are drawn."""

from kerascnn.results.comparison import ComparisonResults
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.interpretation import Insight, Saliency
from kerascnn.results.laboratory import LaboratoryResults
from kerascnn.results.panels import Bands, Check, Checks, Matrix, Picture, Plot, Points, Table
from kerascnn.results.predictions import Expected, Predictions
from kerascnn.results.recordings import RecordingsResults
from kerascnn.results.study import Headline, StudyResults
from kerascnn.results.sweep import SweepResults
from kerascnn.results.training import Samples, TrainingResults
from kerascnn.results.transfer import TransferResults

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
    "RecordingsResults",
    "Saliency",
    "Samples",
    "StudyResults",
    "SweepResults",
    "Table",
    "TrainingResults",
    "TransferResults",
]
