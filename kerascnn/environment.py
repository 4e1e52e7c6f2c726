"""TensorFlow's settings on this machine: made before it starts, only where the user made none.

oneDNN's kernels are off by default on many processors and must be chosen before TensorFlow is
imported. The number of threads must be chosen before its first operation, and the right one
depends on the work: a sweep runs one Python thread per core and wants single-threaded
operations, a single training wants the opposite. Whoever comes first decides.
"""

import contextlib
import gc
import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

DEFAULT_ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
THREAD_VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
BANNER = (
    "All log messages before absl::InitializeLog()",
    "oneDNN custom operations are on",
    "Could not find cuda drivers",
    "failed call to cuInit",
    "This TensorFlow binary is optimized",
    "To enable the following instructions",
)
# Keras imports them for its galleries and for tables given to its `fit`, where it finds them.
NEEDLESS_TO_KERAS = ("matplotlib", "pandas")
_owns_process = False
STATED_PACKAGES = ("tensorflow", "keras", "scikeras", "scikit-learn", "numpy", "kerascnn")


def prepare_environment() -> None:
    """Set the environment variables that TensorFlow reads at import, where the user set none.

    Raises:
        RuntimeError: if `KERAS_BACKEND` names another backend than TensorFlow.
    """
    for name, value in DEFAULT_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if os.environ["KERAS_BACKEND"] != "tensorflow":
        raise RuntimeError(
            f"KERAS_BACKEND is {os.environ['KERAS_BACKEND']!r}, but kerascnn trains with "
            "TensorFlow: unset it, or set KERAS_BACKEND=tensorflow"
        )


def has_onednn() -> bool:
    """Return whether TensorFlow may compute by oneDNN's kernels."""
    return os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1").lower() in ("1", "true")


@contextlib.contextmanager
def quick_imports() -> Iterator[None]:
    """Import large packages inside without searching them for garbage again and again.

    Little of TensorFlow's million objects ever becomes garbage, but Python would search them
    dozens of times during the import. In a process of our own they are searched once, afterwards,
    and what is left never again: that spares a second at the exit.
    """
    if not gc.isenabled():  # by the user, or because this import is inside another
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if _owns_process:
            # Errors caught during the import hold the frames of its callers, and so their data.
            gc.collect()
            gc.freeze()
        gc.enable()


def own_process() -> None:
    """Say that this process is the command line's, and holds nothing of a user's."""
    global _owns_process
    _owns_process = True


@contextlib.contextmanager
def _without(packages: Sequence[str]) -> Iterator[None]:
    """Let imports inside fail for those of these packages that are not imported already."""
    absent = [name for name in packages if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # as Python's documentation says
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def start_tensorflow_quietly(without: Sequence[str] = NEEDLESS_TO_KERAS) -> None:
    """Import TensorFlow and Keras and find their devices, as the command line needs them.

    The banner is written by native code before any log level is read, so standard error is
    caught meanwhile; lines that are not part of the banner are passed on. Keras is imported
    without matplotlib and pandas, which only a report needs: a training has their 55 MB. A
    notebook may give Keras tables, and has them all.

    Args:
        without: packages that Keras must not find, where they are not imported already.
    """
    if "tensorflow" in sys.modules:
        return
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as caught, quick_imports(), _without(without):
        try:
            os.dup2(caught.fileno(), 2)
            tf = importlib.import_module("tensorflow")
            importlib.import_module("keras")
            tf.config.list_physical_devices()
            # Many fits in one process are meant; TensorFlow would warn of each as retracing.
            tf.get_logger().setLevel("ERROR")
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            caught.seek(0)
            for line in caught.read().decode(errors="replace").splitlines():
                if not any(phrase in line for phrase in BANNER):
                    print(line, file=sys.stderr)


def available_cores() -> int:
    """Return how many processor cores this process may use (at least 1)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def prefer_threads_for_sweep() -> None:
    """Ask for single-threaded operations, several of which run side by side."""
    _prefer_threads(intra_op=1, inter_op=available_cores())


def prefer_threads_for_training() -> None:
    """Ask for operations that share all cores, as one training at a time wants."""
    _prefer_threads(intra_op=available_cores(), inter_op=available_cores())


def prefer_threads_for_worker(threads: int, side_by_side: int = 1) -> None:
    """Ask for operations of so many threads in a worker process.

    Args:
        threads: as `threads_per_operation` of the process that started the worker gives it.
        side_by_side: how many operations run at a time.
    """
    _prefer_threads(intra_op=threads, inter_op=side_by_side)


def threads_per_operation() -> int:
    """Return how many threads TensorFlow's operations share; 0 means its own choice."""
    import tensorflow as tf

    return int(tf.config.threading.get_intra_op_parallelism_threads())


def keras_settings() -> dict[str, Any]:
    """Return Keras's global settings that networks are built and computed by."""
    import keras

    return {
        "floatx": keras.config.floatx(),
        "epsilon": keras.config.epsilon(),
        "dtype policy": keras.dtype_policies.serialize(keras.config.dtype_policy()),
        "image data format": keras.config.image_data_format(),
    }


def set_keras_settings(settings: Mapping[str, Any]) -> None:
    """Make `keras_settings` of another process this one's."""
    import keras

    keras.config.set_floatx(settings["floatx"])
    keras.config.set_epsilon(settings["epsilon"])
    keras.config.set_dtype_policy(keras.dtype_policies.deserialize(settings["dtype policy"]))
    keras.config.set_image_data_format(settings["image data format"])


def _prefer_threads(intra_op: int, inter_op: int) -> None:
    """Set TensorFlow's thread counts unless the user, or someone before, has set them."""
    if any(name in os.environ for name in THREAD_VARIABLES):
        return
    import tensorflow as tf

    if tf.config.threading.get_intra_op_parallelism_threads():
        return
    # TensorFlow refuses once its first operation has run: then its own choice stays.
    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(intra_op)
        tf.config.threading.set_inter_op_parallelism_threads(inter_op)


@contextlib.contextmanager
def graphs_as_traced() -> Iterator[None]:
    """Have TensorFlow run the graphs that are first called inside as they were traced.

    Its graph optimizer sums large tensors in temporary variables that are shared by all runs of a
    graph: two threads in one graph then end in AlreadyExistsError, as in TensorFlow's issues 23780
    and 37740. For the graphs of stacks, what it gains is not measurable.
    """
    import tensorflow as tf

    before = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({**before, "disable_meta_optimizer": True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options(before)


def settings() -> dict[str, str]:
    """Return the settings and versions that a result depends on, for a report's provenance."""
    stated = {name: os.environ[name] for name in DEFAULT_ENVIRONMENT if name in os.environ}
    return {
        **{f"{package} version": version(package) for package in STATED_PACKAGES},
        "Python version": platform.python_version(),
        "platform": platform.platform(),
        "cores": str(available_cores()),
        **stated,
        **_thread_settings(),
    }


def _thread_settings() -> dict[str, str]:
    """Return TensorFlow's thread counts (0 means its own choice), if it has been loaded."""
    if "tensorflow" not in sys.modules:
        return {}
    threading = sys.modules["tensorflow"].config.threading
    return {
        "intra-op threads": str(threading.get_intra_op_parallelism_threads()),
        "inter-op threads": str(threading.get_inter_op_parallelism_threads()),
    }
