"""A lane that was stopped between two epochs goes on as if it had not been."""

import keras
import numpy as np
import pytest
from keras import layers

from kerascnn.fusion import training

pytestmark = pytest.mark.numbers


def network():
    """Build a small network."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


@pytest.fixture
def checkpoints(monkeypatch):
    """Collect the checkpoints of lanes after every epoch, by tag and epoch."""
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", 0)
    found = {}

    def keep(tag, checkpoint):
        found[tag, checkpoint.epoch] = checkpoint

    return found, keep


@pytest.mark.parametrize("amsgrad", [False, True])
def test_a_lane_goes_on_to_the_last_bit(amsgrad, digits, compiled, lane, together, checkpoints):
    """In the same place of a stack of the same size, beside a lane that starts anew."""
    found, keep = checkpoints
    model = compiled(network, keras.optimizers.Adam(0.01, amsgrad=amsgrad))
    lanes = [lane(model, tag="whole", epochs=4), lane(model, epochs=4, seed=1)]
    _, whole = together(lanes, *digits, on_state=keep, chunk=2)
    lanes[0] = lane(model, tag="begun", epochs=4, state=found["whole", 2])
    _, reports = together(lanes, *digits, chunk=2)
    assert reports["begun"].history == whole["whole"].history
    assert reports["begun"].seconds > found["whole", 2].seconds
    for name in ("weights", "optimizer_values"):
        ours, theirs = getattr(reports["begun"], name), getattr(whole["whole"], name)
        for value, expected in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(value, expected)


def test_a_checkpoint_is_of_lanes_under_way(digits, compiled, lane, together, checkpoints):
    """After each epoch but the last of a lane."""
    found, keep = checkpoints
    model = compiled(network)
    together([lane(model, tag=n, epochs=n) for n in (1, 3)], *digits, on_state=keep)
    assert set(found) == {(3, 1), (3, 2)}


def test_a_checkpoint_holds_the_variables_in_keras_order(
    digits, compiled, lane, together, checkpoints
):
    """`model.variables`, then `model.optimizer.variables`."""
    found, keep = checkpoints
    model = compiled(network, keras.optimizers.Adam(0.01))
    model.optimizer.build(model.trainable_variables)
    together([lane(model)], *digits, on_state=keep)
    variables = [*model.variables, *model.optimizer.variables]
    shapes = [np.shape(array) for array in found[None, 1].arrays]
    assert shapes == [tuple(variable.shape) for variable in variables]
