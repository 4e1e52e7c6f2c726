"""Experiments: a claim, data, a model and a grid, run from start to report."""

from kerascnn.experiment.comparison import ComparisonExperiment
from kerascnn.experiment.denoising import DenoisingExperiment
from kerascnn.experiment.files import find_experiments, load_experiment
from kerascnn.experiment.grid import GridExperiment
from kerascnn.experiment.laboratory import LaboratoryExperiment
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.recordings import RecordingsExperiment
from kerascnn.experiment.seismic import SeismicExperiment
from kerascnn.experiment.study import StudyExperiment
from kerascnn.experiment.super_resolution import SuperResolutionExperiment
from kerascnn.experiment.training import TrainingExperiment
from kerascnn.experiment.transfer import TransferExperiment

__all__ = [
    "ComparisonExperiment",
    "DenoisingExperiment",
    "GridExperiment",
    "LaboratoryExperiment",
    "RecordingsExperiment",
    "RunOptions",
    "SeismicExperiment",
    "StudyExperiment",
    "SuperResolutionExperiment",
    "TrainingExperiment",
    "TransferExperiment",
    "find_experiments",
    "load_experiment",
]
