"""ConvAutoencoder: a few codes for each image or signal, and the way back."""

import math
from typing import Any, Self

import keras
import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_array, validate_data

from kerascnn.estimators import inputs
from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.estimators.halves import halves_of
from kerascnn.estimators.number_outputs import NumberOutputs, number_outputs
from kerascnn.estimators.persistence import EstimatorRecord
from kerascnn.training.batches import PIXEL_SCALE


class ConvAutoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, CNNEstimator):
    """A convolutional autoencoder as a scikit-learn transformer of images or signals.

    The network learns to put out what it is given by way of `n_codes` numbers, the codes. Samples,
    routes, training and seeds are those of `CNNClassifier`; there are no targets beside the
    samples, so `y` is never looked at. uint8 pixels are divided by 255, and reconstructions are
    of that scale.

    Args:
        model: a registered name (`kerascnn.models.names("autoencoding")`) or a builder
            (input_shape, n_codes, **its own arguments) → uncompiled Keras model whose output has
            the shape of its input, and in which a layer named "codes" puts out (n, n_codes), from
            which all that follows is computed.
        n_codes: numbers per sample, at least 1.
        learning_rate: see `CNNClassifier`, as are all parameters that are not listed here.
        loss: name, class or instance of a Keras loss, or a function; None is the mean squared
            error. Binary cross-entropy takes values from 0 to 1 and a network that ends in sigmoid.
        metrics: Keras metrics, recorded in `history_` beside the loss.
        augmentation: transforms what the network is given in training, and not what it is to put
            out: "noise" makes a denoising autoencoder (Vincent et al. 2008).

    Attributes:
        model_: the compiled Keras model.
        history_: loss, val_loss and further metrics, a float per epoch each.
        sample_shape_: of one sample as `fit` was given it, (n_features,) of rows.
        seed_, image_shape_, pixel_range_, n_features_in_, outputs_, divergence_: see
            `CNNClassifier`.
    """

    TASK = "autoencoding"
    READ = (*CNNEstimator.READ, "sample_shape_")

    SCORE = "minus mean squared error"  # what `score` returns, for readers

    outputs_: NumberOutputs
    sample_shape_: tuple[int, ...]

    def __init__(
        self,
        model: Any = "conv_autoencoder",
        *,
        n_codes: int = 32,
        learning_rate: Any = 0.001,
        l2: float = 0.0,
        epochs: int = 10,
        batch_size: int = 32,
        optimizer: Any = "adam",
        loss: Any = None,
        metrics: Any = None,
        callbacks: Any = None,
        validation_split: float = 0.0,
        early_stopping: Any = None,
        shuffle: bool = True,
        warm_start: bool = False,
        verbose: Any = 0,
        random_state: int | None = None,
        image_shape: tuple[int, ...] | None = None,
        augmentation: Any = None,
        **routes: Any,
    ) -> None:
        self.model = model
        self.n_codes = n_codes
        self.learning_rate = learning_rate
        self.l2 = l2
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics
        self.callbacks = callbacks
        self.validation_split = validation_split
        self.early_stopping = early_stopping
        self.shuffle = shuffle
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state
        self.image_shape = image_shape
        self.augmentation = augmentation
        self._routes = routes

    def fit(
        self, X: Any, y: Any = None, sample_weight: Any = None, *, validation_data: Any = None
    ) -> Self:
        """Build the network and train it for `epochs` epochs.

        Args:
            X: images or signals, see `CNNClassifier`.
            y: ignored.
            sample_weight: numbers of at least 0, shape (n,), or None.
            validation_data: (X, y) or (X, y, sample_weight) whose loss is recorded after each
                epoch; y is ignored. They have no influence on the weights.

        Raises:
            ValueError: naming every wrong argument, before anything is built.
            DivergenceError: if the loss of an epoch is not finite.
        """
        go_on = self.warm_start and self.initialized_
        return self._fit(X, None, sample_weight, validation_data, go_on=go_on)

    def partial_fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Train for one more epoch, building the network the first time.

        Args:
            X: images or signals.
            y: ignored.
            sample_weight: as for `fit`.

        Raises:
            ValueError, DivergenceError: as `fit`.
        """
        return self._fit(X, None, sample_weight, None, epochs=1, go_on=self.initialized_)

    def transform(self, X: Any) -> np.ndarray:
        """Return the codes of images or signals, float32, (n, n_codes); there may be none."""
        self._check_before_predicting()
        return self._run(halves_of(self.model_).encoder, self.images(X))

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Return what codes stand for, float32, in the form of the samples of `fit`.

        That is (n, *image_shape_), or (n, n_features) where those were rows.

        Args:
            X: codes, (n, n_codes).
        """
        self._check_before_predicting()
        parts = halves_of(self.model_)
        codes = check_array(X, dtype=np.float32, ensure_min_samples=0)
        n_codes = parts.encoder.outputs[0].shape[1]
        if codes.shape[1] != n_codes:
            raise ValueError(f"X has {codes.shape[1]} codes per sample, expected {n_codes}")
        decoded = self._run(parts.decoder, codes)
        return decoded if len(self.sample_shape_) > 1 else self._as_rows(decoded)

    def reconstruct(self, X: Any) -> np.ndarray:
        """Return what the network makes of images or signals, float32, (n, *image_shape_)."""
        return self._predict_raw(X)

    def reconstruction_error(self, X: Any) -> np.ndarray:
        """Return the mean squared error of each sample's reconstruction, float64, (n,).

        Args:
            X: images or signals; there may be none. Pixels of uint8 are divided by 255.
        """
        images = _scaled(self.images(X)).astype(np.float64)
        differences = self._as_rows(images - self.reconstruct(X))
        return (differences**2).mean(axis=1)

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Return minus the mean squared error of the reconstructions.

        Args:
            X: images or signals.
            y: ignored.
            sample_weight: numbers of at least 0, shape (n,), or None.
        """
        return -float(np.average(self.reconstruction_error(X), weights=sample_weight))

    def encode(self, y: Any, images: np.ndarray | None = None) -> np.ndarray:
        """Return samples as the network is to put them out.

        Args:
            y: not used.
            images: uint8, which are divided by 255, or float32, (n, *image_shape_).

        Returns:
            float32, (n, *image_shape_).

        Raises:
            ValueError: if the network can only put out others.
        """
        assert images is not None
        targets = _scaled(images)
        self.outputs_.check_targets(targets)
        return targets

    def _as_rows(self, images: np.ndarray) -> np.ndarray:
        """Return images as rows, without the zeros that rows were filled up with."""
        return images.reshape(len(images), math.prod(self.image_shape_))[:, : self.n_features_in_]

    @property
    def predict(self) -> Any:
        """Not there: an autoencoder has `reconstruct` and `transform`."""
        raise AttributeError(f"{type(self).__name__} has no predict, but reconstruct and transform")

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    @property
    def _n_features_out(self) -> int:
        return int(halves_of(self.model_).encoder.outputs[0].shape[1])

    def _made_for(self) -> int:
        return int(self.n_codes)

    def _meaning_of(self, network: keras.Model) -> NumberOutputs:
        n_codes = halves_of(network).encoder.outputs[0].shape[1:]
        if n_codes != (self.n_codes,):
            raise ValueError(
                f"the model's layer 'codes' puts out the shape {n_codes} per sample: it must be "
                f"({self.n_codes},)"
            )
        return number_outputs(network, self.image_shape_)

    def _validated(self, rows: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, None]:
        return validate_data(self, rows, reset=reset, ensure_all_finite=False), None

    def _read_first(self, X: Any, y: Any, classes: Any = None) -> tuple[np.ndarray, Any]:
        images, y = super()._read_first(X, y, classes)
        is_row = inputs.flatten(X, self.image_shape)[1] is None
        self.sample_shape_ = (self.n_features_in_,) if is_row else self.image_shape_
        return images, y

    def _learnt(self) -> dict[str, Any]:
        return {"target_shape": self.sample_shape_}

    def _relearn(self, record: EstimatorRecord) -> None:
        assert record.target_shape is not None  # as an autoencoder's record is
        self.sample_shape_ = record.target_shape

    def _learn_targets(self, y: None, classes: Any) -> None:
        """There are none beside the samples."""

    def _check_targets(self, y: None, classes: Any) -> None:
        """There are none beside the samples."""


def _scaled(images: np.ndarray) -> np.ndarray:
    """Return images as a network is given them, float32."""
    return images * PIXEL_SCALE if images.dtype == np.uint8 else images
