"""Reading many files: a progress bar, the broken ones named, class names as indices."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from kerascnn.datasets.errors import DatasetError
from kerascnn.datasets.folders import Classes

SHOWN_AT_MOST = 10
BAR_FROM = 2_000  # so many files take about a second


def with_bar(names: Sequence[str], description: str) -> Iterable[str]:
    """Show a progress bar on standard error while many files are read."""
    console = Console(stderr=True)
    quiet = len(names) < BAR_FROM or not console.is_terminal
    return track(names, description, console=console, transient=True, disable=quiet)


def refuse_broken(
    path: Path, broken: dict[str, str], n_files: int, *, what: str, remedy: str
) -> None:
    """Raise one error for all files that cannot be read, if there are any.

    Args:
        path: of the folder or archive.
        broken: why each of them cannot be read, by its name.
        n_files: the number of files, broken or not.
        what: the plural of what the files hold.
        remedy: the end of the sentence, which says what to do.

    Raises:
        DatasetError: naming the first few files with the reason, and how many more there are.
    """
    if broken:
        shown = [f"{name} ({why})" for name, why in list(broken.items())[:SHOWN_AT_MOST]]
        more = f" and {len(broken) - len(shown)} more" if len(broken) > len(shown) else ""
        raise DatasetError(
            f"{path}: {len(broken)} of {n_files} {what} cannot be read: {', '.join(shown)}{more}; "
            f"{remedy}"
        )


def class_indices(path: Path, splits: list[Classes]) -> tuple[list[str], list[np.ndarray]]:
    """Return the class names, sorted (as numbers if they all are), and each split's indices.

    Raises:
        DatasetError: if a class of the test split does not occur in the training split.
    """
    found = set(splits[0].values())
    for split in splits[1:]:
        for label in set(split.values()) - found:
            raise DatasetError(f"{path}: the class {label!r} is in test/ but not in train/")
    names = sorted(found)
    if all(map(str.isdecimal, names)):
        names.sort(key=int)
    index = {label: number for number, label in enumerate(names)}
    return names, [np.array([index[label] for label in split.values()]) for split in splits]
