"""An experiment is one file: found by name, loaded from any path, described by its docstring."""

import pytest

from kerascnn.experiment.files import find_experiments, load_experiment, summary

EXPERIMENT = '"""A claim in one line.\n\nMore."""\n\nexperiment = "what the file defines"\n'


@pytest.fixture
def folder(tmp_path):
    """Return a folder with one experiment file."""
    (tmp_path / "my_grid.py").write_text(EXPERIMENT)
    return tmp_path


def test_a_file_is_an_experiment_by_itself(folder):
    """Nothing but the file is needed; underscores become hyphens."""
    assert find_experiments(folder) == {"my-grid": folder / "my_grid.py"}


def test_an_experiment_is_loaded_by_name_or_by_path(folder):
    """Both ways give the name and what the file defines."""
    expected = ("my-grid", "what the file defines")
    assert load_experiment("my-grid", folder) == expected
    assert load_experiment(str(folder / "my_grid.py")) == expected


def test_a_summary_is_the_docstrings_first_line(folder):
    """The file is read, not run."""
    assert summary(folder / "my_grid.py") == "A claim in one line."


def test_a_wrong_name_is_answered_with_the_closest(folder):
    """A typing error names what was meant."""
    with pytest.raises(ValueError, match="did you mean 'my-grid'"):
        load_experiment("my-gird", folder)


def test_a_missing_file_is_named():
    """A path that leads nowhere is an error of one line."""
    with pytest.raises(ValueError, match=r"no experiment file 'nowhere\.py'"):
        load_experiment("nowhere.py")


def test_a_file_without_an_experiment_is_named(folder):
    """The error says what to add."""
    (folder / "empty.py").write_text("")
    with pytest.raises(ValueError, match=r"add `experiment = GridExperiment"):
        load_experiment("empty", folder)
