"""Wrong arguments of a search give one clear error before anything is trained."""

import re

import keras
import numpy as np
import pytest
import sklearn.model_selection
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from kerascnn import CNNClassifier, GridSearchCV
from kerascnn.search.plan import Plan
from tests.search.expectations import classifier, linear, one_split_search

ROWS = np.arange(90)
ENGINES = ["serial", "compiled", "stacks", "fused", "processes", "auto"]


@pytest.fixture
def never_trained(monkeypatch) -> None:
    """Fail the test if anything is trained."""

    def run(*arguments, **parameters) -> None:
        pytest.fail("something was trained before the error")

    monkeypatch.setattr(Plan, "run", run)


WRONG = {
    "engine": ({}, {"engine": "fusedd"}, "engine='fusedd' is unknown"),
    "engines": ({}, {"engine": ["auto"]}, "engine=['auto'] is unknown"),
    "parameter": ({"learnin_rate": [0.1]}, {}, "did you mean 'learning_rate'"),
    "model": ({"model": ["digits_cn"]}, {}, "did you mean 'digits_cnn'"),
    "builder argument": ({"model__n_filter": [3]}, {}, "did you mean 'model__n_filters'"),
    "learning rate": ({"learning_rate": [0.1, -1]}, {}, "learning_rate=-1"),
    "batch size": ({"batch_size": [16, 0]}, {}, "batch_size=0"),
    "empty grid": ({"l2": []}, {}, "l2"),
    "folds": ({}, {"cv": 40}, "cv=40"),
    "store": ({}, {"store": "/dev/null/fits.sqlite"}, "store='/dev/null/fits.sqlite' cannot be"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_argument_is_named_before_training(wrong, three_digits, never_trained):
    """The error names the argument and its value, or the name that was meant."""
    grid, arguments, message = WRONG[wrong]
    with pytest.raises(ValueError, match=re.escape(message)):
        GridSearchCV(CNNClassifier(), grid, **arguments).fit(*three_digits)


def assert_refused(estimator, search, data, message, **fit_params) -> None:
    """Assert that every engine raises the same error."""
    for engine in ENGINES:
        with pytest.raises(ValueError, match=message):
            search(estimator, engine=engine).fit(*data, **fit_params)


LAST_CANDIDATE = {
    "optimizer__momentum": ("x", "optimizer__momentum='x'"),
    "optimizer__nesterov": (3, "optimizer__nesterov=3"),
    "optimizer__weight_decay": (-1.0, "optimizer__weight_decay=-1"),
    "metrics": (["nonsense"], "nonsense"),
    "predict__batch_size": ("a", "predict__batch_size='a'"),
    "compile__run_eagerly": ("no", "compile__run_eagerly='no'"),
    "class_weight": ({0: "heavy"}, "class_weight={0: 'heavy'} does not fit y"),
    "callbacks": ([keras.callbacks.LearningRateScheduler], "callbacks=.* cannot be made"),
    "validation_split": (0.999, "validation_split=0.999 of 60 samples"),
    "loss": ("binary_crossentropy", "binary_crossentropy needs 1 output"),
    "image_shape": ((3, 3, 1), "image_shape"),
    "random_state": (-1, "random_state=-1"),
    "fit__callbacks": ("early", "fit__callbacks='early'"),
}


@pytest.mark.parametrize("name", LAST_CANDIDATE)
def test_all_candidates_are_checked_before_the_first_is_trained(name, three_digits, never_trained):
    """The last of 30 candidates is wrong, in what only its own fit would see."""
    value, message = LAST_CANDIDATE[name]
    rates = list(np.linspace(0.01, 0.3, 29))
    grid = [{"learning_rate": rates}, {name: [value]}]
    assert_refused(
        classifier(linear),
        lambda estimator, engine: one_split_search(estimator, grid, engine=engine),
        three_digits,
        message,
    )


WEIGHTS = {
    "too few": (np.ones(89), "sample_weight"),
    "negative": (-np.ones(90), "Negative values in data passed to `sample_weight`"),
    "NaN": (np.full(90, np.nan), "sample_weight contains NaN"),
    "two per sample": (np.ones((90, 2)), "Sample weights must be 1D"),
    "texts": (["a"] * 90, "could not convert string to float"),
    "none but 0": (np.where(ROWS < 60, 0.0, 1.0), "0 for all training samples of split 0"),
    "one for all": (2.0, "sample_weight=2.0 must be an array"),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_wrong_sample_weights_are_refused_by_every_engine(name, three_digits, never_trained):
    """The message is scikit-learn's."""
    weights, message = WEIGHTS[name]
    assert_refused(classifier(linear), one_split, three_digits, message, sample_weight=weights)


def one_split(estimator, **arguments) -> GridSearchCV:
    """Return a search on one split."""
    return one_split_search(estimator, **arguments)


CONSTRAINTS = {"error_score": "raises", "verbose": -1, "return_train_score": "yes", "n_jobs": 0.5}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_scikit_learns_constraints_hold(name, three_digits, never_trained):
    """The error is the one of scikit-learn's search, in every engine."""
    arguments = {name: CONSTRAINTS[name]}
    stock = sklearn.model_selection.GridSearchCV(classifier(), {"l2": [0.0]}, **arguments)
    with pytest.raises(ValueError, match=f"The '{name}' parameter of") as expected:
        stock.fit(*three_digits)
    message = f"^{re.escape(str(expected.value))}$"
    assert_refused(
        classifier(linear),
        lambda estimator, engine: one_split_search(estimator, engine=engine, **arguments),
        three_digits,
        message,
    )


def test_no_jobs_are_refused_by_every_engine(three_digits, never_trained):
    """Whether workers are needed or not."""
    assert_refused(
        classifier(linear),
        lambda estimator, engine: one_split_search(estimator, engine=engine, n_jobs=0),
        three_digits,
        "n_jobs=0",
    )


SPLITS = {
    "no training samples": ([(ROWS[:0], ROWS[60:])], "split 0 without training samples"),
    "no test samples": ([(ROWS, ROWS[60:]), (ROWS, ROWS[:0])], "split 1 without test samples"),
    "no splits": ([], "No fits were performed"),
    "a mask of another length": ([(np.ones(91, bool), ROWS[60:])], "boolean index did not match"),
    "rows that do not exist": ([(ROWS, ROWS + 1)], "out of bounds"),
}


@pytest.mark.parametrize("name", SPLITS)
def test_splits_that_no_fit_can_take_are_refused_by_every_engine(name, three_digits, never_trained):
    """Each says what is wrong with it."""
    splits, message = SPLITS[name]
    for engine in ENGINES:
        search = one_split_search(classifier(linear), engine=engine, cv=splits)
        with pytest.raises((ValueError, IndexError), match=message):
            search.fit(*three_digits)


LABELS = {
    "none": (None, "y=None"),
    "one-hot": (np.eye(3)[ROWS % 3], "y should be a 1d array"),
    "numbers": (ROWS / 7, "Unknown label type"),
    "one class": (np.zeros(90, int), "y has only 1 class"),
    "unknown": (np.where(ROWS == 5, np.nan, ROWS % 3), "NaN"),
}


@pytest.mark.parametrize("name", LABELS)
def test_wrong_labels_are_refused_by_every_engine(name, three_digits, never_trained):
    """A classifier learns one label for each sample."""
    y, message = LABELS[name]
    assert_refused(classifier(linear), one_split, (three_digits[0], y), message)


def test_validation_data_are_refused_with_the_reason(three_digits, never_trained):
    """A search validates each fit on its own split."""
    message = "each fit is validated on the test samples of its split"
    for arguments in ({}, {"refit": False}):
        assert_refused(
            classifier(linear),
            lambda estimator, engine, more=arguments: one_split_search(
                estimator, engine=engine, **more
            ),
            three_digits,
            message,
            validation_data=three_digits,
        )


def test_pixels_that_are_not_finite_are_named_before_training(three_digits, never_trained):
    """A NaN pixel is an error of the data, not of a fit."""
    X, y = three_digits[0].copy(), three_digits[1]
    X[7, 2, 3, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        GridSearchCV(CNNClassifier(), {"l2": [0.1]}).fit(X, y)


def test_images_and_labels_of_different_length_are_an_error(three_digits, never_trained):
    """X and y must be equally long."""
    X, y = three_digits
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        GridSearchCV(CNNClassifier(), {"l2": [0.1]}).fit(X, y[:-1])


@pytest.mark.parametrize(
    "arguments", [{"engine": "compiled"}, {"store": "fits.sqlite"}, {"progress": True}], ids=str
)
def test_what_does_not_reach_an_estimator_is_said(arguments, three_digits, tmp_path):
    """Beside a Pipeline, an argument that only a CNNClassifier knows is not ignored."""
    X, y = three_digits[0].reshape(90, -1), three_digits[1]
    pipeline = make_pipeline(FunctionTransformer(), LogisticRegression())
    search = GridSearchCV(pipeline, {"logisticregression__C": [1.0]}, **arguments)
    for method in (search.fit, search.plan):
        with pytest.raises(ValueError, match=f"{next(iter(arguments))}=.* Pipeline"):
            method(X, y)


def test_a_generator_of_splits_is_not_used_up_by_a_plan(three_digits):
    """The plan refuses it, so that the search still has its splits."""
    splits = ((ROWS[:60], ROWS[60:]) for _ in range(1))
    search = one_split_search(classifier(linear), cv=splits)
    with pytest.raises(ValueError, match="yields its splits only once"):
        search.plan(*three_digits)
    assert search.fit(*three_digits).n_splits_ == 1


# What every engine accepts


@pytest.fixture(scope="module")
def plain_results(three_digits):
    """Return the results of a serial search on row numbers, at a real learning rate."""
    search = one_split_search(classifier(linear), {"learning_rate": [1.0]}, engine="serial")
    return search.fit(*three_digits).cv_results_


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_takes_masks_negative_rows_and_whole_rates(
    engine, three_digits, plain_results
):
    """They mean the same as row numbers and a real number."""
    search = one_split_search(
        classifier(linear),
        {"learning_rate": [1]},
        cv=[(ROWS < 60, np.arange(-30, 0))],
        engine=engine,
    ).fit(*three_digits)
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], plain_results["mean_test_score"]
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_takes_labels_in_a_column(engine, three_digits):
    """A table of one column is its column, as scikit-learn has it."""
    X, y = three_digits
    curves = [
        one_split_search(classifier(linear), engine=engine).fit(X, labels).learning_curves_
        for labels in (y, y[:, None])
    ]
    assert curves[0].equals(curves[1])


class Narrow(CNNClassifier):
    """A subclass that keeps parameters from its users."""

    def __init__(self, learning_rate=0.1):
        super().__init__(learning_rate=learning_rate)


def test_a_subclass_without_parameters_that_a_search_sets_is_told_so():
    """Before its seed is drawn, which it could not be given."""
    search = GridSearchCV(Narrow(), {"learning_rate": [0.1]}, cv=2)
    with pytest.raises(ValueError, match=r"Narrow does not take .*random_state"):
        search.plan(np.zeros((6, 8, 8, 1)), [0, 1] * 3)
