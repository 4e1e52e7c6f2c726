"""Private parts of TensorFlow."""

from typing import Any

# Holds TensorFlow's global random state, which can be set in public, but not read.
from tensorflow.python.eager import context

__all__ = ["random_state", "restore_random_state"]

RANDOM_STATE = ("_seed", "_rng")


def random_state() -> dict[str, Any]:
    """Return TensorFlow's global random state, for `restore_random_state`.

    `tf.random.set_seed` would restart the sequence of draws where restoring continues it.
    """
    # Before the first seed is set, there is no `_rng`.
    return {name: value for name, value in vars(context.context()).items() if name in RANDOM_STATE}


def restore_random_state(state: dict[str, Any]) -> None:
    """Bring TensorFlow's global random state back to where `random_state` found it."""
    vars(context.context()).update(state)
