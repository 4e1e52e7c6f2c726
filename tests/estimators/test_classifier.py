"""CNNClassifier: training, predicting, and working with scikit-learn."""

import copy
import functools
import io
import pickle

import joblib
import keras
import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kerascnn import CNNClassifier, DivergenceError
from kerascnn.training.batches import epoch_order
from tests.networks import tiny_cnn

ROUTES = {
    "model__n_filters": 3,
    "optimizer__momentum": 0.9,
    "fit__verbose": 0,
    "predict__batch_size": 8,
}


def quick(**parameters) -> CNNClassifier:
    """Return a classifier that learns the three digits within seconds."""
    chosen = {"optimizer": "sgd", "learning_rate": 0.5, "epochs": 3, "random_state": 0}
    return CNNClassifier(tiny_cnn, **{**chosen, **parameters})


def same_weights(first: CNNClassifier, second: CNNClassifier) -> bool:
    """Return whether two fitted classifiers have the same weights, bit for bit."""
    pairs = zip(first.model_.get_weights(), second.model_.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def trained_by_hand(
    estimator: CNNClassifier, X: np.ndarray, y: np.ndarray, **weights
) -> list[np.ndarray]:
    """Return the weights after Keras's own steps over the documented batches."""
    model = clone(estimator).initialize(X, y).model_
    for epoch in range(estimator.epochs):
        order = epoch_order(int(estimator.random_state or 0), epoch, len(X))
        for start in range(0, len(X), estimator.batch_size):
            rows = order[start : start + estimator.batch_size]
            sample_weight = weights.get("sample_weight")
            model.train_on_batch(
                X[rows],
                y[rows],
                sample_weight=None if sample_weight is None else sample_weight[rows],
                class_weight=weights.get("class_weight"),
            )
    return model.get_weights()


@pytest.fixture(scope="module")
def fitted(three_digits) -> CNNClassifier:
    """Return a classifier fitted on half of the images, validated on the others."""
    X, y = three_digits
    return quick(epochs=15, batch_size=10, model__n_filters=6).fit(
        X[:60], y[:60], validation_data=(X[60:], y[60:])
    )


def test_it_learns_digits(fitted, three_digits):
    """A few epochs tell three digits apart."""
    X, y = three_digits
    assert fitted.score(X[60:], y[60:]) > 0.9


def test_it_is_a_classifier_to_scikit_learn():
    """An integer `cv` is therefore stratified."""
    assert is_classifier(CNNClassifier())


@pytest.mark.parametrize("shuffle_rows", [True, False])
def test_training_is_kerass_over_the_documented_batches(three_digits, shuffle_rows):
    """Weights equal those of Keras's `train_on_batch` over the batches of `epoch_order`."""
    X, y = three_digits
    estimator = quick(l2=0.01, batch_size=32)
    expected = trained_by_hand(estimator, X, y)
    if not shuffle_rows:  # the comparison bites: another order gives other weights
        estimator.set_params(shuffle=False)
    found = estimator.fit(X, y).model_.get_weights()
    equal = all(np.allclose(a, b, atol=1e-5) for a, b in zip(found, expected, strict=True))
    assert equal == shuffle_rows


def test_history_holds_kerass_figures_for_each_epoch(fitted, three_digits):
    """The last validation figures are those that Keras evaluates; there is one per epoch."""
    X, y = three_digits
    loss, accuracy = fitted.model_.evaluate(X[60:], y[60:], verbose=0)
    assert set(fitted.history_) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(values) == 15 for values in fitted.history_.values())
    assert fitted.history_["val_loss"][-1] == pytest.approx(loss, rel=1e-5)
    assert fitted.history_["val_accuracy"][-1] == pytest.approx(accuracy)


def test_validation_data_have_no_influence(three_digits):
    """A fit with validation data ends with the same weights as one without."""
    X, y = three_digits
    with_data = quick().fit(X[:60], y[:60], validation_data=(X[60:], y[60:]))
    assert same_weights(with_data, quick().fit(X[:60], y[:60]))


