"""Every number of the sources stands in an exhibit, and only their known errors disagree."""

import numpy as np
import pytest

from kerascnn.datasets.photos import load_photo
from kerascnn.laboratory import algebra, first_exercises, photo
from kerascnn.results import LaboratoryResults

pytestmark = pytest.mark.numbers

# What the sources state, by the words of the question; the figures are those of the sources.
STATED = {
    "first exercises": {
        "[1, 2, 3, 4, 5, 4, 3, 2, 1] * ones(4)/4, valid": "[2.5, 3.5, 4.0, 4.0, 3.5, 2.5]"
    },
    "photo": {
        "3 × 3 on 800 × 600 with stride 10": "80×60",
        "3 × 3 on 5 × 5, valid": "3×3",
        "valid": "3×4",
        "same: (f − 1)/2 = 1 zero on each side": "5×6",
        "full: f − 1 = 2 zeros on each side": "7×8",
        "800 × 600 max-pooled by 2": "399×299",
        "798 × 598 max-pooled by 2": "399×299",
        "weights of a 3 × 3 kernel over three channels": "27",
        "size of the matrix": "4×16",
        "weights of a dense layer of that size": "64",
        "weights that differ": "9",
        "weights that are not zero in each row": "9",
        "40 × 40 pixels unrolled": "400",
        "weights from 12 megapixels in three channels to 4 nodes": "144,000,000",
    },
    "algebra": {
        "degree 2 times degree 3 has degree": "5",
        "size of the matrix of p": "6×4",
        "size of the matrix of s": "6×3",
        "size of the matrix": "4×9",
        "first position: 1·1 + 2·0 + 5·1 + 6·0": "6",
        "second position: 2·1 + 3·0 + 6·1 + 7·0": "8",
        "max-pooling": "[[6, 4], [7, 9]]",
        "W = 32, F = 5, P = 2, S = 1": "32",
        "32 filters of 3 × 3 on 28 × 28 × 1": "26×26×32",
        "weights to each neuron for 28 × 28 pixels": "724",
        "weights to each neuron for 128 × 128 pixels": "16,384",
        "the same for three channels": "49,152",
        "5 × 5 on 32 × 32, no padding": "28",
        "ten filters of 5 × 5 on 32 × 32 × 3": "28×28×3",
        "parameters of one such filter": "76",
        "parameters of the ten": "760",
        "32 filters of 3 × 3 × 3": "896",
        "LeNet-5's second convolution, written as 5·5·6·16 + 6": "2,406",
        "the same, its stated total": "2,416",
    },
}
# The known errors of the sources, and what is right.
ERRORS = {
    "first exercises": {},
    "photo": {"800 × 600 max-pooled by 2": "400×300", "40 × 40 pixels unrolled": "1,600"},
    "algebra": {
        "weights to each neuron for 28 × 28 pixels": "784",
        "ten filters of 5 × 5 on 32 × 32 × 3": "28×28×10",
        "LeNet-5's second convolution, written as 5·5·6·16 + 6": "2,416",
    },
}


@pytest.fixture(scope="module")
def laboratories():
    """All laboratories, the photo's on a small picture."""
    pixels = load_photo("china", largest_side=96).pixels
    made = {
        "first exercises": first_exercises.exhibits(),
        "photo": photo.exhibits(pixels),
        "algebra": algebra.exhibits(),
    }
    return {name: LaboratoryResults(name, name, "", each) for name, each in made.items()}


@pytest.mark.parametrize("name", STATED)
def test_every_number_of_the_source_is_there(laboratories, name):
    """As the source states it."""
    assert {row.what: row.stated for row in laboratories[name].stated} == STATED[name]


@pytest.mark.parametrize("name", STATED)
def test_only_known_errors_disagree(laboratories, name):
    """They stand beside what is right, with a remark."""
    wrong = [row for row in laboratories[name].stated if not row.agrees]
    assert {row.what: row.computed for row in wrong} == ERRORS[name]
    assert all(row.remark for row in wrong)


@pytest.mark.parametrize("name", STATED)
def test_other_ways_to_compute_agree(laboratories, name):
    """NumPy, Keras and matrices give what is computed by hand."""
    rows = [
        row
        for exhibit in laboratories[name].exhibits
        for panel in exhibit.panels
        if panel.KIND == "checks"
        for row in panel.rows
        if row not in laboratories[name].stated
    ]
    assert rows
    assert all(row.agrees for row in rows)


def test_the_layer_finds_the_edges_of_the_checkerboard(laboratories):
    """Sobel's answer to an edge between −1 and 1 that fills its window is 8, in plain areas 0."""
    layer = laboratories["first exercises"].exhibits[3]
    vertical = next(panel for panel in layer.panels if panel.caption.startswith("Feature map: ver"))
    assert vertical.pixels.shape == (14, 14)
    assert set(np.unique(vertical.pixels)) == {-8, -4, 0, 4, 8}


def test_recombined_channels_keep_their_size(laboratories):
    """With "same" padding a blurred photo is as large as the photo."""
    sharpen = next(e for e in laboratories["photo"].exhibits if e.title == "Sharpen and blur")
    original = laboratories["photo"].exhibits[0].panels[0].pixels
    blurred = next(panel for panel in sharpen.panels if panel.caption.startswith("Blurred, 7"))
    assert blurred.pixels.shape == original.shape
    assert blurred.pixels.std() < original.std()
