"""Super-resolution: a CNN that enlarges CIFAR-10 twice and four times, beside interpolation.

Claim: a network of four convolutions and a pixel shuffle enlarges images that were reduced by area
averaging better than bicubic interpolation does: by 1.5 dB twice, by 0.8 dB four times.

Sources: W. Shi et al., Real-time single image and video super-resolution using an efficient
sub-pixel convolutional neural network, arXiv:1609.05158 (the network); J. Kim, J. K. Lee and K. M.
Lee, arXiv:1511.04587 (learning what interpolation lacks). Run it with `make super-resolution`, on
own fields with `make super-resolution ARGS="--data field.npz"`: one array, (n, height, width);
with `--periodic` where they go around the earth.
"""

from kerascnn import Expected, SuperResolutionExperiment

experiment = SuperResolutionExperiment(
    title="Super-resolution of CIFAR-10",
    claim=(
        "A network of four convolutions and a pixel shuffle enlarges images that were reduced by "
        "area averaging better than bicubic interpolation does: by 1.5 dB twice, by 0.8 dB four "
        "times."
    ),
    dataset="cifar10",
    factors=(2, 4),
    n_test=2_000,
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 10},
    expected=Expected(28.0, 0.2, source="the mean of seeds 0 to 2, JPEG images"),
)
