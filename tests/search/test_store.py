"""Finished fits are kept on disk, found again, and never replaced."""

import numpy as np
import pytest

from kerascnn import GridSearchCV
from kerascnn.fusion import LaneState, training
from kerascnn.fusion.chunk import Chunk
from kerascnn.search import fused, serial
from kerascnn.search.fits import Fit, Outcome, SearchTask
from kerascnn.search.store import FitStore, key_maker
from kerascnn.search.trainings import Training
from tests.search.expectations import GRID, assert_same_results, classifier

ROWS = np.arange(4)
FIT = Fit(0, 0, {"l2": 0.1}, ROWS[:2], ROWS[2:])
OUTCOME = Outcome(0.1 + 0.2, {"a": float("nan")}, 4, 1.5, 0.5, {"loss": [1 / 3]}, 7, "error")


def task(**changes) -> SearchTask:
    """Return a search task on four samples."""
    parts = {"estimator": classifier(), "X": np.ones((4, 8, 8, 1)), "y": ROWS % 2, "scorer": len}
    return SearchTask(**{**parts, **changes})


def test_an_outcome_comes_back_as_it_was(tmp_path):
    """Numbers survive to the last bit, NaN included."""
    with FitStore(tmp_path / "new" / "fits.sqlite", key_maker(task())) as store:
        store.keep(FIT, OUTCOME)
        found = store.find(FIT)
    assert repr(found) == repr(OUTCOME)


def test_what_is_kept_is_never_replaced(tmp_path):
    """A second outcome under the same key changes nothing."""
    with FitStore(tmp_path / "fits.sqlite", key_maker(task())) as store:
        store.keep(FIT, OUTCOME)
        store.keep(FIT, Outcome(1.0, None, 4, 0, 0, {}))
        assert store.find(FIT).test_scores == OUTCOME.test_scores


def test_a_state_comes_back_as_it_was(tmp_path):
    """Arrays of any shape and type, curves and epoch survive to the last bit."""
    arrays = [np.float32([[1 / 3, np.nan]]), np.zeros((2, 0), np.float32), np.int64(7)]
    state = LaneState(3, {"loss": [0.1 + 0.2, 1 / 3, float("nan")]}, 1.5, arrays)
    with FitStore(tmp_path / "fits.sqlite", key_maker(task())) as store:
        store.keep_state(FIT, LaneState(1, {}, 0.5, []))
        store.keep_state(FIT, state)
        found = store.find_state(FIT)
    assert repr(found.history) == repr(state.history)
    assert (found.epoch, found.seconds) == (state.epoch, state.seconds)
    for array, there in zip(arrays, found.arrays, strict=True):
        np.testing.assert_array_equal(array, there, strict=True)


def test_a_state_is_gone_when_its_fit_is_finished(tmp_path):
    """What is not needed any more takes no space."""
    with FitStore(tmp_path / "fits.sqlite", key_maker(task())) as store:
        store.keep_state(FIT, LaneState(1, {}, 0.5, []))
        store.keep(FIT, OUTCOME)
        assert store.find_state(FIT) is None


def test_a_file_that_is_no_store_is_named(tmp_path):
    """Another file is refused and stays as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a store, but long enough to be read as a database header " * 20)
    with pytest.raises(ValueError, match=r"notes\.txt"), FitStore(path, key_maker(task())):
        pass
    assert path.read_text().startswith("not a store")


def test_keys_tell_fits_apart():
    """A key depends on parameters, split, data, labels, scorer and the estimator's settings."""
    fits = [
        Fit(0, 0, {"l2": 0.1}, ROWS[:2], ROWS[2:]),
        Fit(0, 0, {"l2": 0.2}, ROWS[:2], ROWS[2:]),
        Fit(0, 0, {"l2": 0.1}, ROWS[2:], ROWS[:2]),
    ]
    tasks = [
        task(),
        task(X=np.zeros((4, 8, 8, 1))),
        task(y=1 - ROWS % 2),
        task(scorer=max),
        task(estimator=classifier(epochs=9)),
        task(return_train_score=True),
    ]
    keys = {key_maker(one)(fit) for one in tasks for fit in fits}
    assert len(keys) == len(tasks) * len(fits)


def test_keys_do_not_depend_on_a_fits_place_in_the_grid():
    """The same candidate and rows have one key, wherever in a grid they stand."""
    key = key_maker(task())
    here = Fit(0, 0, {"l2": 0.1, "epochs": 3}, ROWS[:2], ROWS[2:])
    there = Fit(8, 2, {"epochs": 3, "l2": np.float64(0.1)}, ROWS[:2].copy(), ROWS[2:])
    assert key(here) == key(there)


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
    assert_same_results(search.cv_results_, whole.cv_results_)


def test_a_fused_training_goes_on_within_its_epochs(tmp_path, three_digits, monkeypatch):
    """Killed after five of six epochs, only the sixth is trained; the results are the same."""
    splits = [(np.arange(0, 60), np.arange(60, 90))]
    arguments = {"cv": splits, "engine": "fused", "refit": False}
    whole = GridSearchCV(classifier(), {"epochs": [6]}, **arguments).fit(*three_digits)
    search = GridSearchCV(
        classifier(), {"epochs": [6]}, store=tmp_path / "fits.sqlite", **arguments
    )

    def killed(store, fit, state, keep_state=FitStore.keep_state):
        keep_state(store, fit, state)
        if state.epoch == 5:
            raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr(training, "SECONDS_BETWEEN_STATES", 0)
        changed.setattr(FitStore, "keep_state", killed)
        with pytest.raises(KeyboardInterrupt):
            search.fit(*three_digits)

    epochs = []
    run_epoch = Chunk.run_epoch
    monkeypatch.setattr(Chunk, "run_epoch", lambda chunk: epochs.append(1) or run_epoch(chunk))
    search.fit(*three_digits)
    assert len(epochs) == 1
    assert_same_results(search.cv_results_, whole.cv_results_)
    assert search.learning_curves_.equals(whole.learning_curves_)


def test_a_state_beyond_a_missing_fit_is_not_taken(tmp_path):
    """A grid that asks for fewer epochs too has to pass them, so the training starts anew."""
    fits = {epochs: [Fit(0, 0, {"epochs": epochs}, ROWS[:2], ROWS[2:])] for epochs in (3, 6)}
    with FitStore(tmp_path / "fits.sqlite", key_maker(task())) as store:
        store.keep_state(fits[6][0], LaneState(5, {}, 0.5, []))
        assert fused.begun(Training({6: fits[6]}, classifier()), store).epoch == 5
        assert fused.begun(Training(fits, classifier()), store) is None
