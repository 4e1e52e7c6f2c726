"""Groups of recordings in class folders, told by their names or by further folders."""

import pytest

from kerascnn.datasets import DatasetError, parse_recording_name
from kerascnn.datasets.recording_names import find_recordings


def groups_of(path, *names):
    """Return the groups of files, in their order, or None."""
    found = find_recordings(path, list(names))
    return found.groups and [group for split in found.groups for group in split.values()]


@pytest.mark.parametrize("around", ["", "release/"])
def test_names_in_class_folders_tell_groups(tmp_path, around):
    """<class>/<class>_<group>_<index>.wav, whatever lies around."""
    names = [f"{around}{name}" for name in ("0/0_bob_1.wav", "0/0_al_1.wav", "on/on_bob_2.WAV")]
    assert groups_of(tmp_path, *names) == ["bob", "al", "bob"]


def test_names_in_class_folders_tell_the_groups_of_both_splits(tmp_path):
    """Of train/ and test/."""
    names = ("train/a/a_ann_0.wav", "train/b/b_bob_0.wav", "test/a/a_eve_0.wav")
    found = find_recordings(tmp_path, list(names))
    assert [list(split.values()) for split in found.groups] == [["ann", "bob"], ["eve"]]


@pytest.mark.parametrize("around", ["", "train/"])
def test_folders_in_class_folders_tell_groups(tmp_path, around):
    """<class>/<group>/ with any names of files."""
    names = [f"{around}{name}" for name in ("cat/bob/1.wav", "cat/al/1.wav", "dog/bob/1.wav")]
    assert groups_of(tmp_path, *names) == ["bob", "al", "bob"]


@pytest.mark.parametrize(
    "names",
    [
        ("cat/1.wav", "cat/2.wav", "dog/1.wav"),
        ("words/cat/1.wav", "words/dog/1.wav"),
        ("cat/bob/1.wav", "dog/1.wav"),
        ("yes/0a7c2a8d_nohash_0.wav", "no/0a7c2a8d_nohash_0.wav"),
    ],
)
def test_other_names_and_folders_tell_no_groups(tmp_path, names):
    """Nor names whose first part is no class, such as a number of the speaker."""
    found = find_recordings(tmp_path, list(names))
    assert (found.groups, found.without_groups) == (None, "")


def test_groups_that_only_some_names_tell_are_left_out_with_a_notice(tmp_path):
    """Samples without a group cannot be kept on one side of a split."""
    found = find_recordings(tmp_path, ["cat/cat_bob_1.wav", "dog/dog_bob_1.wav", "dog/2.wav"])
    assert found.groups is None
    assert found.without_groups == "no groups, as 1 of 3 names tell none"


@pytest.mark.parametrize(
    "names",
    [
        ("bob/7_bob_1.wav", "al/7_al_1.wav"),
        ("cat/cat_bob_1.wav", "cat/dog_bob_1.wav", "dog/dog_bob_1.wav"),
    ],
)
def test_a_name_that_contradicts_its_folder_is_refused(tmp_path, names):
    """Folders of speakers are not taken for classes, nor a dog among the cats for a cat."""
    with pytest.raises(
        DatasetError, match=r"lies in the folder of the class .* but its name tells"
    ):
        find_recordings(tmp_path, list(names))


def test_an_index_of_too_many_digits_is_no_name(tmp_path):
    """Python refuses to read integers of more than some thousand digits."""
    with pytest.raises(DatasetError, match="is not of the form"):
        parse_recording_name(f"7_bob_{'1' * 5_000}.wav")
