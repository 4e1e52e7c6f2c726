"""Finished fits are kept on disk, found again, and never replaced."""

import numpy as np
import pytest

from kerascnn import GridSearchCV, fusion
from kerascnn.fusion.chunk import Chunk
from kerascnn.search.engines import serial
from kerascnn.search.engines.compiled import CompiledEngine
from kerascnn.search.engines.stacks import StacksEngine
from kerascnn.search.fits import Fit, Outcome
from kerascnn.search.store import NullStore, SqliteStore, open_store
from kerascnn.training import lanes
from kerascnn.training.compiled import CompiledNetwork
from kerascnn.training.lane import LaneCheckpoint
from tests.search.expectations import (
    GRID,
    ONE_SPLIT,
    assert_equal_results,
    assert_results_of,
    classifier,
    linear,
    one_split_search,
)

ROWS = np.arange(4)
FIT = Fit(0, 0, {"l2": 0.1}, ROWS[:2], ROWS[2:])
OUTCOME = Outcome(0.1 + 0.2, {"a": float("nan")}, 4, 1.5, 0.5, {"loss": [1 / 3]}, 7, "error")


def key(fit) -> str | None:
    """Return a fit's key by its epochs; a candidate of two epochs cannot be identified."""
    epochs = fit.parameters.get("epochs", 1)
    return None if epochs == 2 else f"epochs {epochs}"


@pytest.fixture
def store(tmp_path):
    """Return an open store in a new folder."""
    with SqliteStore(tmp_path / "new" / "fits.sqlite", key) as opened:
        yield opened


def test_an_outcome_comes_back_as_it_was(store):
    """Numbers survive to the last bit, NaN included."""
    store.keep(FIT, OUTCOME)
    assert repr(store.find(FIT)) == repr(OUTCOME)


def test_what_is_kept_is_never_replaced(store):
    """A second outcome under the same key changes nothing."""
    store.keep(FIT, OUTCOME)
    store.keep(FIT, Outcome(1.0, None, 4, 0, 0, {}))
    assert store.find(FIT).test_scores == OUTCOME.test_scores


def test_a_fit_without_a_key_is_neither_kept_nor_found(store):
    """What cannot be told from others has no place in a store."""
    fit = Fit(0, 0, {"epochs": 2}, ROWS[:2], ROWS[2:])
    store.keep(fit, OUTCOME)
    store.keep_checkpoint(fit, "compiled", LaneCheckpoint(1, {}, 0.5, []))
    assert store.find(fit) is None
    assert store.find_checkpoint(fit, "compiled") is None


def test_a_checkpoint_comes_back_as_it_was(store):
    """Arrays of any shape and type, curves and epoch survive to the last bit."""
    arrays = [np.float32([[1 / 3, np.nan]]), np.zeros((2, 0), np.float32), np.int64(7)]
    history = {"loss": [0.1 + 0.2, 1 / 3, float("nan")]}
    checkpoint = LaneCheckpoint(3, history, 1.5, arrays)
    store.keep_checkpoint(FIT, "compiled", LaneCheckpoint(1, {}, 0.5, []))
    store.keep_checkpoint(FIT, "compiled", checkpoint)
    found = store.find_checkpoint(FIT, "compiled")
    assert repr(found.history) == repr(history)
    assert (found.epoch, found.seconds) == (3, 1.5)
    for array, there in zip(arrays, found.arrays, strict=True):
        np.testing.assert_array_equal(array, there, strict=True)


def test_a_checkpoint_belongs_to_one_engine(store):
    """Engines order their arrays in ways of their own."""
    store.keep_checkpoint(FIT, "compiled", LaneCheckpoint(1, {}, 0.5, []))
    assert store.find_checkpoint(FIT, "stacks") is None


def test_a_checkpoint_is_gone_when_its_fit_is_finished(store):
    """What is not needed any more takes no space."""
    store.keep_checkpoint(FIT, "stacks", LaneCheckpoint(1, {}, 0.5, []))
    store.keep(FIT, OUTCOME)
    assert store.find_checkpoint(FIT, "stacks") is None


def test_the_first_seed_is_kept(store):
    """A seed that was drawn later does not replace it; another search has its own."""
    assert store.seed("search", 7) == 7
    assert store.seed("search", 8) == 7
    assert store.seed("another", 8) == 8


def test_without_a_path_nothing_is_kept():
    """The store of a search that was given none finds nothing."""
    with open_store(None, key) as store:
        assert type(store) is NullStore
        store.keep(FIT, OUTCOME)
        assert store.find(FIT) is None
        assert store.seed("search", 7) == 7


def test_a_file_that_is_no_store_is_named(tmp_path):
    """Another file is refused and stays as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a store, but long enough to be read as a database header " * 20)
    with pytest.raises(ValueError, match=r"notes\.txt"), SqliteStore(path, key):
        pass
    assert path.read_text().startswith("not a store")


def keys_of(data, estimator=None, grid=None, **arguments) -> list[str | None]:
    """Return the keys of a search's fits."""
    search = GridSearchCV(estimator or classifier(linear), grid or GRID, **{"cv": 2, **arguments})
    plan = search.plan(*data)
    return [plan.key(fit) for fit in plan.fits]


