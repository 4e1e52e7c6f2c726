"""Digests of plain data, arrays, tables and objects."""

import copy
import datetime
import enum
import functools
import itertools
import operator
import pickle
import re
import socket
import threading
import weakref
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from kerascnn.identity import Unidentifiable, digest

Point = namedtuple("Point", "x y")
Place = namedtuple("Place", "x y")


class Color(enum.Enum):
    """An enumeration."""

    RED = 1
    BLUE = 2


@dataclass
class Settings:
    """A dataclass."""

    rate: float = 0.1
    names: tuple[str, ...] = ()


class Plain:
    """An object with attributes."""

    def __init__(self, value):
        self.value = value


class Slotted:
    """An object with slots."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


class Cached:
    """An object whose state leaves its cache out."""

    def __init__(self, value):
        self.value, self.cache = value, object()

    def __getstate__(self):
        return {"value": self.value}


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, -0.0, 1.0, float("nan"), 0j, 1 + 0j, "", "1", b"", b"1"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b", 1, 1.5, None]), inner, max_size=3),
        st.frozensets(st.integers(-2, 2) | st.sampled_from(["a", "b"]), max_size=3),
    ),
    max_leaves=8,
)


def written(value):
    """Return a value in writing that tells types apart, made without digests."""
    if isinstance(value, dict):
        return f"dict{sorted((written(key), written(part)) for key, part in value.items())}"
    if isinstance(value, frozenset):
        return f"frozenset{sorted(map(written, value))}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}{[written(part) for part in value]}"
    return f"{type(value).__name__} {value!r}"


@given(VALUES)
def test_copies_have_equal_digests(value):
    """A deep copy and a pickled copy have the digest of the value they were made of."""
    copies = [copy.deepcopy(value), pickle.loads(pickle.dumps(value))]
    assert {digest(each) for each in copies} == {digest(value)}


@given(VALUES, VALUES)
def test_digests_are_equal_exactly_where_values_are(one, other):
    """Two values have one digest if, and only if, they are written the same way."""
    assert (digest(one) == digest(other)) == (written(one) == written(other))


@given(VALUES, LEAVES)
def test_a_change_at_the_bottom_changes_the_digest(value, leaf):
    """A leaf deep inside a value counts."""
    one, other = [[[value, leaf]]], [[[value, [leaf]]]]
    assert digest(one) != digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.float64(0.1), 0.1),
        (np.int64(3), 3),
        (np.int8(3), 3),
        (np.bool_(True), True),
        (np.float32(0.5), 0.5),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.complex128(1j), 1j),
        (np.str_("a"), "a"),
        (float("nan"), np.float64("nan")),
        ({"x", "y", "z"}, {"z", "y", "x"}),
        (np.arange(12).reshape(3, 4)[:, ::2], np.array([[0, 2], [4, 6], [8, 10]])),
        (np.asfortranarray(np.eye(3)), np.eye(3)),
        (np.array([1, "a", None], object), np.array([1, "a", None], object)),
        (range(0, 4, 2), range(0, 4, 2)),
        (slice(1, 2), slice(1, 2)),
        (Path("a/b"), Path("a") / "b"),
        ([Path("a")] * 2, [Path("a"), Path("a")]),
        (datetime.datetime(2026, 1, 2), datetime.datetime(2026, 1, 2)),
        (Point(1, 2), Point(1, 2)),
        (Settings(0.2), Settings(0.2)),
        (Plain([1]), Plain([1])),
        (Slotted([1]), Slotted([1])),
        (Cached(1), Cached(1)),
        (functools.partial(max, 1, key=len), functools.partial(max, 1, key=len)),
        (operator.itemgetter(1), operator.itemgetter(1)),
        (re.compile("a+"), re.compile("a+")),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2], "b": 0}).drop(columns="b")),
        (pd.Series(["a", None]), pd.Series(["a", None])),
        (scipy.sparse.csr_matrix(np.eye(3)), scipy.sparse.csr_matrix(np.eye(3))),
        (np.random.default_rng(0), np.random.default_rng(0)),
        (np.random.RandomState(0), np.random.RandomState(0)),
        (tf.constant([1.0, 2.0]), tf.constant([1.0, 2.0])),
        (tf.Variable(1.0), tf.Variable(1.0)),
    ],
)
def test_equal_values_have_equal_digests(one, other):
    """Values made separately, from NumPy or from Python, are equal by their content."""
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        (0.0, False),
        (np.float32(0.1), 0.1),
        ("a", b"a"),
        (None, "None"),
        ([1, 2], (1, 2)),
        ([1, [2]], [[1], 2]),
        ({1}, frozenset({1})),
        ({"a": None}, {}),
        (OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)),
        (np.zeros(4), np.zeros((2, 2))),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.zeros(2), np.array([0.0, -0.0])),
        (np.array([1, None], object), np.array([None, 1], object)),
        (np.array(["2026-01-01"], "M8[D]"), np.array(["2026-01-02"], "M8[D]")),
        (np.datetime64("2026-01-01"), np.datetime64("2026-01-02")),
        (range(3), range(0, 3, 2)),
        (slice(1), slice(2)),
        (Color.RED, Color.BLUE),
        (Color.RED, 1),
        (Path("a"), "a"),
        (Point(1, 2), Point(2, 1)),
        (Point(1, 2), (1, 2)),
        (Settings(0.2), Settings(0.3)),
        (Plain(1), Plain(2)),
        (Plain(1), Slotted(1)),
        (Slotted(1), Slotted(2)),
        (functools.partial(max, 1), functools.partial(max, 2)),
        (functools.partial(max, 1), functools.partial(min, 1)),
        (operator.itemgetter(1), operator.itemgetter(2)),
        (operator.itemgetter(1), operator.attrgetter("real")),
        (re.compile("a"), re.compile("a", re.IGNORECASE)),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1, 2]})),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]}, index=[1, 2])),
        (pd.Series(pd.Categorical(["a"], ["a", "b"])), pd.Series(pd.Categorical(["a"]))),
        (scipy.sparse.csr_matrix(np.eye(3)), scipy.sparse.csc_matrix(np.eye(3))),
        (np.random.default_rng(0), np.random.default_rng(1)),
        (np.random.RandomState(0), np.random.RandomState(1)),
        (tf.constant(1.0), tf.constant(2.0)),
        (tf.constant(1.0), tf.constant(1.0, tf.float64)),
        (len, abs),
        ("a".join, "b".join),
        ("a".__len__, "ab".__len__),
        (str.join, str.split),
        (np.add, np.subtract),
        (np.mean, np.median),
        (int, float),
        (list[int], list[str]),
    ],
)
def test_different_values_have_different_digests(one, other):
    """A difference in type, content, order or shape counts."""
    assert digest(one) != digest(other)


def test_equal_namedtuples_of_two_classes_differ():
    """A namedtuple's class counts beside its items."""
    assert digest(Point(1, 2)) != digest(Place(1, 2))


