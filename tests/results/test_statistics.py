"""What the splits tell of candidates, held against the formulas written out and against SciPy."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV, KFold, RepeatedStratifiedKFold, ShuffleSplit

from kerascnn.report import SweepResults
from kerascnn.results import statistics
from kerascnn.results.simplicity import complexity_of
from kerascnn.results.summary import summary_sentence

SCORES = np.array(
    [
        [0.90, 0.92, 0.91, 0.93, 0.90],
        [0.91, 0.93, 0.93, 0.92, 0.92],
        [0.90, 0.92, 0.94, 0.91, 0.93],
        [0.80, 0.81, 0.79, 0.84, 0.80],
    ]
)
PENALTIES = [{"l2": value} for value in (0.0, 0.01, 0.1, 1.0)]


@pytest.fixture
def sweep(table):
    """Four candidates on five folds, of which number 1 is the best."""
    return SweepResults("a", "b", "c", table(PENALTIES, SCORES), 1)


def by_hand(one, other, n_train, n_test):
    """The test as scikit-learn's example of comparing models has it, two-sided."""
    differences = [a - b for a, b in zip(one, other, strict=True)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((value - mean) ** 2 for value in differences) / (n - 1)
    corrected = sqrt(variance * (1 / n + n_test / n_train))
    return 2 * stats.t.sf(abs(mean / corrected), n - 1)


@pytest.mark.parametrize(("ratio", "n_train", "n_test"), [(None, 80, 20), (1 / 9, 90, 10)])
def test_p_values_are_those_of_the_corrected_test(sweep, ratio, n_train, n_test):
    """Five folds have four training samples for each test sample unless the results say else."""
    found = statistics.corrected_p_values(replace(sweep, test_train_ratio=ratio), "score")
    others = [0, 2, 3]
    expected = [by_hand(SCORES[1], SCORES[other], n_train, n_test) for other in others]
    assert found[others] == pytest.approx(expected, rel=1e-9)
    assert found[1] == 1.0


def test_without_the_correction_it_is_the_paired_t_test():
    """SciPy's, on random differences."""
    differences = np.random.default_rng(0).normal(0.1, 1, (20, 6))
    expected = stats.ttest_1samp(differences, 0, axis=1).pvalue
    np.testing.assert_allclose(statistics.p_values_of(differences, 0.0), expected)


def test_candidates_that_are_alike_are_counted(sweep):
    """Three of the four are as good as the best, and the sentence says so."""
    assert statistics.indistinguishable(sweep, "score").tolist() == [True, True, True, False]
    assert statistics.told_apart_label(sweep, "score") == "3 of 4 cannot be told apart on 5 folds"


def test_differences_are_those_of_folds(sweep):
    """Each candidate's less the best one's."""
    found = statistics.split_differences(sweep, "score")
    np.testing.assert_array_equal(found, SCORES - SCORES[1])


def test_constant_differences_are_certain(table):
    """No variance: equal scores cannot be told apart, others are; rounding is no difference."""
    scores = [[0.5, 0.75], [0.5, 0.75], [0.25, 0.5], [0.5 - 1e-16, 0.75 - 2e-16]]
    results = SweepResults("a", "b", "c", table(PENALTIES, scores), 0)
    assert statistics.corrected_p_values(results, "score").tolist() == [1.0, 1.0, 0.0, 1.0]


def test_candidates_without_a_score_are_not_tested(rates):
    """Those that diverged are neither the best nor as good."""
    diverged = list(rates.divergence)
    p_values = statistics.corrected_p_values(rates, "score")
    assert np.isnan(p_values[diverged]).all()
    assert np.isfinite(np.delete(p_values, diverged)).all()
    assert not statistics.indistinguishable(rates, "score")[diverged].any()


def test_where_all_diverged_nothing_is_said(table):
    """No test, no simplest candidate, no sentence, no warning."""
    results = SweepResults("a", "b", "c", table(PENALTIES, np.full((4, 3), np.nan)), 0)
    assert np.isnan(statistics.corrected_p_values(results, "score")).all()
    assert statistics.simplest_candidate(results, "score") is None
    assert statistics.told_apart_label(results, "score") == ""


def test_one_split_tells_nothing(table):
    """There is no variance to judge a difference by."""
    results = SweepResults("a", "b", "c", table(PENALTIES, SCORES[:, :1]), 1)
    assert np.isnan(np.delete(statistics.corrected_p_values(results, "score"), 1)).all()
    assert statistics.simplest_candidate(results, "score") is None
    assert statistics.told_apart_label(results, "score") == "one split cannot tell candidates apart"


def test_each_metric_has_its_own_best(fit_search):
    """The highest mean of the metric, whichever chose the candidate that was refitted."""
    scorers = ["accuracy", "f1_macro"]
    search = fit_search({"C": [1e-4, 1.0]}, scoring=scorers, refit="f1_macro")
    results = SweepResults.from_search(search, name="a", title="b")
    for metric in results.metrics:
        best = int(np.argmax(search.cv_results_[f"mean_test_{metric}"]))
        assert statistics.best_candidate(results, metric) == best
        assert statistics.corrected_p_values(results, metric)[best] == 1.0


def test_earlier_rungs_are_not_compared(table):
    """A halving search's candidates had more of the resource in the last rung."""
    params = [{"l2": 0.0}, {"l2": 0.1}, {"l2": 1.0}, {"l2": 0.0}, {"l2": 0.1}]
    rungs = table(params, [[0.95, 0.9], [0.5, 0.6], [0.4, 0.3], [0.8, 0.9], [0.8, 0.8]])
    rungs = rungs.assign(iter=[0, 0, 0, 1, 1], n_resources=[3, 3, 3, 9, 9])
    results = SweepResults("a", "b", "c", rungs, 3, resource="epochs")
    assert statistics.best_candidate(results, "score") == 3
    assert np.isnan(statistics.corrected_p_values(results, "score")[:3]).all()
    assert "of 2 in the last rung" in statistics.told_apart_label(results, "score")


def test_the_simplest_is_within_one_standard_error(sweep):
    """scikit-learn's example of a `refit` that balances complexity and score, with the error."""
    means = SCORES.mean(axis=1)
    lowest = means[1] - SCORES[1].std(ddof=1) / sqrt(5)
    near = np.flatnonzero(means >= lowest)
    assert statistics.simplest_candidate(sweep, "score") == near[-1] == 2


def test_what_is_simple_can_be_said(sweep, tmp_path):
    """Numbers of one's own count before the names of parameters, and are saved with the results."""
    replace(sweep, complexity=[3.0, 1.0, 2.0, 0.0], test_train_ratio=0.1).save(tmp_path)
    loaded = SweepResults.load(tmp_path)
    assert statistics.simplest_candidate(loaded, "score") == 1
    assert statistics.test_train_ratio(loaded) == 0.1
    with pytest.raises(ValueError, match="4 candidates"):
        statistics.simplest_candidate(sweep, "score", [1.0])


def test_without_a_known_parameter_nothing_is_simplest(table):
    """Nothing is known of activations."""
    params = [{"activation": name} for name in ("relu", "elu", "tanh", "gelu")]
    results = SweepResults("a", "b", "c", table(params, SCORES), 1)
    assert statistics.simplest_candidate(results, "score") is None


def test_complexity_goes_with_size_and_against_penalties():
    """Epochs and filters add to it, L2 takes from it, routes are looked through."""
    settings = [{"cnn__l2": l2, "epochs": epochs} for l2 in (0.0, 0.1) for epochs in (5, 10, 20)]
    assert complexity_of(settings) == pytest.approx([0.5, 0.75, 1.0, 0.0, 0.25, 0.5])
    depths = complexity_of([{"max_depth": depth} for depth in (None, 2, 8)])
    assert depths == pytest.approx([1.0, 0.0, 0.5])


@pytest.mark.parametrize(
    ("cv", "ratio"),
    [
        (4, 1 / 3),
        (KFold(5), 1 / 4),
        (RepeatedStratifiedKFold(n_splits=3, n_repeats=2), 1 / 2),
        (ShuffleSplit(3, test_size=0.2, random_state=0), 1 / 4),
        ([(range(90), range(90, 100)), (range(10, 100), range(10))], 1 / 9),
    ],
)
def test_the_ratio_is_that_of_the_splits(digits, cv, ratio):
    """Repeated folds are more splits than folds, random splits have sizes of their own."""
    search = GridSearchCV(RidgeClassifier(), {"alpha": [0.1, 1.0]}, cv=cv)
    X, y = digits[0][:100] > 7, digits[1][:100] > 4
    results = SweepResults.from_search(search.fit(X, y), name="a", title="b")
    assert statistics.test_train_ratio(results) == pytest.approx(ratio)


def test_a_summary_names_the_choice_and_what_it_leaves_open(sweep):
    """The setting, its figure, how many are as good, and the simplest of them."""
    assert sweep.summary == [
        "best: l2 = 10⁻² (candidate 2)",
        "cross-validated accuracy: 0.922 ± 0.007; 3 of 4 cannot be told apart on 5 folds",
        "simplest within one standard error: l2 = 10⁻¹ (candidate 3)",
    ]


def test_a_summary_tells_a_choice_from_the_highest_score(fit_search):
    """A search's `refit` may be a function, which need not choose the highest mean."""
    search = fit_search({"C": [1e-4, 1.0]}, refit=lambda _: 0)
    results = SweepResults.from_search(search, name="a", title="b")
    chosen, scored, highest = results.summary[:3]
    assert chosen.startswith("chosen: C = 10⁻⁴")
    assert "0." in scored
    assert "(candidate 2)" in highest
    assert "is told from all others" in highest
    assert "The search’s choice of 2 candidates: C = 10⁻⁴" in summary_sentence(results)
