"""The README's examples run as they stand, each in at most ten lines."""

import re
from pathlib import Path

import numpy as np
import pytest

from kerascnn import CNNClassifier

README = Path(__file__).parent.parent / "README.md"
EXECUTED = re.compile(r"<!-- executed by tests/test_readme.py -->\n```python\n(.*?)```", re.DOTALL)


def examples() -> list[str]:
    """Return the README's examples that are marked as executed."""
    return EXECUTED.findall(README.read_text(encoding="utf-8"))


def test_own_data_and_own_model_run_as_written(tmp_path, monkeypatch):
    """Both searches fit, on three classes of text labels, and predict them."""
    monkeypatch.chdir(tmp_path)
    data, model, report, *others, _, _ = examples()
    augmentation, transfer, stopping, codes, fewer_fits, pipeline = others
    names: dict = {}
    exec(data, names)
    exec(model, names)
    X, y = names["X"], names["y"]
    assert set(names["search"].set_params(cv=2).fit(X, y).predict(X)) <= set(y)
    exec(report, names)
    assert "Trees of pixels" in (tmp_path / "reports" / "trees" / "index.html").read_text("utf-8")
    assert len(list((tmp_path / "figures").glob("*-one-column.pdf"))) == 1
    exec(augmentation, names)
    assert len(names["search"].plan(X, y).fits) == 18
    exec(transfer, names)
    assert len(names["search"].plan(X, y).fits) == 3 * (1 + 2 + 2 * 2 * 2)
    exec(stopping, names)
    assert len(names["search"].plan(X, y).fits) == 2 * 2 * 3
    exec(codes, names)
    assert names["clean"].shape == names["digits"].shape
    exec(fewer_fits, names)
    assert len(names["search"].plan(X, y).fits) == 20 * 3
    assert [rung.n_candidates for rung in names["halving"].plan(X, y).rungs] == [8, 3]
    exec(pipeline, names)
    assert len(names["search"].plan(X.reshape(len(X), -1), y).fits) == 2 * 2 * 3


def test_a_study_proposes_as_written():
    """Each of four batches has three rungs; nothing is trained to say so."""
    pytest.importorskip("optuna", reason="needs the extra kerascnn[optuna]")
    X, y = np.zeros((120, 20, 20, 3), np.uint8), np.arange(120) % 3
    names = {"CNNClassifier": CNNClassifier, "X": X, "y": y}
    exec(examples()[-2], names)
    plan = names["guided"].plan(X, y)
    assert [rung.n_candidates for rung in plan.rungs] == [8] * 12


def test_examples_are_short():
    """Own data and own model take at most ten lines each."""
    for example in examples():
        assert len([line for line in example.splitlines() if line.strip()]) <= 10


def test_convolution_by_hand_runs_as_written(capsys):
    """The edges are as large as the photo; a 3 × 3 kernel on 4 × 4 pixels is a 4 × 16 matrix."""
    exec(examples()[-1], {})
    assert capsys.readouterr().out == "(427, 640) (4, 16)\n"
