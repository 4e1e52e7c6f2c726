"""Folders and archives of WAV files as datasets of signals."""

import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from scipy.signal import resample_poly

from kerascnn.datasets import DatasetError, RecordingName, load, parse_recording_name
from tests.datasets.sounds import FLOAT, MULAW, wav_bytes, write_bytes, write_pcm

RANDOM = np.random.default_rng(0)


def noise(n=40):
    """Return random int16 samples."""
    return RANDOM.integers(-32_768, 32_768, n).astype(np.int16)


def zipped(folder, path):
    """Write a folder's files into a zip archive and return its path."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(folder).as_posix())
    return path


@pytest.fixture
def words(tmp_path):
    """Return a folder with a class per folder, and the samples of its files."""
    samples = {name: noise() for name in ("no/1.wav", "no/2.WAV", "yes/1.wav")}
    for name, values in samples.items():
        write_pcm(tmp_path / "words" / name, values)
    return tmp_path / "words", samples


@pytest.mark.parametrize("archived", [False, True])
def test_class_folders_give_signals_and_classes(words, tmp_path, archived):
    """A folder and a zip of it give every sample and class; nothing is known of groups."""
    folder, samples = words
    found = load(zipped(folder, tmp_path / "words.zip") if archived else folder)
    np.testing.assert_array_equal(found.X[..., 0], np.array(list(samples.values())) / 32_768)
    assert (found.X.shape, found.X.dtype) == ((3, 40, 1), np.float32)
    assert (found.y.tolist(), found.class_names) == ([0, 0, 1], ("no", "yes"))
    assert (found.groups, found.rate, found.notices) == (None, 8_000, ())
    assert found.source.endswith(" (WAV: 3), 40 samples at 8,000 Hz")


@pytest.mark.parametrize("around", ["", "recordings/", "release-1.0/recordings/"])
def test_file_names_tell_class_and_group(tmp_path, around):
    """Files in one folder, wherever that lies, are <class>_<group>_<index>.wav."""
    for name in ("10_ann_0", "2_bob_0", "2_ann_1"):
        write_pcm(tmp_path / f"data/{around}{name}.wav", noise())
    write_bytes(tmp_path / "data/README.md", b"hello")
    found = load(tmp_path / "data")
    assert found.class_names == ("2", "10")
    assert found.y.tolist() == [1, 0, 0]
    assert found.groups.tolist() == ["ann", "ann", "bob"]
    assert found.source.endswith("files of other kinds ignored: 1")


def test_named_files_may_have_a_fixed_test_split(tmp_path):
    """In train/ and test/ the names tell the groups of both splits."""
    for name in ("train/a_ann_0", "train/b_bob_0", "test/b_eve_0"):
        write_pcm(tmp_path / f"data/{name}.wav", noise())
    found = load(tmp_path / "data")
    assert (found.groups.tolist(), found.groups_test.tolist()) == (["ann", "bob"], ["eve"])
    assert (found.y.tolist(), found.y_test.tolist()) == ([0, 1], [1])


def test_numbered_classes_that_are_equal_are_sorted_by_name(tmp_path):
    """Or their order would be another in each process."""
    for name in ("1/0", "02/0", "2/0", "01/0", "002/0", "001/0"):
        write_pcm(tmp_path / f"data/{name}.wav", noise())
    assert load(tmp_path / "data").class_names == ("001", "01", "1", "002", "02", "2")


def test_class_folders_may_have_a_fixed_test_split(tmp_path):
    """train/<class>/ and test/<class>/ work as for images."""
    for name in ("train/a/0", "train/b/0", "test/b/0"):
        write_pcm(tmp_path / f"data/{name}.wav", noise())
    found = load(tmp_path / "data")
    assert (found.y.tolist(), found.y_test.tolist(), found.groups_test) == ([0, 1], [1], None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("7_jackson_32.wav", ("7", "jackson", 32)),
        ("recordings/0_theo_0.WAV", ("0", "theo", 0)),
        ("turn_left_ann_007.wav", ("turn_left", "ann", 7)),
    ],
)
def test_a_name_is_split_at_its_last_two_underscores(name, expected):
    """Class, group and index, whatever folders lie in front."""
    assert parse_recording_name(name) == RecordingName(*expected)


@pytest.mark.parametrize("name", ["7_jackson.wav", "7_jackson_x.wav", "_ann_1.wav", "7__1.wav"])
def test_a_name_of_another_form_is_refused(name):
    """The error shows the form and an example."""
    with pytest.raises(DatasetError, match=r"<class>_<group>_<index>.wav, such as 7_jackson_32"):
        parse_recording_name(name)


def test_what_was_asked_for_is_said_in_the_source_only(tmp_path):
    """Resampling, cuts and padding that were asked for are counted in the source."""
    for name, n, rate in (("a/1", 100, 4_000), ("a/2", 30, 8_000), ("b/1", 50, 16_000)):
        write_pcm(tmp_path / f"data/{name}.wav", noise(n), rate)
    found = load(tmp_path / "data", rate=8_000, n_samples=30)
    assert found.X.shape == (3, 30, 1)
    assert found.notices == ()
    assert found.source.endswith(
        "30 samples at 8,000 Hz; "
        "2 of 3 recordings resampled from 4,000 Hz and 16,000 Hz to 8,000 Hz; "
        "1 of 3 recordings cut at the end to 30 samples; "
        "1 of 3 recordings padded with zeros at the end to 30 samples"
    )


def test_resampled_signals_are_scipys(tmp_path):
    """A folder of another rate gives what resample_poly gives for each file."""
    samples = [noise(100), noise(100)]
    for label, values in zip("ab", samples, strict=True):
        write_pcm(tmp_path / f"data/{label}/1.wav", values, 8_000)
    expected = [resample_poly(values / 32_768, 2, 1) for values in samples]
    found = load(tmp_path / "data", rate=16_000)
    np.testing.assert_allclose(found.X[..., 0], expected, atol=1e-7)
    assert found.rate == 16_000


@pytest.fixture
def mixed(tmp_path):
    """Return a folder of a recording of 50 samples and one of 20, and their samples."""
    long, short = noise(50), noise(20)
    write_pcm(tmp_path / "data/a/1.wav", long)
    write_pcm(tmp_path / "data/b/1.wav", short)
    return tmp_path / "data", long / 32_768, short / 32_768


def test_different_lengths_without_a_policy_are_refused(mixed):
    """The error says how they differ and what may be asked for."""
    with pytest.raises(
        DatasetError,
        match=r"n_samples=None, .*from 20 to 50 samples: .*n_samples=50, or 'longest' .*'shortest'",
    ):
        load(mixed[0])


def test_different_lengths_become_the_longest_with_zeros(mixed):
    """Nothing is lost, and the source says what was added."""
    found = load(mixed[0], n_samples="longest")
    np.testing.assert_array_equal(found.X[0, :, 0], mixed[1])
    np.testing.assert_array_equal(found.X[1, :, 0], np.append(mixed[2], [0] * 30))
    assert "1 of 2 recordings padded with zeros at the end to 50 samples" in found.source
    assert found.notices == ()


def test_different_lengths_become_the_shortest_by_a_cut(mixed):
    """Ends are lost, and the source says how many."""
    found = load(mixed[0], n_samples="shortest")
    np.testing.assert_array_equal(found.X[..., 0], [mixed[1][:20], mixed[2]])
    assert "1 of 2 recordings cut at the end to 20 samples" in found.source


def test_rates_that_differ_may_give_one_length(tmp_path):
    """Lengths are compared as they are after resampling."""
    write_pcm(tmp_path / "data/a/1.wav", noise(100), 16_000)
    write_pcm(tmp_path / "data/b/1.wav", noise(50), 8_000)
    assert load(tmp_path / "data", rate=8_000).X.shape == (2, 50, 1)


def test_reading_a_file_takes_no_more_memory_than_allowed(tmp_path):
    """A byte of the file becomes ten in memory at most."""
    write_bytes(tmp_path / "data/a/1.wav", wav_bytes(bytes(2_000_000), 8))
    write_bytes(tmp_path / "data/b/1.wav", wav_bytes(bytes(1_000), 8))
    archive = zipped(tmp_path / "data", tmp_path / "data.zip")
    tracemalloc.start()
    load(archive, n_samples=1_000, rate=4_000, max_bytes=20_010_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_010_000


def test_averaged_channels_are_a_notice(tmp_path):
    """Stereo becomes mono unasked."""
    write_pcm(tmp_path / "data/a/1.wav", noise(40))
    write_pcm(tmp_path / "data/b/1.wav", noise(80).reshape(40, 2))
    assert load(tmp_path / "data").notices == ("data: 1 of 2 recordings averaged to mono",)


def test_values_beyond_full_scale_are_a_notice(tmp_path):
    """Floats are taken as they are, and it is said if they leave [-1, 1]."""
    write_pcm(tmp_path / "data/a/1.wav", noise(2))
    loud = wav_bytes(struct.pack("<2f", 0.5, -2.5), 32, FLOAT)
    write_bytes(tmp_path / "data/b/1.wav", loud)
    found = load(tmp_path / "data")
    assert found.X[1, :, 0].tolist() == [0.5, -2.5]
    stated = "1 of 2 recordings left with values beyond full scale (up to 2.5)"
    assert found.notices == (f"data: {stated}",)


def test_different_rates_without_a_stated_one_are_refused(tmp_path):
    """The error counts the rates and names the option."""
    for name, rate in (("a/1", 8_000), ("a/2", 8_000), ("b/1", 44_100)):
        write_pcm(tmp_path / f"data/{name}.wav", noise(), rate)
    with pytest.raises(
        DatasetError, match=r"rate=None, .*\(8,000 Hz: 2, 44,100 Hz: 1\).*such as rate=8000"
    ):
        load(tmp_path / "data")


def test_files_that_cannot_be_read_are_named_all_at_once(words):
    """Each with its reason, and what to do with them."""
    folder, _ = words
    write_bytes(folder / "no/empty.wav", b"")
    write_bytes(folder / "yes/law.wav", wav_bytes(bytes(9), 8, MULAW))
    write_bytes(folder / "yes/nan.wav", wav_bytes(struct.pack("<f", np.nan), 32, FLOAT))
    with pytest.raises(
        DatasetError,
        match=r"3 of 6 recordings cannot be read: no/empty.wav \(the file is empty\), "
        r"yes/law.wav \(.*mu-law.*\), yes/nan.wav \(.*NaN.*\); save them again as uncompressed",
    ):
        load(folder)


def test_a_damaged_entry_of_an_archive_is_named(words, tmp_path):
    """A flipped bit in a zip entry is found by its checksum."""
    path = zipped(words[0], tmp_path / "words.zip")
    data = bytearray(path.read_bytes())
    data[data.index((words[0] / "yes/1.wav").read_bytes()) + 60] ^= 1
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=r"yes/1.wav \(Bad CRC-32"):
        load(path)


def test_a_rate_that_no_filter_reaches_is_named(words):
    """A header with an absurd rate is refused before anything is resampled."""
    write_bytes(words[0] / "yes/fast.wav", wav_bytes(bytes(8), 16, rate=2_000_000_011))
    with pytest.raises(DatasetError, match=r"rate=8000: yes/fast.wav: 2,000,000,011 Hz cannot be"):
        load(words[0], rate=8_000)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": 0}, "rate=0: must be a number of samples per second, a positive integer"),
        ({"rate": 8e3}, "rate=8000.0: must be"),
        ({"n_samples": -1}, "n_samples=-1: must be a number of samples"),
        ({"n_samples": True}, "n_samples=True: must be"),
        ({"n_samples": 10**9}, "the signals would take 12,000,000,000 bytes"),
        ({"max_bytes": 900}, "no/1.wav has 124 bytes, .* 10 times .*max_bytes=900"),
        ({"size": 3}, "'size' is not an option of load_signals"),
    ],
)
def test_wrong_options_are_named(words, options, message):
    """Rate, length and memory are checked before any signal is made."""
    with pytest.raises(DatasetError, match=message):
        load(words[0], **options)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a.wav", "b.wav"], r"a.wav lies in no class folder, and its name does not tell its cl"),
        (["only/1.wav"], "only/1.wav lies in no class folder, and its name does not"),
        (["a_x_1.wav", "a_y_1.wav"], "there is one class, 'a'"),
        (["train/a_x_1.wav", "train/b_x_1.wav", "test/c_x_1.wav"], "class 'c' is in test/ but"),
        (["train/a/1.wav", "train/b/1.wav", "c/1.wav"], "c/1.wav lies neither in train/ nor"),
    ],
)
def test_folders_of_another_layout_are_refused(tmp_path, names, message):
    """The error names the file that is in the wrong place."""
    for name in names:
        write_pcm(tmp_path / "data" / name, noise())
    with pytest.raises(DatasetError, match=message):
        load(tmp_path / "data")


def test_images_with_a_sound_among_them_stay_images(words):
    """A folder is what it holds more of."""
    folder, _ = words
    for number in range(4):
        write_bytes(folder / f"yes/{number}.png", b"no picture")
    with pytest.raises(DatasetError, match="4 of 4 images cannot be read"):
        load(folder)
