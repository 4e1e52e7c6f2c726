"""The augmentation report shows several draws of the same images, and the gap of each candidate."""

import numpy as np
import pytest

from kerascnn import CNNClassifier, GridSearchCV
from kerascnn.laboratory.augmentation import augmentation_name, contact_sheet, exhibits
from tests.networks import tiny_cnn

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (24, 8, 8, 3), dtype=np.uint8)
Y = np.arange(24) % 2
CANDIDATES = [None, "noise", ["flip", "translation"]]


@pytest.fixture(scope="module")
def search():
    """A fitted search over three candidates."""
    estimator = CNNClassifier(tiny_cnn, epochs=1, batch_size=8, random_state=0)
    grid = {"augmentation": CANDIDATES}
    return GridSearchCV(estimator, grid, cv=2, return_train_score=True).fit(X, Y)


@pytest.fixture(scope="module")
def shown(search):
    """What its report shows."""
    return exhibits(search, X)


def test_mixtures_are_named_by_their_parts():
    """Layers by their class, nothing by "none"."""
    from keras.layers import RandomErasing

    mixtures = [None, "flip", ["flip", RandomErasing()]]
    assert list(map(augmentation_name, mixtures)) == ["none", "flip", "flip + RandomErasing"]


def test_a_sheet_keeps_every_pixel():
    """Images stand in rows, a white border between them."""
    images = RNG.integers(0, 200, (2, 3, 4, 5, 3), dtype=np.uint8)
    sheet = contact_sheet(images)
    assert sheet.shape == (2 * 6, 3 * 7, 3)
    np.testing.assert_array_equal(sheet[6:10, 14:19], images[1, 2])
    assert (sheet[4:6] == 255).all()


def test_sheets_begin_with_the_images_themselves(shown):
    """The first row is untouched, the draws below it differ from it and from each other."""
    sheets = {panel.caption: panel.pixels for panel in shown[1].panels}
    assert list(sheets) == ["noise", "flip + translation"]
    rows = sheets["noise"].reshape(5, 10, 80, 3)[:, :8]
    tiles = rows.reshape(5, 8, 8, 10, 3)[:, :, :, :8].transpose(0, 2, 1, 3, 4)
    np.testing.assert_array_equal(tiles[0], X[:8])
    assert len({tile.tobytes() for tile in tiles}) == 5


def test_figures_are_those_of_the_search(search, shown):
    """Means and spreads over folds; the gap is taken fold by fold."""
    accuracy, gap = shown[0].panels
    results = search.cv_results_
    order = np.argsort(-results["mean_test_score"], kind="stable")
    assert accuracy.names == [augmentation_name(CANDIDATES[place]) for place in order]
    for series, part in (("validation", "test"), ("training", "train")):
        np.testing.assert_allclose(accuracy.means[series], results[f"mean_{part}_score"][order])
        np.testing.assert_allclose(accuracy.spreads[series], results[f"std_{part}_score"][order])
    folds = [results[f"split{k}_train_score"] - results[f"split{k}_test_score"] for k in (0, 1)]
    (name,) = gap.means
    np.testing.assert_allclose(gap.means[name], np.mean(folds, axis=0)[order])
    np.testing.assert_allclose(gap.spreads[name], np.std(folds, axis=0)[order])
