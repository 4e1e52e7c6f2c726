"""OptunaSearchCV gives the candidates and scores of a loop of ask and tell over separate fits."""

import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score

from kerascnn import OptunaSearchCV
from kerascnn.search.store import SqliteStore
from tests.search.expectations import ONE_SPLIT, assert_equal_results, classifier, linear

optuna = pytest.importorskip("optuna", reason="needs the extra kerascnn[optuna]")
FloatDistribution = optuna.distributions.FloatDistribution
CategoricalDistribution = optuna.distributions.CategoricalDistribution
State = optuna.trial.TrialState

DISTRIBUTIONS = {
    "learning_rate": FloatDistribution(1e-3, 1e-1, log=True),
    "batch_size": CategoricalDistribution([16, 30]),
}
CV = StratifiedKFold(2)


def new_study(**arguments):
    """Return a study whose sampler looks at earlier trials from the third on."""
    sampler = optuna.samplers.TPESampler(seed=1, n_startup_trials=2)
    return optuna.create_study(direction="maximize", sampler=sampler, **arguments)


def optuna_search(estimator=None, distributions=None, **arguments) -> OptunaSearchCV:
    """Return a search of five trials, two at a time, of compiled lanes."""
    settings = {"n_trials": 5, "trials_per_batch": 2, "cv": CV, "refit": False}
    settings = {**settings, "engine": "compiled", **arguments}
    return OptunaSearchCV(
        estimator or classifier(linear), distributions or DISTRIBUTIONS, **settings
    )


def separate_score(params, data, epochs=2, cv=CV):
    """Return the mean score of separate Keras fits."""
    return cross_val_score(classifier(linear, epochs=epochs, **params), *data, cv=cv).mean()


def summaries(study) -> list:
    """Return what a study knows of its trials."""
    return [(t.params, t.state, t.value, t.intermediate_values) for t in study.trials]


# Ask and tell


def test_trials_are_those_of_a_loop_by_hand(three_digits):
    """Asked in batches and told mean scores, a study proposes the same and knows the same."""
    by_hand = new_study()
    for size in (2, 2, 1):
        for trial in [by_hand.ask(DISTRIBUTIONS) for _ in range(size)]:
            by_hand.tell(trial, separate_score(trial.params, three_digits))
    search = optuna_search(study=new_study(), refit=True).fit(*three_digits)
    assert summaries(search.study_) == summaries(by_hand)
    assert search.cv_results_["params"] == [trial.params for trial in by_hand.trials]
    assert search.best_params_ == by_hand.best_params
    assert search.best_score_ == by_hand.best_value
    best = classifier(linear, **by_hand.best_params).fit(*three_digits)
    X = three_digits[0]
    np.testing.assert_array_equal(search.predict_proba(X), best.predict_proba(X))


def pruning_study(**arguments):
    """Return a study that keeps about half of the trials at 1 and at 2 epochs."""
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2)
    return new_study(pruner=pruner, **arguments)


def pruning_search(**arguments) -> OptunaSearchCV:
    """Return a search that reports trials after 1 and 2 of 4 epochs."""
    settings = {"study": pruning_study(), "prune_at": (1, 2), "trials_per_batch": 3}
    return optuna_search(classifier(linear, epochs=4), cv=ONE_SPLIT, **{**settings, **arguments})


def pruned_by_hand(data):
    """Return a study whose trials a loop has pruned, each epoch budget trained anew."""
    study = pruning_study()
    for size in (3, 2):
        trials = [study.ask(DISTRIBUTIONS) for _ in range(size)]
        for epochs in (1, 2):
            for trial in trials:
                trial.report(separate_score(trial.params, data, epochs, ONE_SPLIT), epochs)
            pruned = [trial for trial in trials if trial.should_prune()]
            for trial in pruned:
                study.tell(trial, state=State.PRUNED)
            trials = [trial for trial in trials if trial not in pruned]
        for trial in trials:
            study.tell(trial, separate_score(trial.params, data, 4, ONE_SPLIT))
    return study


def test_pruned_trials_are_those_of_a_loop_by_hand(three_digits, epochs_trained):
    """Survivors that go on score what separate fits do, and nothing is trained twice."""
    by_hand = pruned_by_hand(three_digits)
    epochs_trained.clear()
    search = pruning_search().fit(*three_digits)
    assert summaries(search.study_) == summaries(by_hand)
    states = [trial.state for trial in by_hand.trials]
    assert {State.PRUNED, State.COMPLETE} == set(states)
    last = [trial.last_step if trial.state is State.PRUNED else 4 for trial in by_hand.trials]
    assert len(epochs_trained) == sum(last)
    assert {**by_hand.best_params, "epochs": 4} == search.best_params_
    assert search.best_score_ == by_hand.best_value
    assert search.cv_results_["n_resources"].tolist()[:3] == [1, 1, 1]


