"""An estimator's network: building, compiling and reusing it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import keras
import numpy as np

from kerascnn.estimators import persistence
from kerascnn.estimators.augmentation import augmentation_layers, check_stays
from kerascnn.estimators.building import build_network
from kerascnn.estimators.compilation import compile_arguments, recompile
from kerascnn.estimators.number_outputs import NumberOutputs
from kerascnn.estimators.outputs import Outputs
from kerascnn.estimators.parameters import RoutedEstimator
from kerascnn.estimators.pretrained import head_pattern, pretrained_network
from kerascnn.estimators.routes import (
    changed_names,
    plain_number,
    settled_by_building,
)
from kerascnn.estimators.trained_part import TrainedPart, trained_part
from kerascnn.estimators.transfer import has_two_rates
from kerascnn.estimators.validation import Unsaved
from kerascnn.models.augmented import augmented
from kerascnn.training.frozen import has_costly_front
from kerascnn.training.loop import as_history
from kerascnn.training.seeding import draw_seed, seeded

# Parameters that may change before a training resumes, beside those that each training reads.
RATES = ("backbone_learning_rate", "learning_rate")


class NetworkEstimator(RoutedEstimator):
    """An abstract estimator that owns a compiled Keras network once it has seen data.

    A kind says what a network is made for, and what its outputs mean.
    """

    # What it learns by reading its data, and needs to build its network again.
    READ: ClassVar[tuple[str, ...]] = (
        "feature_names_in_",
        "image_shape_",
        "n_features_in_",
        "pixel_range_",
    )

    model: Any
    l2: float
    random_state: int | None
    pretrained: Any = None
    image_shape_: tuple[int, ...]
    pixel_range_: tuple[float, float]
    model_: keras.Model
    outputs_: Outputs | NumberOutputs
    seed_: int
    history_: dict[str, list[float]]
    _settled: dict[str, Any]  # the parameters that `model_` was built and compiled with

    @property
    def initialized_(self) -> bool:
        """Whether there is a network to predict with or to train further."""
        return hasattr(self, "history_")

    @property
    def current_epoch(self) -> int:
        """The number of epochs trained so far."""
        history = self.history_ if self.initialized_ else {}
        return max(map(len, history.values()), default=0)

    def training_state(self) -> list[np.ndarray]:
        """Return all that training has changed, for `adopt_state`.

        Returns:
            Copies of the values of all of `model_.variables` (weights, statistics, states of
            random layers), then of all of the optimizer's variables.
        """
        return [np.array(variable) for variable in self._trained_variables()]

    def adopt_state(
        self, state: Sequence[np.ndarray], history: Mapping[str, Sequence[float]]
    ) -> Self:
        """Become as if `fit` had trained this estimator, after `initialize`.

        Args:
            state: the `training_state` of an estimator with the same network and optimizer.
            history: a number per epoch for loss, accuracy, ….

        Raises:
            ValueError: if the state is that of another network or optimizer.
        """
        variables = self._trained_variables()
        found, expected = [np.shape(array) for array in state], [v.shape for v in variables]
        if found != expected:
            raise ValueError(
                f"the state holds {len(found)} arrays of shapes {found}, but this network and its "
                f"optimizer have {len(expected)} variables of shapes {expected}"
            )
        for variable, array in zip(variables, state, strict=True):
            variable.assign(array)
        self.__dict__.pop("divergence_", None)
        self.history_ = as_history(history)
        return self

    def adopt(self, weights: Sequence[np.ndarray], history: Mapping[str, Sequence[float]]) -> Self:
        """Take over a training that was done elsewhere, after `initialize`.

        The optimizer's own state stays as it was.

        Args:
            weights: arrays in the order of `model_.get_weights()`.
            history: a number per epoch for loss, accuracy, ….
        """
        self.model_.set_weights(weights)
        self.history_ = as_history(history)
        return self

    def _trained_variables(self) -> list[keras.Variable]:
        """Return the variables of the network and of its optimizer, which is built if need be."""
        optimizer = self.model_.optimizer
        if not optimizer.built:
            optimizer.build(self.model_.trainable_variables)
        return [*self.model_.variables, *optimizer.variables]

    def trained_part(self, n_images: int) -> TrainedPart:
        """Return the part of `model_` that a training on so many images steps through.

        A frozen front of a pretrained network is left out, and so is one that makes spectrograms of
        signals: what it makes of samples is computed once.

        Args:
            n_images: how many images' features would be kept.
        """
        if self.pretrained is None and not has_costly_front(self.model_):
            return TrainedPart(self.model_)
        known: TrainedPart | None = self.__dict__.get("_part")
        if known is None or not known.is_of(self.model_):
            known = trained_part(self.model_, self._compile_arguments(), n_images)
            self._part = known
        return known

    # What each kind says itself

    def _made_for(self) -> int | tuple[int, ...]:
        """Return the second argument of its builder, see `kerascnn.models`."""
        raise NotImplementedError

    def _meaning_of(self, network: keras.Model) -> Outputs | NumberOutputs:
        """Return what a built network's outputs mean; raise ValueError if they do not fit."""
        raise NotImplementedError

    def _new_head(self) -> tuple[int, str]:
        """Return how many outputs a pretrained network's new head has, and its activation."""
        raise NotImplementedError

    # Building and compiling

    def _build(self) -> None:
        """Build and compile the network, with everything random settled by the seed."""
        self.__dict__.pop("history_", None)  # not fitted unless all of this succeeds
        self.__dict__.pop("divergence_", None)
        self.seed_ = draw_seed() if self.random_state is None else int(self.random_state)
        self._build_from_seed()
        self.history_ = {}

    def _build_from_seed(self, archive: bytes | None = None) -> None:
        """Build and compile the network that the parameters and `seed_` make, or an archived one.

        Args:
            archive: see `kerascnn.estimators.persistence.archive`.
        """
        with seeded(self.seed_):
            archived = archive is not None and persistence.from_archive(archive)
            self.model_ = archived or self._new_network()
            self.model_.compile(**self._compile_arguments())
        self._settled = settled_by_building(self.get_params(deep=False))

    def _new_network(self) -> keras.Model:
        """Return the network, and draw its initial weights before what augments its images."""
        transfers = self.pretrained is not None
        network = self._transferred() if transfers else self._built_by_builder()
        self.outputs_ = self._meaning_of(network)
        if len(self.outputs_.shape) > 1:
            check_stays(self.get_params(deep=False))
        steps = augmentation_layers(
            self.get_params(deep=False), self.image_shape_, self.pixel_range_
        )
        return augmented(network, steps) if steps else network

    def _built_by_builder(self) -> keras.Model:
        try:
            return build_network(
                self.model,
                self.image_shape_,
                self._made_for(),
                l2=self.l2,
                arguments=self._routed("model"),
            )
        except ValueError as error:
            if "too small" not in str(error):
                raise
            features = f"X has {self.n_features_in_} feature(s) per sample"
            raise ValueError(f"{error} ({features})") from error

    def _transferred(self) -> keras.Model:
        """Return a network that was trained before, with a head for the targets at hand."""
        shape, pixels = self.image_shape_, self.pixel_range_
        parameters, l2 = self.get_params(deep=False), plain_number(self.l2)
        return pretrained_network(parameters, shape, pixels, *self._new_head(), l2)

    def _compile_arguments(self) -> dict[str, Any]:
        """Return the arguments of Keras's `compile`, for a network that has been made."""
        parameters = self.get_params(deep=False)
        head = head_pattern(self.model_) if has_two_rates(parameters) else None
        return compile_arguments(parameters, self._routed, self.outputs_, head)

    # Going on with a network whose parameters have changed

    def _take_over_changes(self) -> None:
        """Bring the network to a changed learning rate; refuse what it cannot be brought to.

        Raises:
            ValueError: naming the parameters that were changed since the network was built.
        """
        if not self.model_.compiled:
            raise ValueError(
                "this estimator was loaded from a file without the state of its optimizer: it can "
                "predict, but not resume training; fit it anew with warm_start=False"
            )
        settled = settled_by_building(self.get_params(deep=False))
        # A file only names some of the parameters: any value of these is taken for the same.
        known = {n: v for n, v in self._settled.items() if not isinstance(v, Unsaved)}
        settled = {n: v for n, v in settled.items() if n in known or n not in self._settled}
        changed = changed_names(known, settled)
        refused = [name for name in changed if name not in RATES]
        if "backbone_learning_rate" in changed and has_two_rates(known) != has_two_rates(settled):
            refused.append("backbone_learning_rate (between None and a rate)")
        if refused:
            raise ValueError(
                f"{', '.join(refused)} changed since the network was built: only learning rates "
                "and what `fit` reads, such as epochs, may change before training resumes; set the "
                "others back, or fit anew with warm_start=False"
            )
        if changed:
            recompile(self.model_, self._compile_arguments())
        self._settled = {**self._settled, **settled}

    def take_reading(self, other: "NetworkEstimator") -> None:
        """Remember what `other` has learnt by reading the data."""
        for name in self.READ:
            if hasattr(other, name):
                setattr(self, name, getattr(other, name))
