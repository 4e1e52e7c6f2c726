"""The data of a case, the same for all contenders; run as a program, it prepares the file.

python -m benchmarks.data mnist 3000 mnist.npz
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split

from benchmarks.cases import Case

SEED = 0
TEST_SIZE = 0.2
UNAVAILABLE = 3  # exit status if a data set cannot be had

Splits = list[tuple[np.ndarray, np.ndarray]]


def load(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Return images (n, height, width, channels), uint8 or float32, and labels (n,)."""
    with np.load(path) as arrays:
        return arrays["X"], arrays["y"]


def as_numbers(X: np.ndarray) -> np.ndarray:
    """Return images as plain Keras is fed with them: float32, bytes divided by 255."""
    return X.astype(np.float32) / 255 if X.dtype == np.uint8 else X


def splits(case: Case, y: np.ndarray) -> Splits:
    """Return the rows to train and to score on, for every fold of a case."""
    rows = np.arange(len(y))
    if case.folds is None:
        train, test = train_test_split(rows, test_size=TEST_SIZE, random_state=SEED, stratify=y)
        return [(train, test)]
    return list(StratifiedKFold(case.folds).split(rows, y))


def prepare(dataset: str, n_samples: int | None, path: Path) -> None:
    """Write some images of a data set, drawn at random, and their labels."""
    from kerascnn.datasets import load as load_dataset

    found = load_dataset(dataset)
    rows = np.random.default_rng(SEED).permutation(len(found.y))[:n_samples]
    np.savez(path, X=found.X[rows], y=found.y[rows])


def main(dataset: str, n_samples: str, path: str) -> int:
    """Prepare a file; say why if the data cannot be had. `n_samples` 0 means all."""
    from kerascnn.datasets import DatasetError

    try:
        prepare(dataset, int(n_samples) or None, Path(path))
    except DatasetError as error:
        print(error, file=sys.stderr)
        return UNAVAILABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
