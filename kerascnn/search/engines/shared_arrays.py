"""The samples of a search as tensors."""

import tensorflow as tf

from kerascnn.estimators.classifier import CNNClassifier
from kerascnn.estimators.outputs import Outputs, is_sparse
from kerascnn.search.fits import SearchTask


class SharedArrays:
    """All samples as TensorFlow's tensors, once for all networks that take them alike."""

    def __init__(self, task: SearchTask) -> None:
        self._task = task
        self._images: dict[tuple[int, ...], tf.Tensor] = {}
        self._targets: dict[tuple[Outputs, bool], tf.Tensor] = {}

    def images(self, read: CNNClassifier) -> tf.Tensor:
        """Return all images as an initialized classifier's network takes them."""
        shape = read.image_shape_
        if shape not in self._images:
            self._images[shape] = tf.constant(read.images(self._task.X))
        return self._images[shape]

    def targets(self, read: CNNClassifier) -> tf.Tensor:
        """Return all labels as an initialized classifier's loss wants them."""
        key = (read.outputs_, is_sparse(read.model_.loss))
        if key not in self._targets:
            self._targets[key] = tf.constant(read.encode(self._task.y))
        return self._targets[key]
