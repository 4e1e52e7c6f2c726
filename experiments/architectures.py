"""Architectures compared: five families on the same 5,000 CIFAR-10 images.

Claim: on a small subset and with the same training, accuracy does not grow with size: small stacks
keep up with far larger families.

Run it with `make architectures`.
"""

from kerascnn import ComparisonExperiment

experiment = ComparisonExperiment(
    title="Architectures on the same 5,000 images",
    claim=(
        "On a small subset of CIFAR-10 and with the same training, accuracy does not grow with "
        "size: small stacks keep up with far larger families."
    ),
    dataset="cifar10",
    models=["strided_cnn", "lenet5", "cifar_cnn", "simple_cnn", "resnet18_32"],
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 64, "epochs": 5},
    n_train=5000,
    n_test=2000,
)
