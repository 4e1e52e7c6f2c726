"""Digests of functions, classes and modules: users' by content, libraries' by name."""

import copy
import functools
import json
import math
import sys
import textwrap
from types import ModuleType

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import accuracy_score, f1_score, make_scorer

from kerascnn.identity import Unidentifiable, digest
from kerascnn.internals.scikit_learn import MultimetricScorer
from kerascnn.models.digits import digits_cnn


def module(source, name="users"):
    """Return a module of a user's with this source."""
    made = ModuleType(name)
    exec(compile(textwrap.dedent(source), f"/home/user/{name}.py", "exec"), vars(made))
    return made


def from_source(source, name="build", **globals_):
    """Return what `source` defines under a name."""
    made = module(source)
    vars(made).update(globals_)
    return vars(made)[name]


BUILD = "def build(x): return x * 2\n"
# What two builders differ in.
DIFFERENT = {
    "the body": (BUILD, "def build(x): return x * 3\n"),
    "an operation": (BUILD, "def build(x): return x + 2\n"),
    "a constant's type": (BUILD, "def build(x): return x * 2.0\n"),
    "the sign of a zero": ("build = lambda: 0.0", "build = lambda: -0.0"),
    "a default": ("def build(x=1): return x", "def build(x=2): return x"),
    "a keyword default": ("def build(*, x=1): return x", "def build(*, x=2): return x"),
    "a computed default": (
        "n = 1\ndef build(x=n + 1): return x",
        "n = 2\ndef build(x=n + 1): return x",
    ),
    "a captured value": (
        "def make(n):\n    def build(): return n\n    return build\nbuild = make(1)",
        "def make(n):\n    def build(): return n\n    return build\nbuild = make(2)",
    ),
    "an attribute": (BUILD + "build.rate = 1", BUILD + "build.rate = 2"),
    "a constant of the module": (
        "N = 1\ndef build(): return N",
        "N = 2\ndef build(): return N",
    ),
    "a constant that is missing": ("def build(): return N", "N = None\ndef build(): return N"),
    "a helper's body": (
        "def helper(): return 1\ndef build(): return helper()",
        "def helper(): return 2\ndef build(): return helper()",
    ),
    "a helper's helper": (
        "def a(): return 1\ndef b(): return a()\ndef build(): return b()",
        "def a(): return 2\ndef b(): return a()\ndef build(): return b()",
    ),
    "what a lambda within reads": (
        "N = 1\ndef build(): return lambda: lambda: N",
        "N = 2\ndef build(): return lambda: lambda: N",
    ),
    "what a comprehension within reads": (
        "N = 1\ndef build(): return {k: [N for _ in 'ab'] for k in 'ab'}",
        "N = 2\ndef build(): return {k: [N for _ in 'ab'] for k in 'ab'}",
    ),
    "what a class within reads": (
        "N = 1\ndef build():\n    class Local:\n        n = N\n    return Local",
        "N = 2\ndef build():\n    class Local:\n        n = N\n    return Local",
    ),
    "an argument bound": (
        "from functools import partial\ndef f(x): return x\nbuild = partial(f, 1)",
        "from functools import partial\ndef f(x): return x\nbuild = partial(f, 2)",
    ),
    "the object bound to": (
        "class A:\n    def __init__(self, n): self.n = n\n    def f(self): return self.n\n"
        "build = A(1).f",
        "class A:\n    def __init__(self, n): self.n = n\n    def f(self): return self.n\n"
        "build = A(2).f",
    ),
    "a wrapped function": (
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def g(): return f()\n"
        "    return g\n@deco\ndef build(): return 1",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def g(): return f()\n"
        "    return g\n@deco\ndef build(): return 2",
    ),
    "the wrapper": (
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def g(): return f()\n"
        "    return g\n@deco\ndef build(): return 1",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def g(): return -f()\n"
        "    return g\n@deco\ndef build(): return 1",
    ),
    "a cached function": (
        "import functools\n@functools.lru_cache\ndef build(): return 1",
        "import functools\n@functools.lru_cache\ndef build(): return 2",
    ),
    "a function of one dispatch": (
        "import functools\n@functools.singledispatch\ndef build(x): return 1\n"
        "@build.register\ndef _(x: int): return 1",
        "import functools\n@functools.singledispatch\ndef build(x): return 1\n"
        "@build.register\ndef _(x: int): return 2",
    ),
    "a context manager": (
        "from contextlib import contextmanager\n@contextmanager\ndef build(): yield 1",
        "from contextlib import contextmanager\n@contextmanager\ndef build(): yield 2",
    ),
    "a method": (
        "class build:\n    def f(self): return 1",
        "class build:\n    def f(self): return 2",
    ),
    "a static method": (
        "class build:\n    @staticmethod\n    def f(): return 1",
        "class build:\n    @staticmethod\n    def f(): return 2",
    ),
    "a class method": (
        "class build:\n    @classmethod\n    def f(cls): return 1",
        "class build:\n    @classmethod\n    def f(cls): return 2",
    ),
    "a property": (
        "class build:\n    @property\n    def f(self): return 1",
        "class build:\n    @property\n    def f(self): return 2",
    ),
    "a cached property": (
        "import functools\nclass build:\n    @functools.cached_property\n    def f(self): return 1",
        "import functools\nclass build:\n    @functools.cached_property\n    def f(self): return 2",
    ),
    "a descriptor": (
        "class D:\n    def __get__(self, *args): return 1\nclass build:\n    f = D()",
        "class D:\n    def __get__(self, *args): return 2\nclass build:\n    f = D()",
    ),
    "an attribute of the class": ("class build:\n    n = 1", "class build:\n    n = 2"),
    "a base's method": (
        "class A:\n    def f(self): return 1\nclass build(A): pass",
        "class A:\n    def f(self): return 2\nclass build(A): pass",
    ),
    "the order of bases": (
        "class A: pass\nclass B: pass\nclass build(A, B): pass",
        "class A: pass\nclass B: pass\nclass build(B, A): pass",
    ),
    "a metaclass": (
        "class M(type):\n    def f(cls): return 1\nclass build(metaclass=M): pass",
        "class M(type):\n    def f(cls): return 2\nclass build(metaclass=M): pass",
    ),
    "what a method reads": (
        "N = 1\nclass build:\n    def f(self): return N",
        "N = 2\nclass build:\n    def f(self): return N",
    ),
    "a field's default": (
        "from dataclasses import dataclass\n@dataclass\nclass build:\n    n: int = 1",
        "from dataclasses import dataclass\n@dataclass\nclass build:\n    n: int = 2",
    ),
    "a class that was made while running": (
        "build = type('A', (), {'f': lambda self: 1})",
        "build = type('A', (), {'f': lambda self: 2})",
    ),
    "a callable object": (
        "class A:\n    def __call__(self): return 1\nbuild = A()",
        "class A:\n    def __call__(self): return 2\nbuild = A()",
    ),
    "the state of a captured object": (
        "class A: pass\ndef make(n):\n    a = A()\n    a.n = n\n    return lambda: a.n\n"
        "build = make(1)",
        "class A: pass\ndef make(n):\n    a = A()\n    a.n = n\n    return lambda: a.n\n"
        "build = make(2)",
    ),
    "a generator that is read": (
        "import numpy as np\nrng = np.random.default_rng(0)\ndef build(): return rng.random()",
        "import numpy as np\nrng = np.random.default_rng(1)\ndef build(): return rng.random()",
    ),
    "an overridden builtin": (
        "def build(x): return abs(x)",
        "def abs(x): return x\ndef build(x): return abs(x)",
    ),
}


