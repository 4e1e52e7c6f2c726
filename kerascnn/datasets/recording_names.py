"""Classes and groups of recordings: from folders and from the names of the files."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kerascnn.datasets.errors import DatasetError
from kerascnn.datasets.folders import RECORDINGS, SPLITS, Classes, Places, find_splits, select

FORM = "<class>_<group>_<index>.wav"
EXAMPLE = "7_jackson_32.wav"
PATTERN = re.compile(
    r"(?P<label>.+)_(?P<group>[^_]+)_(?P<index>[0-9]{1,18})\.wav", re.IGNORECASE | re.DOTALL
)

Groups = dict[str, str]  # a split: the group of each file, by the file's name


@dataclass(frozen=True)
class RecordingName:
    """What a file's name says: `<class>_<group>_<index>.wav`.

    Attributes:
        label: the name of the class.
        group: who or what was recorded, such as the speaker.
        index: the number of the recording.
    """

    label: str
    group: str
    index: int


@dataclass(frozen=True)
class FoundRecordings:
    """The recordings of a folder or archive.

    Attributes:
        splits: the class of each file, the training split first.
        groups: likewise the groups, or None where they are not known.
        n_others: the number of files of other kinds.
        without_groups: a few words if some files tell a group and others do not, else "".
    """

    splits: list[Classes]
    groups: list[Groups] | None
    n_others: int
    without_groups: str = ""


def parse_recording_name(name: str) -> RecordingName:
    """Return the class, the group and the index that a file's name tells.

        parse_recording_name("recordings/7_jackson_32.wav")
        RecordingName(label="7", group="jackson", index=32)

    The last two underscores count, so that classes may have some of their own.

    Args:
        name: `<class>_<group>_<index>.wav`, with or without folders in front.

    Raises:
        DatasetError: if the name has another form.
    """
    match = PATTERN.fullmatch(PurePosixPath(name).name)
    if match is None:
        raise DatasetError(f"{name!r} is not of the form {FORM}, such as {EXAMPLE}")
    return RecordingName(match["label"], match["group"], int(match["index"]))


def find_recordings(path: Path, names: list[str]) -> FoundRecordings:
    """Return the class of each WAV file and, where names or folders tell it, the group.

    Files that all lie in one folder, or in `train/` and `test/`, tell both by their names (see
    `parse_recording_name`). All others lie in class folders, as images do, and tell the group
    by a name that begins with the class, or by a folder of the group in that of the class::

        <class>/<class>_<group>_<index>.wav
        <class>/<group>/<any name>.wav

    Other names tell no group: in `yes/0a7c2a8d_nohash_0.wav` the first part is the speaker.

    Args:
        path: of the folder or archive, for messages.
        names: of all files in it.

    Raises:
        DatasetError: if there are no such files, one tells no class, or the name of one tells
            another class than its folder.
    """
    places, n_others = select(names, RECORDINGS)
    folders = {place[:-1] for place in places.values()}
    last = {folder[-1] if folder else "" for folder in folders}
    if places and (len(folders) == 1 or last == set(SPLITS)):
        return _by_name(path, places, n_others)
    splits, n_others = find_splits(path, names, RECORDINGS)
    labels = {name: label for split in splits for name, label in split.items()}
    by_name = _named_groups(path, labels)
    groups = by_name if len(by_name) == len(labels) else _folder_groups(labels)
    if groups is not None:
        return FoundRecordings(
            splits, [{n: groups[n] for n in split} for split in splits], n_others
        )
    missing = f"no groups, as {len(labels) - len(by_name):,} of {len(labels):,} names tell none"
    return FoundRecordings(splits, None, n_others, missing if by_name else "")


def _named_groups(path: Path, labels: Classes) -> Groups:
    """Return the groups of the files in class folders whose names tell class and group."""
    known = set(labels.values())
    groups = {}
    for name, label in labels.items():
        match = PATTERN.fullmatch(PurePosixPath(name).name)
        if match is None:
            continue
        if match["label"] == label:
            groups[name] = match["group"]
        elif match["label"] in known or match["group"] == label:
            raise DatasetError(
                f"{path}: {name} lies in the folder of the class {label!r}, but its name tells "
                f"the class {match['label']!r}: move it, or, if the names of all files tell their "
                "classes, put all into one folder"
            )
    return groups


def _folder_groups(labels: Classes) -> Groups | None:
    """Return the groups whose folders lie in class folders, None unless all files lie in one."""
    groups = {}
    for name, label in labels.items():
        parts = name.split("/")
        if len(parts) < 3 or parts[-3] != label:
            return None
        groups[name] = parts[-2]
    return groups


def _by_name(path: Path, places: Places, n_others: int) -> FoundRecordings:
    """Return the recordings whose files tell class and group by their names."""
    parsed = {name: _parsed(path, name) for name in places}
    tests = {name for name, place in places.items() if place[-2:-1] == ("test",)}
    if len(tests) == len(parsed):
        tests = set()
    splits = [[name for name in parsed if name not in tests], sorted(tests)]
    return FoundRecordings(
        [{name: parsed[name].label for name in split} for split in splits if split],
        [{name: parsed[name].group for name in split} for split in splits if split],
        n_others,
    )


def _parsed(path: Path, name: str) -> RecordingName:
    try:
        return parse_recording_name(name)
    except DatasetError:
        raise DatasetError(
            f"{path}: {name} lies in no class folder, and its name does not tell its class: "
            f"expected <class>/{PurePosixPath(name).name}, or a name of the form {FORM}, such "
            f"as {EXAMPLE}"
        ) from None
