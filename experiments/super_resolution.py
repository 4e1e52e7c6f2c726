"""Super-resolution: a CNN that enlarges CIFAR-10 twice and four times, beside interpolation.

Claim: to be filled in.

Source: to be filled in.
"""

from kerascnn import SuperResolutionExperiment

experiment = SuperResolutionExperiment(
    title="Super-resolution of CIFAR-10",
    claim="To be filled in.",
    dataset="cifar10",
    factors=(2, 4),
    n_test=2_000,
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 10},
)
