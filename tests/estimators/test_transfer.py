"""Transfer learning: which layers are trained, at which rates, from which file."""

import pickle
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.base import clone

from kerascnn import CNNClassifier, CNNRegressor, GridSearchCV
from kerascnn.estimators import fitting
from kerascnn.estimators.trained_part import TrainedPart
from tests.networks import normalized_cnn, tiny_cnn

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (48, 12, 12, 3), dtype=np.uint8)
Y = np.array(["ant", "bee", "cow"])[np.arange(48) % 3]
STRATEGIES = ["head", "top", "all", "second", "first*", ["first", "hidden"]]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return the paths of one network trained on five classes, ours and Keras's."""
    folder = tmp_path_factory.mktemp("transfer")
    trained = CNNClassifier(normalized_cnn, epochs=2, batch_size=16, random_state=1)
    trained.fit(X, np.arange(48) % 5).save(folder / "five.kerascnn")
    trained.model_.save(folder / "five.keras")
    return {"ours": str(folder / "five.kerascnn"), "keras": str(folder / "five.keras")}


def classifier(file, trainable="all", **parameters):
    """Return a classifier that goes on from a file."""
    settings = {"epochs": 2, "batch_size": 16, "random_state": 0, **parameters}
    return CNNClassifier(pretrained=file, trainable=trainable, **settings)


def weights_of(estimator):
    """Return weights by layer."""
    return {layer.name: layer.get_weights() for layer in estimator.model_.layers}


def changed(before, after):
    """Return the names of layers with a weight that differs."""
    return {name for name in before if not all(map(np.array_equal, before[name], after[name]))}


@pytest.mark.parametrize("kind", ["ours", "keras"])
def test_a_network_starts_from_the_weights_of_the_file(files, kind):
    """All but the head's, which is new and has an output per class."""
    estimator = classifier(files[kind]).initialize(X, Y)
    stored = keras.saving.load_model(files["keras"], compile=False)
    for layer in stored.layers[:-1]:
        mine = estimator.model_.get_layer(layer.name).get_weights()
        for weight, expected in zip(mine, layer.get_weights(), strict=True):
            np.testing.assert_array_equal(weight, expected)
    assert estimator.model_.layers[-1].name == "head"
    assert estimator.model_.output_shape == (None, 3)


@pytest.mark.parametrize(
    ("trainable", "trained"),
    [
        ("head", set()),
        ("top", {"second", "hidden"}),
        ("all", {"first", "first_norm", "second", "hidden"}),
        ("second", {"second"}),
        ("first*", {"first", "first_norm"}),
        (["first", "hidden"], {"first", "hidden"}),
    ],
)
def test_only_the_chosen_layers_change(files, trainable, trained):
    """With the head; statistics of a frozen batch normalization stay, too."""
    start = weights_of(classifier(files["ours"], trainable).initialize(X, Y))
    fitted = classifier(files["ours"], trainable).fit(X, Y)
    assert changed(start, weights_of(fitted)) == {*trained, "head"}


def test_a_frozen_batch_normalization_computes_with_its_statistics(files):
    """In training as in prediction, so that the loss in training is that of evaluation."""
    estimator = classifier(files["ours"], ["second", "hidden"], learning_rate=0.0)
    estimator.set_params(backbone_learning_rate=0.0, epochs=1).initialize(X, Y)
    dropout = next(x for x in estimator.model_.layers if isinstance(x, keras.layers.Dropout))
    dropout.rate = 0.0
    estimator.set_params(warm_start=True).fit(X, Y, validation_data=(X, Y))
    history = estimator.history_
    np.testing.assert_allclose(history["loss"], history["val_loss"], rtol=1e-6)


