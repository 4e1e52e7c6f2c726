"""The benchmark's arithmetic, tables and settings; nothing is trained or timed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import check_cv

from benchmarks import __main__ as program
from benchmarks import data, jobs, measure, summary
from benchmarks.cases import CASES, LOOP, OWN, SCIKERAS, Case, Contender, scaling_case, thinned
from benchmarks.jobs import Answer, Job
from benchmarks.measure import Measurement

PEER = Contender(kind=SCIKERAS, n_jobs=2, onednn=True)
ROOT = Path(__file__).parent.parent


@pytest.fixture
def case() -> Case:
    """Return a grid of 2 candidates on 3 splits, of which peers run one fit."""
    return Case(
        name="small",
        title="Small",
        dataset="digits",
        model="digits_cnn",
        parameters={},
        grid={"l2": (0.0, 0.1)},
        folds=3,
        peers=(PEER,),
        sampled=[{"l2": 0.1}],
    )


def measured(case: Case, contender: Contender, wall: float, per_fit: float = 2.0) -> Measurement:
    """Return a measurement with a start-up of 4 seconds."""
    scores = [[0.1, 0.2, 0.3], [0.9, 0.8, 0.7]] if contender.kind == OWN else [[0.85]]
    flops = 30e9 if contender.kind == OWN else None
    return Measurement(case, contender, wall, Answer(4.0, per_fit, scores, 10**9, flops, flops))


@pytest.fixture
def results(case) -> pd.DataFrame:
    """Return three rounds of which kerascnn takes 2, 4 and 8 seconds, its peer always 16."""
    rows = []
    for number, wall in enumerate((2.0, 4.0, 8.0), start=1):
        own = measured(case, Contender(kind=OWN), wall)
        rows += [summary.row(number, m, own, 80e9) for m in (own, measured(case, PEER, 7.0))]
    return pd.DataFrame(rows)


def test_peer_is_extrapolated_from_startup_and_mean_fit():
    """A whole grid takes its start-up once and the mean seconds for each of its fits."""
    assert measure.extrapolate(startup_seconds=4.0, seconds_per_fit=2.0, n_fits=6) == 16.0


def test_own_time_is_measured_and_peer_time_is_not(case):
    """The time of kerascnn is that of its process; the peer's wall time covers a sample only."""
    assert measured(case, Contender(kind=OWN), 3.0).whole_seconds == 3.0
    assert measured(case, PEER, 7.0).whole_seconds == 16.0


def test_ratio_is_the_median_of_the_rounds_ratios(results):
    """Ratios 8, 4 and 2 have the median 4; the ratio of the means would be 3.4."""
    found = summary.comparison(results).iloc[0]
    assert (found.ratio, found.ratio_lowest, found.ratio_highest) == (4.0, 2.0, 8.0)
    assert found.own_seconds == 4.0


def test_scores_are_compared_on_the_same_candidates_and_splits(results):
    """A peer that ran candidate 1 on split 0 is compared with 0.9, not with the grid's mean."""
    peer = results[results["contender"] != OWN].iloc[0]
    assert (peer.accuracy, peer.kerascnn_accuracy) == pytest.approx((0.85, 0.9))
    assert summary.disagreements(results) == []


def test_different_scores_are_reported(results):
    """A peer whose accuracy is another one is named with both numbers."""
    results.loc[results["contender"] != OWN, "accuracy"] = 0.5
    (sentence,) = summary.disagreements(results)
    assert "accuracy 0.500, kerascnn 0.900" in sentence
    assert sentence in summary.report(results)


def test_diverged_fits_do_not_count_in_accuracy(case):
    """NaN is no accuracy: the mean is that of the other fits."""
    answer = Answer(0.0, 1.0, [[float("nan")], [0.5]], 0)
    assert summary.mean_score(Measurement(case, Contender(kind=OWN), 1.0, answer)) == 0.5


def test_speed_is_operations_per_second_of_the_whole_process(results):
    """30 GFLOP in 2 seconds are 15 GFLOP/s; peers have no such number."""
    assert results["gflops_done"].iloc[0] == 15.0
    assert np.isnan(results["gflops_done"].iloc[1])


def test_scaling_divides_the_whole_time_by_the_fits():
    """40 seconds for 10 fits are 4 each, start-up included; sizes ascend."""
    rows = []
    for size, wall in ((10, 40.0), (2, 20.0)):
        own = measured(scaling_case(size), Contender(kind=OWN), wall)
        rows.append(summary.row(1, own, own, 80e9))
    found = summary.scaling(pd.DataFrame(rows))
    assert found["fits"].tolist() == [2, 10]
    assert found["seconds_each"].tolist() == [10.0, 4.0]


