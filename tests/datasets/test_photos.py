"""One photo by name or from a file; anything else is refused with one clear error."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

from kerascnn.datasets import DatasetError
from kerascnn.datasets.photos import load_photo, resized


def test_a_name_gives_scikit_learns_photo():
    """Pixel by pixel."""
    np.testing.assert_array_equal(load_photo("china").pixels, load_sample_image("china.jpg"))


def test_grey_and_transparent_files_become_colours(tmp_path):
    """Grey has three equal channels; what is transparent is white."""
    Image.new("L", (24, 18), 100).save(tmp_path / "grey.png")
    Image.new("RGBA", (24, 18), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert set(load_photo(tmp_path / "grey.png").pixels.ravel()) == {100}
    assert set(load_photo(tmp_path / "clear.png").pixels.ravel()) == {255}


def test_a_large_photo_keeps_its_aspect_ratio():
    """The longer side has the pixels asked for."""
    photo = load_photo("china", largest_side=64)
    assert photo.pixels.shape == (43, 64, 3)
    assert photo.source.endswith("scaled down to 43 × 64")


def test_a_small_photo_is_left_as_it_is(tmp_path):
    """It is not enlarged."""
    Image.new("RGB", (24, 18)).save(tmp_path / "small.png")
    assert load_photo(tmp_path / "small.png").pixels.shape == (18, 24, 3)


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    """The error names the file and what to give."""
    path = tmp_path / "notes.jpg"
    path.write_text("not a picture")
    with pytest.raises(DatasetError, match=r"notes\.jpg cannot be read as a photo .* PNG or JPEG"):
        load_photo(path)


def test_a_picture_too_small_for_kernels_is_refused(tmp_path):
    """The error states its size and the least."""
    Image.new("RGB", (40, 5)).save(tmp_path / "line.png")
    with pytest.raises(DatasetError, match=r"5 × 40 pixels, at most 800 a side, are fewer than"):
        load_photo(tmp_path / "line.png")


def test_a_missing_file_is_answered_with_the_closest(tmp_path):
    """A typing error names what was meant."""
    Image.new("RGB", (8, 6)).save(tmp_path / "harbour.png")
    with pytest.raises(DatasetError, match=r"did you mean 'harbour\.png'"):
        load_photo(tmp_path / "harbor.png")


def test_photos_of_other_pixels_have_other_fingerprints():
    """Also those of the same bytes in another shape."""
    one, other = load_photo("china", 64), load_photo("flower", 64)
    assert one.fingerprint != other.fingerprint
    assert one.fingerprint == load_photo("china", 64).fingerprint


def test_resizing_crops_to_the_new_aspect_ratio():
    """A wide picture loses its left and right, evenly."""
    pixels = np.zeros((10, 40, 3), np.uint8)
    pixels[:, 15:25] = 255
    assert resized(pixels, 10, 10).min() == 255