@pytest.mark.parametrize("difference", DIFFERENT)
def test_a_difference_between_two_builders_counts(difference):
    """Builders that differ in one thing have different digests."""
    one, other = DIFFERENT[difference]
    assert digest(from_source(one)) != digest(from_source(other))


@pytest.mark.parametrize("difference", DIFFERENT)
def test_builders_defined_twice_are_equal(difference):
    """The same source further down in another file gives the same digest."""
    source = DIFFERENT[difference][0]
    moved = module("\n\n\n" + source, name="elsewhere")
    assert digest(from_source(source)) == digest(moved.build)


def test_two_lambdas_on_one_line_differ():
    """A place in a file does not stand for code."""
    one, other = from_source("build = [lambda x: x + 1, lambda x: x + 2]")
    assert digest(one) != digest(other)


def test_annotations_do_not_count():
    """Types are for readers."""
    one, other = "def build(x: int) -> int: return x", "def build(x): return x"
    assert digest(from_source(one)) == digest(from_source(other))


def test_globals_that_are_not_read_do_not_count():
    """An attribute's name is no global, and neighbours in a module are not read."""
    source = "def build(x): return x.n"
    assert digest(from_source(source, n=1)) == digest(from_source(source, n=2))


def test_a_function_that_calls_itself_has_a_digest():
    """Recursion ends."""
    source = "def build(n): return n * build(n - {}) if n else 1"
    assert digest(from_source(source.format(1))) == digest(from_source(source.format(1)))
    assert digest(from_source(source.format(1))) != digest(from_source(source.format(2)))


