"""Experiments: a claim, data, a model and a grid, run from start to report."""

from kerascnn.experiment.files import find_experiments, load_experiment
from kerascnn.experiment.grid import GridExperiment
from kerascnn.experiment.options import RunOptions

__all__ = ["GridExperiment", "RunOptions", "find_experiments", "load_experiment"]
