"""Saving and loading of estimators."""

from pathlib import Path
from typing import Any, Self

import keras
import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.validation import check_is_fitted

from kerascnn.estimators import persistence
from kerascnn.estimators.fitting import TrainedEstimator
from kerascnn.estimators.persistence import EstimatorRecord
from kerascnn.estimators.routes import settled_by_building


class SavableEstimator(TrainedEstimator):
    """An abstract estimator that can be saved once it is fitted."""

    feature_names_in_: np.ndarray

    def save(self, path: str | Path) -> None:
        """Write the fitted estimator to one file, see `kerascnn.estimators.persistence`.

        Raises:
            NotFittedError: if the estimator is not fitted.
            ValueError: if its labels are neither numbers, strings nor booleans.
            OSError: if the file cannot be written.
        """
        check_is_fitted(self)
        persistence.save(self._record(), self.model_, path)

    @classmethod
    def load(cls, path: str | Path, model: Any = None) -> Self:
        """Return an estimator from a file that `save` wrote; nothing in it is executed.

        Args:
            path: the file.
            model: the builder to train anew with, if it is not a registered one.

        Raises:
            OSError: if there is no such file.
            ValueError: if the file is not one of ours, or is damaged.
        """
        record, network = persistence.load(path)
        estimator = cls(**record.parameters)._restored(record, network)
        return estimator if model is None else estimator.set_params(model=model)

    def _record(self) -> EstimatorRecord:
        names = getattr(self, "feature_names_in_", None)
        return EstimatorRecord(
            parameters=self.get_params(deep=False),
            classes=self.classes_,
            image_shape=self.image_shape_,
            pixel_range=self.pixel_range_,
            n_features_in=self.n_features_in_,
            feature_names_in=None if names is None else tuple(names),
            outputs=self.outputs_,
            seed=self.seed_,
            history=self.history_,
        )

    def _restored(self, record: EstimatorRecord, network: keras.Model) -> Self:
        self.target_encoder_ = LabelEncoder()
        self.target_encoder_.classes_ = self.classes_ = record.classes
        self.image_shape_ = record.image_shape
        self.pixel_range_ = record.pixel_range
        self.n_features_in_ = record.n_features_in
        if record.feature_names_in is not None:
            self.feature_names_in_ = np.array(record.feature_names_in, dtype=object)
        self.outputs_ = record.outputs
        self.seed_ = record.seed
        self.history_ = record.history
        self._settled = settled_by_building(self.get_params(deep=False))
        self.model_ = network
        return self
