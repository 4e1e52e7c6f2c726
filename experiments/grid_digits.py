"""Digits CNN: learning rate × L2, a grid of 7 × 7 with 5-fold cross-validation.

Claim: swept over seven decades each, only two or three learning rates train the digits CNN well,
the L2 penalty matters little until it is too strong, and the best candidate, chosen by
cross-validation on the training split alone, classifies 0.98 ± 0.015 of unseen digits correctly.

Source: M. Hjorth-Jensen, lecture notes on machine learning, University of Oslo, week 45.
Run it with `make grid-digits`: 245 fits of 100 epochs.
"""

from kerascnn import Expected, GridExperiment

# Written out: np.logspace(-5, 1, 7) differs in the last bit from processor to processor.
DECADES = [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]

experiment = GridExperiment(
    title="Digits CNN: learning rate × L2",
    claim=(
        "Over seven decades each, only two or three learning rates train the digits CNN well, "
        "and the L2 penalty matters little until it is too strong."
    ),
    dataset="digits",
    model="digits_cnn",
    parameters={"optimizer": "sgd", "batch_size": 100, "epochs": 100},
    grid={"learning_rate": DECADES, "l2": DECADES},
    folds=5,
    test_size=0.2,
    expected=Expected(0.98, 0.015, source="this grid, other seeds"),
)
