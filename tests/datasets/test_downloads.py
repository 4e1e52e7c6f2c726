"""The datasets of keras.datasets, and what happens where they are not available."""

import gzip
import struct
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from kerascnn.datasets import DatasetError, downloads, load
from kerascnn.datasets.fetching import RemoteFile
from kerascnn.datasets.idx import read_idx

X = np.arange(20 * 28 * 28).astype(np.uint8).reshape(20, 28, 28)
Y = np.arange(20, dtype=np.uint8) % 10
KINDS = {
    "train-images-idx3": X,
    "train-labels-idx1": Y,
    "t10k-images-idx3": X[:10],
    "t10k-labels-idx1": Y[:10],
}


def write_fashion(folder):
    """Write the four files of Fashion-MNIST, small, as they are published."""
    folder.mkdir(parents=True)
    for kind, array in KINDS.items():
        header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        (folder / f"{kind}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes()))


def truncate(path):
    """Leave half of a file, as an interrupted download does."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    """Return an empty folder in place of ~/.keras, with no dataset elsewhere either."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("KERASCNN_DATA", raising=False)
    monkeypatch.setattr(downloads, "DEBIAN_FASHION", tmp_path / "debian")
    return tmp_path / "keras"


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100"])
def test_what_keras_loads_becomes_a_dataset(name, keras_home, monkeypatch):
    """Both splits come from keras.datasets, uint8, with the dataset's class names."""
    monkeypatch.setattr(downloads, "fetch", lambda file, folder: folder / file.place)
    loaded = ((X, Y[:, None]), (X[:10], Y[:10, None]))
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda: loaded)
    found = load(name)
    np.testing.assert_array_equal(found.X[..., 0], X)
    np.testing.assert_array_equal(found.X_test[..., 0], X[:10])
    np.testing.assert_array_equal(found.y, Y)
    assert found.X.dtype == np.uint8
    assert len(set(found.class_names)) == (100 if name == "cifar100" else 10)
    assert found.source.startswith(f"keras.datasets.{name} (")


@pytest.mark.parametrize("n_images", [3, 2_500])
def test_images_stored_plane_by_plane_are_moved_without_a_second_copy(
    n_images, keras_home, monkeypatch
):
    """The transposed view that Keras gives of CIFAR-10 becomes contiguous in its own memory."""
    planes = np.random.default_rng(0).integers(0, 256, (n_images, 3, 5, 4), dtype=np.uint8)
    expected = planes.transpose(0, 2, 3, 1).copy()
    labels = np.arange(n_images) % 10
    splits = (planes.transpose(0, 2, 3, 1), labels), (X[:10, :5, :4, None].repeat(3, 3), Y[:10])
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: splits)
    monkeypatch.setattr(downloads, "fetch", lambda file, folder: folder / file.place)
    found = load("cifar10")
    np.testing.assert_array_equal(found.X, expected)
    assert found.X.flags.c_contiguous
    assert np.shares_memory(found.X, planes)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100"])
def test_without_a_network_the_error_names_the_ways_out(name, keras_home, monkeypatch):
    """What was tried, and three ways to go on; within 5 seconds and without importing Keras."""
    monkeypatch.setitem(downloads.FILES, name, [RemoteFile("http://127.0.0.1:9/data", "data")])
    start = time.perf_counter()
    with pytest.raises(DatasetError) as caught:
        load(name)
    assert time.perf_counter() - start < 5
    for part in (
        f"{name} is not available",
        "KERASCNN_DATA is not set",
        "http://127.0.0.1:9/data: ",
        f"keras.datasets.{name}.load_data()",
        f"folder that holds {name}.npz",
        "--data synthetic",
    ):
        assert part in str(caught.value)


def test_the_error_says_where_kerascnn_data_was_searched(keras_home, tmp_path, monkeypatch):
    """With the variable set, the paths that were looked for are listed."""
    monkeypatch.setenv("KERASCNN_DATA", str(tmp_path))
    monkeypatch.setitem(downloads.FILES, "mnist", [RemoteFile("http://127.0.0.1:9/data", "data")])
    with pytest.raises(DatasetError, match=f"none of {tmp_path}/mnist.npz, {tmp_path}/mnist, "):
        load("mnist")


def test_debians_files_are_used_where_they_are(keras_home, monkeypatch):
    """The package dataset-fashion-mnist comes before any download."""
    write_fashion(downloads.DEBIAN_FASHION)
    found = load("fashion_mnist")
    np.testing.assert_array_equal(found.X[..., 0], X)
    np.testing.assert_array_equal(found.y_test, Y[:10])
    assert found.class_names[9] == "Ankle boot"
    assert "Debian's package" in found.source


def test_a_damaged_file_of_debians_is_named(keras_home):
    """A truncated file is called damaged, with its path."""
    write_fashion(downloads.DEBIAN_FASHION)
    truncate(downloads.DEBIAN_FASHION / "t10k-images-idx3-ubyte.gz")
    with pytest.raises(DatasetError, match=r"t10k-images-idx3-ubyte.gz is damaged or not fully"):
        load("fashion_mnist")


def test_a_damaged_file_in_kerass_cache_is_named(keras_home):
    """Keras trusts what lies in its Fashion-MNIST folder; the file that is broken is named."""
    folder = keras_home / "datasets/fashion-mnist"
    write_fashion(folder)
    code = (
        "import pathlib, sys; from kerascnn import datasets; file = pathlib.Path(sys.argv[1]); "
        "from kerascnn.datasets import downloads; downloads.DEBIAN_FASHION = file / 'nowhere'; "
        "print(len(datasets.load('fashion_mnist').X)); "
        "file.write_bytes(file.read_bytes()[:100]); datasets.load('fashion_mnist')"
    )
    file = folder / "train-images-idx3-ubyte.gz"
    command = [sys.executable, "-c", code, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "20"
    assert f"DatasetError: {file} is damaged or not fully downloaded" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (struct.pack(">HBBI", 0, 13, 1, 1) + b"0000", "no IDX file of unsigned bytes"),
        (struct.pack(">HBBI", 0, 8, 1, 5) + b"0000", "4 values instead of 5"),
        (b"\0\0", "damaged"),
    ],
)
def test_an_idx_file_that_is_none_is_refused(tmp_path, content, message):
    """Type and length are checked against the header."""
    (tmp_path / "x.gz").write_bytes(gzip.compress(content))
    with pytest.raises(DatasetError, match=message):
        read_idx(tmp_path / "x.gz")
