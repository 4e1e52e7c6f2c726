"""Any folder or zip archive of image files as a dataset, a folder per class."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.errors import MAX_BYTES, DatasetError
from kerascnn.datasets.files import Files, open_files
from kerascnn.datasets.folders import IMAGES, find_splits
from kerascnn.datasets.pictures import Picture, UnreadableImage, inspect_picture, read_pixels
from kerascnn.datasets.reading import class_indices, refuse_broken, with_bar

DEFAULT_SIZE = (32, 32)  # where the images' own sizes differ and none was asked for


@dataclass(frozen=True)
class Form:
    """What all images of a dataset become: height and width in pixels, grey or colour."""

    height: int
    width: int
    is_grey: bool

    @property
    def shape(self) -> tuple[int, int, int]:
        """One image's shape, (height, width, channels)."""
        return (self.height, self.width, 1 if self.is_grey else 3)


def load_images(
    path: str | Path,
    name: str | None = None,
    *,
    size: int | tuple[int, int] | None = None,
    color: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Dataset:
    """Return the images of a folder or zip archive as a dataset.

    The images lie in `<class>/…` or, with a fixed test split, in `train/<class>/…` and
    `test/<class>/…`; PNG and JPEG files are taken, all others left out. What was done to the
    images is said in the dataset's `source`, and what was done unasked in its `notices` too.

    Args:
        path: the folder or the archive, which is read without unpacking it to the disk.
        name: the dataset's name; the folder's or the archive's name by default.
        size: height and width to scale all images to, in pixels, or one number for both. By
            default they keep their size if they all have the same, else they become 32×32.
        color: "grey" (one channel) or "rgb" (three). By default "grey" if all images are.
        max_bytes: the most that the archive may unpack to and the pixels may take, in bytes.

    Raises:
        DatasetError: if there are no images, a file is damaged, or an option is wrong.
    """
    path = Path(path)
    asked_size = _checked_size(size)
    if color not in (None, "grey", "rgb"):
        raise DatasetError(f"color={color!r}: must be 'grey' or 'rgb'")
    with open_files(path, max_bytes) as files:
        splits, n_others = find_splits(path, files.names(), IMAGES)
        class_names, labels = class_indices(path, splits)
        pictures = _inspect(path, files, [file for split in splits for file in split])
        form = _form(pictures, asked_size, color)
        _check_memory(path, len(pictures), form, max_bytes)
        images = [_read(path, files, list(split), form) for split in splits]
    resized, recoloured = _resized(pictures, form), _recoloured(pictures, form)
    others = f"files of other kinds ignored: {n_others:,}" if n_others else ""
    unasked = [resized if size is None else "", recoloured if color is None else ""]
    return make_dataset(
        name or path.stem,
        images[0],
        labels[0],
        source="; ".join(
            filter(None, [_origin(path, pictures, form), resized, recoloured, others])
        ),
        X_test=images[1] if len(images) > 1 else None,
        labels_test=labels[1] if len(labels) > 1 else None,
        class_names=class_names,
        notices=[f"{path.name}: {change}" for change in unasked if change],
    )


def _checked_size(size: int | tuple[int, int] | None) -> tuple[int, int] | None:
    if size is None:
        return None
    pair = tuple(size) if isinstance(size, (tuple, list)) else (size, size)
    if len(pair) != 2 or not all(isinstance(side, int) and side > 0 for side in pair):
        raise DatasetError(f"size={size!r}: must be a number of pixels or (height, width)")
    return (pair[0], pair[1])


def _inspect(path: Path, files: Files, names: list[str]) -> list[Picture]:
    pictures, broken = [], {}
    for name in with_bar(names, f"Checking {path.name}"):
        try:
            pictures.append(inspect_picture(files.read(name)))
        except (UnreadableImage, OSError) as error:
            broken[name] = str(error)
    refuse_broken(path, broken, len(names), what="images", remedy="replace or remove them")
    return pictures


def _read(path: Path, files: Files, names: list[str], form: Form) -> np.ndarray:
    """Return the pixels of the named files, uint8 (n, height, width, channels)."""
    images = np.empty((len(names), *form.shape), np.uint8)
    broken = {}
    for row, name in enumerate(with_bar(names, f"Reading {path.name}")):
        try:
            images[row] = read_pixels(files.read(name), form.height, form.width, form.is_grey)
        except (UnreadableImage, OSError) as error:
            broken[name] = str(error)
    refuse_broken(path, broken, len(names), what="images", remedy="replace or remove them")
    return images


def _form(pictures: Collection[Picture], size: tuple[int, int] | None, color: str | None) -> Form:
    """Return what the images become: as asked for, else what they all are, else 32×32, colour."""
    sizes = {(picture.height, picture.width) for picture in pictures}
    height, width = size or (sizes.pop() if len(sizes) == 1 else DEFAULT_SIZE)
    all_grey = all(picture.is_grey for picture in pictures)
    return Form(height, width, all_grey if color is None else color == "grey")


def _check_memory(path: Path, n_images: int, form: Form, max_bytes: int) -> None:
    needed = n_images * int(np.prod(form.shape))
    if needed > max_bytes:
        raise DatasetError(
            f"{path}: {n_images:,} images of {form.height}×{form.width} take {needed:,} bytes, "
            f"more than max_bytes={max_bytes:,}: ask for a smaller size=(height, width)"
        )


def _origin(path: Path, pictures: Collection[Picture], form: Form) -> str:
    kinds = Counter(picture.kind for picture in pictures)
    counted = ", ".join(f"{kind}: {number:,}" for kind, number in sorted(kinds.items()))
    lossy = ", compressed with loss" if "JPEG" in kinds else ""
    what = "the folder" if path.is_dir() else "the archive"
    color = "grey" if form.is_grey else "colour"
    return f"{what} {path.name} ({counted}{lossy}), {form.height}×{form.width} pixels, {color}"


def _resized(pictures: Collection[Picture], form: Form) -> str:
    size = (form.height, form.width)
    n = sum((picture.height, picture.width) != size for picture in pictures)
    to = f"scaled to {form.height}×{form.width} pixels without preserving their aspect ratio"
    return f"{n:,} of {len(pictures):,} images {to}" if n else ""


def _recoloured(pictures: Collection[Picture], form: Form) -> str:
    n_grey = sum(picture.is_grey for picture in pictures)
    n_transparent = sum(picture.is_transparent for picture in pictures)
    if form.is_grey:
        changes = {"converted from colour to greyscale": len(pictures) - n_grey}
    else:
        changes = {"converted from greyscale to three equal channels": n_grey}
    changes["composited on white where transparent"] = n_transparent
    return "; ".join(
        f"{n:,} of {len(pictures):,} images {what}" for what, n in changes.items() if n
    )
