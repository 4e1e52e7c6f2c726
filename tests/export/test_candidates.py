"""What can be exported, and what is refused with a remedy."""

import sys

import pytest
from sklearn.svm import SVC

from kerascnn import export
from kerascnn.cli import main

WRITERS = {
    "mlflow": (lambda source: export.to_mlflow(source), "kerascnn\\[mlflow\\]"),
    "tensorboard": (lambda source: export.to_tensorboard(source, "logs"), "kerascnn\\[tensorboard"),
}


@pytest.mark.parametrize("tool", WRITERS)
def test_without_the_tool_the_remedy_is_named(tool, rates, monkeypatch):
    """Both are extras, needed when something is exported."""
    monkeypatch.setitem(sys.modules, tool, None)
    write, remedy = WRITERS[tool]
    with pytest.raises(ImportError, match=f'pip install "{remedy}'):
        write(rates)


def test_what_has_no_results_is_refused(tmp_path):
    """A search that is not fitted, a folder that is no report."""
    pytest.importorskip("tensorboard", reason="needs the extra kerascnn[tensorboard]")
    for source, message in ((SVC(), "a SVC has no results"), (tmp_path, "is no report")):
        with pytest.raises(ValueError, match=message):
            export.to_tensorboard(source, tmp_path / "logs")


def test_the_command_exports_a_report(rates, tmp_path, capsys):
    """`kerascnn export FOLDER --to tensorboard` writes beside the report, once."""
    pytest.importorskip("tensorboard", reason="needs the extra kerascnn[tensorboard]")
    rates.save(tmp_path)
    main(["export", str(tmp_path), "--to", "tensorboard"])
    folder = tmp_path / "tensorboard"
    assert capsys.readouterr().out == f"folder: {folder}\n"
    assert len(list(folder.glob("candidate-*"))) == len(rates.params)
    with pytest.raises(SystemExit):
        main(["export", str(tmp_path), "--to", "tensorboard"])
    assert "is not empty" in capsys.readouterr().err
