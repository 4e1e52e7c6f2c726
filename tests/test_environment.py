"""TensorFlow's settings, each in a process of its own."""

import os
import subprocess
import sys
import textwrap

import pytest

from kerascnn.environment import DEFAULT_ENVIRONMENT, THREAD_VARIABLES, available_cores

TENSORFLOW_SETTINGS = ("KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS", "TF_CPP_MIN_LOG_LEVEL")


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process with only the given TensorFlow settings."""
    cleared = {*TENSORFLOW_SETTINGS, *THREAD_VARIABLES}
    inherited = {name: value for name, value in os.environ.items() if name not in cleared}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def printed(code: str, **environment: str) -> str:
    """Return what Python code prints in a process of its own."""
    done = run(code, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


THREADS = """
import kerascnn, tensorflow as tf
from kerascnn import environment
{ask}
threading = tf.config.threading
print(threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads())
"""


@pytest.mark.parametrize("name", TENSORFLOW_SETTINGS)
def test_importing_the_package_sets_what_the_user_did_not(name):
    """Without settings of the user's, each has its documented value after the import."""
    assert printed(f"import os, kerascnn; print(os.environ[{name!r}])") == DEFAULT_ENVIRONMENT[name]


def test_onednn_is_on():
    """The kernels of oneDNN are asked for: TensorFlow has them off on many processors."""
    assert DEFAULT_ENVIRONMENT["TF_ENABLE_ONEDNN_OPTS"] == "1"


@pytest.mark.parametrize("name", ["TF_ENABLE_ONEDNN_OPTS", "TF_CPP_MIN_LOG_LEVEL"])
def test_a_users_setting_stays(name):
    """What the user has set is left alone."""
    assert printed(f"import os, kerascnn; print(os.environ[{name!r}])", **{name: "0"}) == "0"


def test_another_backend_is_refused():
    """The package trains with TensorFlow, and says so before Keras is imported."""
    done = run("import kerascnn", KERAS_BACKEND="jax")
    assert done.returncode != 0
    assert "KERAS_BACKEND is 'jax'" in done.stderr
    assert "set KERAS_BACKEND=tensorflow" in done.stderr


def test_importing_all_names_leaves_the_threads_to_be_settled():
    """TensorFlow takes their number once: whatever starts it at an import would settle it."""
    settle = """
        import kerascnn
        names = [getattr(kerascnn, name) for name in kerascnn.__all__]
        import kerascnn.interpretation, kerascnn.models.augmented, kerascnn.laboratory.photo
        import tensorflow as tf
        tf.config.threading.set_intra_op_parallelism_threads(1)
        print("settled")
    """
    assert printed(textwrap.dedent(settle)) == "settled"


def test_importing_the_package_does_not_import_tensorflow():
    """`import kerascnn` is quick; TensorFlow comes with the first name that needs it."""
    assert printed("import sys, kerascnn; print('tensorflow' in sys.modules)") == "False"


def test_a_sweep_gets_single_threaded_operations():
    """A sweep runs as many operations side by side as there are cores, one thread each."""
    ask = "environment.prefer_threads_for_sweep()"
    assert printed(THREADS.format(ask=ask)) == f"1 {available_cores()}"


def test_whoever_comes_first_decides():
    """After TensorFlow's first operation, asking for other threads changes nothing."""
    ask = "environment.prefer_threads_for_training(); tf.constant(1)\n"
    ask += "environment.prefer_threads_for_worker(1)"
    assert printed(THREADS.format(ask=ask)) == f"{available_cores()} {available_cores()}"


def test_a_users_threads_stay():
    """Thread counts in the environment are the user's choice (0: TensorFlow reads them)."""
    code = THREADS.format(ask="environment.prefer_threads_for_sweep()")
    assert printed(code, TF_NUM_INTRAOP_THREADS="2") == "0 0"


def test_whoever_asks_for_threads_first_decides():
    """A training inside a sweep does not undo the sweep's choice."""
    ask = "environment.prefer_threads_for_sweep(); environment.prefer_threads_for_training()"
    assert printed(THREADS.format(ask=ask)) == f"1 {available_cores()}"


def test_tensorflow_starts_without_its_banner():
    """Nothing is written to standard error, which a plain import does fill."""
    start = "from kerascnn import environment; environment.start_tensorflow_quietly()"
    assert run(start).stderr == ""
    assert "oneDNN" in run("import kerascnn, tensorflow").stderr


def test_what_is_not_the_banner_is_passed_on():
    """A line that another writes to standard error meanwhile is not lost."""
    code = """
        import importlib, sys
        from kerascnn import environment
        real = importlib.import_module
        def loud(*name):
            importlib.import_module = real
            print("something else", file=sys.stderr, flush=True)
            return real(*name)
        importlib.import_module = loud
        environment.start_tensorflow_quietly()
    """
    assert run(textwrap.dedent(code)).stderr.strip() == "something else"


def test_keras_starts_without_what_only_a_report_needs():
    """A training has the memory of matplotlib and pandas, which can be imported afterwards."""
    code = """
        import sys
        from kerascnn import environment
        environment.start_tensorflow_quietly()
        print(sorted({"keras", "matplotlib", "pandas"} & {*sys.modules}))
        import matplotlib.pyplot, pandas
        print(matplotlib.__name__, pandas.__name__)
    """
    assert printed(textwrap.dedent(code)) == "['keras']\nmatplotlib pandas"


def test_keras_starts_with_what_a_users_file_has_imported():
    """Where pandas is imported already, Keras finds it and takes tables."""
    code = """
        import pandas
        from kerascnn import environment
        environment.start_tensorflow_quietly()
        from keras.src.trainers.data_adapters import array_slicing
        print(array_slicing.pandas is pandas)
    """
    assert printed(textwrap.dedent(code)) == "True"


COLLECTIONS = """
import gc, sys, kerascnn
searches = []
gc.callbacks.append(lambda phase, info: phase == "start" and searches.append(info))
{arrangement}
kerascnn.GridSearchCV
print(len(searches), gc.isenabled(), gc.get_freeze_count() > 0)
"""


def test_the_garbage_collector_rests_during_the_imports():
    """It searches a plain import of TensorFlow hundreds of times; afterwards it goes on."""
    searches, *rest = printed(COLLECTIONS.format(arrangement="")).split()
    assert int(searches) < 10
    assert rest == ["True", "False"]
    plain = printed(COLLECTIONS.format(arrangement="import tensorflow")).split()[0]
    assert int(plain) > 100


@pytest.mark.parametrize(
    ("arrangement", "found"),
    [("gc.disable()", "False False"), ("gc.freeze()", "True True")],
    ids=["switched off", "frozen"],
)
def test_a_users_arrangements_with_the_garbage_collector_stay(arrangement, found):
    """What is switched off or frozen is so afterwards, and nothing else."""
    assert printed(COLLECTIONS.format(arrangement=arrangement)).split(maxsplit=1)[1] == found


def test_only_the_command_line_leaves_imports_to_themselves():
    """Its process holds nothing of a user's."""
    code = """
        import gc
        from kerascnn.cli import main
        main(["models", "lenet5"])
        print(gc.get_freeze_count() > 0, gc.isenabled())
    """
    assert printed(textwrap.dedent(code)).splitlines()[-1] == "True True"


def test_an_import_does_not_keep_its_callers_data():
    """What the function that caused the import had loaded before is freed when it ends."""
    code = """
        import weakref
        from kerascnn import environment
        class Data: pass
        def load():
            data = Data()
            environment.start_tensorflow_quietly()
            return weakref.ref(data)
        print(load()())
    """
    assert printed(textwrap.dedent(code)) == "None"
