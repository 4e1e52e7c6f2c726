"""A network's weights joined to one vector per lane, and cut out of it again.

One update of a long vector costs less than many small ones.
"""

import math
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf


class Parameters:
    """The trained weights of a network.

    Args:
        variables: in the order of `model.weights`.

    `len` is the length of the vector.
    """

    def __init__(self, variables: Sequence[keras.Variable]) -> None:
        self._shapes = [tuple(variable.shape) for variable in variables]
        self._sizes = [math.prod(shape) for shape in self._shapes]

    @property
    def n_weights(self) -> int:
        """How many weights are joined."""
        return len(self._shapes)

    def __len__(self) -> int:
        return sum(self._sizes)

    def weights(self, vectors: tf.Tensor) -> list[tf.Tensor]:
        """Return vectors of all lanes, (lane, parameters), as weights (lane, ...)."""
        parts = tf.split(vectors, self._sizes, axis=1)
        return [
            tf.reshape(part, (-1, *shape)) for part, shape in zip(parts, self._shapes, strict=True)
        ]

    def arrays(self, vector: np.ndarray) -> list[np.ndarray]:
        """Return one lane's vector, (parameters,), as arrays of the weights' shapes."""
        parts = np.split(vector, np.cumsum(self._sizes)[:-1])
        return [part.reshape(shape).copy() for part, shape in zip(parts, self._shapes, strict=True)]

    def vector(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """Return arrays of the weights' shapes as one lane's vector, (parameters,) float32."""
        return np.concatenate([np.ravel(array) for array in arrays]).astype(np.float32)
