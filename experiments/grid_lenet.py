"""LeNet-5 on 3,000 MNIST digits: learning rate × L2, a grid of 5 × 4, 3-fold.

Claim: with Adam and 10 epochs, learning rates of 0.003 to 0.01 are the best, 0.0001 is too small by
far, and an L2 penalty of 0.01 costs accuracy where a weaker one does not.

Run it with `make grid-lenet`: 60 fits of 10 epochs.
"""

from kerascnn import Expected, GridExperiment

experiment = GridExperiment(
    title="LeNet-5: learning rate × L2",
    claim=(
        "With Adam and 10 epochs, learning rates of 0.003 to 0.01 are the best, 0.0001 is too "
        "small by far, and an L2 penalty of 0.01 costs accuracy where a weaker one does not."
    ),
    dataset="mnist",
    model="lenet5",
    parameters={"optimizer": "adam", "batch_size": 32, "epochs": 10},
    grid={"learning_rate": [1e-4, 3e-4, 1e-3, 3e-3, 1e-2], "l2": [0.0, 1e-4, 1e-3, 1e-2]},
    folds=3,
    n_train=3000,
    expected=Expected(0.965, 0.015, source="this grid, other seeds"),
)
