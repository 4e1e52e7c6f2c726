"""Denoising: a residual CNN on Fashion-MNIST with Gaussian noise, beside two classical filters.

Claim: to be filled in.

Source: to be filled in.
"""

from kerascnn import DenoisingExperiment

experiment = DenoisingExperiment(
    title="Denoising Fashion-MNIST",
    claim="To be filled in.",
    dataset="fashion_mnist",
    sigmas=(0.1, 0.2, 0.4),
    n_test=2_000,
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 3},
)
