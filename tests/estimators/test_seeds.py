"""Seeds: the same fit in any process, and global random state left alone."""

import os
import random
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerascnn import CNNClassifier
from kerascnn.training.seeding import seeded

pytestmark = pytest.mark.numbers

# A network with everything that draws random numbers, trained for two epochs.
FIT = """
import hashlib, random
import keras, numpy as np, tensorflow as tf
from sklearn.datasets import load_digits
from kerascnn import CNNClassifier

def noisy(input_shape, n_classes):
    return keras.Sequential([
        keras.Input(input_shape),
        keras.layers.Conv2D(4, 3, padding="same"),
        keras.layers.BatchNormalization(),
        keras.layers.Activation("relu"),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(n_classes),
    ])

{before}
digits = load_digits()
X, y = digits.images[:300].astype("float32") / 16, digits.target[:300]
fitted = CNNClassifier(noisy, epochs=2, batch_size=64, random_state=1).fit(X, y)
print(hashlib.sha256(b"".join(w.tobytes() for w in fitted.model_.get_weights())).hexdigest())
"""
DRAWS = "random.seed(5), np.random.seed(5), tf.random.set_seed(5), tf.random.uniform([3])"


def digest(before: str = "", **environment: str) -> str:
    """Return the digest of the weights that a process of its own fits."""
    return subprocess.run(
        [sys.executable, "-c", FIT.format(before=before)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_two_processes_fit_the_same_weights():
    """Bit for bit, whatever was drawn before."""
    assert digest() == digest(DRAWS, PYTHONHASHSEED="3")


def draws() -> list[float]:
    """Return the next numbers of all global generators."""
    return [
        random.random(),
        float(np.random.random()),
        float(tf.random.uniform([])),
        float(keras.random.uniform([])),
    ]


def test_a_fit_leaves_global_random_state_alone(three_digits):
    """All global generators go on as if there had been no fit."""
    keras.utils.set_random_seed(11)
    expected = [draws(), draws()]
    keras.utils.set_random_seed(11)
    first = draws()
    estimator = CNNClassifier(epochs=1, random_state=0, model__n_filters=1).fit(*three_digits)
    estimator.predict(three_digits[0])
    assert [first, draws()] == expected


def test_a_fit_without_seed_draws_one_and_keeps_it(three_digits):
    """`random_state=None` differs between fits, and `seed_` repeats the fit."""
    first, second = (CNNClassifier(epochs=1, model__n_filters=1) for _ in range(2))
    first.fit(*three_digits), second.fit(*three_digits)
    assert first.seed_ != second.seed_
    second.set_params(random_state=first.seed_).fit(*three_digits)
    pairs = zip(first.model_.get_weights(), second.model_.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize(
    "draw",
    [
        random.random,
        np.random.random,
        lambda: float(tf.random.uniform([])),
        lambda: float(keras.random.uniform([])),
        lambda: float(keras.initializers.GlorotUniform()((1, 1))[0, 0]),
    ],
    ids=["Python", "NumPy", "TensorFlow", "Keras", "initializer"],
)
def test_a_seeded_scope_repeats_every_draw(draw):
    """In two scopes of one seed, each generator draws the same; in another, it does not."""
    found = []
    for seed in (3, 3, 4):
        with seeded(seed):
            found.append(draw())
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_a_seeded_scope_ends_with_an_error_too():
    """Global state is restored when something inside fails."""
    random.seed(1)
    expected = random.random()
    random.seed(1)
    with pytest.raises(RuntimeError), seeded(2):
        raise RuntimeError
    assert random.random() == expected
