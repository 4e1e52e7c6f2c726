"""Saving a classifier to one file, and loading it without executing anything."""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from kerascnn import CNNClassifier
from tests.networks import tiny_cnn

LEARNT = ("classes_", "image_shape_", "n_features_in_", "seed_", "history_", "outputs_")


def with_lambda(input_shape, n_classes):
    """Return a network that needs Python code to be loaded."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            keras.layers.Lambda(lambda images: images * 2),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )


@pytest.fixture(scope="module")
def registered(three_digits) -> CNNClassifier:
    """Return a fitted classifier all of whose parameters are plain values."""
    X, y = three_digits
    return CNNClassifier(
        "digits_cnn",
        epochs=1,
        random_state=7,
        class_weight={"one": 2.0},
        image_shape=(8, 8, 1),
        model__n_filters=2,
    ).fit(X.reshape(90, 64), np.array(["nought", "one", "two"])[y])


@pytest.fixture(scope="module")
def own(three_digits) -> CNNClassifier:
    """Return a fitted classifier with a builder that is not registered."""
    return CNNClassifier(tiny_cnn, epochs=1, random_state=7).fit(*three_digits)


@pytest.fixture
def saved(own, tmp_path) -> Path:
    """Return the file of a classifier with a builder of its own."""
    own.save(tmp_path / "own.kerascnn")
    return tmp_path / "own.kerascnn"


def rewritten(path: Path, **members: bytes | str) -> Path:
    """Return a copy of a saved file with members replaced or added; None leaves one out."""
    changed = path.with_name("changed.kerascnn")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in {*old.namelist(), *members}:
            content = members[name] if name in members else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return changed


def test_a_loaded_classifier_equals_the_saved_one(registered, three_digits, tmp_path):
    """Parameters, all that was learnt, and predictions come back, bit for bit."""
    X = three_digits[0].reshape(90, 64)
    registered.save(tmp_path / "digits.kerascnn")
    loaded = CNNClassifier.load(tmp_path / "digits.kerascnn")
    assert loaded.get_params() == registered.get_params()
    for name in LEARNT:
        assert np.all(getattr(loaded, name) == getattr(registered, name)), name
    assert loaded.classes_.dtype == registered.classes_.dtype
    assert np.array_equal(loaded.predict_proba(X), registered.predict_proba(X))
    assert np.array_equal(loaded.predict(X), registered.predict(X))


def test_a_loaded_classifier_trains_on(registered, three_digits, tmp_path):
    """Its next epoch equals the original's: the optimizer's state came along."""
    X, y = three_digits
    X, names = X.reshape(90, 64), np.array(["nought", "one", "two"])[y]
    registered.save(tmp_path / "digits.kerascnn")
    loaded = CNNClassifier.load(tmp_path / "digits.kerascnn").partial_fit(X, names)
    registered.partial_fit(X, names)
    for a, b in zip(loaded.model_.get_weights(), registered.model_.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_it_predicts_without_its_builder(saved, own, three_digits):
    """A builder that is not registered is named in the file; predicting needs it not."""
    X, _ = three_digits
    loaded = CNNClassifier.load(saved)
    assert np.array_equal(loaded.predict_proba(X), own.predict_proba(X))


def test_training_anew_asks_for_the_builder(saved, own, three_digits):
    """The error names what is missing; given to `load`, training gives the same weights."""
    with pytest.raises(ValueError, match=r"'tiny_cnn' was not kept .* set_params\(model="):
        CNNClassifier.load(saved).fit(*three_digits)
    again = CNNClassifier.load(saved, model=tiny_cnn).fit(*three_digits)
    for a, b in zip(again.model_.get_weights(), own.model_.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_the_file_holds_no_pickle(saved):
    """It is a zip of JSON and Keras's archive of JSON and HDF5."""
    with zipfile.ZipFile(saved) as file:
        assert sorted(file.namelist()) == ["estimator.json", "network.keras"]
        assert json.loads(file.read("estimator.json"))["unsaved"] == {"model": "tiny_cnn"}


