"""What lanes may differ in, what leaves a stack early, and what ends a training."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.regularizers import L1L2

from kerascnn.fusion import Lane, NotFusable, train_lanes
from kerascnn.fusion.chunk import Chunk
from kerascnn.fusion.network import StackedNetwork

pytestmark = pytest.mark.numbers


def network(l2=0.0):
    """Return a builder of a small network with penalties."""
    penalty = L1L2(l1=l2 / 10, l2=l2)

    def build():
        return keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                layers.Conv2D(4, 3, activation="relu", kernel_regularizer=penalty),
                layers.MaxPooling2D(2),
                layers.Flatten(),
                layers.Dense(10, activation="softmax", kernel_regularizer=penalty),
            ]
        )

    return build


@pytest.fixture(scope="module")
def plain(compiled):
    """A compiled network without penalty, for lanes that share one."""
    return compiled(network())


def test_lanes_may_differ_in_penalty_seed_and_rate(
    digits, compiled, lane, together, assert_as_exact_as_keras
):
    """Three models with their own L1, L2, initial weights and learning rates."""
    models = [
        compiled(network(l2), keras.optimizers.SGD(0.1 * (i + 1)), seed=i)
        for i, l2 in enumerate([0.0, 0.01, 0.1])
    ]
    lanes = [lane(model, tag=i, seed=i) for i, model in enumerate(models)]
    _, reports = together(lanes, *digits)
    for each in lanes:
        assert_as_exact_as_keras(each, reports[each.tag], *digits)


def test_a_corrupted_penalty_is_noticed(digits, compiled, lane, together, assert_as_exact_as_keras):
    """The comparison fails when the lane that ran had another L2 than the separate fit."""
    right, wrong = (compiled(network(l2), seed=1) for l2 in (0.01, 0.01001))
    _, reports = together([lane(wrong)], *digits)
    with pytest.raises(AssertionError):
        assert_as_exact_as_keras(lane(right), reports[None], *digits)


@pytest.mark.parametrize(
    "changes",
    [
        {"train": np.arange(50, 125), "test": np.arange(31)},
        {"train": np.arange(64)},
        {"batch_size": 10},
        {"sample_weight": np.linspace(0, 2, 75, dtype=np.float32)},
    ],
)
def test_folds_may_differ(changes, digits, plain, lane, together, assert_as_exact_as_keras):
    """In rows, in length, in the size of batches, in the weights of samples."""
    each = lane(plain, tag="other", **changes)
    _, reports = together([lane(plain, tag="plain"), each], *digits)
    assert_as_exact_as_keras(each, reports["other"], *digits)


def test_one_run_reports_several_epochs(digits, plain, lane, together):
    """What a lane says after epoch 1 is what a lane of one epoch ends with, to the last bit."""
    reports, _ = together([lane(plain, report_epochs=(1, 3), epochs=3)], *digits)
    assert [report.epoch for report in reports] == [1, 3]
    _, last = together([lane(plain, epochs=1)], *digits)
    assert reports[0].history == last[None].history
    np.testing.assert_array_equal(reports[0].test_outputs, last[None].test_outputs)
    for ours, theirs in zip(reports[0].weights, last[None].weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_lanes_of_different_length_leave_one_after_another(
    digits, plain, lane, together, assert_as_exact_as_keras
):
    """Waiting lanes take the places of those that are over, at any epoch."""
    lanes = [lane(plain, tag=i, seed=i, epochs=epochs) for i, epochs in enumerate((1, 3, 2, 3, 1))]
    _, reports = together(lanes, *digits, chunk=2)
    for each in (lanes[1], lanes[2], lanes[4]):
        assert_as_exact_as_keras(each, reports[each.tag], *digits)


def test_a_diverging_lane_leaves_and_its_neighbours_do_not_notice(
    digits, compiled, plain, lane, together, alone, assert_as_exact_as_keras
):
    """A learning rate of 1e6 ends its lane in the epoch in which Keras's loss is not finite."""
    hot = lane(compiled(network(1.0)), tag="hot", learning_rate=1e6, epochs=3, report_epochs=(2, 3))
    calm = [lane(plain, tag=i, seed=i, epochs=3) for i in range(2)]
    reports, last = together([calm[0], hot, calm[1]], *digits, chunk=3)
    assert_as_exact_as_keras(calm[1], last[1], *digits)
    with np.errstate(all="ignore"):
        losses = alone(hot, *digits).history["loss"]
    first = int(np.flatnonzero(~np.isfinite(losses))[0]) + 1
    (end,) = [report for report in reports if report.diverged]
    assert first < 3
    assert (end.tag, end.epoch, end.test_outputs) == ("hot", first, None)
    assert len(end.history["loss"]) == first


def test_training_outputs_and_order_without_shuffling(digits, plain, lane, together):
    """Outputs for the training rows come in the rows' order; unshuffled epochs keep it too."""
    X, y = digits
    each = lane(plain, train=np.arange(74, -1, -1))
    _, reports = together([each], X, y, want_train_outputs=True, shuffle=False)
    report = reports[None]
    model = keras.models.clone_model(plain)
    model.set_weights(report.weights)
    expected = np.asarray(model(X[each.train], training=False))
    np.testing.assert_allclose(report.train_outputs, expected, atol=1e-5)


