"""CNNClassifier: scikit-learn's contract around a Keras builder, by way of scikeras."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import keras
import numpy as np
from scikeras._utils import route_params
from scikeras.wrappers import BaseWrapper
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import Tags
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from kerascnn import estimator_arguments, estimator_files, estimator_inputs, runtime, targets
from kerascnn.batches import prediction_batches
from kerascnn.estimator_arguments import effective, unknown_name
from kerascnn.estimator_compilation import compile_arguments
from kerascnn.estimator_inputs import Samples
from kerascnn.estimator_network import build_network
from kerascnn.estimator_training import DivergenceError, train
from kerascnn.seeding import draw_seed, seeded

__all__ = ["CNNClassifier", "DivergenceError"]


class CNNClassifier(ClassifierMixin, BaseWrapper):
    """A Keras network as a scikit-learn classifier of images.

    Routes set arguments of what the estimator makes: `model__n_filters` the builder's,
    `optimizer__momentum` the optimizer's, `loss__label_smoothing` the loss's, `fit__…`,
    `compile__…` and `predict__batch_size` those of Keras's methods. A route that means the same
    as a parameter wins over it, as `optimizer__learning_rate` over `learning_rate`.

    Images are accepted as (n, height, width, channels), (n, height, width) or flat
    (n, features). uint8 pixels are divided by 255 when they are batched; all other numbers are
    taken as they are, as float32. Flat samples take `image_shape`; without it they become
    square grey images, filled up with zeros (and a warning) if their length is no square.

    Samples of weight zero stay in the batches, where they only count in the mean: a batch's
    loss is Σ weight · loss / batch length, as in Keras. Accuracy in `history_` is unweighted.

    Args:
        model: a registered name (`kerascnn.models.names()`) or a builder (input_shape,
            n_classes, **its own arguments) → uncompiled Keras model, which ends in softmax or
            logits for each class, or for two classes in one sigmoid or logit.
        learning_rate: the optimizer's, at least 0, or a Keras schedule. An optimizer that is
            an instance keeps its own.
        l2: strength of the L2 penalty, at least 0; passed on if the builder has an argument l2.
        epochs: how often `fit` visits the training data, at least 1.
        batch_size: samples per step, at least 1; also used to predict.
        optimizer: name, class or instance of a Keras optimizer.
        loss: name, class or instance of a Keras loss; None is cross-entropy (sparse
            categorical, or binary for one output). Whether it is computed from logits follows
            from the model's last activation.
        metrics: further Keras metrics beside accuracy.
        class_weight: a dict of labels and weights (1 where a label is missing), or "balanced"
            for n / (n_classes · members of the class); multiplied with `sample_weight`.
        callbacks: Keras callbacks.
        validation_split: the last part of the data, from 0 to below 1, that is not trained on.
        shuffle: False visits the samples in their own order in every epoch.
        warm_start: True lets `fit` go on with the trained model; epochs count on.
        verbose: Keras's.
        random_state: an integer from 0 to 2³² - 1 settles initial weights, batch order and
            dropout; None draws one. Global random state has no influence and stays as it was.
            Two processes fit the same weights bit for bit if their operations have as many
            threads; another number of them adds gradients up in another order.
        image_shape: the shape of one sample, (height, width, channels).
        **routes: see above.

    Attributes:
        model_: the compiled Keras model.
        classes_: the labels, sorted, shape (n_classes,).
        history_: loss, accuracy, and with validation data val_loss, val_accuracy: a float per
            epoch each.
        seed_: the integer that settled the fit: `random_state`, or the one drawn.
        image_shape_: the shape of one image as the model takes it.
        n_features_in_: numbers per sample.
        outputs_: what the model's outputs mean, a `kerascnn.targets.Outputs`.
        divergence_: the DivergenceError that ended the last fit, if one did.
    """

    def __init__(
        self,
        model: Any = "digits_cnn",
        *,
        learning_rate: Any = 0.001,
        l2: float = 0.0,
        epochs: int = 10,
        batch_size: int = 32,
        optimizer: Any = "adam",
        loss: Any = None,
        metrics: Any = None,
        class_weight: Any = None,
        callbacks: Any = None,
        validation_split: float = 0.0,
        shuffle: bool = True,
        warm_start: bool = False,
        verbose: Any = 0,
        random_state: int | None = None,
        image_shape: tuple[int, ...] | None = None,
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
        self.class_weight = class_weight
        self.callbacks = callbacks
        self.validation_split = validation_split
        self.shuffle = shuffle
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state
        self.image_shape = image_shape
        self._routes = routes

    # scikit-learn's reading of the signature: scikeras's own takes every attribute for one.
    _get_param_names: Any = classmethod(BaseEstimator._get_param_names.__func__)
    __repr__ = BaseEstimator.__repr__

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return all parameters by name, routes included."""
        return {**BaseEstimator.get_params(self, deep=deep), **self._routes}

    def set_params(self, **params: Any) -> Self:
        """Set parameters and routes by name.

        Raises:
            ValueError: naming each that is unknown, with the closest name there is.
        """
        known, named = self.get_params(deep=False), self._get_param_names()
        new = [name for name in params if name not in known]
        wrong = [unknown_name(name, {**known, **params}, named) for name in new]
        estimator_arguments.raise_all([problem for problem in wrong if problem is not None])
        for name in set(params).intersection(named):
            setattr(self, name, params[name])
        routes = {name: value for name, value in params.items() if name not in named}
        self._routes = {**self._routes, **routes}
        return self

    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, *, validation_data: Any = None
    ) -> Self:
        """Build the network and train it for `epochs` epochs.

        Args:
            X: images, see the class.
            y: labels of any kind, shape (n,).
            sample_weight: numbers of at least 0, shape (n,), or None.
            validation_data: (X, y) or (X, y, sample_weight) whose loss and accuracy are
                recorded after each epoch. They have no influence on the weights.

        Raises:
            ValueError: naming every wrong argument, before anything is built.
            DivergenceError: if the loss of an epoch is not finite.
        """
        go_on = self.warm_start and self.initialized_
        epochs = self._effective("epochs")
        return self._fit(X, y, sample_weight, validation_data, epochs=epochs, go_on=go_on)

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train for one more epoch, building the network the first time.

        Args:
            X: images, see the class.
            y: labels, shape (n,).
            classes: all labels there are; needed by the first call if `y` lacks some.
            sample_weight: as for `fit`.

        Raises:
            ValueError, DivergenceError: as `fit`.
        """
        go_on = self.initialized_
        return self._fit(X, y, sample_weight, None, epochs=1, go_on=go_on, classes=classes)

    def initialize(self, X: Any, y: Any) -> Self:
        """Build and compile the network with its initial weights, without training it.

        Args:
            X: images, see the class.
            y: labels, shape (n,).

        Raises:
            ValueError: as `fit`.
        """
        runtime.prefer_threads_for_training()
        self.check_arguments()
        self._read_first(X, y)
        self._build()
        return self

    def images(self, X: Any) -> np.ndarray:
        """Return samples as the network takes them, after `initialize` or `fit`.

        Args:
            X: images, see the class.

        Returns:
            uint8 or float32, (n, *image_shape_).

        Raises:
            ValueError: if their shape is not the one known, or a pixel is not finite.
        """
        rows = validate_data(self, self._rows(X), reset=False, ensure_all_finite=False)
        return estimator_inputs.to_images(rows, self.image_shape_)

    def encode(self, y: Any) -> np.ndarray:
        """Return labels as the loss wants them.

        Args:
            y: labels that are in `classes_`, shape (n,).

        Returns:
            (n,) int32 for a sparse loss, (n, n_classes) float32 one-hot for others, (n, 1)
            float32 for a network with one output.
        """
        positions = self.target_encoder_.transform(y)
        return self.outputs_.encode(positions, sparse=targets.is_sparse(self.model_.loss))

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
        weights = _check_sample_weight(sample_weight, y, dtype=np.float32, ensure_non_negative=True)
        if self.class_weight is not None:
            weights = weights * compute_sample_weight(self.class_weight, y)
        return weights.astype(np.float32)

    def adopt(self, weights: Sequence[np.ndarray], history: Mapping[str, Sequence[float]]) -> Self:
        """Take over a training that was done elsewhere, after `initialize`.

        The optimizer's own state stays as it was.

        Args:
            weights: arrays in the order of `model_.get_weights()`.
            history: a number per epoch for loss, accuracy, ….
        """
        self.model_.set_weights(weights)
        self.history_ = {
            name: [float(value) for value in values] for name, values in history.items()
        }
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable label of each image, shape (n,)."""
        numbers = self.predict_proba(X).argmax(axis=1)
        return self.classes_[numbers]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return each image's probabilities, float32, (n, n_classes), in `classes_`' order."""
        return targets.probabilities(self._predict_raw(X), self.outputs_.from_logits)

    def save(self, path: str | Path) -> None:
        """Write the fitted estimator to one file, see `kerascnn.estimator_files`."""
        estimator_files.save(self, path)

    @classmethod
    def load(cls, path: str | Path, model: Any = None) -> "CNNClassifier":
        """Return an estimator from a file that `save` wrote; nothing in it is executed.

        Args:
            path: the file.
            model: the builder to train anew with, if it is not a registered one.

        Raises:
            ValueError: if the file is not one of ours, or is damaged.
        """
        estimator = estimator_files.load(cls, path)
        return estimator if model is None else estimator.set_params(model=model)

    @property
    def current_epoch(self) -> int:
        """The number of epochs trained so far."""
        return len(self.history_.get("loss", [])) if self.initialized_ else 0

    @property
    def initialized_(self) -> bool:
        """Whether there is a network to predict with or to go on training."""
        return hasattr(self, "history_")

    def __sklearn_is_fitted__(self) -> bool:
        return self.initialized_

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    # Reading what comes in

    def check_arguments(self) -> None:
        """Raise one ValueError that names all wrong parameters, if there are any."""
        parameters, named = self.get_params(deep=False), self._get_param_names()
        estimator_arguments.raise_all(estimator_arguments.problems(parameters, named))

    def _read_first(self, X: Any, y: Any, classes: Any = None) -> tuple[np.ndarray, np.ndarray]:
        """Return images and labels, and remember their shape and the classes."""
        rows, sample_shape = estimator_inputs.flatten(X, self.image_shape)
        rows, labels = validate_data(self, rows, y, ensure_all_finite=False)
        check_classification_targets(labels)
        encoder = LabelEncoder().fit(labels if classes is None else classes)
        if len(encoder.classes_) < 2:
            only = labels.tolist()[0]
            raise ValueError(f"y has only 1 class ({only!r}): at least 2 classes are needed")
        encoder.transform(labels)
        shape = estimator_inputs.settle_shape(sample_shape, rows.shape[1], self.image_shape)
        images = estimator_inputs.to_images(rows, shape)
        self.target_encoder_, self.classes_, self.image_shape_ = encoder, encoder.classes_, shape
        return images, labels

    def _rows(self, X: Any) -> Any:
        """Return X flat after checking that its images have the shape that was fitted."""
        rows, sample_shape = estimator_inputs.flatten(X, self.image_shape_)
        if sample_shape is not None:
            fitted_on = "this CNNClassifier was fitted on images of shape"
            estimator_inputs.check_shape(sample_shape, 0, self.image_shape_, fitted_on)
        return rows

    def _read(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return images and labels of the kind that the estimator was fitted on."""
        rows, labels = validate_data(self, self._rows(X), y, reset=False, ensure_all_finite=False)
        self.target_encoder_.transform(labels)
        return estimator_inputs.to_images(rows, self.image_shape_), labels

    def _read_validation(self, data: Any) -> tuple[np.ndarray, np.ndarray, Any] | None:
        """Return checked images, labels and weights of the validation data."""
        if data is None:
            return None
        X, y, weights = estimator_inputs.validation_parts(data, self._effective("validation_split"))
        images, labels = self._read(X, y)
        if weights is not None:
            weights = _check_sample_weight(weights, images, dtype=np.float32)
        return images, labels, weights

    # Building

    def _build(self) -> None:
        """Build and compile the network, with everything random settled by the seed."""
        self.__dict__.pop("history_", None)  # not fitted unless all of this succeeds
        self.seed_ = draw_seed() if self.random_state is None else int(self.random_state)
        with seeded(self.seed_):
            self.model_ = self._build_keras_model()
        self.outputs_ = targets.outputs_of(self.model_, len(self.classes_))
        self._ensure_compiled_model()
        self.history_ = {}

    def _build_keras_model(self) -> keras.Model:
        try:
            return build_network(
                self.model,
                self.image_shape_,
                len(self.classes_),
                l2=self.l2,
                arguments=self._routed("model"),
            )
        except ValueError as error:
            if "too small" not in str(error):
                raise
            features = f"X has {self.n_features_in_} feature(s) per sample"
            raise ValueError(f"{error} ({features})") from error

    def _get_compile_kwargs(self) -> dict[str, Any]:
        return compile_arguments(self.get_params(deep=False), self._routed, self.outputs_)

    def _effective(self, name: str) -> Any:
        return effective(self.get_params(deep=False), name)

    def _routed(self, destination: str) -> dict[str, Any]:
        return route_params(self._routes, destination=destination, pass_filter=set())

    # Training

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation_data: Any,
        *,
        epochs: int,
        go_on: bool,
        classes: Any = None,
    ) -> Self:
        """Check everything, build unless going on, and train."""
        runtime.prefer_threads_for_training()
        self.check_arguments()
        images, labels = self._read(X, y) if go_on else self._read_first(X, y, classes)
        weights = self.training_weights(labels, sample_weight)
        validation = self._read_validation(validation_data)
        if not go_on:
            self._build()
        if validation is not None:
            validation = (validation[0], self.encode(validation[1]), validation[2])
        training = (images, self.encode(labels), weights)
        share = self._effective("validation_split")
        if share:
            training, validation = estimator_inputs.split_off(training, share)
        return self._train(training, validation, epochs)

    def _train(self, training: Samples, validation: Samples | None, n_epochs: int) -> Self:
        """Train for some more epochs and append to the history.

        Raises:
            DivergenceError: if the last loss is not finite; the estimator is not fitted then.
        """
        routed = {"verbose": self.verbose, **self._routed("fit")}
        new = train(
            self.model_,
            training,
            validation,
            epochs=range(self.current_epoch, self.current_epoch + n_epochs),
            batch_size=self._effective("batch_size"),
            seed=self.seed_,
            shuffle=self._effective("shuffle"),
            callbacks=self._made_callbacks(),
            **{name: routed[name] for name in ("verbose", "validation_freq") if name in routed},
        )
        self.history_ = {name: [*self.history_.get(name, []), *new[name]] for name in new}
        if not math.isfinite(self.history_["loss"][-1]):
            history = self.__dict__.pop("history_")
            rate, l2 = self._effective("learning_rate"), self._effective("l2")
            self.divergence_ = DivergenceError(len(history["loss"]), rate, l2, history)
            raise self.divergence_
        return self

    def _made_callbacks(self) -> list[keras.callbacks.Callback]:
        """Return scikeras's reading of `callbacks` and `fit__callbacks`, kept nowhere."""
        self._initialize_callbacks()
        del self._predict_callbacks
        return self.__dict__.pop("_fit_callbacks")

    def _predict_raw(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        images = self.images(X)
        routed = {"batch_size": self.batch_size, "verbose": self.verbose, **self._routed("predict")}
        with prediction_batches(images, routed["batch_size"]) as batches:
            return self.model_.predict(batches, verbose=routed["verbose"])[: len(images)]
