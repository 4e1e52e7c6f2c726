"""The common part of all estimators: initializing, predicting, and scikit-learn's tags."""

from typing import Any, Self

import numpy as np
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from kerascnn import environment
from kerascnn.estimators.saving import SavableEstimator
from kerascnn.estimators.validation import raise_all
from kerascnn.estimators.values import prediction_problems
from kerascnn.training.batches import prediction_batches


class CNNEstimator(SavableEstimator):
    """An abstract estimator around a Keras builder, by way of scikeras."""

    def initialize(self, X: Any, y: Any = None) -> Self:
        """Build and compile the network with its initial weights, without training it.

        Args:
            X: images or signals, see the class.
            y: targets as `fit` takes them.

        Raises:
            ValueError: as `fit`.
        """
        environment.prefer_threads_for_training()
        self.check_arguments()
        self._read_first(X, y)
        self._build()
        return self

    def initialize_like(self, other: "CNNEstimator") -> Self:
        """Build and compile the network for the data that `other` has read.

        Args:
            other: initialized or fitted, or has `read` the data, with the same `image_shape`.

        Raises:
            ValueError: as `fit`.
        """
        self.check_arguments()
        self.take_reading(other)
        self._build()
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return self.initialized_

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    def _predict_raw(self, X: Any) -> np.ndarray:
        """Return the network's outputs for images or signals, (n, *shape of one output)."""
        self._check_before_predicting()
        return self._run(self.model_, self.images(X))

    def _check_before_predicting(self) -> None:
        check_is_fitted(self)
        raise_all(list(prediction_problems(self.get_params(deep=False))))

    def _run(self, network: Any, samples: np.ndarray) -> np.ndarray:
        """Return a network's outputs for what it takes; there may be none."""
        if not len(samples):
            output = network.outputs[0]
            return np.zeros((0, *output.shape[1:]), output.dtype)
        routed = {"batch_size": self.batch_size, "verbose": self.verbose, **self._routed("predict")}
        with prediction_batches(samples, routed["batch_size"]) as batches:
            return network.predict(batches, verbose=routed["verbose"])[: len(samples)]
