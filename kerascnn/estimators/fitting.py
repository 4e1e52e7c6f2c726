"""An estimator's training: validation, building or reusing its network, and fitting."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import keras

from kerascnn import environment
from kerascnn.estimators import inputs
from kerascnn.estimators.augmentation import check_pixels
from kerascnn.estimators.data import SampleEstimator
from kerascnn.estimators.trained_part import TrainedPart
from kerascnn.internals.scikeras import fit_callbacks
from kerascnn.training.batches import Samples
from kerascnn.training.loop import DivergenceError, has_diverged, train


class TrainedEstimator(SampleEstimator):
    """An abstract estimator that trains its network for some epochs."""

    divergence_: DivergenceError

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation_data: Any,
        *,
        go_on: bool,
        epochs: int | None = None,
        classes: Any = None,
    ) -> Self:
        """Check everything, build unless training continues, and train for all epochs or some."""
        environment.prefer_threads_for_training()
        self.check_arguments()
        images, y = self._read(X, y, classes) if go_on else self._read_first(X, y, classes)
        weights = self.training_weights(images if y is None else y, sample_weight)
        validation = self._read_validation(validation_data)
        if go_on:
            check_pixels(self.get_params(deep=False), inputs.pixel_range(images))
            self._take_over_changes()
        else:
            self._build()
        if validation is not None:
            held_out, targets, own = validation
            validation = (held_out, self.encode(targets, held_out), self.loss_weights(own))
        training = (images, self.encode(y, images), self.loss_weights(weights))
        share = self._effective("validation_split")
        if share:
            training, validation = inputs.split_off(training, share)
        return self._train(training, validation, epochs or self._effective("epochs"))

    def _train(self, training: Samples, validation: Samples | None, n_epochs: int) -> Self:
        """Train for some more epochs and append to the history.

        Raises:
            DivergenceError: if the last loss is not finite; the estimator is not fitted then.
        """
        done, callbacks = self.current_epoch, self.made_callbacks()
        part = self._part_to_train(len(training[0]), callbacks)
        with self._unfitted_by_failure():
            new = train(
                part.model,
                (part.inputs(training[0]), *training[1:]),
                validation and (part.inputs(validation[0]), *validation[1:]),
                epochs=range(done, done + n_epochs),
                batch_size=self._effective("batch_size"),
                seed=self.seed_,
                shuffle=self._effective("shuffle"),
                callbacks=callbacks,
                **self._fit_options(),
            )
            old = self.history_
            names = {**old, **new}
            self.history_ = {name: old.get(name, []) + new.get(name, []) for name in names}
            if has_diverged(new):
                rate, l2 = self._effective("learning_rate"), self._effective("l2")
                epoch = self.current_epoch
                self.divergence_ = DivergenceError(epoch, rate, l2, self.history_)
                raise self.divergence_
        return self

    def _part_to_train(
        self, n_images: int, callbacks: Iterable[keras.callbacks.Callback]
    ) -> TrainedPart:
        """Return the part of the network to train; all of it where callbacks could see that."""
        if all(getattr(callback, "reads_logs_only", False) for callback in callbacks):
            return self.trained_part(n_images)
        return TrainedPart(self.model_)

    @contextmanager
    def _unfitted_by_failure(self) -> Iterator[None]:
        """Make the estimator unfitted if a training fails inside, which leaves it half done."""
        try:
            yield
        except BaseException:
            self.__dict__.pop("history_", None)
            raise

    def _fit_options(self) -> dict[str, Any]:
        """Return the arguments of Keras's `fit` that have no influence on the weights."""
        options = {"verbose": self._effective("verbose")}
        frequency = self._routed("fit").get("validation_freq", 1)
        is_list = isinstance(frequency, list | tuple)
        return options | {"validation_freq": list(frequency) if is_list else int(frequency)}

    def made_callbacks(self) -> list[keras.callbacks.Callback]:
        """Return the Keras callbacks that `callbacks` and `fit__callbacks` stand for."""
        return fit_callbacks(self)
