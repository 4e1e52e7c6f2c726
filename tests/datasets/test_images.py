"""Folders and archives of image files as datasets."""

import zipfile

import numpy as np
import pytest
from PIL import Image

from kerascnn.datasets import DatasetError, load

RANDOM = np.random.default_rng(0)


def save(path, pixels, **options):
    """Write pixels as an image file, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)
    return pixels


def random_image(height=6, width=5, channels=3):
    """Return random pixels, uint8."""
    shape = (height, width) if channels == 1 else (height, width, channels)
    return RANDOM.integers(0, 256, shape, dtype=np.uint8)


def zipped(folder, path):
    """Write a folder's files into a zip archive and return its path."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(folder).as_posix())
    return path


@pytest.fixture
def photos(tmp_path):
    """Return a folder with a fixed test split of PNG files of one size, and their pixels."""
    folder = tmp_path / "photos"
    pixels = {
        name: save(folder / f"{name}.png", random_image())
        for name in ("train/cat/1", "train/cat/2", "train/dog/1", "test/cat/9", "test/dog/8")
    }
    return folder, pixels


@pytest.fixture
def mixed(tmp_path):
    """Return a folder without splits: a grey PNG, a larger colour JPEG, a transparent PNG."""
    folder = tmp_path / "mixed"
    save(folder / "b/grey.png", random_image(channels=1))
    save(folder / "b/large.JPG", random_image(20, 30))
    save(folder / "a/clear.png", np.zeros((6, 5, 4), np.uint8))
    return folder


@pytest.mark.parametrize("archived", [False, True])
def test_pixels_and_splits_are_those_of_the_files(photos, tmp_path, archived):
    """A folder and a zip of it give every pixel, class and split."""
    folder, pixels = photos
    found = load(zipped(folder, tmp_path / "photos.zip") if archived else folder)
    expected = [pixels[name] for name in ("train/cat/1", "train/cat/2", "train/dog/1")]
    np.testing.assert_array_equal(found.X, expected)
    np.testing.assert_array_equal(found.X_test[1], pixels["test/dog/8"])
    assert (found.y.tolist(), found.y_test.tolist()) == ([0, 0, 1], [0, 1])
    assert found.class_names == ("cat", "dog")
    assert found.X.dtype == np.uint8
    assert found.notices == ()
    assert found.source.endswith(" (PNG: 5), 6×5 pixels, colour")


def test_a_folder_around_all_others_does_not_matter(photos, tmp_path):
    """Archives often hold one folder with everything in it."""
    folder, _ = photos
    path = zipped(folder.parent, tmp_path / "wrapped.zip")
    assert load(path).class_names == ("cat", "dog")


def test_numbered_classes_are_sorted_as_numbers(tmp_path):
    """Class 10 comes after class 2."""
    for number in (10, 2, 1):
        save(tmp_path / f"data/{number}/x.png", random_image())
    assert load(tmp_path / "data").class_names == ("1", "2", "10")


def test_different_sizes_become_32_and_that_is_said(mixed):
    """Scaling, colour conversion and transparency are stated in source and notices."""
    found = load(mixed)
    assert found.X.shape == (3, 32, 32, 3)
    stated = "3 of 3 images scaled to 32×32 pixels without preserving their aspect ratio"
    recoloured = (
        "1 of 3 images converted from greyscale to three equal channels; "
        "1 of 3 images composited on white where transparent"
    )
    assert found.notices == (f"mixed: {stated}", f"mixed: {recoloured}")
    assert stated in found.source
    assert "(JPEG: 1, PNG: 2, compressed with loss)" in found.source


def test_what_was_asked_for_is_no_notice(mixed):
    """Size and colour asked for are stated in the source only."""
    found = load(mixed, size=(6, 5), color="grey")
    assert found.X.shape == (3, 6, 5, 1)
    assert found.notices == ()
    assert "1 of 3 images scaled to 6×5 pixels" in found.source
    assert "2 of 3 images converted from colour to greyscale" in found.source


def test_transparent_pixels_become_white(mixed):
    """What cannot be seen is white, not whatever colour it hides."""
    assert (load(mixed, size=(6, 5), color="rgb").X[0] == 255).all()


def test_grey_images_stay_grey(tmp_path):
    """One channel if no image has colours, pixels unchanged."""
    pixels = [save(tmp_path / f"data/{name}/x.png", random_image(channels=1)) for name in "ab"]
    found = load(tmp_path / "data")
    np.testing.assert_array_equal(found.X[..., 0], pixels)


def test_grey_is_the_usual_luma(tmp_path):
    """Colours turn grey by ITU-R 601-2: 0.299 red, 0.587 green, 0.114 blue."""
    pixels = [save(tmp_path / f"data/{name}/x.png", random_image()) for name in "ab"]
    expected = np.array(pixels) @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(load(tmp_path / "data", color="grey").X[..., 0], expected, atol=1)


def test_a_square_size_may_be_one_number(photos):
    """size=4 means 4×4."""
    assert load(photos[0], size=4).X.shape == (3, 4, 4, 3)