def test_the_same_seed_proposes_the_same_candidates(three_digits):
    """Without a study of one's own, `random_state` seeds the sampler of a new one."""
    first, second, other = (
        optuna_search(n_trials=2, random_state=seed).fit(*three_digits).cv_results_["params"]
        for seed in (0, 0, 1)
    )
    assert first == second != other


def test_the_study_is_told_the_metric_that_chooses(three_digits):
    """Of several metrics, values are those of the one that `refit` names."""
    arguments = {"scoring": ["accuracy", "neg_log_loss"], "refit": "neg_log_loss", "n_trials": 2}
    search = optuna_search(**arguments).fit(*three_digits)
    told = [trial.value for trial in search.study_.trials]
    assert told == search.cv_results_["mean_test_neg_log_loss"].tolist()


def test_a_diverged_trial_is_told_as_failed(three_digits):
    """A study knows that a trial failed instead of a score that is not a number."""
    rates = {"learning_rate": CategoricalDistribution([0.01, 1e30])}
    study = optuna.create_study(direction="maximize")
    for rate in (1e30, 0.01):
        study.enqueue_trial({"learning_rate": rate})
    search = pruning_search(distributions=rates, study=study, n_trials=2).fit(*three_digits)
    assert [trial.state for trial in study.trials] == [State.FAIL, State.COMPLETE]
    assert search.best_params_ == {"learning_rate": 0.01, "epochs": 4}


@pytest.mark.parametrize("prune_at", [None, (1,)])
def test_a_batch_that_diverged_ends_no_search(prune_at, three_digits):
    """The study learns of it and goes on; an error comes only if nothing else has happened."""
    rates = {"learning_rate": CategoricalDistribution([0.01, 1e30])}
    study = optuna.create_study(direction="maximize")
    study.enqueue_trial({"learning_rate": 1e30})
    arguments = {"study": study, "trials_per_batch": 1, "prune_at": prune_at}
    with pytest.raises(ValueError, match="all fits of 1 candidates diverged"):
        optuna_search(distributions=rates, n_trials=1, **arguments).fit(*three_digits)
    study.enqueue_trial({"learning_rate": 0.01})
    search = optuna_search(distributions=rates, n_trials=2, **arguments).fit(*three_digits)
    assert [trial.state for trial in study.trials] == [State.FAIL, State.COMPLETE]
    assert search.best_params_["learning_rate"] == 0.01


def test_parameters_are_checked_together(three_digits):
    """A parameter may need another one's value, such as a momentum its optimizer."""
    distributions = {
        "optimizer": CategoricalDistribution(["sgd"]),
        "optimizer__momentum": FloatDistribution(0.0, 0.9),
    }
    estimator = classifier(linear, optimizer="adam")
    plan = optuna_search(estimator, distributions, n_trials=1).plan(*three_digits)
    assert plan.rungs[0].n_candidates == 1


def test_another_estimator_is_searched_too(three_digits):
    """With an estimator of scikit-learn's the fits are scikit-learn's own."""
    data = three_digits[0].reshape(90, -1), three_digits[1]
    distributions = {"C": FloatDistribution(0.01, 1.0, log=True)}
    search = OptunaSearchCV(LogisticRegression(), distributions, n_trials=2, cv=CV).fit(*data)
    for trial in search.study_.trials:
        assert (
            trial.value == cross_val_score(LogisticRegression(**trial.params), *data, cv=CV).mean()
        )


# Killed and started again


def killed_after(n_fits, search, data, monkeypatch) -> None:
    """Fit a search that is interrupted when so many fits are kept."""
    keep, left = SqliteStore.keep, iter(range(n_fits))

    def interrupted(self, fit, outcome):
        if next(left, None) is None:
            raise KeyboardInterrupt
        keep(self, fit, outcome)

    with monkeypatch.context() as changed:
        changed.setattr(SqliteStore, "keep", interrupted)
        with pytest.raises(KeyboardInterrupt):
            search.fit(*data)


def test_a_seeded_search_resumes(three_digits, tmp_path, monkeypatch):
    """Started again, it proposes the same, and takes finished fits from the store."""
    arguments = {"study": None, "random_state": 0}
    oracle = pruning_search(**arguments).fit(*three_digits)
    search = pruning_search(store=tmp_path / "fits.sqlite", **arguments)
    killed_after(5, search, three_digits, monkeypatch)
    search.fit(*three_digits)
    assert search.n_restored_ >= 5
    assert_equal_results(search.cv_results_, oracle.cv_results_)


