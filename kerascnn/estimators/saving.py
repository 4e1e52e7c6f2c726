"""Saving and loading of estimators."""

from pathlib import Path
from typing import Any, Self

import keras
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from kerascnn.estimators import persistence
from kerascnn.estimators.fitting import TrainedEstimator
from kerascnn.estimators.persistence import EstimatorRecord
from kerascnn.estimators.routes import settled_by_building


def package_class(kind: type[BaseEstimator]) -> type[BaseEstimator]:
    """Return the class of this package that an estimator's class is, or is derived from."""
    return next(level for level in kind.__mro__ if level.__module__.startswith(__package__ + "."))


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
            ValueError: if the file is not one of ours, is damaged, or holds another estimator.
        """
        record, network = persistence.load(path)
        if record.kind != package_class(cls).__name__:
            raise ValueError(
                f"{path} holds a {record.kind}, not a {package_class(cls).__name__}: load it by "
                f"{record.kind}.load"
            )
        estimator = cls(**record.parameters)._restored(record, network)
        return estimator if model is None else estimator.set_params(model=model)

    def _learnt(self) -> dict[str, Any]:
        """Return what a record keeps of the targets."""
        return {}

    def _relearn(self, record: EstimatorRecord) -> None:
        """Remember what a record has kept of the targets."""

    def _record(self) -> EstimatorRecord:
        names = getattr(self, "feature_names_in_", None)
        return EstimatorRecord(
            kind=package_class(type(self)).__name__,
            parameters=self.get_params(deep=False),
            image_shape=self.image_shape_,
            pixel_range=self.pixel_range_,
            n_features_in=self.n_features_in_,
            feature_names_in=None if names is None else tuple(names),
            outputs=self.outputs_,
            seed=self.seed_,
            history=self.history_,
            best_epoch=getattr(self, "best_epoch_", None),
            **self._learnt(),
        )

    def _restored(self, record: EstimatorRecord, network: keras.Model) -> Self:
        self._relearn(record)
        self.image_shape_ = record.image_shape
        self.pixel_range_ = record.pixel_range
        self.n_features_in_ = record.n_features_in
        if record.feature_names_in is not None:
            self.feature_names_in_ = np.array(record.feature_names_in, dtype=object)
        self.outputs_ = record.outputs
        self.seed_ = record.seed
        self.history_ = record.history
        if record.best_epoch is not None:
            self.best_epoch_ = record.best_epoch
        self._settled = settled_by_building(self.get_params(deep=False))
        self.model_ = network
        return self