def test_an_unfitted_classifier_is_not_saved(tmp_path):
    """There is nothing to predict with."""
    with pytest.raises(NotFittedError):
        CNNClassifier().save(tmp_path / "empty.kerascnn")


def test_a_failed_save_leaves_the_old_file(saved, own, monkeypatch):
    """Nothing half-written appears, and what was there stays."""
    before = saved.read_bytes()

    def broken(*args, **options):
        raise OSError("no space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", broken)
    with pytest.raises(OSError, match="no space left"):
        own.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_saving_again_replaces_the_file_as_a_whole(saved, own):
    """Whoever has the old file open keeps it: the new one was written beside it."""
    with saved.open("rb") as old:
        before = old.read()
        own.partial_fit(np.zeros((2, 8, 8, 1)), [0, 1]).save(saved)
        old.seek(0)
        assert old.read() == before
    assert saved.read_bytes() != before


def test_a_missing_file_is_told_as_such(tmp_path):
    """It stays a FileNotFoundError."""
    with pytest.raises(FileNotFoundError, match="nowhere"):
        CNNClassifier.load(tmp_path / "nowhere.kerascnn")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"../evil.py": "boom"}, "must hold estimator.json and network.keras"),
        ({"network.keras": None}, "must hold estimator.json and network.keras"),
        ({"estimator.json": "{}"}, "its format is None"),
        ({"estimator.json": "[]"}, "estimator.json is not a JSON object"),
        ({"estimator.json": "no JSON"}, "Expecting value"),
        ({"network.keras": b"no archive"}, "not a zip file"),
    ],
)
def test_a_foreign_or_damaged_file_is_refused(saved, members, message):
    """The error names the file and what is wrong with it."""
    path = rewritten(saved, **members)
    with pytest.raises(ValueError, match=f"changed.kerascnn cannot be loaded.*{message}"):
        CNNClassifier.load(path)


def test_a_file_that_is_no_zip_is_refused(tmp_path):
    """A pickle, for instance, is not looked into."""
    (tmp_path / "evil.kerascnn").write_bytes(b"cos\nsystem\n(S'echo evil'\ntR.")
    with pytest.raises(ValueError, match=r"evil\.kerascnn cannot be loaded"):
        CNNClassifier.load(tmp_path / "evil.kerascnn")


def test_an_archive_that_climbs_out_is_refused(saved, tmp_path):
    """Entries of Keras's archive may not lead out of its folder."""
    with zipfile.ZipFile(saved) as file:
        (tmp_path / "network.keras").write_bytes(file.read("network.keras"))
    with zipfile.ZipFile(tmp_path / "network.keras", "a") as network:
        network.writestr("assets/../../evil.txt", "boom")
    path = rewritten(saved, **{"network.keras": (tmp_path / "network.keras").read_bytes()})
    with pytest.raises(ValueError, match="entry outside of it"):
        CNNClassifier.load(path)


def test_a_network_that_needs_code_is_refused(three_digits, tmp_path):
    """A Lambda layer would execute what is in the file."""
    estimator = CNNClassifier(with_lambda, epochs=1).fit(*three_digits)
    estimator.save(tmp_path / "lambda.kerascnn")
    with pytest.raises(ValueError, match=r"lambda\.kerascnn cannot be loaded.*[Ll]ambda"):
        CNNClassifier.load(tmp_path / "lambda.kerascnn")


@pytest.mark.numbers
def test_random_layers_go_on_from_their_states(three_digits, tmp_path):
    """Training on after loading gives the weights of training on without it, dropout included."""
    X, y = three_digits
    original = CNNClassifier("mnist_cnn", epochs=1, batch_size=32, random_state=0, warm_start=True)
    X = np.pad(X, ((0, 0), (0, 20), (0, 20), (0, 0)))[:40]
    original.fit(X, y[:40]).save(tmp_path / "one.kerascnn")
    loaded = CNNClassifier.load(tmp_path / "one.kerascnn")
    weights = [each.fit(X, y[:40]).model_.get_weights() for each in (original, loaded)]
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)
