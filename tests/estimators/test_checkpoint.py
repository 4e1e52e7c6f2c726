"""A training that was killed goes on and ends as if it had never stopped."""

import keras
import numpy as np
import pytest

from kerascnn import CNNClassifier
from kerascnn.estimators.checkpoint import fit_with_checkpoint

pytestmark = pytest.mark.numbers


def dropout_cnn(input_shape, n_classes):
    """Return a network with dropout, whose draws must go on too."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Conv2D(2, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )


def classifier(**parameters) -> CNNClassifier:
    """Return a classifier whose optimizer and network both have a state."""
    settings = {"optimizer": "adam", "epochs": 4, "batch_size": 32, "random_state": 1}
    return CNNClassifier(dropout_cnn, **{**settings, **parameters})


def killed_after(epoch):
    """Return a callback that interrupts the training after an epoch."""

    def on_epoch(number, logs) -> None:
        if number == epoch:
            raise KeyboardInterrupt

    return on_epoch


def test_a_killed_training_goes_on_and_ends_the_same(tmp_path, three_digits):
    """Weights and history are those of one `fit`, to the last bit."""
    X, y = three_digits
    validation = (X[:20], y[:20])
    whole = classifier().fit(X, y, validation_data=validation)
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(KeyboardInterrupt):
        fit_with_checkpoint(
            classifier(), X, y, path, validation_data=validation, on_epoch=killed_after(2)
        )
    resumed, epochs = classifier(), []
    fit_with_checkpoint(
        resumed,
        X,
        y,
        path,
        validation_data=validation,
        on_epoch=lambda epoch, logs: epochs.append(epoch),
    )
    assert epochs == [3, 4]
    assert resumed.history_ == whole.history_
    for weight, expected in zip(
        resumed.model_.get_weights(), whole.model_.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weight, expected)


def test_a_training_goes_on_with_several_steps_at_once(tmp_path, three_digits):
    """How many steps Keras takes at once has no influence on the weights, so it may change."""
    X, y = three_digits
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(KeyboardInterrupt):
        fit_with_checkpoint(classifier(), X, y, path, on_epoch=killed_after(2))
    resumed = classifier(compile__steps_per_execution=2)
    fit_with_checkpoint(resumed, X, y, path)
    assert resumed.history_ == classifier().fit(X, y).history_


def test_a_complete_training_is_not_trained_again(tmp_path, three_digits):
    """Once all epochs are done, the checkpoint is the result."""
    path = tmp_path / "checkpoint.npz"
    first, second, epochs = classifier(epochs=1), classifier(epochs=1), []
    fit_with_checkpoint(first, *three_digits, path)
    fit_with_checkpoint(second, *three_digits, path, on_epoch=lambda *told: epochs.append(told))
    assert not epochs
    np.testing.assert_array_equal(
        first.predict_proba(three_digits[0]), second.predict_proba(three_digits[0])
    )


def test_another_trainings_checkpoint_is_left_alone(tmp_path, three_digits):
    """A checkpoint of other parameters stops the training and stays as it is."""
    path = tmp_path / "checkpoint.npz"
    fit_with_checkpoint(classifier(epochs=1), *three_digits, path)
    kept = path.read_bytes()
    with pytest.raises(ValueError, match="other data or parameters"):
        fit_with_checkpoint(classifier(epochs=1, learning_rate=0.5), *three_digits, path)
    assert path.read_bytes() == kept


def test_a_damaged_checkpoint_is_named(tmp_path, three_digits):
    """Half a file is an error that names it, not a traceback from a library."""
    path = tmp_path / "checkpoint.npz"
    fit_with_checkpoint(classifier(epochs=1), *three_digits, path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"checkpoint\.npz is not a checkpoint"):
        fit_with_checkpoint(classifier(epochs=1), *three_digits, path)
