"""Pictures, read back with Pillow."""

from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import confusion_matrix

from kerascnn.report.figures import images


def read(address):
    """Decode a PNG data address."""
    head, data = address.split(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(BytesIO(b64decode(data))))


@pytest.mark.parametrize("channels", [1, 3])
def test_pixels_survive(channels):
    """uint8 pixels are the same in the PNG."""
    image = np.random.default_rng(0).integers(0, 256, (5, 4, channels), dtype=np.uint8)
    np.testing.assert_array_equal(read(images.picture(image)).reshape(5, 4, channels), image)


def test_floats_from_0_to_1_keep_their_brightness():
    """0.5 stays mid-grey even if nothing brighter is there."""
    pixels = images.to_pixels(np.array([[[[0.0], [0.5]]]]))
    assert pixels.ravel().tolist() == [0, 128]


def test_other_floats_are_stretched():
    """The digits' pixels go from 0 to 16."""
    pixels = images.to_pixels(np.array([[[[0.0], [4.0], [16.0]]]]))
    assert pixels.ravel().tolist() == [0, 64, 255]


def test_pixels_that_are_not_finite_are_drawn_black():
    """A picture of bad data is still a picture."""
    pixels = images.to_pixels(np.array([[[[np.nan], [np.inf], [1.0]]]]))
    assert pixels.ravel().tolist() == [0, 0, 255]


def test_unusual_channels_are_averaged():
    """Two channels have no colours."""
    assert images.to_pixels(np.full((1, 2, 2, 2), 7, np.uint8)).shape == (1, 2, 2, 1)


def test_mistakes_are_capped_and_named(predictions):
    """The most confident ones are kept."""
    (mistake,) = images.mistakes(predictions, most=1)
    assert (mistake.index, mistake.true_name, mistake.predicted_name) == (4, "one", "two")
    np.testing.assert_array_equal(read(mistake.picture), predictions.images[4, ..., 0])


def test_the_commonest_confusions_leave_out_the_diagonal(predictions):
    """Only mistakes are confusions; once each, they are no pattern."""
    assert images.commonest_confusions(predictions) == []
    twice = {
        name: np.tile(getattr(predictions, name), 2) for name in ("y_true", "y_pred", "confidence")
    }
    predictions = replace(predictions, **twice)
    found = [
        (c.true_name, c.predicted_name, c.count) for c in images.commonest_confusions(predictions)
    ]
    assert found == [("one", "two", 2), ("two", "nought", 2)]


def test_perfect_predictions_have_no_confusions(predictions):
    """Nothing is made up where nothing is wrong."""
    perfect = replace(predictions, y_pred=predictions.y_true)
    assert images.commonest_confusions(perfect) == []
    assert images.mistakes(perfect) == []


def test_the_confusion_matrix_is_that_of_scikit_learn(predictions):
    """True classes down."""
    described = images.confusion_description(predictions)
    expected = confusion_matrix(predictions.y_true, predictions.y_pred)
    assert described["counts"] == expected.tolist()
    assert described["names"] == ["nought", "one", "two"]


def test_a_filter_of_zeros_is_mid_grey():
    """Zero is in the middle whatever the other filters are."""
    filters = np.zeros((2, 2, 1, 2))
    filters[0, 0, 0, 1] = -3.0
    first, second = (read(picture) for picture in images.filter_pictures(filters))
    assert set(first.ravel()) == {128}
    assert second[0, 0] == 0


def test_heat_covers_where_it_is_hot():
    """A cold place shows the image itself."""
    image = np.full((2, 2, 1), 100, np.uint8)
    heat = np.array([[0.0, 0.0], [0.0, 2.0]])
    overlaid = images.overlay(image, heat)
    assert overlaid[0, 0].tolist() == [100, 100, 100]
    assert overlaid[1, 1].tolist() != [100, 100, 100]


def test_no_heat_at_all_shows_the_image():
    """A network may have no reason anywhere."""
    image = np.full((4, 4, 3), 9, np.uint8)
    np.testing.assert_array_equal(images.overlay(image, np.zeros((2, 2))), image)
