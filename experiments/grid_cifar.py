"""CIFAR-10 conv stack on 4,000 images: learning rate × L2 × batch size, 3 × 2 × 2, 3-fold.

Claim: on so few images and in 8 epochs a learning rate of 0.001 is better than 0.0003 and 0.003, by
0.02 to 0.04; an L2 penalty of 0.001 costs as much; batches of 32 or 64 make no clear difference.

Run it with `make grid-cifar`: 36 fits of 8 epochs.
"""

from kerascnn import Expected, GridExperiment

experiment = GridExperiment(
    title="CIFAR-10 conv stack: learning rate × L2 × batch size",
    claim=(
        "On 4,000 images and in 8 epochs a learning rate of 0.001 is better than 0.0003 and 0.003, "
        "by 0.02 to 0.04; an L2 penalty of 0.001 costs as much; batches of 32 or 64 make no "
        "clear difference."
    ),
    dataset="cifar10",
    model="cifar_cnn",
    parameters={"optimizer": "adam", "epochs": 8},
    grid={"learning_rate": [3e-4, 1e-3, 3e-3], "l2": [0.0, 1e-3], "batch_size": [32, 64]},
    folds=3,
    n_train=4000,
    expected=Expected(0.47, 0.03, source="this grid over three seeds, images compressed as JPEG"),
)
