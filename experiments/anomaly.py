"""Anomalies: digits of a class that was never trained on, told by how badly they come back.

Claim: the error of an autoencoder that was trained on nine digits tells the tenth better than an
isolation forest does, but no better than the error of PCA, and the simplest digit, 1, not at all:
it comes back better than the digits that were trained on.

Sources: N. Japkowicz, C. Myers and M. Gluck, A novelty detection approach to classification, IJCAI
(1995), for the error as a score; F. T. Liu, K. M. Ting and Z.-H. Zhou, Isolation forest, ICDM
(2008). Run it with `make anomaly`, on scikit-learn's digits with
`make anomaly ARGS="--data digits"`.
"""

from kerascnn import AnomalyExperiment, Expected

experiment = AnomalyExperiment(
    title="Telling a digit that was never seen",
    claim=(
        "The error of an autoencoder that was trained on nine digits tells the tenth better than "
        "an isolation forest does, but no better than the error of PCA, and the simplest digit, "
        "1, not at all: it comes back better than the digits that were trained on."
    ),
    dataset="mnist",
    model="conv_autoencoder",
    n_codes=32,
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 10},
    n_train=10_000,
    n_test=5_000,
    expected=Expected(0.67, 0.02, source="three seeds, mean area"),
)