def test_the_state_of_a_random_generator_counts():
    """A generator that has drawn a number is another."""
    generator = np.random.default_rng(0)
    before = digest(generator)
    generator.random()
    assert digest(generator) != before


def test_sharing_a_generator_counts():
    """Two users of one generator draw other numbers than users of two equal ones."""
    one, two = np.random.default_rng(0), np.random.default_rng(0)
    assert digest([one, one]) != digest([one, two])


def test_sharing_plain_data_does_not_count():
    """The same list twice equals two equal lists."""
    shared = [1, 2]
    assert digest([shared, shared]) == digest([[1, 2], [1, 2]])


def test_a_sparse_matrix_is_the_same_in_whatever_order_its_entries_lie():
    """Entries out of order, or in two halves, make the same matrix."""
    plain = scipy.sparse.csr_matrix(np.array([[0.0, 1.0, 2.0]]))
    mixed = scipy.sparse.csr_matrix(([2.0, 0.5, 0.5], [2, 1, 1], [0, 3]), shape=(1, 3))
    assert digest(mixed) == digest(plain)


def test_a_list_that_contains_itself_has_a_digest():
    """Recursion ends, and where it points to counts."""
    one, two, other = [], [], [[]]
    one.append(one)
    two.append(two)
    other[0].append(other)
    assert digest(one) == digest(two)
    assert digest(one) != digest(other)


def test_objects_that_refer_to_each_other_have_a_digest():
    """A circle of objects ends where it started."""

    def circle(value):
        first, second = Plain(value), Plain(None)
        first.other, second.other = second, first
        return first

    assert digest(circle(1)) == digest(circle(1))
    assert digest(circle(1)) != digest(circle(2))


def test_padding_between_fields_does_not_count():
    """Bytes that belong to no field of a structured array are left out."""
    kind = np.dtype([("a", "i1"), ("b", "i4")], align=True)
    one, other = np.zeros(1, kind), np.full(8, 255, np.uint8).view(kind)
    other["a"], other["b"] = 0, 0
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    "make",
    [
        threading.Lock,
        lambda: (number for number in range(3)),
        lambda: weakref.ref(Plain(1)),
        lambda: itertools.count(),
        lambda: np.frompyfunc(len, 1, 1),
        lambda: Plain(threading.Lock()),
        lambda: {"a": [threading.Lock()]},
    ],
)
def test_what_has_no_content_is_refused(make):
    """Locks, generators and the like raise an error, wherever they lie."""
    with pytest.raises(Unidentifiable, match="cannot be identified by its content"):
        digest(make())


def test_an_open_file_is_refused(tmp_path):
    """A file's content is not in the object; the message names the object's type."""
    with (
        (tmp_path / "file").open("w") as file,
        pytest.raises(Unidentifiable, match="TextIOWrapper"),
    ):
        digest(file)


def test_a_socket_is_refused():
    """A socket has no content."""
    with socket.socket() as connection, pytest.raises(Unidentifiable, match="socket"):
        digest(connection)


def test_a_symbolic_tensor_is_refused():
    """A tensor without a value cannot be told from others."""
    seen = []

    @tf.function
    def trace(x):
        with pytest.raises(Unidentifiable, match="symbolic"):
            digest(x)
        seen.append(True)
        return x

    trace(tf.constant(1.0))
    assert seen


def test_a_deeply_nested_value_is_refused():
    """What Python cannot walk raises a clear error."""
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(Unidentifiable, match="nested too deeply"):
        digest(value)