def test_validation_split_holds_back_the_last_samples(three_digits):
    """It equals a fit on the first samples validated on the last."""
    X, y = three_digits
    split = quick(validation_split=0.2).fit(X, y)
    by_hand = quick().fit(X[:72], y[:72], validation_data=(X[72:], y[72:]))
    assert same_weights(split, by_hand)
    assert split.history_ == by_hand.history_


def test_probabilities_are_a_distribution_over_the_classes(fitted, three_digits):
    """Rows sum to 1, and the most probable class is the prediction."""
    X, _ = three_digits
    found = fitted.predict_proba(X)
    assert found.shape == (90, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    assert (fitted.classes_[found.argmax(axis=1)] == fitted.predict(X)).all()


def test_labels_may_be_strings(three_digits):
    """String labels are learnt and predicted as such."""
    X, y = three_digits
    names = np.array(["zero", "one", "two"])[y]
    estimator = quick(epochs=6).fit(X, names)
    assert estimator.classes_.tolist() == ["one", "two", "zero"]
    assert estimator.score(X, names) > 0.8


@pytest.mark.parametrize("shape", [(90, 8, 8), (90, 64)])
def test_images_may_be_flat_or_without_channels(three_digits, shape):
    """Grey images give the same weights in all three shapes."""
    X, y = three_digits
    reshaped = quick(epochs=1).fit(X.reshape(shape), y)
    assert reshaped.n_features_in_ == 64
    assert reshaped.image_shape_ == (8, 8, 1)
    assert same_weights(reshaped, quick(epochs=1).fit(X, y))


def test_image_shape_shapes_flat_samples(three_digits):
    """Flat samples take the shape that is given."""
    X, y = three_digits
    estimator = quick(image_shape=(4, 4, 4), epochs=1).fit(X.reshape(90, 64), y)
    assert estimator.model_.input_shape == (None, 4, 4, 4)


def test_a_row_that_is_no_square_is_filled_up_with_zeros(three_digits):
    """It warns, and equals the square image with zeros at its end."""
    X, y = three_digits
    cut = X.reshape(90, 64)[:, :60]
    padded = np.pad(cut, ((0, 0), (0, 4))).reshape(90, 8, 8)
    with pytest.warns(UserWarning, match="60 features, which is not a square number"):
        estimator = quick(epochs=1).fit(cut, y)
    np.testing.assert_array_equal(
        estimator.predict_proba(cut), quick(epochs=1).fit(padded, y).predict_proba(padded)
    )


def test_bytes_train_as_their_255th_parts(three_digits):
    """A uint8 image is fed as pixel / 255."""
    X, y = three_digits
    pixels = np.round(X * 255).astype(np.uint8)
    by_bytes, by_floats = quick().fit(pixels, y), quick().fit(pixels / 255, y)
    np.testing.assert_allclose(
        by_bytes.predict_proba(pixels), by_floats.predict_proba(pixels / 255), atol=1e-4
    )


def test_sample_weights_are_kerass(three_digits):
    """Weights equal those of Keras's steps with the same sample weights, zeros included."""
    X, y = three_digits
    weights = np.random.default_rng(0).integers(0, 3, len(y)).astype(np.float32)
    estimator = quick(epochs=2)
    expected = trained_by_hand(estimator, X, y, sample_weight=weights)
    found = estimator.fit(X, y, sample_weight=weights).model_.get_weights()
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_class_weights_are_kerass(three_digits):
    """A dict of labels equals Keras's own `class_weight`; a label left out weighs 1."""
    X, y = three_digits
    estimator = quick(epochs=2, class_weight={0: 3.0, 1: 0.5})
    expected = trained_by_hand(estimator, X, y, class_weight={0: 3.0, 1: 0.5, 2: 1.0})
    found = estimator.fit(X, y).model_.get_weights()
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_balanced_class_weights_follow_their_formula(three_digits):
    """A sample weighs n / (n_classes · members of its class), times its own weight."""
    X, y = three_digits
    rows = np.flatnonzero((y != 2) | (np.arange(90) < 30))
    counts = np.bincount(y[rows])
    expected = (len(rows) / (3 * counts))[y[rows]]
    estimator = quick(class_weight="balanced").initialize(X[rows], y[rows])
    weights = estimator.training_weights(y[rows], np.full(len(rows), 2.0))
    np.testing.assert_allclose(weights, 2 * expected, rtol=1e-6)


@pytest.mark.parametrize("steps", [2, 4, 100])
def test_several_steps_at_once_do_not_change_the_weights(three_digits, steps):
    """Epochs of 5 batches are not multiples of them, and no batch is drawn for another epoch."""
    X, y = three_digits
    data = {"validation_data": (X[:30], y[:30])}
    one = quick(batch_size=20).fit(X, y, **data)
    several = quick(batch_size=20, compile__steps_per_execution=steps).fit(X, y, **data)
    assert same_weights(one, several)
    assert one.history_ == several.history_


def test_routes_reach_what_they_name(three_digits):
    """Builder, optimizer and compile arguments arrive, and win over parameters."""
    X, y = three_digits
    estimator = quick(
        model__n_filters=5,
        model__l2=0.25,
        optimizer__momentum=0.75,
        optimizer__learning_rate=0.125,
        compile__steps_per_execution=2,
        fit__epochs=1,
        loss=keras.losses.CategoricalCrossentropy,
        loss__label_smoothing=0.1,
    ).fit(X, y)
    model = estimator.model_
    assert model.layers[0].filters == 5
    assert float(model.layers[0].kernel_regularizer.l2) == 0.25
    assert model.optimizer.momentum == 0.75
    assert float(model.optimizer.learning_rate) == 0.125
    assert model.steps_per_execution == 2
    assert model.loss.get_config()["label_smoothing"] == 0.1
    assert len(estimator.history_["loss"]) == 1


def test_l2_adds_its_square_sum_to_the_loss(three_digits):
    """With no step taken, l2 raises the loss by l2 · Σ w² over the kernels."""
    X, y = three_digits
    plain = quick(learning_rate=0.0, epochs=1).fit(X, y)
    penalised = quick(learning_rate=0.0, epochs=1, l2=0.5).fit(X, y)
    squares = sum((w**2).sum() for w in plain.model_.get_weights() if w.ndim > 1)
    assert penalised.history_["loss"][0] - plain.history_["loss"][0] == pytest.approx(
        0.5 * squares, rel=1e-4
    )


def test_a_partial_is_a_builder(three_digits):
    """What a `functools.partial` has bound stays bound."""
    X, y = three_digits
    estimator = quick(epochs=1).set_params(model=functools.partial(tiny_cnn, n_filters=4))
    assert estimator.fit(X, y).model_.layers[0].filters == 4


def test_callbacks_are_called(three_digits):
    """An early stop ends training; schedules see the optimizer."""
    X, y = three_digits
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=0, min_delta=100.0)
    estimator = quick(epochs=10, callbacks=[stop]).fit(X, y)
    assert len(estimator.history_["loss"]) == 2


