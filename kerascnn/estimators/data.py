"""An estimator's data: images, labels and weights, validated and converted."""

from typing import Any, Self

import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from kerascnn.estimators import inputs, outputs
from kerascnn.estimators.builders import takes_signals_only
from kerascnn.estimators.network import NetworkEstimator
from kerascnn.internals.scikit_learn import check_sample_weight

# What an estimator learns by reading its data.
READ = (
    "classes_",
    "feature_names_in_",
    "image_shape_",
    "n_features_in_",
    "pixel_range_",
    "target_encoder_",
)


class ImageEstimator(NetworkEstimator):
    """An abstract estimator that reads images and their labels for its network."""

    image_shape: tuple[int, ...] | None
    class_weight: Any
    target_encoder_: LabelEncoder

    def images(self, X: Any) -> np.ndarray:
        """Return samples as the network takes them, after `initialize` or `fit`.

        Args:
            X: images, see the class; there may be none.

        Returns:
            uint8 or float32, (n, *image_shape_).

        Raises:
            ValueError: if their shape is not the one known, or a pixel is not finite.
        """
        rows = validate_data(
            self, self._rows(X), reset=False, ensure_all_finite=False, ensure_min_samples=0
        )
        return inputs.to_images(rows, self.image_shape_)

    def encode(self, y: Any) -> np.ndarray:
        """Return labels as the loss wants them.

        Args:
            y: labels that are in `classes_`, shape (n,).

        Returns:
            (n,) int32 for a sparse loss, (n, n_classes) float32 one-hot for others, (n, 1)
            float32 for a network with one output.
        """
        positions = self.target_encoder_.transform(y)
        return self.outputs_.encode(positions, sparse=outputs.is_sparse(self.model_.loss))

    def training_weights(self, y: Any, sample_weight: Any = None) -> np.ndarray | None:
        """Return the weight of each training sample: its own times its class's.

        Args:
            y: labels, shape (n,).
            sample_weight: numbers of at least 0, shape (n,), or None.

        Returns:
            float32, (n,); None if all weights are 1 because none were given. A weight of zero
            is kept: such a sample stays in its batch.
        """
        if sample_weight is None and self.class_weight is None:
            return None
        weights = check_sample_weight(sample_weight, y, dtype=np.float32, ensure_non_negative=True)
        if self.class_weight is not None:
            weights = weights * compute_sample_weight(self.class_weight, y)
        return weights.astype(np.float32)

    def read(self, X: Any, y: Any) -> Self:
        """Check images and labels, and remember their shape and the classes.

        Raises:
            ValueError: as `fit`.
        """
        self._read_first(X, y)
        return self

    def take_reading(self, other: "ImageEstimator") -> None:
        """Remember what `other` has learnt by reading the data."""
        for name in READ:
            if hasattr(other, name):
                setattr(self, name, getattr(other, name))

    def _read_first(self, X: Any, y: Any, classes: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Return images and labels, and remember their shape and the classes."""
        self.__dict__.pop("history_", None)  # a network for other data is of no use from here on
        rows, sample_shape = inputs.flatten(X, self.image_shape)
        rows, labels = validate_data(self, rows, y, ensure_all_finite=False)
        check_classification_targets(labels)
        encoder = LabelEncoder().fit(labels if classes is None else classes)
        if len(encoder.classes_) < 2:
            only = labels.tolist()[0]
            raise ValueError(f"y has only 1 class ({only!r}): at least 2 classes are needed")
        encoder.transform(labels)
        shape = inputs.settle_shape(
            sample_shape,
            rows.shape[1],
            self.image_shape,
            are_signals=takes_signals_only(self.model),
        )
        images = inputs.to_images(rows, shape)
        self.target_encoder_, self.classes_, self.image_shape_ = encoder, encoder.classes_, shape
        self.pixel_range_ = inputs.pixel_range(images)
        return images, labels

    def _read(self, X: Any, y: Any, classes: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Return images and labels of the kind that the estimator was fitted on."""
        if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"classes={classes!r}, but the first call had {self.classes_!r}")
        rows, labels = validate_data(self, self._rows(X), y, reset=False, ensure_all_finite=False)
        self.target_encoder_.transform(labels)
        return inputs.to_images(rows, self.image_shape_), labels

    def _read_validation(self, data: Any) -> tuple[np.ndarray, np.ndarray, Any] | None:
        """Return checked images, labels and weights of the validation data."""
        if data is None:
            return None
        X, y, weights = inputs.validation_parts(data, self._effective("validation_split"))
        images, labels = self._read(X, y)
        if weights is not None:
            weights = check_sample_weight(
                weights, images, dtype=np.float32, ensure_non_negative=True
            )
        return images, labels, weights

    def _rows(self, X: Any) -> Any:
        """Return X flat after checking that its images have the shape that was fitted."""
        rows, sample_shape = inputs.flatten(X, self.image_shape_)
        if sample_shape is not None:
            fitted_on = "this CNNClassifier was fitted on images of shape"
            inputs.check_shape(sample_shape, 0, self.image_shape_, fitted_on)
        return rows
