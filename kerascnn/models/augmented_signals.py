"""Random transformations of signals, and of their spectrograms, for training batches."""

from typing import Any

import keras
from keras import layers, ops


class _RandomLayer(layers.Layer):
    """An abstract layer that draws numbers for each sample, and keeps the shape of samples.

    Args:
        seed: of the draws.
    """

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the samples, which stays."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        return {**super().get_config(), "seed": self.seed}

    def drawn(self, n: Any, low: float = 0.0, high: float = 1.0) -> Any:
        """Return a number for each of n samples, uniform from low to high, (n,).

        They are at least float32, whatever the layer computes in: places in a long signal are
        beyond what 16 bits tell apart, or can hold.
        """
        dtype = keras.backend.result_type(self.compute_dtype, "float32")
        return keras.random.uniform((n,), low, high, dtype, seed=self.generator)


@keras.saving.register_keras_serializable("kerascnn")
class RandomShift(_RandomLayer):
    """Moves each signal in time, earlier or later; what enters at an end is zero.

    Args:
        share: of the signal's length by which it is moved at most, from 0 to 1.
        seed: of the draws.
    """

    def __init__(self, share: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.share = share

    def call(self, signals: Any, training: bool = False) -> Any:
        """Move a batch of signals, (n, samples, channels), if it is trained on."""
        if not training:
            return signals
        n, length, _ = ops.shape(signals)
        shift = ops.round(self.drawn(n, -self.share, self.share) * length)
        places = ops.arange(length)[None] - ops.cast(shift, "int32")[:, None]
        is_within = ops.logical_and(places >= 0, places < length)
        found = ops.take_along_axis(signals, ops.clip(places, 0, length - 1)[:, :, None], axis=1)
        return found * ops.cast(is_within, found.dtype)[:, :, None]

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        return {**super().get_config(), "share": self.share}


@keras.saving.register_keras_serializable("kerascnn")
class RandomGain(_RandomLayer):
    """Makes each signal louder or quieter.

    Args:
        decibels: by which the amplitude changes at most; 20 dB is a factor of 10.
        seed: of the draws.
    """

    def __init__(self, decibels: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.decibels = decibels

    def call(self, signals: Any, training: bool = False) -> Any:
        """Scale a batch of signals, (n, samples, channels), if it is trained on."""
        if not training:
            return signals
        decibels = self.drawn(ops.shape(signals)[0], -self.decibels, self.decibels)
        factors = ops.cast(ops.power(10.0, decibels / 20), signals.dtype)
        return signals * factors[:, None, None]

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        return {**super().get_config(), "decibels": self.decibels}


@keras.saving.register_keras_serializable("kerascnn")
class RandomMasks(_RandomLayer):
    """Covers a band of rows and a band of columns of each spectrogram with its mean.

    Source: D. S. Park et al., SpecAugment, arXiv:1904.08779, without the warping of time.

    Args:
        share: of the rows, and of the columns, that are covered at most, from 0 to 1.
        seed: of the draws.
    """

    def __init__(self, share: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.share = share

    def call(self, images: Any, training: bool = False) -> Any:
        """Cover bands of a batch of images, (n, height, width, channels), if it is trained on."""
        if not training:
            return images
        n, height, width, _ = ops.shape(images)
        rows, columns = self._band(n, height), self._band(n, width)
        is_covered = ops.logical_or(rows[:, :, None, None], columns[:, None, :, None])
        mean = ops.mean(images, axis=(1, 2), keepdims=True)
        return ops.where(is_covered, mean, images)

    def _band(self, n: Any, length: int) -> Any:
        """Return which places a band covers, for each image, bool (n, length)."""
        size = ops.floor(self.drawn(n) * (self.share * length + 1))
        start = ops.floor(self.drawn(n) * (length - size + 1))
        places = ops.cast(ops.arange(length), size.dtype)[None]
        return ops.logical_and(places >= start[:, None], places < (start + size)[:, None])

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves of the layer."""
        return {**super().get_config(), "share": self.share}