def test_partial_fit_and_warm_start_go_on(three_digits):
    """Two warm fits, or single epochs, equal one fit of as many epochs."""
    X, y = three_digits
    whole = quick(epochs=4).fit(X, y)
    warm = quick(epochs=2, warm_start=True).fit(X, y).fit(X, y)
    single = quick()
    for _ in range(4):
        single.partial_fit(X, y, classes=[0, 1, 2])
    assert same_weights(whole, warm)
    assert same_weights(whole, single)
    assert warm.history_ == whole.history_


def test_divergence_stops_training_and_names_the_epoch(three_digits):
    """The error tells epoch, learning rate, L2 and remedy, and survives pickling."""
    X, y = three_digits
    estimator = quick(learning_rate=1e3, l2=10.0, epochs=50)
    with pytest.raises(DivergenceError, match="lower learning_rate") as caught:
        estimator.fit(X, y)
    error = pickle.loads(pickle.dumps(caught.value))
    losses = error.history["loss"]
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1])
    assert (error.epoch, error.learning_rate, error.l2) == (len(losses), 1e3, 10.0)
    assert f"epoch {error.epoch}" in str(error)
    assert not estimator.initialized_


def test_a_diverged_candidate_scores_nan(three_digits):
    """In scikit-learn's own search a fit that diverges scores `error_score`."""
    X, y = three_digits
    search = GridSearchCV(
        quick(l2=10.0, epochs=20), {"learning_rate": [1e3, 0.001]}, cv=2, error_score=np.nan
    )
    with pytest.warns(Warning, match="(fits failed|non-finite)"):
        search.fit(X, y)
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [True, False]


