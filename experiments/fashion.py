"""Fashion-MNIST: the MNIST CNN with dropout on clothes instead of digits, 10 epochs.

Claim: the network that reads 99 % of MNIST's digits tells 0.92 ± 0.01 of Fashion-MNIST's clothes
apart, in the same 10 epochs.

Source: Xiao, Rasul & Vollgraf 2017, whose benchmark lists such networks at 0.91 to 0.93. Run it
with `make fashion`.
"""

from kerascnn import Expected, TrainingExperiment

experiment = TrainingExperiment(
    title="Fashion-MNIST: the MNIST CNN on clothes",
    claim=(
        "The network that reads 99 % of MNIST's digits tells about 92 % of Fashion-MNIST's "
        "clothes apart, in the same 10 epochs."
    ),
    dataset="fashion_mnist",
    model="mnist_cnn",
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 64, "epochs": 10},
    expected=Expected(
        0.92, 0.01, source="the data set's own benchmark, networks of two convolutions"
    ),
)
