"""CIFAR-10 conv stack: 122,570 parameters, 10 epochs on all training images.

Claim: three convolutions and a hidden layer, trained with Adam for 10 epochs on all 50,000 images,
classify 0.70 ± 0.02 of the test images correctly.

Source: M. Hjorth-Jensen, lecture notes on machine learning, University of Oslo, week 45; the
network is commonly quoted at about 0.70. Run it with `make cifar`.
"""

from kerascnn import Expected, TrainingExperiment

experiment = TrainingExperiment(
    title="CIFAR-10 conv stack",
    claim=(
        "Three convolutions and a hidden layer, trained with Adam for 10 epochs on all 50,000 "
        "images, classify about 70 % of the test images correctly."
    ),
    dataset="cifar10",
    model="cifar_cnn",
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 10},
    expected=Expected(0.70, 0.02, source="commonly quoted for this network"),
)
