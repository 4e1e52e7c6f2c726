"""The table of builders and the checks that they share."""

import inspect

import pytest

from kerascnn import models
from kerascnn.internals.keras import weights_only_declared
from kerascnn.models import registry

NAMES = models.names()
EVERY = models.names(task=None)
OF_IMAGES = [name for name in NAMES if models.entry(name).image]


def test_all_models_of_the_suite_are_registered():
    """The names that the project promises are there, the larger ones in a 32×32 form as well."""
    small = {"digits_cnn", "lenet5", "cifar_cnn", "mnist_cnn", "strided_cnn", "simple_cnn"}
    audio = {"audio_cnn_1d", "audio_cnn_2d"}
    large = {"alexnet", "vgg16", "vgg19", "densenet121", "efficientnet_b0"}
    large |= {f"resnet{depth}" for depth in (18, 34, 50, 101, 152)}
    assert set(NAMES) == small | audio | large | {f"{name}_32" for name in large}
    assert models.names("autoencoding") == ["conv_autoencoder"]
    assert models.names("regression") == ["denoiser", "regression_cnn", "super_resolution"]


def test_every_model_has_one_task():
    """All names are those of classifiers, the default, and of the other tasks."""
    assert models.names() == models.names("classification")
    assert sorted(name for task in models.TASKS for name in models.names(task)) == EVERY
    assert all(models.entry(name).task == "classification" for name in NAMES)


def test_an_unknown_task_brings_the_closest_one():
    """A misspelt task is answered with the task that was probably meant."""
    with pytest.raises(ValueError, match=r"task='regresion' is not .*did you mean 'regression'\?"):
        models.names("regresion")


def test_a_model_for_another_task_is_refused():
    """The error says what the model is for, and which models would do."""
    assert models.builder("regression_cnn", "regression") is models.builder("regression_cnn")
    with pytest.raises(ValueError, match=r"is for regression, not for autoencoding: .* are conv_a"):
        models.builder("regression_cnn", "autoencoding")


def test_a_model_is_suggested_for_the_task_only():
    """A misspelt name is compared with those that would do."""
    with pytest.raises(ValueError, match="did you mean 'conv_autoencoder'"):
        models.entry("conv_autoencode", "autoencoding")
    with pytest.raises(ValueError, match=r"known are conv_autoencoder$"):
        models.entry("lenet", "autoencoding")


def test_an_unknown_name_brings_the_closest_one():
    """A misspelt model is answered with the name that was probably meant."""
    with pytest.raises(ValueError, match=r"model='lenet' is not .*did you mean 'lenet5'\?"):
        models.build("lenet", (28, 28, 1), 10)


def test_an_unknown_argument_brings_the_closest_one():
    """A misspelt argument is answered with the argument that was probably meant."""
    with pytest.raises(
        ValueError, match=r"'n_filter' is not an argument of model 'digits_cnn'.*'n_filters'"
    ):
        models.build("digits_cnn", (8, 8, 1), 10, n_filter=3)


@pytest.mark.parametrize(
    ("shape", "n_classes", "arguments", "message"),
    [
        ((28, 28, 1), 1, {}, "n_classes=1"),
        ((28, 28), 10, {}, r"input_shape=\(28, 28\)"),
        ((28, 28, 1), 10, {"l2": -0.1}, "l2=-0.1"),
        ((28, 28, 1), 10, {"pooling": "mean"}, "pooling='mean': must be 'average' or 'max'"),
        ((5, 5, 1), 10, {}, "image 5×5 is too small for model 'lenet5': it needs at least 12×12"),
    ],
)
def test_a_bad_argument_is_named(shape, n_classes, arguments, message):
    """The error names the argument, its value and what it should be."""
    with pytest.raises(ValueError, match=message):
        models.build("lenet5", shape, n_classes, **arguments)


# ResNet-101 and -152 take what ResNet-50 takes and are slow to build.
@pytest.mark.parametrize(
    "name", [name for name in OF_IMAGES if "101" not in name and "152" not in name]
)
def test_the_smallest_image_can_be_taken_and_one_pixel_less_is_refused(name):
    """The stated least size is enough, and anything below gives the shared error."""
    entry = models.entry(name)
    channels = entry.image[2]
    with weights_only_declared():
        model = entry.builder((entry.smallest, entry.smallest, channels), 4)
    assert model.output_shape == (None, 4)
    if entry.smallest > 1:
        with pytest.raises(ValueError, match="too small for model"):
            entry.builder((entry.smallest, entry.smallest - 1, channels), 4)


