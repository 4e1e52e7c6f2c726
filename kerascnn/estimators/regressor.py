"""CNNRegressor: numbers, signals or images from images or signals."""

from typing import Any, Self

import keras
import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import Tags
from sklearn.utils.validation import check_array, validate_data

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.estimators.number_outputs import NumberOutputs, number_outputs
from kerascnn.estimators.persistence import EstimatorRecord
from kerascnn.estimators.targets import as_numbers, fitting_shape, restored


class CNNRegressor(RegressorMixin, CNNEstimator):
    """A Keras network as a scikit-learn regressor: numbers or images from images or signals.

    Samples, routes, training and seeds are those of `CNNClassifier`. Targets are (n,) or (n, k)
    numbers, signals (n, samples, channels) or images (n, height, width, channels), taken as they
    are, as float32. Predictions have the form of the targets. For scikit-learn's scorers, which
    take no images, give those as rows, (n, height · width · channels), and `output_shape`.

    Args:
        model: a registered name (`kerascnn.models.names("regression")`) or a builder (input_shape,
            output_shape, **its own arguments) → uncompiled Keras model with one output of that
            shape; a number per sample is (1,).
        learning_rate: see `CNNClassifier`, as are all parameters that are not listed here.
        loss: name, class or instance of a Keras loss, or a function; None is the mean squared
            error. Binary cross-entropy takes targets from 0 to 1 and a network that ends in
            sigmoid.
        metrics: Keras metrics, recorded in `history_` beside the loss.
        output_shape: the shape of one target as the network puts it out, where targets are rows
            of another form; None goes by the targets.
        augmentation: transforms training images, and leaves targets as they are.
        pretrained: of targets that are numbers, (n,) or (n, k): the new head is a linear layer.

    Attributes:
        model_: the compiled Keras model.
        history_: loss, val_loss and further metrics, a float per epoch each.
        output_shape_: the shape of one output of the network.
        target_shape_: the shape of one target, () for a number.
        seed_, image_shape_, pixel_range_, n_features_in_, outputs_, divergence_: see
            `CNNClassifier`.
    """

    TASK = "regression"
    READ = (*CNNEstimator.READ, "output_shape_", "target_shape_")

    SCORE = "R²"  # what `score` returns, for readers

    output_shape_: tuple[int, ...]
    target_shape_: tuple[int, ...]
    outputs_: NumberOutputs

    def __init__(
        self,
        model: Any = "regression_cnn",
        *,
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
        output_shape: tuple[int, ...] | None = None,
        augmentation: Any = None,
        pretrained: Any = None,
        trainable: Any = "all",
        backbone_learning_rate: Any = 1e-4,
        **routes: Any,
    ) -> None:
        self.model = model
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
        self.output_shape = output_shape
        self.augmentation = augmentation
        self.pretrained = pretrained
        self.trainable = trainable
        self.backbone_learning_rate = backbone_learning_rate
        self._routes = routes

    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, *, validation_data: Any = None
    ) -> Self:
        """Build the network and train it for `epochs` epochs.

        Args:
            X: images or signals, see `CNNClassifier`.
            y: targets, see the class.
            sample_weight: numbers of at least 0, shape (n,), or None.
            validation_data: (X, y) or (X, y, sample_weight) whose loss is recorded after each
                epoch. They have no influence on the weights.

        Raises:
            ValueError: naming every wrong argument, before anything is built.
            OSError: if the weights of ImageNet cannot be downloaded.
            DivergenceError: if the loss of an epoch is not finite.
        """
        go_on = self.warm_start and self.initialized_
        return self._fit(X, y, sample_weight, validation_data, go_on=go_on)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train for one more epoch, building the network the first time.

        Args:
            X: images or signals.
            y: targets.
            sample_weight: as for `fit`.

        Raises:
            ValueError, DivergenceError: as `fit`.
        """
        return self._fit(X, y, sample_weight, None, epochs=1, go_on=self.initialized_)

    def predict(self, X: Any) -> np.ndarray:
        """Return what the network puts out for each sample, in the form of the targets.

        Numbers and rows are float64, signals and images float32.

        Args:
            X: images or signals; there may be none.
        """
        return restored(self._predict_raw(X), self.target_shape_)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R², 1 − Σ (y − prediction)² / Σ (y − mean)².

        Of several numbers per sample it is the mean of the R² of each, as in scikit-learn. Pixels
        and signals are weighted by their variances, so that it is one R² of all of them: some
        pixels hardly vary.

        Args:
            X: images or signals.
            y: targets in the form of those of `fit`.
            sample_weight: numbers of at least 0, shape (n,), or None.
        """
        predicted = self.predict(X)
        y = as_numbers(y, self.output_shape)
        rows = [array.reshape(len(array), -1) for array in (y, predicted)]
        several = "uniform_average" if len(self.output_shape_) == 1 else "variance_weighted"
        return float(r2_score(*rows, sample_weight=sample_weight, multioutput=several))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def encode(self, y: Any, images: np.ndarray | None = None) -> np.ndarray:
        """Return targets as the loss wants them.

        Args:
            y: targets.
            images: not used.

        Returns:
            float32, (n, *output_shape_).

        Raises:
            ValueError: if the network can only put out others.
        """
        targets = as_numbers(y, self.output_shape).astype(np.float32, copy=False)
        self.outputs_.check_targets(targets)
        return targets.reshape(len(targets), *self.output_shape_)

    def _learnt(self) -> dict[str, Any]:
        return {"target_shape": self.target_shape_}

    def _relearn(self, record: EstimatorRecord) -> None:
        assert record.target_shape is not None  # as a regressor's record is
        self.target_shape_, self.output_shape_ = record.target_shape, record.outputs.shape

    def _made_for(self) -> tuple[int, ...]:
        return self.output_shape_

    def _new_head(self) -> tuple[int, str]:
        if len(self.output_shape_) > 1:
            raise ValueError(
                f"pretrained={str(self.pretrained)!r} gets a head of numbers, but y has targets of "
                f"shape {self.target_shape_}: give y as (n,) or (n, k), or pretrained=None"
            )
        return self.output_shape_[0], "linear"

    def _meaning_of(self, network: keras.Model) -> NumberOutputs:
        return number_outputs(network, self.output_shape_)

    def _validated(self, rows: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and targets, (n,), (n, k) or as images, numbers of any type."""
        targets = as_numbers(y, self.output_shape) if y is not None else None
        flat = targets if targets is None or targets.ndim < 3 else targets.reshape(len(targets), -1)
        rows, flat = validate_data(
            self,
            rows,
            flat,
            reset=reset,
            ensure_all_finite=False,
            multi_output=True,
            y_numeric=True,
        )
        flat = check_array(flat, ensure_2d=False, dtype=np.float32, input_name="y")
        assert targets is not None  # or scikit-learn had raised
        return rows, flat.reshape(targets.shape)

    def _read_first(self, X: Any, y: Any, classes: Any = None) -> tuple[np.ndarray, Any]:
        images, y = super()._read_first(X, y, classes)
        # Grey images without channels, whose targets are such as well.
        if self.output_shape is None and (*self.output_shape_, 1) == self.image_shape_:
            self.output_shape_ = self.image_shape_
        return images, y

    def _learn_targets(self, y: np.ndarray, classes: Any) -> None:
        self.target_shape_ = y.shape[1:]
        self.output_shape_ = fitting_shape(self.output_shape, self.target_shape_)

    def _check_targets(self, y: np.ndarray, classes: Any) -> None:
        if y.shape[1:] != self.target_shape_:
            raise ValueError(
                f"y has targets of shape {y.shape[1:]}, but this {type(self).__name__} was fitted "
                f"on targets of shape {self.target_shape_}"
            )
