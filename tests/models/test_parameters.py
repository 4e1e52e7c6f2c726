"""Parameter counts against their sources, and the L2 penalty on every kernel."""

import math
import re

import numpy as np
import pytest

from kerascnn import models

# Per layer with parameters, as the teaching sources count them.
LAYERS = {
    "digits_cnn": [100, 8050, 510],
    "lenet5": [156, 2416, 48120, 10164, 850],
    "cifar_cnn": [896, 18496, 36928, 65600, 650],
    "strided_cnn": [60, 660, 2307],
    # Kernel size × inputs × outputs + outputs, for 64×32×32 features and 64 averages.
    "audio_cnn_2d": [9 * 32 + 32, 9 * 32 * 64 + 64, 64 * 32 * 32 * 512 + 512, 512 * 10 + 10],
    "audio_cnn_1d": [3 * 32 + 32, 3 * 32 * 64 + 64, 64 * 128 + 128, 128 * 10 + 10],
    # Two halvings of 28×28 leave 7×7 pixels of 32 maps; the decoder goes the same way back.
    "conv_autoencoder": [
        9 * 16 + 16,
        9 * 16 * 32 + 32,
        7 * 7 * 32 * 32 + 32,
        32 * 7 * 7 * 32 + 7 * 7 * 32,
        9 * 32 * 16 + 16,
        9 * 16 + 1,
    ],
    "denoiser": [9 * 32 + 32, *[9 * 32 * 32 + 32] * 3, 9 * 32 + 1],
    "super_resolution": [9 * 32 + 32, *[9 * 32 * 32 + 32] * 2, 9 * 32 * 4 + 4],
    "regression_cnn": [9 * 16 + 16, 9 * 16 * 32 + 32, 14 * 14 * 32 * 64 + 64, 64 + 1],
}
# All weights, from the teaching sources and keras.io/api/applications; EfficientNet without the
# 7 weights of the normalisation that Keras puts before it.
TOTALS = {
    "digits_cnn": 8_660,
    "lenet5": 61_706,
    "cifar_cnn": 122_570,
    "mnist_cnn": 3_241_354,
    "strided_cnn": 3_027,
    "simple_cnn": 2_122_186,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "resnet50": 25_636_712,
    "resnet101": 44_707_176,
    "resnet152": 60_419_944,
    "densenet121": 8_062_504,
    "efficientnet_b0": 5_330_571 - 7,
}
# Trained weights: torchvision's documentation for images of 224×224; for 32×32 the counts
# printed by pytorch-cifar, whose ResNet-50 lacks the 26,560 biases that Keras's has, and whose
# DenseNet-121 lacks the 128 weights of the first batch normalisation.
TRAINED = {
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "densenet121": 7_978_856,
    "efficientnet_b0": 5_288_548,
    "vgg16_32": 14_728_266,
    "vgg19_32": 20_040_522,
    "resnet18_32": 11_173_962,
    "resnet34_32": 21_282_122,
    "resnet50_32": 23_520_842 + 26_560,
    "densenet121_32": 6_956_298 + 128,
}


def alexnet_parameters(kernel, channels, side, n_hidden, n_classes):
    """Return AlexNet's count from the formula: weights plus one bias for each output."""
    convolutions = [
        (kernel, channels, 96),
        (5, 96, 256),
        (3, 256, 384),
        (3, 384, 384),
        (3, 384, 256),
    ]
    dense = [(side * side * 256, n_hidden), (n_hidden, n_hidden), (n_hidden, n_classes)]
    return sum(k * k * c * n + n for k, c, n in convolutions) + sum(m * n + n for m, n in dense)


def count(weights):
    """Return how many numbers the weights hold."""
    return sum(math.prod(weight.shape) for weight in weights)


@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_has_the_parameters_of_its_source(name, rows):
    """Layer by layer, the counts are those of the teaching sources."""
    assert [row.parameters for row in rows(name) if row.parameters] == LAYERS[name]


@pytest.mark.parametrize("name", TOTALS)
def test_the_total_is_that_of_the_source(name, rows):
    """All weights together are as many as the sources and Keras's documentation state."""
    assert sum(row.parameters for row in rows(name)) == TOTALS[name]


@pytest.mark.parametrize("name", TRAINED)
def test_the_trained_weights_are_those_of_other_implementations(name, weightless):
    """As many weights are trained as torchvision and pytorch-cifar count for the same network."""
    assert count(weightless(name).trainable_weights) == TRAINED[name]


def test_alexnet_has_the_parameters_of_its_formula(weightless):
    """Both forms hold as many weights as their kernels and biases add up to."""
    assert weightless("alexnet").count_params() == alexnet_parameters(11, 3, 6, 4096, 1000)
    assert weightless("alexnet_32").count_params() == alexnet_parameters(5, 3, 3, 1024, 10)


def test_the_first_dense_layer_on_a_full_image_would_have_616_million_weights(weightless):
    """A dense layer of 4,096 units on 224×224×3 needs more weights than all of VGG-19 has."""
    assert count(weightless("vgg19").weights) < 150_528 * 4_096 == 616_562_688


@pytest.mark.parametrize("name", models.names(task=None))
def test_the_docstring_states_the_count(name, rows):
    """The first sentence of every builder's docstring holds its number of parameters."""
    stated = re.search(r"([\d,]+) parameters", models.entry(name).summary)
    total = sum(row.parameters for row in rows(name))
    assert stated.group(1) == f"{total:,}"


@pytest.mark.parametrize("name", models.names(task=None))
def test_l2_lies_on_every_kernel_and_on_nothing_else(name, weightless):
    """Convolution and dense kernels are penalised; biases and normalisations are not."""
    model = weightless(name)
    kernels = [weight for weight in model.trainable_weights if len(weight.shape) > 1]
    penalised = [weight for weight in model.trainable_weights if weight.regularizer]
    assert [weight.path for weight in penalised] == [weight.path for weight in kernels]
    assert {weight.regularizer.l2 for weight in penalised} == {0.01}


@pytest.mark.parametrize("name", ["lenet5", "mnist_cnn", "resnet18_32", "efficientnet_b0_32"])
def test_the_penalty_is_l2_times_the_sum_of_squares(name):
    """The loss gains l2 · Σ w² over the kernels, computed here with NumPy."""
    entry = models.entry(name)
    model = models.build(name, entry.image, entry.outputs, l2=0.01)
    kernels = [weight.numpy() for weight in model.trainable_weights if len(weight.shape) > 1]
    expected = 0.01 * sum(np.sum(np.square(kernel, dtype=np.float64)) for kernel in kernels)
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-5)
