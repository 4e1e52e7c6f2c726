"""Keras networks as scikit-learn estimators."""

from kerascnn.estimators.classifier import CNNClassifier
from kerascnn.training.loop import DivergenceError

__all__ = ["CNNClassifier", "DivergenceError"]
