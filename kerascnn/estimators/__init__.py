"""Keras networks as scikit-learn estimators."""

from kerascnn.estimators.autoencoder import ConvAutoencoder
from kerascnn.estimators.classifier import CNNClassifier
from kerascnn.estimators.regressor import CNNRegressor
from kerascnn.training.loop import DivergenceError

__all__ = ["CNNClassifier", "CNNRegressor", "ConvAutoencoder", "DivergenceError"]