def test_many_classes_that_refer_to_each_other_take_no_long_time():
    """Each class is walked once, however many ways lead to it."""
    names = [f"C{number}" for number in range(40)]
    everything = ", ".join(names)
    source = "".join(f"class {name}:\n    def f(self): return {everything}\n" for name in names)
    assert digest(from_source(source, "C0")) == digest(from_source(source, "C0"))


@pytest.mark.parametrize("reading", ["settings.rate", "settings.inner.rate", "settings.deep()"])
def test_what_code_reads_from_a_users_module_counts(reading):
    """Attributes of users' modules count by value, along the whole chain."""

    def built(rate, other=0):
        inner = module(f"rate = {rate}\nother = {other}")
        settings = module(f"rate = {rate}\nother = {other}\ndef deep(): return inner.rate")
        settings.inner = inner
        return digest(from_source(f"def build(): return {reading}", settings=settings))

    assert built(1) == built(1)
    assert built(1) != built(2)
    assert built(1) == built(1, other=1)


@pytest.mark.parametrize(
    "body",
    [
        "import users_settings; return users_settings.rate",
        "import users_settings as s; return s.rate",
        "from users_settings import rate; return rate",
        "from users_settings import rate as r; return lambda: r",
    ],
)
def test_what_code_imports_counts(body, monkeypatch):
    """A user's module that is imported while running counts by what is taken from it."""

    def built(rate):
        settings = module(f"rate = {rate}", "users_settings")
        monkeypatch.setitem(sys.modules, "users_settings", settings)
        return digest(from_source(f"def build(): {body}"))

    assert built(1) == built(1)
    assert built(1) != built(2)


def test_a_users_module_that_is_handed_on_counts_with_all_of_it():
    """What becomes of a module in other hands is not known, so its whole content counts."""
    source = "def build(): return (lambda m: m.rate)(settings)"
    one, same, other = (module(f"rate = {rate}") for rate in (1, 1, 2))
    assert digest(from_source(source, settings=one)) == digest(from_source(source, settings=same))
    assert digest(from_source(source, settings=one)) != digest(from_source(source, settings=other))


def test_a_users_file_named_like_a_module_of_pythons_counts_by_content(monkeypatch):
    """A file counts more than a name: `code.py` may be anybody's."""

    def built(rate):
        made = module(f"class Settings:\n    rate = {rate}", "code")
        made.__file__ = "/home/user/code.py"
        monkeypatch.setitem(sys.modules, "code", made)
        return digest(made.Settings), digest(made)

    one, other = built(1), built(2)
    assert one[0] != other[0]
    assert one[1] != other[1]


@pytest.mark.parametrize("body", ["eval('x')", "exec('x')", "globals()['x']", "__import__('x')"])
def test_code_that_only_running_it_tells_is_refused(body):
    """What such code reads is not known."""
    with pytest.raises(Unidentifiable, match="not known before the code runs"):
        digest(from_source(f"def build(): return {body}"))