def test_two_threads_give_what_one_gives(digits, plain, lane, together):
    """Stacks of one lane are the same to the last bit; callbacks tell of each epoch."""
    lanes = [lane(plain, tag=i, seed=i) for i in range(5)]
    epochs = []
    _, both = together(lanes, *digits, chunk=1, threads=2, on_epoch=epochs.extend)
    _, single = together(lanes, *digits, chunk=1)
    assert sorted(epochs) == [(tag, epoch) for tag in range(5) for epoch in (1, 2)]
    for tag in range(5):
        for ours, theirs in zip(both[tag].weights, single[tag].weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.fixture
def chunks(digits, plain, lane, together):
    """Return which lanes train together in the first epoch."""

    def of(n_lanes, **options):
        seen = []
        together(
            [lane(plain, tag=tag, epochs=1) for tag in range(n_lanes)],
            *digits,
            on_epoch=lambda epochs: seen.append([tag for tag, _ in epochs]),
            **options,
        )
        return sorted(seen)

    return of


def test_neighbours_are_dealt_to_different_chunks(chunks):
    """Of a grid, whose corner may diverge, each thread gets its part."""
    assert chunks(8, chunk=4, threads=2) == [[0, 2, 4, 6], [1, 3, 5, 7]]


def test_threads_get_fair_shares(chunks):
    """Seven lanes are four and three, though a stack could take six."""
    assert sorted(map(len, chunks(7, chunk=6, threads=2))) == [3, 4]


def test_one_trace_serves_any_number_of_lanes(digits, compiled, lane, together, monkeypatch):
    """Three, two and one lane and the outputs for the training rows: nothing is traced again."""
    traces = []
    trace = StackedNetwork.step
    monkeypatch.setattr(
        StackedNetwork, "step", lambda *arguments: traces.append(1) or trace(*arguments)
    )
    model = compiled(network())
    lanes = [lane(model, tag=epochs, epochs=epochs) for epochs in (1, 2, 3)]
    reports, _ = together(lanes, *digits, want_train_outputs=True)
    assert [report.train_outputs.shape for report in reports] == [(75, 10)] * 3
    assert len(traces) == 1


def test_graphs_are_not_optimized(digits, plain, lane, together, monkeypatch):
    """TensorFlow's optimizer would let two threads in a large graph meet in one variable."""
    options = tf.config.optimizer.get_experimental_options
    found, run_epoch = [], Chunk.run_epoch
    monkeypatch.setattr(Chunk, "run_epoch", lambda c: found.append(options()) or run_epoch(c))
    together([lane(plain, tag=n) for n in range(2)], *digits, chunk=1, threads=2)
    assert all(each["disable_meta_optimizer"] for each in found)
    assert not options()["disable_meta_optimizer"]


def test_a_callback_that_raises_ends_the_training(digits, plain, lane):
    """The error reaches the caller, and the threads are gone."""
    X, y = digits

    def complain(report):
        raise LookupError(report.tag)

    lanes = [lane(plain, tag="the tag", epochs=1) for _ in range(4)]
    with pytest.raises(LookupError, match="the tag"):
        train_lanes(lanes, X, y, on_report=complain, threads=2)


def test_lanes_of_another_topology_are_not_taken(digits, compiled, plain, lane, together):
    """The error names the lane."""
    X, y = digits
    other = compiled(lambda: keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(),
        layers.Dense(10)]))  # fmt: skip
    with pytest.raises(ValueError, match="lane 'odd' has another topology"):
        together([lane(plain), lane(other, tag="odd")], X, y)


def test_samples_of_another_shape_are_not_taken(digits, plain, lane, together):
    """Keras would bring them to the input's shape; the error says how they must be."""
    X, y = digits
    with pytest.raises(ValueError, match=r"shape \(8, 8\): reshape them to \(8, 8, 1\)"):
        together([lane(plain)], X[..., 0], y)


def test_a_model_that_cannot_be_stacked_is_an_error(digits, compiled, lane, together):
    """The error is the refusal."""
    model = compiled(network(), keras.optimizers.Lion())
    with pytest.raises(NotFusable, match="optimizer Lion has no rule"):
        together([lane(model)], *digits)


def test_a_model_may_be_built_when_its_lane_starts(digits, compiled, plain, lane, together):
    """A function in the model's place is called once for each lane that starts."""
    X, y = digits
    calls = []

    def build():
        calls.append(1)
        return plain

    together([lane(build, tag=i, epochs=1) for i in range(3)], X, y)
    assert len(calls) == 4  # once more for the first, whose topology all must have


def test_no_lanes_are_no_work(digits):
    """An empty sequence of lanes returns at once."""
    lanes: list[Lane] = []
    train_lanes(lanes, *digits, on_report=lambda report: pytest.fail("nothing to report"))
