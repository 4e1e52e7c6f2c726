"""Reports are written where that is possible, and never over another run's work."""

import json

import pytest

from kerascnn.experiment.output import check_writable, make_room


def write_report(folder, settings) -> None:
    """Write what makes a folder a report: its provenance."""
    folder.mkdir()
    (folder / "provenance.json").write_text(json.dumps({"settings": settings}))


def test_an_output_folder_is_made_if_it_can_be(tmp_path):
    """A new folder is made with those above it."""
    check_writable(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_an_output_that_cannot_be_a_folder_is_named(tmp_path):
    """The error names the argument, its value and the remedy."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=r"output='.*file/reports' cannot.*--output"):
        check_writable(tmp_path / "file" / "reports")


def test_the_same_settings_may_be_written_again(tmp_path):
    """A run with the same settings gives the same numbers, so nothing is lost."""
    write_report(tmp_path / "report", {"seed": 0})
    assert make_room(tmp_path / "report", {"seed": 0}) is None


def test_a_report_with_other_settings_is_moved_aside(tmp_path):
    """The earlier report stays whole under a name of its own, however many there are."""
    moved = set()
    for seed in range(3):
        write_report(tmp_path / "report", {"seed": seed})
        moved.add(make_room(tmp_path / "report", {"seed": 99}))
    kept = [json.loads((path / "provenance.json").read_text()) for path in moved]
    assert sorted(report["settings"]["seed"] for report in kept) == [0, 1, 2]
    assert not (tmp_path / "report").exists()
