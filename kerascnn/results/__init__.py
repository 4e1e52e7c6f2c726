"""Plain results of runs and their files, independent of how they were made or are drawn."""

from kerascnn.results.comparison import ComparisonResults
from kerascnn.results.exhibits import Check, Checks, Exhibit, Matrix, Picture, Plot, Points
from kerascnn.results.interpretation import Insight, Saliency
from kerascnn.results.laboratory import LaboratoryResults
from kerascnn.results.predictions import Expected, Predictions
from kerascnn.results.sweep import SweepResults
from kerascnn.results.training import Samples, TrainingResults

__all__ = [
    "Check",
    "Checks",
    "ComparisonResults",
    "Exhibit",
    "Expected",
    "Insight",
    "LaboratoryResults",
    "Matrix",
    "Picture",
    "Plot",
    "Points",
    "Predictions",
    "Saliency",
    "Samples",
    "SweepResults",
    "TrainingResults",
]
