"""A lane that was stopped between two epochs goes on as if it had not been."""

import keras
import numpy as np
import pytest
from keras import layers

from kerascnn.fusion import training


def network():
    """Build a small network whose training draws random numbers and keeps running means."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


@pytest.fixture
def states(monkeypatch):
    """Collect the states of lanes after every epoch, by tag and epoch."""
    monkeypatch.setattr(training, "SECONDS_BETWEEN_STATES", 0)
    found = {}

    def keep(tag, state):
        found[tag, state.epoch] = state

    return found, keep


def test_a_lane_goes_on_from_its_state(digits, compiled, lane, together, states):
    """Beside a lane that starts anew: weights, curves and outputs equal those of no stop."""
    found, keep = states
    model = compiled(network, keras.optimizers.Adam(0.01))
    _, whole = together([lane(model, tag="whole", epochs=4)], *digits, on_state=keep)
    lanes = [
        lane(model, tag="new", epochs=4, seed=1),
        lane(model, tag="begun", epochs=4, state=found["whole", 2]),
    ]
    _, reports = together(lanes, *digits)
    for name, curve in whole["whole"].history.items():
        assert reports["begun"].history[name] == pytest.approx(curve)
    assert reports["begun"].seconds > found["whole", 2].seconds
    for weight, expected in zip(reports["begun"].weights, whole["whole"].weights, strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-5, atol=1e-6)


def test_states_are_of_lanes_under_way(digits, compiled, lane, together, states):
    """After each epoch but the last of a lane."""
    found, keep = states
    model = compiled(network)
    together([lane(model, tag=n, epochs=n) for n in (1, 3)], *digits, on_state=keep)
    assert set(found) == {(3, 1), (3, 2)}
