"""Datasets by name or path, and which room they live in."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from kerascnn import datasets
from kerascnn.datasets import DatasetError, load

X = np.arange(6 * 2 * 2, dtype=np.uint8).reshape(6, 2, 2)


def test_names_are_those_of_the_project():
    """All datasets that the project promises are listed."""
    images = ["cifar10", "cifar100", "digits", "fashion_mnist", "mnist", "synthetic"]
    assert datasets.names() == sorted([*images, "spoken-digits"])


def test_digits_are_scikit_learns():
    """Pixels and labels are those of load_digits, unscaled, with a channel axis."""
    found, expected = load("digits"), load_digits()
    assert found.X.dtype == np.float32
    np.testing.assert_array_equal(found.X[..., 0], expected.images)
    np.testing.assert_array_equal(found.y, expected.target)
    assert found.class_names == tuple("0123456789")
    assert found.X_test is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("digit", "'digit' is neither a dataset nor .*did you mean 'digits'"),
        ("qqq", "known are cifar10, cifar100, digits"),
        ("nowhere/data.npz", "nowhere/data.npz does not exist"),
    ],
)
def test_an_unknown_dataset_is_named(name, message):
    """The error says what was asked for and what there is."""
    with pytest.raises(DatasetError, match=message):
        load(name)


def test_a_misspelt_path_brings_what_lies_beside_it(tmp_path):
    """The closest file in the same folder is offered."""
    np.savez(tmp_path / "letters.npz", X=X, y=np.arange(6))
    with pytest.raises(DatasetError, match=r"did you mean 'letters.npz'\?"):
        load(tmp_path / "leters.npz")


def test_an_unknown_option_brings_the_loaders_own(tmp_path):
    """Options belong to a loader."""
    with pytest.raises(DatasetError, match=r"'sise' is not an option of load_images.*'size'"):
        load(tmp_path, sise=3)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), r"mine holds no WAV files: expected <class>/\*.wav"),
        (
            ("a/1.flac", "b/2.flac", "b/c.txt"),
            r"no WAV files, but files .*\(.flac: 2, .txt: 1\): exp",
        ),
        (("a/1.png", "b/1.png"), r"mine holds no WAV files, but files of other kinds \(.png: 2\)"),
    ],
)
def test_a_folder_without_recordings_where_sounds_are_asked_for_says_so(tmp_path, names, message):
    """The options of sounds tell what is wanted, whoever gave them."""
    (tmp_path / "mine").mkdir()
    for name in names:
        (tmp_path / "mine" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "mine" / name).write_bytes(b"nothing")
    with pytest.raises(DatasetError, match=message):
        load(tmp_path / "mine", rate=16_000, n_samples=16_000)


def test_a_folder_of_neither_images_nor_recordings_names_both(tmp_path):
    """And the kinds of files that there are."""
    (tmp_path / "song.flac").write_bytes(b"nothing")
    with pytest.raises(DatasetError, match=r"no PNG or JPEG .*\(.flac: 1\).*sounds must be WAV"):
        load(tmp_path)


def test_a_dataset_of_images_where_sounds_are_asked_for_says_so():
    """Its options do not surface as ones that it lacks."""
    with pytest.raises(DatasetError, match=r"digits is no dataset of sounds, .*rate=16000 .*WAV"):
        load("digits", rate=16_000)


def test_a_file_of_another_kind_is_refused(tmp_path):
    """Only .npz and .csv files, folders and zip archives are read."""
    (tmp_path / "data.txt").write_text("1,2")
    with pytest.raises(DatasetError, match=r"data.txt is neither an .npz file nor a folder"):
        load(tmp_path / "data.txt")


def test_registering_takes_one_function():
    """A decorated function is a dataset by its name."""

    @datasets.register
    def mine():
        """Return two classes of nothing."""
        return datasets.make_dataset("mine", X, np.arange(6) % 2, source="a test")

    try:
        assert load("mine").source == "a test"
    finally:
        del datasets.registry._loaders["mine"]


def test_the_folder_of_kerascnn_data_comes_first(tmp_path, monkeypatch):
    """`<name>.npz` there is used in place of the registered dataset, whose name it keeps."""
    np.savez(tmp_path / "digits.npz", X=X, y=np.arange(6) % 2)
    monkeypatch.setenv("KERASCNN_DATA", str(tmp_path))
    found = load("digits")
    assert (found.name, found.source, len(found.X)) == ("digits", "the file digits.npz", 6)


def test_a_name_that_only_kerascnn_data_knows_is_a_dataset(tmp_path, monkeypatch):
    """Any name can be had from that folder."""
    np.savez(tmp_path / "letters.npz", X=X, y=np.arange(6) % 2)
    monkeypatch.setenv("KERASCNN_DATA", str(tmp_path))
    assert load("letters").name == "letters"


def test_numbered_labels_of_a_known_dataset_get_its_class_names(tmp_path, monkeypatch):
    """A bare cifar10.npz shows ship and frog, not 8 and 6."""
    np.savez(tmp_path / "cifar10.npz", x_train=X, y_train=np.array([[8], [6], [0], [1], [2], [3]]))
    monkeypatch.setenv("KERASCNN_DATA", str(tmp_path))
    found = load("cifar10")
    assert [found.class_names[index] for index in found.y[:2]] == ["ship", "frog"]


def test_kerascnn_data_must_be_a_folder(tmp_path, monkeypatch):
    """A wrong setting is named before anything else is tried."""
    monkeypatch.setenv("KERASCNN_DATA", str(tmp_path / "gone"))
    with pytest.raises(DatasetError, match=r"KERASCNN_DATA=.*gone is not a folder"):
        load("digits")


def test_loading_knows_nothing_of_models_and_imports_no_tensorflow():
    """Datasets come without Keras, models, search and report."""
    code = (
        "import sys; from kerascnn import datasets; datasets.load('digits'); "
        "rooms = ('tensorflow', 'keras', 'kerascnn.models', 'kerascnn.search', "
        "'kerascnn.report', 'kerascnn.estimators', 'kerascnn.experiment'); "
        "print([room for room in rooms if room in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