def test_code_imported_by_a_name_is_refused():
    """`importlib.import_module` may import anything."""
    with pytest.raises(Unidentifiable, match="not known before the code runs"):
        digest(from_source("import importlib\ndef build(n): return importlib.import_module(n)"))


def test_a_function_that_reads_what_cannot_be_identified_is_refused():
    """A global lock makes a function unidentifiable."""
    with pytest.raises(Unidentifiable, match="lock"):
        digest(from_source("import threading\nlock = threading.Lock()\ndef build(): return lock"))


def test_libraries_functions_classes_and_modules_differ():
    """Each counts by its name, and none is refused."""
    mse = keras.losses.mean_squared_error
    code = [json.dumps, math.sin, np.mean, keras.layers.Dense, digits_cnn, mse, json, math]
    assert len({digest(each) for each in code}) == len(code)


def test_what_a_librarys_function_reads_does_not_count(monkeypatch):
    """A library's version stands for its code, so only the name counts."""
    before = digest(digits_cnn)
    monkeypatch.setattr(sys.modules[digits_cnn.__module__], "L2", keras.regularizers.L1)
    assert digest(digits_cnn) == before


def test_a_library_function_that_a_user_replaced_counts_by_content(monkeypatch):
    """A wrapper under a library's name is the user's."""
    original = digest(json.dumps)
    dumps = json.dumps

    @functools.wraps(dumps)
    def loud(value):
        return dumps(value).upper()

    monkeypatch.setattr(json, "dumps", loud)
    assert digest(json.dumps) != original


def test_a_logger_that_code_writes_to_is_no_obstacle():
    """A logger counts by its name."""
    source = "import logging\nlog = logging.getLogger('a')\ndef build(): log.info('built')"
    assert digest(from_source(source)) == digest(from_source(source))


def test_a_registered_function_counts_by_content():
    """`keras.saving`'s registration leaves a function what it is."""
    source = "import keras\n@keras.saving.register_keras_serializable('a')\ndef build(x): return {}"
    assert digest(from_source(source.format(1))) != digest(from_source(source.format(2)))


def test_a_tf_function_counts_by_its_python_function():
    """A compiled function is what it was compiled from, traced or not."""
    one, same, other = (tf.function(from_source(f"build = lambda x: x + {n}")) for n in (1, 1, 2))
    same(tf.constant(1.0))
    assert digest(one) == digest(same)
    assert digest(one) != digest(other)
    assert digest(one) != digest(tf.function(one.python_function, reduce_retracing=True))


SCORE = "def build(y, p): return {}\n"
CAPTURED = "def make(n):\n    def score(y, p): return n\n    return score\nbuild = make({})"


@pytest.mark.parametrize("source", [SCORE, CAPTURED])
def test_scorers_of_users_count_by_content(source):
    """Scorers that differ in a body or a captured value differ; others are equal."""

    def scorer(n, **settings):
        return make_scorer(from_source(source.format(n)), **settings)

    assert digest(scorer(1)) == digest(scorer(1))
    assert digest(scorer(1)) != digest(scorer(2))
    assert digest(scorer(1)) != digest(scorer(1, greater_is_better=False))
    assert digest(scorer(1)) != digest(scorer(1, response_method="predict_proba"))


def test_scorers_of_several_metrics_count_by_each():
    """scikit-learn's scorer of several metrics differs where one of them does."""

    def scorer(n, average="macro"):
        scorers = {
            "own": make_scorer(from_source(SCORE.format(n))),
            "f1": make_scorer(f1_score, average=average),
            "accuracy": make_scorer(accuracy_score),
        }
        return MultimetricScorer(scorers=scorers, raise_exc=False)

    assert digest(scorer(1)) == digest(scorer(1))
    assert digest(scorer(1)) != digest(scorer(2))
    assert digest(scorer(1)) != digest(scorer(1, average="micro"))


def test_a_class_is_the_same_after_a_copy_of_its_object():
    """Python notes on the class what copying found out."""

    class Copied:
        """A user's class."""

    before = digest(Copied)
    copy.deepcopy(Copied())
    assert digest(Copied) == before
