"""The samples of a search as tensors."""

import tensorflow as tf

from kerascnn.estimators.estimator import CNNEstimator
from kerascnn.estimators.losses import is_sparse
from kerascnn.estimators.number_outputs import NumberOutputs
from kerascnn.estimators.outputs import Outputs
from kerascnn.estimators.trained_part import TrainedPart
from kerascnn.identity import NetworkIdentity
from kerascnn.search.fits import SearchTask
from kerascnn.training.frozen import BYTES_AT_MOST


class SharedArrays:
    """All samples as TensorFlow's tensors, once for all networks that take them alike."""

    def __init__(self, task: SearchTask) -> None:
        self._task = task
        self._images: dict[tuple[int, ...], tf.Tensor] = {}
        self._features: dict[tuple[NetworkIdentity, tuple[int, ...]], tf.Tensor] = {}
        self._targets: dict[tuple[Outputs | NumberOutputs, bool], tf.Tensor] = {}

    def images(self, read: CNNEstimator) -> tf.Tensor:
        """Return all images as an initialized estimator's network takes them."""
        shape = read.image_shape_
        if shape not in self._images:
            self._images[shape] = tf.constant(read.images(self._task.X))
        return self._images[shape]

    def inputs(self, read: CNNEstimator, part: TrainedPart) -> tf.Tensor:
        """Return what a part of an initialized estimator's network takes, for all samples.

        Features of frozen layers are computed once, as long as there is room for all of them.
        """
        if part.front_identity is None:
            return self.images(read)
        key = (part.front_identity, read.image_shape_)
        if key not in self._features:
            self._features[key] = tf.constant(part.inputs(read.images(self._task.X)))
            while len(self._features) > 1 and self._feature_bytes() > BYTES_AT_MOST:
                del self._features[next(iter(self._features))]
        return self._features[key]

    def _feature_bytes(self) -> int:
        return sum(features.numpy().nbytes for features in self._features.values())

    def targets(self, read: CNNEstimator) -> tf.Tensor:
        """Return all targets as an initialized estimator's loss wants them."""
        key = (read.outputs_, is_sparse(read.model_.loss))
        if key not in self._targets:
            images = read.images(self._task.X)
            self._targets[key] = tf.constant(read.encode(self._task.y, images))
        return self._targets[key]
