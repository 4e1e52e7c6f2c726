"""Keras's own loop: the numbers of a plain `fit`, and its step traced once."""

import keras
import numpy as np
import pytest
from keras import layers

from kerascnn.training.loop import train

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 6)).astype(np.float32)
Y = np.arange(20) % 3

OPTIMIZERS = {
    "Adam": lambda: keras.optimizers.Adam(0.01),
    "momentum and averages": lambda: keras.optimizers.SGD(0.1, momentum=0.9, use_ema=True),
    "Muon": lambda: keras.optimizers.Muon(0.01),
    "without schedule": lambda: keras.optimizers.ScheduleFreeAdamW(0.01),
    "wrapped": lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01)),
}


def compiled(optimizer, metrics=("accuracy",)):
    """Return a network that drops values at random, always the same one."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((6,))
    hidden = layers.Dropout(0.3, seed=1)(layers.Dense(8, "relu")(inputs))
    model = keras.Model(inputs, layers.Dense(3, "softmax")(hidden))
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


def trained(model):
    """Return the history of a network that is trained in the order of its samples."""
    arguments = {"epochs": range(2), "batch_size": 8, "seed": 0, "shuffle": False}
    return train(model, (X, Y, None), (X, Y, None), callbacks=(), verbose=0, **arguments)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_equals_a_plain_fit(name):
    """Weights, slots and curves, although the variables are there before Keras's first step."""
    mine, plain = (compiled(OPTIMIZERS[name]()) for _ in range(2))
    history = trained(mine)
    keras.utils.set_random_seed(0)
    record = plain.fit(
        X, Y, validation_data=(X, Y), epochs=2, batch_size=8, shuffle=False, verbose=0
    )
    assert history == record.history
    for one, other in zip(
        [*mine.variables, *mine.optimizer.variables],
        [*plain.variables, *plain.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def counted_steps(monkeypatch):
    """Return a list that grows whenever Keras's own step is traced."""
    calls, step = [], keras.Model.train_step
    monkeypatch.setattr(
        keras.Model, "train_step", lambda model, data: calls.append(1) or step(model, data)
    )
    return calls


def test_a_step_is_traced_once(monkeypatch):
    """TensorFlow traces one twice that creates variables."""
    calls = counted_steps(monkeypatch)
    trained(compiled("adam"))
    assert len(calls) == 1


def test_a_layer_that_is_built_when_it_is_first_called_trains_too():
    """Keras builds an activation that is a layer no earlier than that."""
    keras.utils.set_random_seed(0)
    activation = layers.Activation(layers.PReLU())
    model = keras.Sequential([keras.Input((6,)), layers.Dense(4), activation, layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss)
    trained(model)
    assert [variable.path for variable in model.trainable_variables if "p_re_lu" in variable.path]


class Freezing(keras.callbacks.Callback):
    """A callback that changes what is trained, before the first step."""

    def on_train_begin(self, logs=None):
        """Freeze the first layer."""
        self.model.layers[1].trainable = False


def test_a_callback_may_freeze_layers_before_the_first_step():
    """The optimizer has slots for what is trained, as in `fit`."""
    model = compiled("adam")
    arguments = {"epochs": range(1), "batch_size": 8, "seed": 0, "shuffle": False, "verbose": 0}
    train(model, (X, Y, None), None, callbacks=[Freezing()], **arguments)
    slots = [variable.path for variable in model.optimizer.variables if "momentum" in variable.path]
    assert len(slots) == 2  # of the last layer


def test_users_code_runs_as_often_as_in_fit(monkeypatch):
    """A metric that remembers its calls sees those that Keras makes."""
    calls = {"mine": [], "plain": []}

    def counting(which):
        def metric(y, outputs):
            calls[which].append(1)
            return keras.ops.mean(outputs)

        return metric

    trained(compiled("adam", metrics=[counting("mine")]))
    plain = compiled("adam", metrics=[counting("plain")])
    plain.fit(X, Y, validation_data=(X, Y), epochs=2, batch_size=8, shuffle=False, verbose=0)
    assert calls["mine"] == calls["plain"]
