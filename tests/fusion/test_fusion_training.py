"""What lanes may differ in, what leaves a stack early, and what ends a training."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.regularizers import L1L2

from kerascnn.fusion import Lane, train_lanes
from kerascnn.fusion.chunk import Chunk
from kerascnn.fusion.network import StackedNetwork


def network(l2=0.0, rate=0.0):
    """Return a builder of a small network with a penalty, and dropout unless its rate is None."""
    penalty = L1L2(l1=l2 / 10, l2=l2)
    spatial, plain = ([], []) if rate is None else ([rate / 2], [rate])

    def build():
        return keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                layers.Conv2D(4, 3, activation="relu", kernel_regularizer=penalty),
                layers.MaxPooling2D(2),
                *map(layers.SpatialDropout2D, spatial),
                layers.Flatten(),
                *map(layers.Dropout, plain),
                layers.Dense(10, activation="softmax", kernel_regularizer=penalty),
            ]
        )

    return build


@pytest.fixture(scope="module", params=[0.0, None], ids=["unrolled lanes", "any number of lanes"])
def rate(request):
    """With dropout, a stack unrolls over a fixed number of lanes; without, it takes any number."""
    return request.param


@pytest.fixture(scope="module")
def plain(compiled, rate):
    """A compiled network without penalty, for lanes that share one."""
    return compiled(network(rate=rate))


def test_lanes_may_differ_in_penalty_dropout_seed_and_rate(
    digits, compiled, lane, together, alone, assert_same_as_alone
):
    """Three models with their own L1, L2, dropout rates, initial weights and learning rates."""
    X, y = digits
    models = [
        compiled(network(l2, rate), keras.optimizers.SGD(0.1 * (i + 1)), seed=i)
        for i, (l2, rate) in enumerate([(0.0, 0.0), (0.01, 0.5), (0.1, 0.2)])
    ]
    lanes = [lane(model, tag=i, seed=i) for i, model in enumerate(models)]
    _, reports = together(lanes, X, y)
    for each in lanes:
        assert_same_as_alone(reports[each.tag], alone(each, X, y))


def test_a_corrupted_penalty_is_noticed(
    digits, compiled, lane, together, alone, assert_same_as_alone
):
    """The comparison fails when the lane that ran had another L2 than the separate fit."""
    X, y = digits
    right, wrong = (compiled(network(l2), seed=1) for l2 in (0.01, 0.011))
    _, reports = together([lane(wrong)], X, y)
    with pytest.raises(AssertionError):
        assert_same_as_alone(reports[None], alone(lane(right), X, y))


def test_lanes_may_differ_in_weight_decay_and_clipping(
    digits, compiled, lane, together, alone, assert_same_as_alone
):
    """Both act on each lane alone, the clipping with a norm over its own gradients."""
    X, y = digits
    for clipping, strengths in (
        ("clipnorm", (0.1, 1.0)),
        ("global_clipnorm", (0.1, 1.0)),
        ("clipvalue", (0.01, 0.1)),
    ):
        lanes = [
            lane(
                compiled(
                    network(),
                    keras.optimizers.Adam(0.01, weight_decay=0.1 * (i + 1), **{clipping: strength}),
                ),
                tag=i,
            )
            for i, strength in enumerate(strengths)
        ]
        _, reports = together(lanes, X, y)
        for each in lanes:
            assert_same_as_alone(reports[each.tag], alone(each, X, y))


def test_folds_may_differ_in_length_and_batch_size(
    digits, plain, lane, together, alone, assert_same_as_alone
):
    """Folds of 75 and 64 samples, batches of 32 and 10, tests of 40 and 31 samples."""
    X, y = digits
    lanes = [
        lane(plain, tag="long"),
        lane(plain, tag="other rows", train=np.arange(50, 125), test=np.arange(31)),
        lane(plain, tag="even", train=np.arange(64)),
        lane(plain, tag="small batches", batch_size=10),
    ]
    _, reports = together(lanes, X, y)
    for each in lanes:
        assert_same_as_alone(reports[each.tag], alone(each, X, y))


def test_sample_weights_weigh_the_loss_and_not_the_accuracy(
    digits, plain, lane, together, alone, assert_same_as_alone
):
    """A weighted lane beside one without weights, as Keras reports both."""
    X, y = digits
    weights = np.linspace(0, 2, 75, dtype=np.float32)
    lanes = [lane(plain, tag="weighted", sample_weight=weights), lane(plain, tag="plain")]
    _, reports = together(lanes, X, y)
    for each in lanes:
        assert_same_as_alone(reports[each.tag], alone(each, X, y))


def test_pixels_are_scaled_like_in_separate_fits(
    digits, plain, lane, together, alone, assert_same_as_alone
):
    """Images of 8-bit pixels."""
    X, y = digits
    pixels = (X * 255).astype(np.uint8)
    _, reports = together([lane(plain)], pixels, y)
    assert_same_as_alone(reports[None], alone(lane(plain), pixels, y))


def test_one_run_reports_several_epochs(digits, plain, lane, together, alone, assert_same_as_alone):
    """What a lane says after epoch 1 is what a lane of one epoch ends with."""
    X, y = digits
    reports, _ = together([lane(plain, report_epochs=(1, 3))], X, y)
    assert [report.epoch for report in reports] == [1, 3]
    for report in reports:
        assert_same_as_alone(report, alone(lane(plain, epochs=report.epoch), X, y))


def test_lanes_of_different_length_leave_one_after_another(
    digits, plain, lane, together, alone, assert_same_as_alone
):
    """Waiting lanes take the seats of those that are over, at any epoch."""
    X, y = digits
    lanes = [lane(plain, tag=i, seed=i, epochs=epochs) for i, epochs in enumerate((3, 1, 2, 3, 1))]
    _, reports = together(lanes, X, y, chunk=2)
    for each in lanes:
        assert_same_as_alone(reports[each.tag], alone(each, X, y))


def test_a_diverging_lane_leaves_and_its_neighbours_do_not_notice(
    digits, compiled, plain, rate, lane, together, alone, assert_same_as_alone
):
    """A learning rate of 1e6 ends its lane in the epoch in which Keras's loss is not finite."""
    X, y = digits
    hot = lane(compiled(network(1.0, rate)), tag="hot", learning_rate=1e6, report_epochs=(2, 3))
    calm = [lane(plain, tag=i, seed=i) for i in range(2)]
    reports, last = together([calm[0], hot, calm[1]], X, y, chunk=3)
    for each in calm:
        assert_same_as_alone(last[each.tag], alone(each, X, y))
    with np.errstate(all="ignore"):
        losses = alone(hot, X, y)[1]["loss"]
    first = int(np.flatnonzero(~np.isfinite(losses))[0]) + 1
    (end,) = [report for report in reports if report.diverged]
    assert (end.tag, end.epoch, end.test_outputs) == ("hot", first, None)
    assert len(end.history["loss"]) == first


