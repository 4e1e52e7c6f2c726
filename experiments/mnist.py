"""MNIST CNN with dropout: 3,241,354 parameters, 10 epochs on all training images.

Claim: two convolutions, a hidden layer of 1,024 units and dropout, trained with Adam for 10 epochs,
classify 0.992 ± 0.002 of the test digits correctly.

Source: M. Hjorth-Jensen, lecture notes on machine learning, University of Oslo, week 45; a test
accuracy of 0.99 or more is usual. Run it with `make mnist`.
"""

from kerascnn import Expected, TrainingExperiment

experiment = TrainingExperiment(
    title="MNIST CNN with dropout",
    claim=(
        "Two convolutions, a hidden layer of 1,024 units and dropout, trained with Adam for 10 "
        "epochs on 60,000 digits, classify 99 % of the test digits correctly."
    ),
    dataset="mnist",
    model="mnist_cnn",
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 64, "epochs": 10},
    expected=Expected(0.992, 0.002, source="0.99 or more is usual for such networks"),
)
