"""Any folder or zip archive of image files as a dataset, a folder per class."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from kerascnn.datasets.dataset import MAX_BYTES, Dataset, DatasetError, make_dataset
from kerascnn.datasets.files import Files, open_files
from kerascnn.datasets.pictures import Picture, UnreadableImage, inspect_picture, read_pixels

SUFFIXES = (".png", ".jpg", ".jpeg")
DEFAULT_SIZE = (32, 32)  # where the images' own sizes differ and none was asked for
SHOWN_AT_MOST = 10
BAR_FROM = 2_000  # so many images take about a second

Classes = dict[str, str]  # a split: the class of each image file, by the file's name


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
        splits, n_others = _find_splits(path, files.names())
        class_names, labels = _labels(path, splits)
        pictures = _inspect(path, files, [file for split in splits for file in split])
        form = _form(pictures, asked_size, color)
        _check_memory(path, len(pictures), form, max_bytes)
        images = [_read(path, files, list(split), form) for split in splits]
    resized, recoloured = _resized(pictures, form), _recoloured(pictures, form)
    others = f"files of other kinds left out: {n_others:,}" if n_others else ""
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


def _find_splits(path: Path, names: list[str]) -> tuple[list[Classes], int]:
    """Return the splits (training first) and how many files are no images."""
    seen = [name for name in names if not _is_hidden(name)]
    images = [name for name in seen if name.lower().endswith(SUFFIXES)]
    if not images:
        raise DatasetError(
            f"{path} holds no PNG or JPEG files: expected <class>/*.png, or train/<class>/*.png "
            "and test/<class>/*.png"
        )
    parts = _without_common_folders([name.split("/") for name in images])
    if not any(each[0] == "train" for each in parts):
        return [_classes(path, images, parts, 0)], len(seen) - len(images)
    splits = []
    for split in ("train", "test"):
        rows = [row for row, each in enumerate(parts) if each[0] == split]
        splits.append(_classes(path, [images[r] for r in rows], [parts[r] for r in rows], 1))
    outside = [
        name for name, each in zip(images, parts, strict=True) if each[0] not in ("train", "test")
    ]
    if outside:
        raise DatasetError(f"{path}: {outside[0]} lies neither in train/ nor in test/")
    return [split for split in splits if split], len(seen) - len(images)


def _is_hidden(name: str) -> bool:
    """Tell files that a system put there (.DS_Store, __MACOSX/) from a user's."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _without_common_folders(parts: list[list[str]]) -> list[list[str]]:
    """Leave out the folders that all images share, as archives often have one around all."""
    while (
        min(map(len, parts)) > 2
        and len({each[0] for each in parts}) == 1
        and parts[0][0] not in ("train", "test")
    ):
        parts = [each[1:] for each in parts]
    return parts


def _classes(path: Path, names: list[str], parts: list[list[str]], level: int) -> Classes:
    """Return each image's class: the name of its folder at that level."""
    for name, each in zip(names, parts, strict=True):
        if len(each) < level + 2:
            raise DatasetError(
                f"{path}: {name} lies in no class folder: expected <class>/{each[-1]}"
            )
    return {name: each[level] for name, each in zip(names, parts, strict=True)}


def _labels(path: Path, splits: list[Classes]) -> tuple[list[str], list[np.ndarray]]:
    """Return the class names, sorted (as numbers if they all are), and each split's indices."""
    found = set(splits[0].values())
    for split in splits[1:]:
        for label in set(split.values()) - found:
            raise DatasetError(f"{path}: the class {label!r} is in test/ but not in train/")
    names = sorted(found, key=int) if all(map(str.isdecimal, found)) else sorted(found)
    index = {label: number for number, label in enumerate(names)}
    return names, [np.array([index[label] for label in split.values()]) for split in splits]


def _inspect(path: Path, files: Files, names: list[str]) -> list[Picture]:
    pictures, broken = [], {}
    for name in _with_bar(names, f"Checking {path.name}"):
        try:
            pictures.append(inspect_picture(files.read(name)))
        except (UnreadableImage, OSError) as error:
            broken[name] = str(error)
    _refuse(path, broken, len(names))
    return pictures


def _read(path: Path, files: Files, names: list[str], form: Form) -> np.ndarray:
    """Return the pixels of the named files, uint8 (n, height, width, channels)."""
    images = np.empty((len(names), *form.shape), np.uint8)
    broken = {}
    for row, name in enumerate(_with_bar(names, f"Reading {path.name}")):
        try:
            images[row] = read_pixels(files.read(name), form.height, form.width, form.is_grey)
        except (UnreadableImage, OSError) as error:
            broken[name] = str(error)
    _refuse(path, broken, len(names))
    return images


def _with_bar(names: list[str], description: str) -> Iterable[str]:
    """Show a progress bar on standard error while many files are read."""
    console = Console(stderr=True)
    quiet = len(names) < BAR_FROM or not console.is_terminal
    return track(names, description, console=console, transient=True, disable=quiet)


def _refuse(path: Path, broken: dict[str, str], n_files: int) -> None:
    if broken:
        shown = [f"{name} ({why})" for name, why in list(broken.items())[:SHOWN_AT_MOST]]
        more = f" and {len(broken) - len(shown)} more" if len(broken) > len(shown) else ""
        raise DatasetError(
            f"{path}: {len(broken)} of {n_files} images cannot be read: {', '.join(shown)}{more}; "
            "replace or remove them"
        )


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
    to = f"scaled to {form.height}×{form.width} pixels without keeping proportions"
    return f"{n:,} of {len(pictures):,} images {to}" if n else ""


def _recoloured(pictures: Collection[Picture], form: Form) -> str:
    n_grey = sum(picture.is_grey for picture in pictures)
    n_transparent = sum(picture.is_transparent for picture in pictures)
    if form.is_grey:
        changes = {"turned from colour to grey": len(pictures) - n_grey}
    else:
        changes = {"turned from grey to three equal channels": n_grey}
    changes["laid on white where transparent"] = n_transparent
    return "; ".join(
        f"{n:,} of {len(pictures):,} images {what}" for what, n in changes.items() if n
    )
