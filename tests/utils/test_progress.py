"""The line of a progress bar: whole on 80 columns, and read as it is."""

import pytest

from kerascnn.utils import progress
from kerascnn.utils.progress import ProgressBar


def bar_of(monkeypatch, n_done, total, seconds, description):
    """Return a bar on which so much was finished at a steady speed."""
    clock = iter([0.0, *(seconds * (i + 1) / n_done for i in range(n_done))])
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(clock, seconds))
    bar = ProgressBar("starting", total, "fits", shown=False)
    for _ in range(n_done):
        bar.advance(description)
    return bar


@pytest.mark.parametrize("width", [80, 60, 40, 20])
def test_counts_and_times_are_never_cut(monkeypatch, width):
    """What is too long is the bar and what was finished last."""
    bar = bar_of(monkeypatch, 104, 245, 5000.0, "candidate 1234, fold 3/5, 12 diverged")
    line = bar.line(width)
    assert len(line) <= width
    assert line.startswith("104/245 fits")
    if width >= 40:
        assert "1:23:20, 1:52:59 left" in line  # 141 fits of 5000 / 104 seconds
    if width >= 80:
        assert "candidate 1234, fold" in line


def test_a_bar_that_is_full_has_no_time_left(monkeypatch):
    """It says how long everything took."""
    bar = bar_of(monkeypatch, 4, 4, 12.0, "done")
    assert bar.line(80) == "4/4 fits  ━━━━━━━━━━━━━━━━━━━━━━━━  0:12  done"


def test_nothing_is_written_where_nothing_is_shown(capsys):
    """A bar that is not shown keeps count all the same."""
    with ProgressBar("starting", 2, "fits", shown=False) as bar:
        bar.say("a line")
        bar.advance("first")
    assert capsys.readouterr().err == ""
    assert bar.counted == "1/2 fits"


def test_a_shown_bar_ends_on_a_line_of_its_own(capsys):
    """Standard error has the lines that were said, and the last state of the bar."""
    with ProgressBar("starting", 2, "fits", shown=True) as bar:
        bar.say("a line")
        bar.advance("first")
        bar.advance("second")
    err = capsys.readouterr().err
    assert err.endswith("\n")
    told = err.splitlines()
    assert told[0].strip() == "a line"
    assert told[-1].startswith("2/2 fits")
    assert max(map(len, told)) <= 80
