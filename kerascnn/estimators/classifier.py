"""CNNClassifier: scikit-learn's contract around a Keras builder, by way of scikeras."""

from typing import Any, Self

import keras
import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from kerascnn.estimators import outputs
from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.estimators.losses import is_sparse
from kerascnn.estimators.persistence import EstimatorRecord
from kerascnn.training.loop import DivergenceError

__all__ = ["CNNClassifier", "DivergenceError"]


class CNNClassifier(ClassifierMixin, CNNEstimator):
    """A Keras network as a scikit-learn classifier of images.

    Routes set arguments of what the estimator makes: `model__n_filters` the builder's,
    `optimizer__momentum` the optimizer's, `loss__label_smoothing` the loss's, `fit__…`,
    `compile__…` and `predict__batch_size` those of Keras's methods. A route that means the same
    as a parameter wins over it, as `optimizer__learning_rate` over `learning_rate`.

    Images are accepted as (n, height, width, channels), (n, height, width) or flat
    (n, features). uint8 pixels are divided by 255 when they are batched; all other numbers are
    taken as they are, as float32. Flat samples take `image_shape`; without it they become
    square grey images, filled up with zeros (and a warning) if their length is no square.
    Signals are accepted as (n, samples, 1); with several channels where the model is registered as
    one of signals, or `image_shape` is (samples, channels).

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
        optimizer: name, class or instance of a Keras optimizer. An instance is copied for each
            fit, untrained, and never changed.
        loss: name, class or instance of a Keras loss; None is cross-entropy (sparse
            categorical, or binary for one output). Whether it is computed from logits follows
            from the model's last activation. A function or class of your own is given one-hot
            targets, or class numbers if it has a true attribute `sparse`.
        metrics: further Keras metrics beside accuracy.
        class_weight: a dict of labels and weights (1 where a label is missing), or "balanced"
            for n / (n_classes · members of the class); multiplied with `sample_weight`.
        callbacks: Keras callbacks. Each lets go of the model when training ends.
        validation_split: the last part of the data, from 0 to below 1, that is not trained on.
        early_stopping: the share of the training samples, above 0 and below 1, that `fit` trains
            nothing on: by the seed, and as many of each class. Training ends when the loss on
            them has not fallen for 10 epochs, and the weights of the best epoch are kept. True is
            0.1, None trains for all epochs. Routes set the arguments of Keras's `EarlyStopping`,
            `early_stopping__patience=5` for example, or `early_stopping__monitor="val_accuracy"`.
        shuffle: False visits the samples in their own order in every epoch.
        warm_start: True lets `fit` continue with the trained model; epochs count on. A changed
            learning rate is taken over; of the other parameters those may change that `fit`
            reads: epochs, batch_size, shuffle, class_weight, validation_split, callbacks, verbose.
        verbose: Keras's.
        random_state: an integer from 0 to 2³² - 1 settles initial weights, batch order and
            dropout; None draws one. Global random state has no influence and stays as it was.
            Two processes fit the same weights bit for bit if their operations have as many
            threads; another number of them adds gradients up in another order. Fits in several
            threads of one process wait for each other, see `kerascnn.training.seeding`.
        image_shape: the shape of one sample, (height, width, channels) or (samples, channels).
        augmentation: how training images are transformed at random, and no others: "flip",
            "rotation", "crop", "zoom", "translation", "brightness", "contrast", "saturation",
            "hue", "noise", "blur", "randaugment", "masks" (bands of a spectrogram), for signals
            "shift", "gain" or "noise", a Keras layer that keeps the shape of samples, or a list of
            these, applied in order; None for not at all. The builder's network then is
            the last of `model_.layers`. Routes set their strengths,
            `augmentation__rotation=0.1` for example: a direction for flips ("horizontal"), a share
            of a full turn for rotations (0.05), shares of the image for crop (0.2), zoom (0.2) and
            translation (0.1), shares of the range for brightness, contrast, saturation (0.2) and
            hue (0.1), standard deviations for noise (0.05) and blur (1.0 pixel), a share of the
            strongest for RandAugment (0.3), shares of the length for shift (0.1) and of each side
            for masks (0.2), decibels for gain (6.0). Colours take pixels from 0 to 1 unless
            `augmentation__value_range` says otherwise.
        pretrained: where the network and its first weights come from: the path of a file that
            `save` or Keras wrote, whose last layer with weights, and what follows it, gives way to
            a new dense softmax layer, "head", for the classes at hand (uint8 images reach the
            file's layers divided by 255, like any network's); or "imagenet" for the
            network of `keras.applications` that `model` names, behind its own preprocessing; or
            None for the builder's. The layers of a file keep their own penalties: l2 is the
            head's.
        trainable: what is trained of a pretrained network beside its head: "head" for nothing,
            "top" for the later half of the layers with kernels, "all", a layer's name, a pattern
            of names such as "conv5_*", or a list of these. All else is frozen, as by Keras's
            `layer.trainable = False`: batch normalizations compute with their moving statistics
            and keep them, dropout goes on dropping, and what a layer changes by itself goes on
            changing. Features that nothing trained or random
            stands before are computed once per fit, or once per search.
        backbone_learning_rate: the learning rate of all that is trained below the head, at least
            0, or a Keras schedule; None for `learning_rate`. Each part has an optimizer of its own
            of the same kind, and Keras's callbacks that change the rate change each by itself.
        **routes: see above.

    Attributes:
        model_: the compiled Keras model.
        classes_: the labels, sorted, shape (n_classes,).
        history_: loss, accuracy, a float per epoch each, and val_loss, val_accuracy for the
            epochs with validation data. A network with a `train_step` of its own decides itself.
        seed_: the integer that settled the fit: `random_state`, or the one drawn.
        image_shape_: the shape of one image as the model takes it.
        pixel_range_: the smallest and largest value of the training images as the model takes them.
        n_features_in_: numbers per sample.
        outputs_: what the model's outputs mean, a `kerascnn.estimators.outputs.Outputs`.
        best_epoch_: the epoch, from 1, whose weights early stopping has kept.
        divergence_: the DivergenceError that ended the last fit, if one did.
    """

    TASK = "classification"
    READ = (*CNNEstimator.READ, "classes_", "target_encoder_")

    classes_: np.ndarray
    outputs_: outputs.Outputs
    target_encoder_: LabelEncoder

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
        early_stopping: Any = None,
        shuffle: bool = True,
        warm_start: bool = False,
        verbose: Any = 0,
        random_state: int | None = None,
        image_shape: tuple[int, ...] | None = None,
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
        self.class_weight = class_weight
        self.callbacks = callbacks
        self.validation_split = validation_split
        self.early_stopping = early_stopping
        self.shuffle = shuffle
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state
        self.image_shape = image_shape
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
            X: images, see the class.
            y: labels of any kind, shape (n,).
            sample_weight: numbers of at least 0, shape (n,), or None.
            validation_data: (X, y) or (X, y, sample_weight) whose loss and accuracy are
                recorded after each epoch. They have no influence on the weights.

        Raises:
            ValueError: naming every wrong argument, before anything is built.
            OSError: if the weights of ImageNet cannot be downloaded.
            DivergenceError: if the loss of an epoch is not finite.
        """
        go_on = self.warm_start and self.initialized_
        return self._fit(X, y, sample_weight, validation_data, go_on=go_on)

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

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable label of each image, shape (n,).

        Args:
            X: images, see the class; there may be none.
        """
        numbers = self.predict_proba(X).argmax(axis=1)
        return self.classes_[numbers]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return each image's probabilities, float32, (n, n_classes), in `classes_`' order."""
        return outputs.probabilities(self._predict_raw(X), self.outputs_.from_logits)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithms of `predict_proba`, -inf for a probability of 0."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def encode(self, y: Any, images: np.ndarray | None = None) -> np.ndarray:
        """Return labels as the loss wants them.

        Args:
            y: labels that are in `classes_`, shape (n,).
            images: not used.

        Returns:
            (n,) int32 for a sparse loss, (n, n_classes) float32 one-hot for others, (n, 1)
            float32 for a network with one output.
        """
        positions = self.target_encoder_.transform(y)
        return self.outputs_.encode(positions, sparse=is_sparse(self.model_.loss))

    def training_weights(
        self, y: Any, sample_weight: Any = None, held_out: np.ndarray | None = None
    ) -> np.ndarray | None:
        """Return the weight of each training sample: its own times its class's.

        Args:
            y: labels, shape (n,).
            sample_weight: numbers of at least 0, shape (n,), or None.
            held_out: which of them validate: as in Keras, classes have no weights there.

        Returns:
            As for any estimator.
        """
        if self.class_weight is None:
            return self.sample_weights(y, sample_weight)
        own = self.sample_weights(y, np.ones(len(y)) if sample_weight is None else sample_weight)
        of_classes = compute_sample_weight(self.class_weight, y)
        if held_out is not None:
            of_classes[held_out] = 1.0
        return (own * of_classes).astype(np.float32)

    def _labels(self, y: Any) -> np.ndarray | None:
        return np.asarray(y)

    def _learnt(self) -> dict[str, Any]:
        return {"classes": self.classes_}

    def _relearn(self, record: EstimatorRecord) -> None:
        assert record.classes is not None  # as a classifier's record is
        self.target_encoder_ = LabelEncoder()
        self.target_encoder_.classes_ = self.classes_ = record.classes

    def _made_for(self) -> int:
        return len(self.classes_)

    def _new_head(self) -> tuple[int, str]:
        return len(self.classes_), "softmax"

    def _meaning_of(self, network: keras.Model) -> outputs.Outputs:
        return outputs.outputs_of(network, len(self.classes_))

    def _validated(self, rows: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        return validate_data(self, rows, y, reset=reset, ensure_all_finite=False)

    def _learn_targets(self, y: np.ndarray, classes: Any) -> None:
        check_classification_targets(y)
        encoder = LabelEncoder().fit(y if classes is None else classes)
        if len(encoder.classes_) < 2:
            only = y.tolist()[0]
            raise ValueError(f"y has only 1 class ({only!r}): at least 2 classes are needed")
        encoder.transform(y)
        self.target_encoder_, self.classes_ = encoder, encoder.classes_

    def _check_targets(self, y: np.ndarray, classes: Any) -> None:
        if classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"classes={classes!r}, but the first call had {self.classes_!r}")
        self.target_encoder_.transform(y)
