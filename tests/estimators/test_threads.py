"""Fits in several threads of one process."""

from concurrent.futures import ThreadPoolExecutor

import joblib
import keras
import numpy as np
from sklearn.model_selection import cross_val_score

from kerascnn import CNNClassifier
from kerascnn.training.seeding import seeded


def noisy(input_shape, n_classes):
    """Return a network that draws weights, noise and dropout."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.GaussianNoise(0.1),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )


def fitted_weights(seed: int, X: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Return the weights of a fit of some seed."""
    estimator = CNNClassifier(noisy, epochs=2, batch_size=8, random_state=seed)
    return estimator.fit(X, y).model_.get_weights()


def test_fits_in_threads_give_the_weights_of_fits_one_by_one(three_digits):
    """Eight fits in four threads, bit for bit."""
    X, y = three_digits
    expected = [fitted_weights(seed, X, y) for seed in range(8)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda seed: fitted_weights(seed, X, y), range(8)))
    for weights, others in zip(found, expected, strict=True):
        assert all(map(np.array_equal, weights, others))


def test_scikit_learns_threads_give_the_scores_of_one(three_digits):
    """`cross_val_score` scores alike with joblib's threads and without."""
    X, y = three_digits
    estimator = CNNClassifier(noisy, epochs=2, batch_size=8, random_state=0)
    arguments = {"cv": 4, "scoring": "neg_log_loss"}
    expected = cross_val_score(estimator, X, y, **arguments)
    with joblib.parallel_backend("threading", n_jobs=4):
        found = cross_val_score(estimator, X, y, **arguments)
    assert found.tolist() == expected.tolist()


def test_one_thread_may_enter_a_scope_inside_another():
    """The inner scope ends with the outer's state."""
    with seeded(1):
        first, expected = np.random.random(), np.random.random()
    with seeded(1):
        assert np.random.random() == first
        with seeded(2):
            np.random.random()
        assert np.random.random() == expected
