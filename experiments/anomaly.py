"""Anomalies: digits of a class that was never trained on, told by how badly they come back.

Claim: what an autoencoder of nine digits makes of the tenth is worse than what it makes of them, so
its error tells the unknown digit; better than an isolation forest does, hardly better than the
error of PCA, and not at all for the simplest digit, 1.

Sources: N. Japkowicz, C. Myers and M. Gluck, A novelty detection approach to classification, IJCAI
(1995), for the error as a score; F. T. Liu, K. M. Ting and Z.-H. Zhou, Isolation forest, ICDM
(2008). Run it with `make anomaly`, on scikit-learn's digits with
`make anomaly ARGS="--data digits"`.
"""

from kerascnn import AnomalyExperiment

experiment = AnomalyExperiment(
    title="Telling a digit that was never seen",
    claim=(
        "What an autoencoder of nine digits makes of the tenth is worse than what it makes of "
        "them, so its error tells the unknown digit; better than an isolation forest does, hardly "
        "better than the error of PCA, and not at all for the simplest digit, 1."
    ),
    dataset="mnist",
    model="conv_autoencoder",
    n_codes=32,
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 10},
    n_train=10_000,
    n_test=5_000,
)
