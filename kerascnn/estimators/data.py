"""An estimator's data: samples, targets and weights, validated and converted."""

from typing import Any, Self

import numpy as np
from sklearn.utils.validation import validate_data

from kerascnn.estimators import inputs
from kerascnn.estimators.builders import use_of_signals
from kerascnn.estimators.division import held_out_by
from kerascnn.estimators.pickling import PickledEstimator
from kerascnn.internals.scikit_learn import check_sample_weight


class SampleEstimator(PickledEstimator):
    """An abstract estimator that reads images or signals, and their targets, for its network.

    A kind says what its targets are.
    """

    image_shape: tuple[int, ...] | None

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

    def encode(self, y: Any, images: np.ndarray | None = None) -> np.ndarray:
        """Return what the loss compares the network's outputs with, after `initialize` or `fit`.

        Args:
            y: targets as `fit` takes them; None where it takes none.
            images: the samples as the network takes them, for which these are the targets.
        """
        raise NotImplementedError

    def training_weights(
        self, y: Any, sample_weight: Any = None, held_out: np.ndarray | None = None
    ) -> np.ndarray | None:
        """Return the weight of each training sample, and of those among them that are held out.

        Args:
            y: anything with as many rows as there are samples.
            sample_weight: numbers of at least 0, shape (n,), or None.
            held_out: which of them validate: as in Keras, classes have no weights there.

        Returns:
            As `sample_weights`.
        """
        return self.sample_weights(y, sample_weight)

    def sample_weights(self, y: Any, sample_weight: Any = None) -> np.ndarray | None:
        """Return the weights that samples were given.

        Args:
            y: anything with as many rows as there are samples.
            sample_weight: numbers of at least 0, shape (n,), or None.

        Returns:
            float32, (n,); None if all weights are 1 because none were given. A weight of zero
            is kept: such a sample stays in its batch.
        """
        if sample_weight is None:
            return None
        return check_sample_weight(sample_weight, y, dtype=np.float32, ensure_non_negative=True)

    def loss_weights(self, weights: np.ndarray | None) -> np.ndarray | None:
        """Return weights of samples in the form that multiplies a loss.

        A loss of images has a value for each pixel, and Keras does not spread weights over them.

        Args:
            weights: (n,), or None.

        Returns:
            (n,); (n, 1) for outputs that are signals, (n, 1, 1) for images; or None.
        """
        if weights is None:
            return None
        return weights.reshape(len(weights), *[1] * (len(self.outputs_.shape) - 1))

    def read(self, X: Any, y: Any = None) -> Self:
        """Check samples and targets, and remember what there is to know of them.

        Raises:
            ValueError: as `fit`.
        """
        self._read_first(X, y)
        return self

    # What each kind says itself

    def _validated(self, rows: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, Any]:
        """Return rows of numbers and targets as scikit-learn checks them, still as given."""
        raise NotImplementedError

    def _learn_targets(self, y: Any, classes: Any) -> None:
        """Remember what there is to know of validated targets."""
        raise NotImplementedError

    def _check_targets(self, y: Any, classes: Any) -> None:
        """Raise ValueError unless validated targets are of the kind known."""
        raise NotImplementedError

    def _validation_parts(self, data: Any) -> tuple[Any, Any, Any]:
        """Return X, y and weights, or None, of validation data."""
        return inputs.validation_parts(data, held_out_by(self.get_params(deep=False)))

    # Reading

    def _read_first(self, X: Any, y: Any, classes: Any = None) -> tuple[np.ndarray, Any]:
        """Return images and targets, and remember what there is to know of them."""
        self.__dict__.pop("history_", None)  # a network for other data is of no use from here on
        rows, sample_shape = inputs.flatten(X, self.image_shape)
        rows, y = self._validated(rows, y, reset=True)
        self._learn_targets(y, classes)
        shape = inputs.settle_shape(
            sample_shape,
            rows.shape[1],
            self.image_shape,
            signals=use_of_signals(self.model),
        )
        images = inputs.to_images(rows, shape)
        self.image_shape_ = shape
        self.pixel_range_ = inputs.pixel_range(images)
        return images, y

    def _read(self, X: Any, y: Any, classes: Any = None) -> tuple[np.ndarray, Any]:
        """Return images and targets of the kind that the estimator was fitted on."""
        rows, y = self._validated(self._rows(X), y, reset=False)
        self._check_targets(y, classes)
        return inputs.to_images(rows, self.image_shape_), y

    def _read_validation(self, data: Any) -> tuple[np.ndarray, Any, Any] | None:
        """Return checked images, targets and weights of the validation data."""
        if data is None:
            return None
        X, y, weights = self._validation_parts(data)
        images, y = self._read(X, y)
        if weights is not None:
            weights = check_sample_weight(
                weights, images, dtype=np.float32, ensure_non_negative=True
            )
        return images, y, weights

    def _rows(self, X: Any) -> Any:
        """Return X flat after checking that its images have the shape that was fitted."""
        rows, sample_shape = inputs.flatten(X, self.image_shape_)
        if sample_shape is not None:
            what = "images" if len(self.image_shape_) == 3 else "signals"
            fitted_on = f"this {type(self).__name__} was fitted on {what} of shape"
            inputs.check_shape(sample_shape, 0, self.image_shape_, fitted_on)
        return rows
