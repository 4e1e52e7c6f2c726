"""Every family in the estimator."""

import numpy as np
import pytest

from kerascnn import CNNClassifier

RANDOM = np.random.default_rng(0)
SMALL = ["digits_cnn", "lenet5", "cifar_cnn", "mnist_cnn", "strided_cnn", "simple_cnn"]
LARGE = ["alexnet", "vgg16", "resnet18", "resnet50", "densenet121", "efficientnet_b0"]


@pytest.mark.parametrize("name", [*SMALL, *(f"{name}_32" for name in LARGE)])
def test_the_estimator_takes_every_family(name):
    """A registered name and its l2 are all that CNNClassifier needs to build and compile it."""
    images = RANDOM.integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    labels = np.array(["ant", "bee", "cow"] * 2)
    estimator = CNNClassifier(name, l2=0.01, random_state=0).initialize(images, labels)
    kernels = [weight for weight in estimator.model_.trainable_weights if len(weight.shape) > 1]
    assert estimator.model_.name == name
    assert {weight.regularizer.l2 for weight in kernels} == {0.01}
    assert estimator.outputs_.n_classes == 3
    assert estimator.outputs_.from_logits == (name == "cifar_cnn")