def test_a_schedule_gives_each_lane_its_own_rates(
    digits, compiled, lane, together, alone, assert_same_as_alone
):
    """A schedule is evaluated at each lane's own steps, also when a lane starts later."""
    X, y = digits
    schedules = [
        keras.optimizers.schedules.ExponentialDecay(0.2, 2, 0.5),
        keras.optimizers.schedules.ExponentialDecay(0.2, 2, 0.5),
    ]
    models = [compiled(network(), keras.optimizers.SGD(schedule)) for schedule in schedules]
    lanes = [lane(m, tag=i, seed=i, epochs=3 - i) for i, m in enumerate(models)]
    _, reports = together(lanes, X, y)
    for each in lanes:
        assert_same_as_alone(reports[each.tag], alone(each, X, y))


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


def test_two_threads_give_what_one_gives(digits, plain, lane, together, distance):
    """Five lanes in stacks of two on two threads; reports come in the calling thread's order."""
    X, y = digits
    lanes = [lane(plain, tag=i, seed=i) for i in range(5)]
    epochs = []
    _, both = together(lanes, X, y, chunk=2, threads=2, on_epoch=epochs.extend)
    _, single = together(lanes, X, y, chunk=1)
    assert sorted(epochs) == [(tag, epoch) for tag in range(5) for epoch in (1, 2, 3)]
    for tag in range(5):
        assert distance(both[tag].weights, single[tag].weights) < 1e-5


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
    model = compiled(network(rate=None))
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
