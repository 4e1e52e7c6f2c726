"""The generated stand-in."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from kerascnn.datasets import DatasetError, load


@pytest.mark.parametrize(
    ("like", "shape", "n_classes"),
    [("mnist", (28, 28, 1), 10), ("cifar10", (32, 32, 3), 10), ("cifar100", (32, 32, 3), 100)],
)
def test_it_has_the_form_of_what_it_stands_for(like, shape, n_classes):
    """Image shape, dtype and number of classes are those of the real data."""
    found = load("synthetic", like=like, n_train=300, n_test=100)
    assert found.X.shape == (300, *shape)
    assert found.X_test.shape == (100, *shape)
    assert found.X.dtype == np.uint8
    assert len(found.class_names) == n_classes
    assert np.bincount(found.y).tolist() == [300 // n_classes] * n_classes


def test_it_says_so_in_large_letters():
    """Its notice names it synthetic and what it stands in for."""
    (notice,) = load("synthetic", like="mnist", n_train=10, n_test=10).notices
    assert notice.startswith("SYNTHETIC DATA: generated patterns in place of mnist.")


def test_the_seed_decides():
    """The same seed gives the same images, another seed others."""
    first, same, other = (load("synthetic", n_train=20, n_test=10, seed=s) for s in (1, 1, 2))
    assert first.fingerprint == same.fingerprint != other.fingerprint


def test_it_can_be_learned():
    """Nearest neighbours, which know no shifts, tell its classes far better than chance."""
    found = load("synthetic", like="mnist", n_train=1000, n_test=200)
    neighbours = KNeighborsClassifier().fit(found.X.reshape(1000, -1), found.y)
    assert 0.6 < neighbours.score(found.X_test.reshape(200, -1), found.y_test) <= 1.0


@pytest.mark.parametrize(
    ("options", "message"), [({"like": "imagenet"}, "like='imagenet'"), ({"n_test": 3}, "n_test=3")]
)
def test_wrong_options_are_named(options, message):
    """An unknown model or too few images are refused."""
    with pytest.raises(DatasetError, match=message):
        load("synthetic", **options)


def test_sounds_have_speakers_and_chords():
    """A sound of a class has its frequencies, moved a little by who speaks."""
    made = load("synthetic", like="spoken-digits")
    assert made.X.shape == (600, 4000, 1)
    assert len(np.unique(made.groups)) == 6
    assert made.rate == 8000
    spectra = np.abs(np.fft.rfft(made.X[..., 0], axis=1))
    loudest = np.sort(np.argsort(spectra, axis=1)[:, -3:], axis=1)
    for speaker in np.unique(made.groups):
        own = loudest[(made.groups == speaker) & (made.y == 0)]
        assert np.ptp(own[:, -1]) <= 2