def test_keys_tell_fits_apart(three_digits):
    """A key depends on parameters, split, data, labels, scorer and what is scored."""
    X, y = three_digits
    keys = [
        *keys_of((X, y)),
        *keys_of((X / 2, y)),
        *keys_of((X.astype(np.float64), y)),
        *keys_of((X, (y + 1) % 3)),
        *keys_of((X, y), scoring="f1_macro"),
        *keys_of((X, y), classifier(linear, epochs=9)),
        *keys_of((X, y), return_train_score=True),
        *keys_of((X, y), cv=[(np.arange(45), np.arange(45, 90)), ONE_SPLIT[0]]),
    ]
    assert len(set(keys)) == 8 * 2 * 2
    assert None not in keys


def test_keys_do_not_depend_on_a_fits_place_in_the_grid(three_digits):
    """The same candidate and rows have one key, wherever in a grid they stand."""
    keys = keys_of(three_digits, grid={"learning_rate": [0.3, 0.01], "epochs": [2]})
    assert keys[2:] == keys_of(three_digits)[:2]


def test_a_search_goes_on_where_it_was_killed(tmp_path, three_digits, monkeypatch):
    """After a kill only the missing fits are trained, and the results are the same."""
    arguments = {"cv": 2, "refit": False, "engine": "serial"}
    whole = GridSearchCV(classifier(), GRID, **arguments).fit(*three_digits)
    store = tmp_path / "fits.sqlite"
    trained = []

    def counted(task, fit, fit_one=serial.fit_one):
        if len(trained) == 3:
            raise KeyboardInterrupt
        trained.append(fit)
        return fit_one(task, fit)

    monkeypatch.setattr(serial, "fit_one", counted)
    search = GridSearchCV(classifier(), GRID, store=store, **arguments)
    with pytest.raises(KeyboardInterrupt):
        search.fit(*three_digits)
    monkeypatch.undo()
    search.fit(*three_digits)
    assert search.n_restored_ == 3
    assert_equal_results(search.cv_results_, whole.cv_results_)


RUN_EPOCH = {"stacks": (fusion.training, Chunk), "compiled": (lanes, CompiledNetwork)}


@pytest.mark.parametrize("engine", RUN_EPOCH)
def test_a_training_goes_on_within_its_epochs(engine, tmp_path, three_digits, monkeypatch):
    """Killed after five of six epochs, only the sixth is trained; the results are the same."""
    clock, runner = RUN_EPOCH[engine]
    estimator = classifier(optimizer="adam")
    arguments = {"cv": ONE_SPLIT, "engine": engine, "refit": False}
    whole = GridSearchCV(estimator, {"epochs": [6]}, **arguments).fit(*three_digits)
    search = GridSearchCV(estimator, {"epochs": [6]}, store=tmp_path / "fits.sqlite", **arguments)
    keep_checkpoint = SqliteStore.keep_checkpoint

    def killed(store, fit, engine, checkpoint):
        keep_checkpoint(store, fit, engine, checkpoint)
        if checkpoint.epoch == 5:
            raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr(clock, "SECONDS_BETWEEN_CHECKPOINTS", 0)
        changed.setattr(SqliteStore, "keep_checkpoint", killed)
        with pytest.raises(KeyboardInterrupt):
            search.fit(*three_digits)

    epochs = []
    run_epoch = runner.run_epoch
    monkeypatch.setattr(
        runner, "run_epoch", lambda *arguments: epochs.append(1) or run_epoch(*arguments)
    )
    search.fit(*three_digits)
    assert len(epochs) == 1
    assert_results_of(engine, search.cv_results_, whole.cv_results_)
    assert search.learning_curves_.equals(whole.learning_curves_)


@pytest.mark.parametrize("kind", [CompiledEngine, StacksEngine])
def test_a_checkpoint_beyond_a_missing_fit_is_not_taken(kind, tmp_path, three_digits):
    """A grid that asks for fewer epochs too has to pass them, so the training starts anew."""
    arguments = {"cv": ONE_SPLIT, "engine": kind.name, "store": tmp_path / "fits.sqlite"}
    found = []
    for epochs in ([6], [3, 6]):
        plan = GridSearchCV(classifier(), {"epochs": epochs}, **arguments).plan(*three_digits)
        (assignment,) = plan.assignments
        (training,) = assignment.trainings
        with open_store(arguments["store"], plan.key) as store:
            store.keep_checkpoint(training.longest, kind.name, LaneCheckpoint(5, {}, 0.5, []))
            lane = assignment.engine._lane(training, store)
            found.append(lane.prepare().checkpoint if kind is CompiledEngine else lane.state)
    assert found[0].epoch == 5
    assert found[1] is None


def test_what_stacks_rounded_is_not_taken_for_exact(tmp_path, three_digits):
    """Stacks find their own fits again; engines that are exact to the bit do not take them."""
    store = tmp_path / "fits.sqlite"

    def restored(engine: str) -> int:
        search = one_split_search(classifier(), GRID, engine=engine, store=store)
        return search.fit(*three_digits).n_restored_

    engines = ("stacks", "serial", "compiled", "stacks")
    assert [restored(engine) for engine in engines] == [0, 0, 2, 2]