def test_report_states_ratio_sample_and_machine(results):
    """The page has the peer's line, with how many fits it ran, and what it was measured on."""
    page = summary.report(results)
    assert (
        "| Small | GridSearchCV + scikeras, n_jobs=2 | oneDNN on | 1 of 6 | 16 | 4.0 | "
        "**4.0×** (2.0–8.0) | 1000 MB | 0.850 | 0.900 |"
    ) in page
    assert "tensorflow 2." in page


def test_write_makes_tables_and_figures(results, tmp_path):
    """Every measurement is in results.csv, and the figures are pictures."""
    program.write(results, tmp_path)
    assert len(pd.read_csv(tmp_path / "results.csv")) == len(results)
    assert (tmp_path / "speedup.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "table.md").read_text(encoding="utf-8").startswith("# Benchmark")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_sampled_candidates_are_in_the_grid(case):
    """What peers run is part of the grid that kerascnn runs, whole and thinned alike."""
    for version in (case, thinned(case)):
        assert all(candidate in version.candidates for candidate in version.sampled)
        assert version.sampled_folds <= (version.folds or 1)


def test_sizes_of_the_grids():
    """The grids are those of the seeds: 49 fits on one split, 245, 12 and 18 in folds."""
    assert [case.n_fits for case in CASES] == [49, 245, 12, 18]


def test_sampled_lenet_fits_cost_as_much_as_the_grid_on_average():
    """Steps per fit differ within S4: the sample's mean is the whole grid's."""
    case = next(case for case in CASES if case.name == "s4")
    steps = [
        [c["epochs"] / c["batch_size"] for c in some] for some in (case.sampled, case.candidates)
    ]
    assert np.mean(steps[0]) == pytest.approx(np.mean(steps[1]))


def test_job_survives_its_file(case, tmp_path):
    """A process reads the job that it was given."""
    job = Job(case, PEER, "data.npz", 1.5)
    jobs.write(job, tmp_path / "job.json")
    read = jobs.read_job(str(tmp_path / "job.json"))
    assert (read.contender, read.case.candidates, read.case.peers) == (
        PEER,
        case.candidates,
        (PEER,),
    )


def test_environment_carries_no_setting_but_the_one_asked_for(monkeypatch):
    """Settings of the calling shell reach no contender."""
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "7")
    plain, onednn = measure.environment(False), measure.environment(True)
    assert "TF_ENABLE_ONEDNN_OPTS" not in plain
    assert "TF_NUM_INTRAOP_THREADS" not in plain
    assert onednn == {**plain, "TF_ENABLE_ONEDNN_OPTS": "1"}


def test_splits_are_scikit_learns(case):
    """Folds are those of an integer cv for a classifier; one split holds a fifth back."""
    y = np.repeat(np.arange(10), 10)
    folds = check_cv(3, y, classifier=True).split(y, y)
    for ours, theirs in zip(data.splits(case, y), folds, strict=True):
        np.testing.assert_array_equal(ours[1], theirs[1])
    ((train, test),) = data.splits(scaling_case(1), y)
    assert (len(train), len(test)) == (80, 20)
    assert np.bincount(y[test]).tolist() == [2] * 10


def test_bytes_are_divided_and_other_numbers_kept():
    """Plain Keras is fed with what kerascnn feeds its networks."""
    assert data.as_numbers(np.array([0, 255], np.uint8)).tolist() == [0.0, 1.0]
    assert data.as_numbers(np.array([16.0], np.float32)).tolist() == [16.0]


def test_peers_do_not_load_kerascnn():
    """A peer's process imports neither kerascnn nor its settings."""
    check = "import sys, benchmarks.peers; sys.exit('kerascnn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


def test_missing_data_leaves_the_case_out(monkeypatch, case, tmp_path, capsys):
    """A data set that is not available is skipped with a line that says why."""

    def refuse(case: Case, folder: Path) -> Path:
        raise measure.Unavailable("no network")

    monkeypatch.setattr(program, "prepare", refuse)
    assert program.available([case], tmp_path) == {}
    assert "skipped small: no network" in capsys.readouterr().out


def test_smoke_changes_defaults_only():
    """--smoke is small and writes elsewhere; what is given explicitly stays."""
    options = program.arguments(["--smoke", "--cases", "s4"])
    assert options.cases == ["s4"]
    assert options.rounds == 1
    assert options.output != program.OUTPUT


def test_unknown_case_is_refused(capsys):
    """A case that does not exist is an error that names those that do."""
    with pytest.raises(SystemExit):
        program.arguments(["--cases", "s5"])
    assert "'s5' is none of s1-loop, s1-folds, s4, cifar" in capsys.readouterr().err


def test_contenders_say_who_they_are():
    """Names and settings tell the peers of a case apart."""
    loops = [Contender(kind=LOOP, onednn=onednn) for onednn in (False, True)]
    assert [f"{loop.name}, {loop.settings}" for loop in loops] == [
        "Keras loop, default",
        "Keras loop, oneDNN on",
    ]