@pytest.mark.numbers
@pytest.mark.parametrize("trainable", STRATEGIES, ids=str)
def test_features_computed_once_change_nothing(files, trainable, monkeypatch):
    """Weights, curves and states equal those of a fit of the whole network, to the last bit."""
    once = classifier(files["ours"], trainable, epochs=3).fit(
        X, Y, validation_data=(X[:20], Y[:20])
    )
    monkeypatch.setattr(
        fitting.TrainedEstimator,
        "trained_part",
        lambda self, n_images: TrainedPart(self.model_),
    )
    whole = classifier(files["ours"], trainable, epochs=3)
    whole.fit(X, Y, validation_data=(X[:20], Y[:20]))
    assert once.history_ == whole.history_
    for mine, theirs in zip(once.training_state(), whole.training_state(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_features_are_computed_once_per_fit(files, monkeypatch):
    """Not once per epoch: the front predicts in one go."""
    calls = []
    features = fitting.TrainedPart.inputs
    monkeypatch.setattr(
        fitting.TrainedPart,
        "inputs",
        lambda part, images: calls.append(part.frozen is not None) or features(part, images),
    )
    classifier(files["ours"], "head", epochs=4).fit(X, Y)
    assert calls == [True]


def test_callbacks_see_the_whole_network(files):
    """A callback that saves or looks at the model gets the one that the user has."""
    seen = []

    class Looks(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(self.model.input_shape)

    estimator = classifier(files["ours"], "head", callbacks=[Looks()]).fit(X, Y)
    assert seen == [estimator.model_.input_shape] * 2


def test_augmentation_stands_before_a_frozen_front(files):
    """Its draws differ in every epoch, so features do as well."""
    estimator = classifier(files["ours"], "head", augmentation="noise").fit(X, Y)
    assert estimator.trained_part(len(X)).frozen is None
    plain = classifier(files["ours"], "head").fit(X, Y)
    assert plain.trained_part(len(X)).frozen is not None
    assert estimator.history_ != plain.history_


def test_the_penalty_is_the_heads(files):
    """The file's layers keep penalties of their own."""
    estimator = classifier(files["ours"], "all", l2=0.5).initialize(X, Y)
    kernel = estimator.model_.layers[-1].kernel.numpy()
    np.testing.assert_allclose(sum(estimator.model_.losses), 0.5 * np.sum(kernel**2), rtol=1e-6)


@pytest.mark.parametrize("trainable", ["head", "top", "all"])
def test_copies_and_files_continue_alike(files, trainable, tmp_path):
    """Pickles need the file no more; saved estimators resume with both rates and all slots."""
    gone = Path(tmp_path, "gone.kerascnn")
    gone.write_bytes(Path(files["ours"]).read_bytes())
    estimator = classifier(str(gone), trainable, warm_start=True).fit(X, Y)
    estimator.save(tmp_path / "saved.kerascnn")
    gone.unlink()
    copies = [
        pickle.loads(pickle.dumps(estimator)),
        CNNClassifier.load(tmp_path / "saved.kerascnn"),
    ]
    for each in (estimator, *copies):
        each.set_params(learning_rate=0.01).fit(X, Y)
    for each in copies:
        np.testing.assert_array_equal(each.predict_proba(X), estimator.predict_proba(X))
        assert each.history_ == estimator.history_


def test_what_a_file_had_frozen_is_trained_if_it_is_chosen(tmp_path):
    """A whole model within it, too."""
    inner = keras.Sequential([keras.Input((12, 12, 3)), keras.layers.Conv2D(4, 3, name="inner")])
    inner.trainable = False
    flat = [keras.layers.Flatten(), keras.layers.Dense(5)]
    keras.Sequential([keras.Input((12, 12, 3)), inner, *flat]).save(tmp_path / "frozen.keras")
    for trainable in ("all", "inner"):
        estimator = classifier(str(tmp_path / "frozen.keras"), trainable).initialize(X, Y)
        start = estimator.training_state()[0]
        end = classifier(str(tmp_path / "frozen.keras"), trainable).fit(X, Y).training_state()[0]
        assert not np.array_equal(start, end)


def test_a_path_is_as_good_as_its_text(files, tmp_path):
    """In cloning, fitting and saving."""
    estimator = clone(classifier(Path(files["ours"]), "head")).fit(X, Y)
    estimator.save(tmp_path / "saved.kerascnn")
    assert CNNClassifier.load(tmp_path / "saved.kerascnn").pretrained == files["ours"]


def test_a_network_transferred_twice(files, tmp_path):
    """A transferred, augmented estimator's file can be transferred again."""
    classifier(files["ours"], "top", augmentation="flip").fit(X, Y).save(
        tmp_path / "again.kerascnn"
    )
    labels = np.arange(48) % 4
    twice = classifier(str(tmp_path / "again.kerascnn"), "head").fit(X, labels)
    assert twice.predict_proba(X).shape == (48, 4)


def problem(X=X, Y=Y, **parameters):
    """Return the error that a fit ends with."""
    with pytest.raises((ValueError, OSError)) as caught:
        CNNClassifier(epochs=1, random_state=0, **parameters).fit(X, Y)
    return str(caught.value)


def test_bad_input_is_said_before_training(files):
    """The argument, its value, the remedy."""
    file = files["keras"]
    assert "did you mean 'imagenet'?" in problem(pretrained="imagnet")
    assert "'x.keras' is no file" in problem(pretrained="x.keras")
    assert "pretrained=3 must be None, 'imagenet', or the path" in problem(pretrained=3)
    assert "did you mean 'second'?" in problem(pretrained=file, trainable="secnd")
    assert "names no layer with weights" in problem(pretrained=file, trainable=["first", "re_lu"])
    assert "trainable=3 must be 'head'" in problem(pretrained=file, trainable=3)
    assert "trainable=[] must be 'head'" in problem(pretrained=file, trainable=[])
    assert "write trainable='top'" in problem(pretrained=file, trainable=["first", "top"])
    assert "is no file" in problem(pretrained="a" * 5000 + ".keras")
    assert "load an .h5 file by keras.models.load_model" in problem(pretrained="a.h5")
    assert "has no effect without pretrained=…" in problem(trainable="head")
    assert "has no effect without pretrained=…" in problem(backbone_learning_rate=0.1)
    assert "has no effect with trainable='head'" in problem(
        pretrained=file, trainable="head", backbone_learning_rate=0.1
    )
    assert "backbone_learning_rate=-1 must be None or" in problem(
        pretrained=file, backbone_learning_rate=-1
    )
    assert "model__n_filters has no effect with pretrained=" in problem(
        pretrained=file, model=tiny_cnn, model__n_filters=3
    )
    assert "takes images of shape (12, 12, 3), but X has images of shape (8, 12, 3)" in problem(
        X[:, :8], pretrained=file
    )
    assert "model='cifar_cnn' has no weights of ImageNet" in problem(
        model="cifar_cnn", pretrained="imagenet"
    )
    large = np.zeros((48, 32, 32, 3), np.float32)
    large[0] = 255
    assert "values from 0 to 1, but X has values from 0 to 255" in problem(
        large, model="vgg16", pretrained="imagenet"
    )
    assert "set backbone_learning_rate=None" in problem(
        pretrained=file, optimizer=keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    )


def test_damaged_and_foreign_files_are_named(tmp_path):
    """Nothing in a file is executed."""
    damaged = tmp_path / "damaged.keras"
    damaged.write_bytes(b"PK nothing")
    assert "damaged.keras': it is no file that kerascnn or Keras 3" in problem(
        pretrained=str(damaged)
    )
    code = keras.Sequential(
        [keras.Input((12, 12, 3)), keras.layers.Lambda(lambda x: x), keras.layers.Flatten()]
    )
    code.save(tmp_path / "code.keras")
    assert "which is never executed" in problem(pretrained=str(tmp_path / "code.keras"))


def saved_with(path, *stack, dtype="float32"):
    """Save a network of a convolution behind some layers, for five classes; return its path."""
    image = keras.Input((12, 12, 3), dtype=dtype)
    tensor = image
    for layer in (*stack, keras.layers.Conv2D(3, 3), keras.layers.Flatten(), keras.layers.Dense(5)):
        tensor = layer(tensor)
    keras.Model(image, tensor).save(path)
    return str(path)


def test_layers_that_rebuild_something_when_they_are_loaded_survive_copies(tmp_path):
    """An adapted normalization computes with numbers that are no variables."""
    normalization = keras.layers.Normalization()
    images = RNG.normal(5, 3, X.shape).astype(np.float32)
    normalization.adapt(images)
    file = saved_with(tmp_path / "adapted.keras", normalization)
    estimator = classifier(file, "head").fit(images, Y)
    copied = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(copied.predict_proba(images), estimator.predict_proba(images))


def test_networks_that_want_other_pixels_are_refused(tmp_path):
    """Instead of dividing by 255 twice, or cutting everything down to 0 and 1."""
    scaling = saved_with(tmp_path / "scaling.keras", keras.layers.Rescaling(1 / 255))
    assert "multiplies pixels by 0.00392157 itself" in problem(pretrained=scaling)
    classifier(scaling, "head").fit(X.astype(np.float32), Y)
    integers = saved_with(
        tmp_path / "integers.keras", keras.layers.Rescaling(1 / 255), dtype="uint8"
    )
    assert "takes inputs of dtype uint8" in problem(pretrained=integers)


def test_a_change_between_one_rate_and_two_is_refused(files):
    """It would need another optimizer; the estimator stays as it was."""
    estimator = classifier(files["ours"], "all", warm_start=True, epochs=1).fit(X, Y)
    untouched = pickle.loads(pickle.dumps(estimator))
    estimator.set_params(backbone_learning_rate=None)
    with pytest.raises(ValueError, match=r"backbone_learning_rate \(between None and a rate\)"):
        estimator.fit(X, Y)
    estimator.set_params(backbone_learning_rate=1e-4).fit(X, Y)
    np.testing.assert_array_equal(estimator.predict_proba(X), untouched.fit(X, Y).predict_proba(X))


@pytest.mark.parametrize("engine", ["serial", "compiled"])
def test_a_regressor_starts_from_a_file_too(files, engine):
    """With a linear head; a search over parts to train has the scores of separate fits."""
    brightness = X.mean(axis=(1, 2, 3))
    halves = [(np.arange(32), np.arange(32, 48))]
    parts = {"trainable": ["head", "top"]}
    estimator = CNNRegressor(pretrained=files["ours"], epochs=2, batch_size=16, random_state=0)
    search = GridSearchCV(estimator, parts, cv=halves, engine=engine).fit(X, brightness)
    for part, score in zip(*parts.values(), search.cv_results_["mean_test_score"], strict=True):
        alone = clone(estimator).set_params(trainable=part).fit(X[:32], brightness[:32])
        assert alone.score(X[32:], brightness[32:]) == score
    head = search.best_estimator_.model_.layers[-1]
    assert (head.name, head.activation) == ("head", keras.activations.linear)
    best = search.best_estimator_
    restored = pickle.loads(pickle.dumps(best))
    np.testing.assert_array_equal(restored.predict(X), best.predict(X))


def test_a_pretrained_head_puts_out_no_images(files):
    """The error names the shape and the remedy."""
    with pytest.raises(ValueError, match=r"targets of shape \(12, 12, 3\): give y as \(n,\)"):
        CNNRegressor(pretrained=files["ours"]).fit(X, X / 255)
