"""An estimator's training: validation, building or reusing its network, and fitting."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import keras
import numpy as np

from kerascnn import environment
from kerascnn.estimators import early_stopping, inputs
from kerascnn.estimators.augmentation import check_pixels
from kerascnn.estimators.data import SampleEstimator
from kerascnn.estimators.division import (
    check_stopping_weights,
    divided,
    divided_rows,
    held_out_by,
)
from kerascnn.estimators.trained_part import TrainedPart
from kerascnn.internals.scikeras import fit_callbacks
from kerascnn.training.batches import Samples
from kerascnn.training.loop import DivergenceError, has_diverged, read_logs_only, train


class TrainedEstimator(SampleEstimator):
    """An abstract estimator that trains its network for some epochs."""

    early_stopping: Any
    best_epoch_: int
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
        if epochs and held_out_by(self.get_params(deep=False)) == "early_stopping":
            raise ValueError(
                f"early_stopping={self.early_stopping!r} has no effect on a single epoch: call fit,"
                " or partial_fit of an estimator that was made without early_stopping"
            )
        images, y = self._read(X, y, classes) if go_on else self._read_first(X, y, classes)
        labels = images if y is None else y
        self.training_weights(labels, sample_weight)  # before anything is built
        validation = self._read_validation(validation_data)
        if go_on:
            check_pixels(self.get_params(deep=False), inputs.pixel_range(images))
            self._take_over_changes()
        else:
            self._build()
        if validation is not None:
            held_out, targets, own = validation
            validation = (held_out, self.encode(targets, held_out), self.loss_weights(own))
        rows = self.division(len(images), y) if held_out_by(self.get_params(deep=False)) else None
        weights = self.training_weights(labels, sample_weight, rows and rows[1])
        training = (images, self.encode(y, images), self.loss_weights(weights))
        if rows:
            training, validation = divided(training, rows)
            check_stopping_weights(self.get_params(deep=False), validation[2])
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
            self._note_best_epoch(done, new)
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
        if read_logs_only(callbacks):
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
        """Return the Keras callbacks of a training, that of early stopping last."""
        stopping = early_stopping.stopping_callback(self.get_params(deep=False))
        return [*fit_callbacks(self), *([stopping] if stopping else [])]

    def adopt_state(
        self, state: Sequence[np.ndarray], history: Mapping[str, Sequence[float]]
    ) -> Self:
        """Become as if `fit` had trained this estimator, see `NetworkEstimator`."""
        super().adopt_state(state, history)
        self._note_best_epoch(0, self.history_)
        return self

    def _note_best_epoch(self, before: int, new: Mapping[str, Sequence[float]]) -> None:
        """Remember the epoch whose weights a training, begun after others, has kept."""
        self.__dict__.pop("best_epoch_", None)
        if (found := early_stopping.best_epoch(self.get_params(deep=False), new)) is not None:
            self.best_epoch_ = before + found

    def division(
        self, n_samples: int, y: Any = None, seed: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return which training samples train and which validate, row numbers from 0.

        Args:
            n_samples: how many there are.
            y: their targets.
            seed: in the place of `seed_`.

        Raises:
            ValueError: if one side would be empty, or lack a class.
        """
        parameters = self.get_params(deep=False)
        drawn = self.seed_ if seed is None else seed
        return divided_rows(parameters, n_samples, self._labels(y), drawn)

    def _labels(self, y: Any) -> np.ndarray | None:
        """Return the labels of samples, None where targets are none."""
        return None
