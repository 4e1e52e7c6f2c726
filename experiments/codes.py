"""Codes: what a convolutional autoencoder keeps of digits in 2 to 64 numbers, beside PCA.

Claim: with up to half as many codes as pixels, a convolutional autoencoder loses less of a digit
than PCA with as many components, a quarter less with 2 codes; neighbours among 2 codes tell its
class far better. With as many codes as pixels PCA loses nothing, and the autoencoder something.

Source: G. E. Hinton and R. R. Salakhutdinov, Reducing the dimensionality of data with neural
networks, Science 313, 504-507 (2006), figures 2 and 3. Run it with `make codes`, on MNIST with
`make codes ARGS="--data mnist --epochs 10 --folds 2"`.
"""

from kerascnn import CodesExperiment, Expected

experiment = CodesExperiment(
    title="Codes of digits: a convolutional autoencoder beside PCA",
    claim=(
        "With up to half as many codes as pixels, a convolutional autoencoder loses less of a "
        "digit than PCA with as many components, a quarter less with 2 codes; neighbours among 2 "
        "codes tell its class far better. With as many codes as pixels PCA loses nothing, and the "
        "autoencoder something."
    ),
    dataset="digits",
    model="conv_autoencoder",
    n_codes=(2, 4, 8, 16, 32, 64),
    grid={"learning_rate": (0.001, 0.003, 0.01, 0.03), "model__depth": (1, 2)},
    shown=(2, 8, 32),
    parameters={"optimizer": "adam", "batch_size": 32, "epochs": 100},
    n_train=10_000,
    expected=Expected(0.73, 0.06, source="three seeds, error with 2 codes by PCA's"),
)