@pytest.mark.parametrize(
    "name",
    [
        "digits_cnn",
        "lenet5",
        "cifar_cnn",
        "mnist_cnn",
        "simple_cnn",
        "audio_cnn_2d",
        "alexnet",
        "alexnet_32",
        "vgg16",
        "vgg16_32",
        "resnet50",
        "densenet121",
        "efficientnet_b0",
    ],
)
def test_the_least_size_is_not_larger_than_it_must_be(name):
    """One pixel less than the stated size leaves nothing for the last layer, says Keras."""
    entry = models.entry(name)
    side = entry.smallest - 1
    with (
        weights_only_declared(),
        pytest.raises(ValueError, match=r"size|shape"),
    ):
        inspect.unwrap(entry.builder)((side, side, entry.image[2]), 4)


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("lenet5", (16_000, 1), r"=\(16000, 1\).*'lenet5' takes images of shape \(height, width"),
        ("audio_cnn_1d", (28, 28, 1), r"=\(28, 28, 1\).* takes signals of shape \(samples, chan"),
        ("audio_cnn_2d", (16_000,), r"=\(16000,\).* takes images of .* or signals of shape"),
        ("audio_cnn_1d", (16, 0), r"=\(16, 0\).* takes signals"),
        ("audio_cnn_1d", (15, 1), "signal of 15 samples is too short .* at least 16 samples"),
    ],
)
def test_a_shape_of_the_wrong_kind_is_refused(name, shape, message):
    """The error says whether the model takes images, signals or both, and of what length."""
    with pytest.raises(ValueError, match=message):
        models.build(name, shape, 10)


def test_the_shortest_signal_can_be_taken_and_not_one_sample_less():
    """The stated length leaves one value to average, and less leaves none, says Keras."""
    entry = models.entry("audio_cnn_1d")
    assert entry.builder((entry.shortest, 1), 4).output_shape == (None, 4)
    with pytest.raises(ValueError, match=r"size|shape"):
        inspect.unwrap(entry.builder)((entry.shortest - 1, 1), 4)


@pytest.mark.parametrize(
    ("name", "outputs", "message"),
    [
        ("lenet5", 1, "n_classes=1: must be an integer of at least 2"),
        ("lenet5", 2.5, "n_classes=2.5: must be an integer of at least 2"),
        ("conv_autoencoder", 0, "n_codes=0: must be an integer of at least 1"),
        ("conv_autoencoder", (3,), r"n_codes=\(3,\): must be an integer of at least 1"),
        ("regression_cnn", 3, r"output_shape=3: must be a tuple .* \(k,\) for numbers"),
        ("regression_cnn", (), r"output_shape=\(\): must be a tuple of positive integers"),
        ("regression_cnn", (4, 0, 1), r"output_shape=\(4, 0, 1\): must be a tuple of positive"),
        ("regression_cnn", (1.5,), r"output_shape=\(1.5,\): must be a tuple of positive"),
        ("regression_cnn", (2, 2, 2, 2), r"output_shape=\(2, 2, 2, 2\): must be a tuple"),
    ],
)
def test_outputs_of_another_task_are_refused(name, outputs, message):
    """The error gives the second argument its name in the model's task."""
    with pytest.raises(ValueError, match=message):
        models.build(name, models.entry(name).shape, outputs)


def test_a_users_builder_is_of_the_task_whose_argument_it_was_made_for(monkeypatch):
    """Its second argument is checked as those of the task's other builders are."""

    def mine(input_shape, output_shape):
        """Return both arguments."""
        return input_shape, output_shape

    monkeypatch.setattr(registry, "_entries", {})
    build = models.register(output_shape=(3,), signal=(9, 1))(mine)
    entry = models.entry("mine", "regression")
    assert (entry.task, entry.outputs, entry.shape) == ("regression", (3,), (9, 1))
    assert entry.second_argument == "output_shape"
    assert build([4, 2], output_shape=[5]) == ((4, 2), (5,))
    with pytest.raises(ValueError, match=r"output_shape=4"):
        build((4, 2), 4)
    with pytest.raises(TypeError, match="output_shape"):
        build((4, 2))


def test_arguments_are_a_builders_own():
    """`arguments` gives names and defaults without input_shape and n_classes."""
    assert models.arguments(models.builder("lenet5")) == {"l2": 0.0, "pooling": "average"}


def test_arguments_of_a_users_function_include_those_without_default():
    """A builder from elsewhere may have required arguments, and may take any others."""

    def mine(input_shape, n_classes, width, l2=0.1, **others):
        """Return nothing."""

    assert models.arguments(mine) == {"width": inspect.Parameter.empty, "l2": 0.1}


@pytest.mark.parametrize("name", EVERY)
def test_every_model_takes_l2(name):
    """No regularisation unless asked for, in every builder."""
    assert models.arguments(models.builder(name))["l2"] == 0.0
