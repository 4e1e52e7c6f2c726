"""Class folders: which class and split each file lies in."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kerascnn.datasets.errors import DatasetError

SPLITS = ("train", "test")
SHOWN_KINDS = 3  # of other files, in a message


@dataclass(frozen=True)
class FileKind:
    """Files that a dataset is made of.

    Attributes:
        what: what they are, in the plural.
        suffixes: the ends of their names, in lower case, the usual one first.
    """

    what: str
    suffixes: tuple[str, ...]


IMAGES = FileKind("PNG or JPEG files", (".png", ".jpg", ".jpeg"))
RECORDINGS = FileKind("WAV files", (".wav",))

Classes = dict[str, str]  # a split: the class of each file, by the file's name
# The folders on the way to each file and its own name, by the whole name.
Places = Mapping[str, tuple[str, ...]]


def find_splits(path: Path, names: list[str], kind: FileKind) -> tuple[list[Classes], int]:
    """Return the splits, training first, and how many files are of other kinds.

    Args:
        path: of the folder or archive, for messages.
        names: of all files in it.
        kind: the files that are looked for.

    Raises:
        DatasetError: if there are no such files, or one lies outside of what is expected.
    """
    found, n_others = select(names, kind)
    if not found:
        usual = f"*{kind.suffixes[0]}"
        also = ", *.wav in their place" if kind is IMAGES else ""
        raise DatasetError(
            f"{path} holds no {kind.what}{_counted_others(names)}: expected <class>/{usual}, or "
            f"train/<class>/{usual} and test/<class>/{usual}; sounds must be WAV files{also}"
        )
    places = _without_common_folders(found)
    if not any(place[0] == "train" for place in places.values()):
        return [_classes(path, places, 0)], n_others
    splits = [_classes(path, _inside(places, split), 1) for split in SPLITS]
    for name, place in places.items():
        if place[0] not in SPLITS:
            raise DatasetError(f"{path}: {name} lies neither in train/ nor in test/")
    return [split for split in splits if split], n_others


def holds_recordings(names: list[str]) -> bool:
    """Tell a folder of recordings from one of images: it holds more WAV files than images."""
    return len(select(names, RECORDINGS)[0]) > len(select(names, IMAGES)[0])


def select(names: list[str], kind: FileKind) -> tuple[Places, int]:
    """Return the places of all files of a kind, and how many are of other kinds.

    Files that a system put there count as neither.
    """
    seen = [name for name in names if not _is_hidden(name)]
    found = {name: tuple(name.split("/")) for name in seen if name.lower().endswith(kind.suffixes)}
    return found, len(seen) - len(found)


def _is_hidden(name: str) -> bool:
    """Tell files that a system put there (.DS_Store, __MACOSX/) from a user's."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _counted_others(names: list[str]) -> str:
    """Return a few words on the files there are, by the ends of their names."""
    seen = [PurePosixPath(name).suffix.lower() for name in names if not _is_hidden(name)]
    kinds = Counter(seen).most_common(SHOWN_KINDS)
    counted = ", ".join(f"{suffix or 'without a suffix'}: {number:,}" for suffix, number in kinds)
    return f", but files of other kinds ({counted})" if counted else ""


def _without_common_folders(places: Places) -> Places:
    """Leave out the folders that all files share, as archives often have one around all."""
    tops = {place[0] for place in places.values()}
    has_room = min(map(len, places.values())) > 2
    if len(tops) > 1 or not has_room or not tops.isdisjoint(SPLITS):
        return places
    return _without_common_folders({name: place[1:] for name, place in places.items()})


def _inside(places: Places, folder: str) -> Places:
    return {name: place for name, place in places.items() if place[0] == folder}


def _classes(path: Path, places: Places, level: int) -> Classes:
    """Return each image's class: the name of its folder at that level."""
    for name, place in places.items():
        if len(place) < level + 2:
            raise DatasetError(
                f"{path}: {name} lies in no class folder: expected <class>/{place[-1]}"
            )
    return {name: place[level] for name, place in places.items()}