def test_16_bit_images_keep_their_upper_half(tmp_path):
    """Pixel values up to 65,535 become 0 to 255 in proportion, not cut off."""
    deep = np.array([[0, 256, 65_535]], np.uint16)
    for name in "ab":
        save(tmp_path / f"data/{name}/x.png", deep)
    assert load(tmp_path / "data").X[0, 0, :, 0].tolist() == [0, 1, 255]


def test_photographs_are_turned_upright(tmp_path):
    """An image that is stored sideways (EXIF orientation 6) is turned."""
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = [save(tmp_path / f"data/{name}/x.png", random_image(), exif=exif) for name in "ab"]
    np.testing.assert_array_equal(load(tmp_path / "data").X[0], np.rot90(pixels[0], -1))


def test_hidden_files_are_passed_over_and_others_counted(photos):
    """What systems leave behind is ignored; a text file is mentioned."""
    folder, _ = photos
    (folder / "train/cat/._1.png").write_bytes(b"junk")
    (folder / "train/.DS_Store").write_bytes(b"junk")
    (folder / "README.txt").write_text("hello")
    assert load(folder).source.endswith("files of other kinds ignored: 1")


@pytest.mark.parametrize("damage", ["truncated", "text", "empty"])
def test_corrupt_files_are_named(photos, damage):
    """All files that cannot be read are named with the reason, in one error."""
    folder, _ = photos
    whole = (folder / "train/cat/1.png").read_bytes()
    content = {"truncated": whole[: len(whole) // 2], "text": b"hello", "empty": b""}[damage]
    for name in ("train/cat/2.png", "train/dog/1.png"):
        (folder / name).write_bytes(content)
    with pytest.raises(DatasetError, match=r"2 of \d images .*train/cat/2.png .*train/dog/1.png"):
        load(folder)


def test_a_damaged_entry_of_an_archive_is_named(photos, tmp_path):
    """A flipped bit in a zip entry is found by its checksum."""
    folder, _ = photos
    path = zipped(folder, tmp_path / "photos.zip")
    data = bytearray(path.read_bytes())
    data[data.index((folder / "train/dog/1.png").read_bytes()) + 60] ^= 1
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=r"train/dog/1.png \(Bad CRC-32"):
        load(path)


def test_a_half_downloaded_archive_is_named(photos, tmp_path):
    """A truncated zip is called damaged."""
    path = zipped(photos[0], tmp_path / "photos.zip")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DatasetError, match=r"photos.zip is damaged or not fully downloaded"):
        load(path)


@pytest.mark.parametrize("name", ["../evil.png", "/evil.png", "a/../../evil.png", "C:/evil.png"])
def test_entries_that_climb_out_are_refused(photos, tmp_path, name):
    """An archive with such an entry is refused as a whole."""
    path = zipped(photos[0], tmp_path / "photos.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"")
    with pytest.raises(DatasetError, match="lies outside of the archive"):
        load(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path):
    """A zip bomb is refused by the size it declares, unread."""
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/x.png", bytes(50_000_000))
    assert (tmp_path / "bomb.zip").stat().st_size < 60_000
    with pytest.raises(DatasetError, match="unpacks to 50,000,000 bytes, more than max_bytes"):
        load(tmp_path / "bomb.zip", max_bytes=10_000_000)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("width", [9_000, 18_000])
def test_an_image_of_too_many_pixels_is_refused(tmp_path, width):
    """A small PNG of so many pixels is refused and named where Pillow warns and where it raises."""
    for name in "ab":
        path = tmp_path / f"data/{name}/x.png"
        path.parent.mkdir(parents=True)
        Image.new("1", (width, 10_000)).save(path)
    with pytest.raises(DatasetError, match=r"2 of 2 .*a/x.png \(refused as a decompression bomb"):
        load(tmp_path / "data")


def test_pixels_that_would_fill_the_memory_are_refused(photos):
    """The size of all pixels is checked before any is read."""
    with pytest.raises(DatasetError, match="5 images of 5000×5000 take 375,000,000 bytes"):
        load(photos[0], size=5000, max_bytes=10**8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, "size=0: must be"),
        ({"size": (3, 4, 3)}, r"size=\(3, 4, 3\): must be"),
        ({"size": 2.5}, "size=2.5: must be"),
        ({"color": "blue"}, "color='blue': must be 'grey' or 'rgb'"),
    ],
)
def test_wrong_options_are_named(photos, options, message):
    """Size and colour are checked before any file is read."""
    with pytest.raises(DatasetError, match=message):
        load(photos[0], **options)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["notes.txt"], "holds no PNG or JPEG files"),
        (["a.png", "b.png"], "a.png lies in no class folder"),
        (["train/a/1.png", "train/b/1.png", "c/1.png"], "c/1.png lies neither in train/ nor"),
        (["train/a/1.png", "train/b/1.png", "test/c/1.png"], "class 'c' is in test/ but not"),
        (["only/1.png"], "there is one class, 'only'"),
    ],
)
def test_folders_of_another_layout_are_refused(tmp_path, files, message):
    """The error names the file that is in the wrong place."""
    for name in files:
        if name.endswith(".png"):
            save(tmp_path / "data" / name, random_image())
        else:
            (tmp_path / "data").mkdir()
            (tmp_path / "data" / name).write_text("hello")
    with pytest.raises(DatasetError, match=message):
        load(tmp_path / "data")