def test_a_study_in_a_file_resumes(three_digits, tmp_path, monkeypatch):
    """Trials that were cut short are finished, finished ones are candidates but not told twice."""
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(tmp_path / "study.log"))
    )

    def search():
        study = new_study(storage=storage, study_name="digits", load_if_exists=True)
        return optuna_search(study=study, store=tmp_path / "fits.sqlite", n_trials=4)

    killed_after(6, search(), three_digits, monkeypatch)
    begun = search().study.trials
    assert [trial.state for trial in begun] == [State.COMPLETE] * 2 + [State.RUNNING] * 2
    resumed = search().fit(*three_digits)
    assert resumed.n_restored_ == 6
    assert [trial.state for trial in resumed.study_.trials] == [State.COMPLETE] * 4
    assert resumed.cv_results_["params"] == [trial.params for trial in begun]
    means = resumed.cv_results_["mean_test_score"].tolist()
    assert means == [trial.value for trial in resumed.study_.trials]


def test_pruned_trials_of_a_study_stay_pruned(three_digits):
    """Fitted again, a search asks for nothing, and each trial goes as far as it went."""
    search = pruning_search().fit(*three_digits)
    known, results = summaries(search.study_), search.cv_results_
    search.fit(*three_digits)
    assert summaries(search.study_) == known
    assert_equal_results(search.cv_results_, results)


# Plans


def test_a_plan_asks_the_study_for_nothing(three_digits):
    """Sizes and times are known beforehand; what will be proposed is not."""
    search = pruning_search()
    plan = search.plan(*three_digits)
    assert [rung.n_candidates for rung in plan.rungs] == [3, 3, 3, 2, 2, 2]
    assert "rung 3, epochs=4: 2 candidates" in plan.announcement()
    assert 0 < plan.seconds() < sum(rung.seconds() for rung in plan.rungs)
    assert search.study.trials == []


# Arguments


def minimizing():
    """Return a study that looks for the smallest number."""
    return optuna.create_study(direction="minimize")


def study_of_others():
    """Return a study whose only trial sets something else."""
    study = new_study()
    study.add_trial(
        optuna.create_trial(
            params={"l2": 0.1}, distributions={"l2": FloatDistribution(0, 1)}, value=0.5
        )
    )
    return study


WRONG = {
    "no trials": ({"n_trials": 0}, "n_trials=0 must be a whole number of at least 1"),
    "no batch": ({"trials_per_batch": 1.5}, "trials_per_batch=1.5 must be"),
    "no study": ({"study": "digits"}, "study='digits' is no study"),
    "minimized": ({"study": minimizing}, 'direction minimize.*direction="maximize"'),
    "other trials": ({"study": study_of_others}, r"trial 0 of the study sets \['l2'\]"),
    "unknown parameter": (
        {"distributions": {"learning_rte": FloatDistribution(0, 1)}},
        "did you mean 'learning_rate'",
    ),
    "wrong value": (
        {"distributions": {"batch_size": CategoricalDistribution([16, 0])}},
        "batch_size=0",
    ),
    "a list": ({"distributions": {"l2": [0.0, 0.1]}}, r"\['l2'\].*CategoricalDistribution"),
    "metrics": ({"scoring": ["accuracy", "f1_macro"]}, "refit=False.*the metric's name"),
    "a bool": ({"prune_at": (True,)}, r"prune_at=\(True,\) must be rising"),
    "seed": ({"random_state": "a"}, "random_state='a' must be None, a whole number"),
    "negative seed": ({"random_state": -1}, "random_state=-1 must be None, a whole number"),
    "fraction": ({"random_state": 3.7}, r"random_state=3\.7 must be None, a whole number"),
    "falling": ({"prune_at": (1, 1)}, r"prune_at=\(1, 1\) must be rising.*epochs=2"),
    "too late": ({"prune_at": (2,)}, r"prune_at=\(2,\) must be rising.*epochs=2"),
    "searched epochs": (
        {"distributions": {"epochs": CategoricalDistribution([1, 2])}, "prune_at": (1,)},
        "epochs cannot be searched",
    ),
    "overriding epochs": (
        {"estimator": classifier(linear, fit__epochs=3), "prune_at": (1,)},
        "fit__epochs=3 overrides",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_are_named_before_anything_is_trained(name, three_digits, monkeypatch):
    """Each error names the argument, its value and the remedy."""
    monkeypatch.setattr("kerascnn.search.plan.Plan.run", pytest.fail)
    given, message = WRONG[name]
    arguments = {key: value() if callable(value) else value for key, value in given.items()}
    with pytest.raises(ValueError, match=message):
        optuna_search(**arguments).fit(*three_digits)


def test_without_optuna_the_remedy_is_named(three_digits, monkeypatch):
    """Optuna is an extra, needed when such a search is fitted."""
    for name in ("study", "study_checks"):
        monkeypatch.delitem(sys.modules, f"kerascnn.search.{name}", raising=False)
        monkeypatch.delattr(f"kerascnn.search.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"pip install \"kerascnn\[optuna\]\""):
        optuna_search().fit(*three_digits)
