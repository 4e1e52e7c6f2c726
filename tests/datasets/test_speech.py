"""Spoken digits: from a folder, an archive or a download."""

import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import resample_poly

from kerascnn.datasets import DatasetError, load, speech
from kerascnn.datasets.contents import Contents, contents_of
from kerascnn.datasets.fetching import RemoteFile
from kerascnn.datasets.files import open_files
from tests.datasets.sounds import wav_bytes, write_pcm

SAMPLES = {
    f"{digit}_{speaker}_0.wav": np.arange(-100, 3_000, digit + 1).astype(np.int16) * 10
    for digit in range(10)
    for speaker in ("ann", "bob")
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return the folder of KERASCNN_DATA; Keras's own lies beside it, and no server answers."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("KERASCNN_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(speech, "ARCHIVE", RemoteFile("http://127.0.0.1:9/x", "spoken-digits.zip"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def expected_contents():
    """Return what SAMPLES are as files, hashed step by step."""
    digest, n_bytes = hashlib.sha256(), 0
    for name, samples in sorted(SAMPLES.items()):
        data = wav_bytes(samples.astype("<i2").tobytes(), 16)
        digest.update(f"{name} {len(data)}\n".encode() + data)
        n_bytes += len(data)
    return Contents(len(SAMPLES), n_bytes, digest.hexdigest())


def write_folder(folder):
    """Write all recordings into a folder."""
    for name, samples in SAMPLES.items():
        write_pcm(folder / name, samples)


def write_archive(path, scratch):
    """Write all recordings into an archive, below the folders of a release."""
    write_folder(scratch)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("free-spoken-digit-dataset-1.0.10/README.md", "hello")
        for name in SAMPLES:
            archive.write(scratch / name, f"free-spoken-digit-dataset-1.0.10/recordings/{name}")


@pytest.mark.parametrize("where", ["folder", "archive", "download"])
def test_digits_come_from_wherever_they_lie(place, tmp_path, where, monkeypatch):
    """One second at 16 kHz, ten classes, a group per speaker, and where they came from."""
    monkeypatch.setattr(speech, "CONTENTS", expected_contents())
    if where == "folder":
        write_folder(place / "spoken-digits")
    else:
        folder = place if where == "archive" else tmp_path / "keras/datasets"
        write_archive(folder / "spoken-digits.zip", tmp_path / "scratch")
    found = load("spoken-digits")
    assert (found.name, found.X.shape, found.rate) == ("spoken-digits", (20, 16_000, 1), 16_000)
    expected = resample_poly(SAMPLES["0_bob_0.wav"] / 32_768, 2, 1)
    np.testing.assert_allclose(found.X[1, : len(expected), 0], expected, atol=1e-7)
    assert not found.X[1, len(expected) :].any()
    assert found.class_names == tuple("0123456789")
    assert found.groups.tolist() == ["ann", "bob"] * 10
    assert "CC BY-SA 4.0, https://github.com/Jakobovski" in found.source
    assert found.notices == ()


def test_rate_and_length_are_passed_on(place):
    """Loading by name takes the options of the dataset."""
    write_folder(place / "spoken-digits")
    assert load("spoken-digits", rate=4_000, n_samples=100).X.shape == (20, 100, 1)


def test_other_options_are_named(place):
    """An option that the dataset does not have brings those it has."""
    write_folder(place / "spoken-digits")
    with pytest.raises(DatasetError, match=r"'n_sample' is not an option .*'n_samples'"):
        load("spoken-digits", n_sample=3)


def test_without_a_network_the_error_names_the_ways_out(place):
    """What was looked for, what was asked, and where to put the data."""
    with pytest.raises(DatasetError) as caught:
        load("spoken-digits")
    for part in (
        "spoken-digits is not available",
        f"none of {place}/spoken-digits.npz, {place}/spoken-digits, ",
        "http://127.0.0.1:9/x: ",
        "keras/datasets/spoken-digits.zip",
        "KERASCNN_DATA",
    ):
        assert part in str(caught.value)


def test_what_is_no_archive_does_not_stay(place, tmp_path):
    """A page that a network puts in place of the data is removed, as no hash gives it away."""
    cached = tmp_path / "keras/datasets/spoken-digits.zip"
    cached.parent.mkdir(parents=True)
    cached.write_text("<html>log in</html>")
    with pytest.raises(DatasetError, match="what came is no zip archive"):
        load("spoken-digits")
    assert not cached.exists()


def test_a_download_that_holds_other_recordings_is_refused(place, tmp_path):
    """By their number, bytes and hash; the error says what to do."""
    write_archive(tmp_path / "keras/datasets/spoken-digits.zip", tmp_path / "scratch")
    with pytest.raises(
        DatasetError,
        match=r"zip holds 20 recordings of .* where 3,000 recordings of 21,128,848 .*delete it",
    ):
        load("spoken-digits")


def test_a_download_with_one_changed_recording_is_refused(place, tmp_path, monkeypatch):
    """Of the same name and length, so that only the hash tells it."""
    monkeypatch.setattr(speech, "CONTENTS", expected_contents())
    monkeypatch.setitem(SAMPLES, "3_bob_0.wav", SAMPLES["3_bob_0.wav"] + 1)
    write_archive(tmp_path / "keras/datasets/spoken-digits.zip", tmp_path / "scratch")
    with pytest.raises(DatasetError, match=r"holds 20 recordings of .* where 20 recordings of"):
        load("spoken-digits")


def test_the_local_copy_is_what_is_expected_of_a_download():
    """Wherever a machine has one."""
    archive = Path(os.environ.get("KERASCNN_DATA", "")) / "spoken-digits.zip"
    if not archive.is_file():
        pytest.skip("KERASCNN_DATA holds no spoken-digits.zip")
    with open_files(archive, 2**32) as files:
        assert contents_of(files, ".wav") == speech.CONTENTS
