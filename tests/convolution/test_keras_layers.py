"""What is computed by hand is what Keras's layers compute, to the last bit."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerascnn.convolution import (
    average_pool,
    cross_correlate_1d,
    cross_correlate_volume,
    filter_channels,
    max_pool,
    upsample,
)
from tests.convolution.cases import cases, small_arrays, zeros_beside

pytestmark = pytest.mark.numbers

CHANNELS, FILTERS = 2, 3
FLOAT32 = st.just(np.float32)
POOLS = [
    (max_pool, keras.layers.MaxPooling2D),
    (average_pool, keras.layers.AveragePooling2D),
]


def zero_padding(padding, kernel_shape):
    """Return the Keras layer that puts zeros around images."""
    return keras.layers.ZeroPadding2D(zeros_beside(padding, kernel_shape))


def output(layer, array, *weights):
    """Return what a layer with these weights gives for one input."""
    layer.build((None, *array.shape))
    layer.set_weights(weights)
    return layer(array[np.newaxis]).numpy()[0]


@settings(max_examples=25, deadline=None)
@given(cases(n_axes=1, dtypes=FLOAT32))
def test_conv1d(case):
    """A Conv1D with one channel and one filter is a cross-correlation, despite its name."""
    signal, kernel, padding, stride = case
    stride = stride[0] if isinstance(stride, tuple) else stride
    padded = np.pad(signal, zeros_beside(padding, kernel.shape))[:, np.newaxis]
    layer = keras.layers.Conv1D(1, len(kernel), strides=stride, use_bias=False)
    expected = output(layer, padded, kernel[:, np.newaxis, np.newaxis])[:, 0]
    np.testing.assert_array_equal(cross_correlate_1d(signal, kernel, padding, stride), expected)


@settings(max_examples=25, deadline=None)
@given(cases(n_axes=2, rest=(CHANNELS,), dtypes=FLOAT32), st.data())
def test_conv2d(case, data):
    """A Conv2D with several channels and filters and a bias computes the volume."""
    image, first, padding, stride = case
    kernel = data.draw(small_arrays(*first.shape, CHANNELS, FILTERS, dtype=np.float32))
    bias = data.draw(small_arrays(FILTERS, dtype=np.float32))
    padded = zero_padding(padding, first.shape)(image[np.newaxis]).numpy()[0]
    expected = output(
        keras.layers.Conv2D(FILTERS, first.shape, strides=stride), padded, kernel, bias
    )
    got = cross_correlate_volume(image, kernel, bias, padding, stride)
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (5, 1)])
def test_same_is_what_keras_calls_same(size):
    """Without a stride and for odd kernels, Keras pads both sides alike."""
    random = np.random.default_rng(0)
    image = random.integers(-9, 10, (6, 7, CHANNELS)).astype(np.float32)
    kernel = random.integers(-9, 10, (*size, CHANNELS, FILTERS)).astype(np.float32)
    layer = keras.layers.Conv2D(FILTERS, size, padding="same", use_bias=False)
    got = cross_correlate_volume(image, kernel, padding="same")
    np.testing.assert_array_equal(got, output(layer, image, kernel))


@settings(max_examples=25, deadline=None)
@given(cases(n_axes=2, rest=(CHANNELS,), dtypes=FLOAT32))
def test_depthwise_conv2d(case):
    """A DepthwiseConv2D with equal kernels filters each channel apart."""
    image, kernel, padding, stride = case
    stride = stride[0] if isinstance(stride, tuple) else stride  # Keras takes but one
    padded = zero_padding(padding, kernel.shape)(image[np.newaxis]).numpy()[0]
    layer = keras.layers.DepthwiseConv2D(kernel.shape, strides=stride, use_bias=False)
    weights = np.repeat(kernel[:, :, np.newaxis, np.newaxis], CHANNELS, axis=2)
    expected = output(layer, padded, weights)
    np.testing.assert_array_equal(filter_channels(image, kernel, padding, stride), expected)


@pytest.mark.parametrize(("pool", "layer"), POOLS)
@pytest.mark.parametrize("stride", [None, 1, (3, 2)])
@pytest.mark.parametrize("size", [1, 2, (4, 2)])
@pytest.mark.parametrize("shape", [(5, 7), (8, 4), (4, 9)])
def test_pooling(pool, layer, shape, size, stride):
    """The largest and, of 2ⁿ pixels, also the average are Keras's."""
    image = np.random.default_rng(0).integers(-9, 10, (*shape, CHANNELS)).astype(np.float32)
    expected = output(layer(size, strides=stride), image)
    np.testing.assert_array_equal(pool(image, size, stride), expected)


def test_averages_of_nine():
    """Dividing and multiplying by a reciprocal differ in the last bit, no more."""
    image = np.random.default_rng(0).integers(-9, 10, (7, 8, CHANNELS)).astype(np.float32)
    expected = output(keras.layers.AveragePooling2D(3), image)
    np.testing.assert_allclose(average_pool(image, 3), expected, rtol=1e-6)


@pytest.mark.parametrize("factor", [1, 3, (2, 1)])
def test_upsampling(factor):
    """Keras's nearest upsampling gives the same image."""
    image = np.random.default_rng(0).integers(-9, 10, (3, 4, CHANNELS)).astype(np.float32)
    expected = output(keras.layers.UpSampling2D(factor), image)
    np.testing.assert_array_equal(upsample(image, factor), expected)
