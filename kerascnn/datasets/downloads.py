"""MNIST, Fashion-MNIST, CIFAR-10 and CIFAR-100 through `keras.datasets`."""

from pathlib import Path
from typing import Any

import numpy as np

from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.errors import DatasetError
from kerascnn.datasets.fetching import RemoteFile, fetch
from kerascnn.datasets.idx import has_splits, read_idx, read_splits
from kerascnn.datasets.labels import CLASS_NAMES
from kerascnn.datasets.local import VARIABLE, keras_home, where_looked
from kerascnn.datasets.registry import register

DEBIAN_FASHION = Path("/usr/share/datasets/fashion-mnist")
GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
TORONTO = "https://www.cs.toronto.edu/~kriz/"
BLOCK = 1_000  # images that are moved in memory at a time
# What Keras reads, and where it looks for it in its folder of datasets; it has no hashes of
# Fashion-MNIST's files.
FILES = {
    "mnist": [
        RemoteFile(
            f"{GOOGLE}mnist.npz",
            "mnist.npz",
            "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        )
    ],
    "fashion_mnist": [
        RemoteFile(f"{GOOGLE}{part}-ubyte.gz", f"fashion-mnist/{part}-ubyte.gz")
        for part in (
            "train-labels-idx1",
            "train-images-idx3",
            "t10k-labels-idx1",
            "t10k-images-idx3",
        )
    ],
    "cifar10": [
        RemoteFile(
            f"{TORONTO}cifar-10-python.tar.gz",
            "cifar-10-batches-py-target_archive",
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        )
    ],
    "cifar100": [
        RemoteFile(
            f"{TORONTO}cifar-100-python.tar.gz",
            "cifar-100-python-target_archive",
            "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        )
    ],
}
FASHION_CACHE = Path("datasets/fashion-mnist")  # below Keras's own folder
WAYS_OUT = """Three ways out:
  1. On a machine with a network run
     python -c "import keras; keras.datasets.{name}.load_data()"
     and copy its folder ~/.keras/datasets to {cache} here.
  2. Set {variable} to a folder that holds {name}.npz, or a folder {name}/ or archive
     {name}.zip with train/<class>/*.png and test/<class>/*.png.
  3. Train on generated patterns instead: --data synthetic."""


@register
def mnist() -> Dataset:
    """Return MNIST: 60,000 + 10,000 handwritten digits, uint8 28×28×1."""
    return _from_keras("mnist", "Y. LeCun, C. Cortes and C. Burges, The MNIST database")


@register
def fashion_mnist() -> Dataset:
    """Return Fashion-MNIST: 60,000 + 10,000 articles of clothing, uint8 28×28×1.

    The files of Debian's package dataset-fashion-mnist are used where it is installed.
    """
    authors = "H. Xiao, K. Rasul and R. Vollgraf, arXiv:1708.07747"
    if not has_splits(DEBIAN_FASHION):
        return _from_keras("fashion_mnist", authors)
    X, y, X_test, y_test = read_splits(DEBIAN_FASHION)
    source = f"Fashion-MNIST ({authors}), from Debian's package dataset-fashion-mnist"
    return _known("fashion_mnist", ((X, y), (X_test, y_test)), source)


@register
def cifar10() -> Dataset:
    """Return CIFAR-10: 50,000 + 10,000 small photographs of 10 kinds, uint8 32×32×3."""
    return _from_keras("cifar10", "A. Krizhevsky, Learning multiple layers of features (2009)")


@register
def cifar100() -> Dataset:
    """Return CIFAR-100: 50,000 + 10,000 small photographs of 100 kinds, uint8 32×32×3."""
    return _from_keras("cifar100", "A. Krizhevsky, Learning multiple layers of features (2009)")


def _from_keras(name: str, authors: str) -> Dataset:
    found = _load(name)
    return _known(name, found, f"keras.datasets.{name} ({authors})")


def _known(name: str, found: Any, source: str) -> Dataset:
    (X, y), (X_test, y_test) = found
    return make_dataset(
        name,
        _channels_last_in_memory(X),
        y,
        source=source,
        X_test=_channels_last_in_memory(X_test),
        labels_test=y_test,
        class_names=CLASS_NAMES[name],
    )


def _channels_last_in_memory(X: np.ndarray) -> np.ndarray:
    """Return images in the memory order that their shape has, moved within their own memory.

    CIFAR's files hold one channel after the other, so Keras gives a transposed view of them. A
    copy would need the images' memory twice.
    """
    planes = X.transpose(0, 3, 1, 2) if X.ndim == 4 else X
    if X.ndim != 4 or not planes.flags.c_contiguous:
        return X
    images = planes.reshape(X.shape)
    for start in range(0, len(X), BLOCK):
        block = slice(start, start + BLOCK)
        images[block] = X[block]  # NumPy buffers what overlaps: a block at a time
    return images


def _load(name: str) -> Any:
    """Download what is missing, and call Keras's loader.

    Whatever goes wrong becomes an error that says what to do: Keras raises whatever its readers
    raise where a file in its cache is damaged.
    """
    file = FILES[name][0]
    try:
        for file in FILES[name]:  # before Keras is imported, which takes seconds
            fetch(file, keras_home() / "datasets")
        return _load_data(name)
    except Exception as error:
        _name_damaged_files(name)
        raise DatasetError(_not_available(name, file.url, error)) from None


def _load_data(name: str) -> Any:
    import keras

    return getattr(keras.datasets, name).load_data()


def _name_damaged_files(name: str) -> None:
    """Raise DatasetError for a damaged file in Keras's cache whose hash Keras does not check."""
    if name == "fashion_mnist":
        for file in sorted((keras_home() / FASHION_CACHE).glob("*.gz")):
            read_idx(file)


def _not_available(name: str, url: str, error: Exception) -> str:
    ways = WAYS_OUT.format(name=name, cache=keras_home() / "datasets", variable=VARIABLE)
    return f"{name} is not available. Tried:\n  - {where_looked(name)}\n  - {url}: {error}\n{ways}"