def test_clone_keeps_every_parameter():
    """Routes and parameters survive `clone`, and it is not fitted."""
    estimator = CNNClassifier("digits_cnn", l2=0.5, class_weight={"a": 2}, **ROUTES)
    assert clone(estimator).get_params() == estimator.get_params()
    assert set(ROUTES) < set(estimator.get_params())
    assert not clone(estimator).initialized_


def test_parameters_are_set_by_name(three_digits):
    """`set_params` reaches parameters and routes, and leaves a shallow copy alone."""
    estimator = CNNClassifier()
    kept = copy.copy(estimator)
    estimator.set_params(l2=0.5, model__n_filters=3)
    assert (estimator.l2, estimator.get_params()["model__n_filters"]) == (0.5, 3)
    assert "model__n_filters" not in kept.get_params()


@pytest.mark.parametrize("module", [pickle, joblib], ids=["pickle", "joblib"])
def test_a_pickled_classifier_predicts_and_trains_the_same(three_digits, module):
    """Its predictions and its next epoch equal the original's, bit for bit."""
    X, y = three_digits
    original = quick(epochs=1, optimizer="adam", learning_rate=0.01).fit(X, y)
    buffer = io.BytesIO()
    module.dump(original, buffer)
    buffer.seek(0)
    copied = module.load(buffer)
    assert np.array_equal(copied.predict_proba(X), original.predict_proba(X))
    assert same_weights(copied.partial_fit(X, y), original.partial_fit(X, y))


def test_an_unfitted_classifier_pickles():
    """Parameters survive; a builder of a module is kept by reference."""
    estimator = quick(model__n_filters=3)
    assert pickle.loads(pickle.dumps(estimator)).get_params() == estimator.get_params()


def test_it_works_in_scikit_learns_tools(three_digits):
    """Grid search, pipeline and cross-validation take it as any classifier."""
    X, y = three_digits
    pipeline = make_pipeline(StandardScaler(), quick(epochs=2))
    assert len(cross_val_score(pipeline, X.reshape(90, 64), y, cv=2)) == 2
    grid = {"cnnclassifier__model__n_filters": [2, 3], "cnnclassifier__learning_rate": [0.1]}
    search = GridSearchCV(pipeline, grid, cv=2, scoring="neg_log_loss").fit(X.reshape(90, 64), y)
    best = search.best_estimator_
    assert search.score(X.reshape(90, 64), y) == pytest.approx(
        -log_loss(y, best.predict_proba(X.reshape(90, 64)))
    )


def test_adopted_weights_are_a_fit(three_digits):
    """`initialize` and `adopt` make of another's weights what `fit` makes."""
    X, y = three_digits
    trained = quick().fit(X, y)
    adopted = quick().initialize(X, y).adopt(trained.model_.get_weights(), trained.history_)
    assert np.array_equal(adopted.predict_proba(X), trained.predict_proba(X))
    assert adopted.history_ == trained.history_


def test_a_prediction_does_not_depend_on_its_neighbours(fitted, three_digits):
    """Images in another order, or one alone, give the same probabilities within rounding."""
    X, _ = three_digits
    together = fitted.predict_proba(X)
    order = np.random.default_rng(0).permutation(90)
    np.testing.assert_allclose(fitted.predict_proba(X[order]), together[order], atol=1e-6)
    np.testing.assert_allclose(fitted.predict_proba(X[5:6]), together[5:6], atol=1e-6)
