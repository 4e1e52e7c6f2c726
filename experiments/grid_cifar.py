"""CIFAR-10 conv stack on 4,000 images: learning rate × L2 × batch size, 3 × 2 × 2, 3-fold.

Claim: on so few images the learning rate decides; a weak L2 penalty and the batch size change
little beside it.

Run it with `make grid-cifar`: 36 fits of 8 epochs.
"""

from kerascnn import Expected, GridExperiment

experiment = GridExperiment(
    title="CIFAR-10 conv stack: learning rate × L2 × batch size",
    claim=(
        "On 4,000 images the learning rate decides; a weak L2 penalty and the batch size change "
        "little beside it."
    ),
    dataset="cifar10",
    model="cifar_cnn",
    parameters={"optimizer": "adam", "epochs": 8},
    grid={"learning_rate": [3e-4, 1e-3, 3e-3], "l2": [0.0, 1e-3], "batch_size": [32, 64]},
    folds=3,
    n_train=4000,
    expected=Expected(0.50, 0.03, source="this grid, other seeds"),
)
