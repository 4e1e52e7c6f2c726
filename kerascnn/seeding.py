"""A scope in which everything random is seeded, and after which nothing has changed.

Keras draws the seeds of initializers and of dropout from Python's `random` module when a model
is built, so models built with the same arguments in scopes of the same seed start alike.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np
from keras.src.backend.common import global_state
from tensorflow.python.eager import context

# The names under which Keras keeps its own global random state.
KERAS_STATES = ("global_random_seed", "global_seed_generator")


def draw_seed() -> int:
    """Return a fresh seed below 2³², taken from the operating system and no global state."""
    return int(np.random.SeedSequence().generate_state(1)[0])


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Python's, NumPy's, TensorFlow's and Keras's global random state for a `with` block.

    Args:
        seed: from 0 to 2³² - 1.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    keras_states = {name: global_state.get_global_attribute(name) for name in KERAS_STATES}
    eager = context.context()
    # TensorFlow has no public way to read its state, and setting a seed again would restart
    # the caller's sequence instead of continuing it. Before a first seed there is no `_rng`.
    tensorflow_state = {n: v for n, v in vars(eager).items() if n in ("_seed", "_rng")}
    try:
        keras.utils.set_random_seed(seed)
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        vars(eager).update(tensorflow_state)
        for name, state in keras_states.items():
            global_state.set_global_attribute(name, state)
