"""Digests are the same in every process, wherever a user's file lies."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

USERS = """
import functools
from dataclasses import dataclass

import keras
import numpy as np
from sklearn.metrics import make_scorer

RATES = {"fast", "slow", "still", "steady"}
NUMBER = 3


def helper(x):
    return x in RATES, x in {"a", "b", "c", "d"}, NUMBER


def score(y, p):
    return helper(y)


class Layer(keras.layers.Layer):
    def call(self, inputs):
        return inputs * NUMBER


@dataclass
class Settings:
    rate: float = 0.1
    names: frozenset = frozenset({"a", "b", "c"})


def optimizer():
    made = keras.optimizers.AdamW(0.1)
    made.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return made


def network(*more):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((4,)), *more, keras.layers.Dropout(0.1), keras.layers.Dense(2)]
    model = keras.Sequential(layers)
    model.compile(optimizer(), loss="mse", metrics=["accuracy"])
    return model


VALUES = {
    "sets": [RATES, frozenset(RATES), {frozenset("abc"): {"x", "y"}, (1, "a"): None}],
    "functions": [helper, score, functools.partial(score, 1), lambda x: helper(x)],
    "classes": [Layer, Settings, Settings()],
    "scorers": make_scorer(score),
    "arrays": [np.arange(3.0), np.array(["a", None], object), np.random.default_rng(0)],
    "objects of Keras": [
        optimizer(),
        keras.initializers.HeNormal(),
        keras.callbacks.EarlyStopping(patience=3),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        keras.layers.Dropout(0.1),
        Layer(),
    ],
}
NETWORKS = {"of Keras alone": network(), "with a layer of a user's": network(Layer())}
"""
MAIN = """
import json
import kerascnn
from users import NETWORKS, VALUES
from kerascnn.identity import digest, global_settings, identify_network

found = {name: digest(value) for name, value in VALUES.items()}
found |= {name: vars(identify_network(model)) for name, model in NETWORKS.items()}
print(json.dumps(found | {"settings": digest(global_settings())}))
"""
NAMES = [
    "sets",
    "functions",
    "classes",
    "scorers",
    "arrays",
    "objects of Keras",
    "of Keras alone",
    "with a layer of a user's",
    "settings",
]


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """Return what two processes found for one module in two places, by name."""
    return [_found(tmp_path_factory.mktemp("users"), seed, "\n" * seed) for seed in (1, 2)]


def _found(folder, seed, above):
    (folder / "users.py").write_text(above + USERS)
    (folder / "main.py").write_text(MAIN)
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(seed),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    run = subprocess.run(
        [sys.executable, folder / "main.py"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", NAMES)
def test_two_processes_agree(name, processes):
    """Neither Python's hash seed nor a file's place nor a line's number counts."""
    one, other = processes
    assert one[name] == other[name]


def test_the_values_differ_from_each_other(processes):
    """Agreement is not for want of content."""
    found = [json.dumps(value) for value in processes[0].values()]
    assert len(set(found)) == len(NAMES)
