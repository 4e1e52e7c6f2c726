"""Shapes in the docstrings' diagrams, and multiply-adds."""

import inspect
import re

import keras
import pytest

from kerascnn import models

# Multiply-adds per image. LeNet-5 and VGG-16 added up by hand from their papers' tables
# (positions × weights); the others as published: "1.8", "3.6", "3.8", "7.6" and "11.3" billion
# (He et al., table 1) and 0.39 billion (Tan and Le, table 2).
LENET5 = 28 * 28 * 150 + 10 * 10 * 2400 + 48_000 + 10_080 + 840
PUBLISHED = {
    "resnet18": 1.8e9,
    "resnet34": 3.6e9,
    "resnet50": 3.8e9,
    "resnet101": 7.6e9,
    "resnet152": 11.3e9,
    "efficientnet_b0": 0.39e9,
}


@pytest.mark.parametrize("name", models.names(task=None))
def test_the_diagram_shows_the_true_shapes(name, rows):
    """Every shape in a docstring's diagram is, in this order, a layer's output shape."""
    entry = models.entry(name)
    _, diagram = inspect.getdoc(entry.builder).split("::", 1)
    drawn = re.findall(
        r"(?<!@)\b\d[\d,]*(?:×\d[\d,]*)+", diagram.split("Source")[0].split("For source")[0]
    )
    shapes = ["×".join(f"{size:,}" for size in entry.shape)]
    shapes += ["×".join(f"{size:,}" for size in row.output_shape) for row in rows(name)]
    remaining = iter(shapes)
    assert len(drawn) > 2
    assert [shape for shape in drawn if shape not in remaining] == []


def test_describe_names_layers_kinds_shapes_and_parameters():
    """The rows of LeNet-5 hold what the source's table holds."""
    rows = models.describe("lenet5")
    assert [row.kind for row in rows[:3]] == ["ZeroPadding2D", "Conv2D", "AveragePooling2D"]
    assert [row.output_shape for row in rows[:3]] == [(32, 32, 1), (28, 28, 6), (14, 14, 6)]
    assert rows[1].parameters == 156
    assert rows[1].multiply_adds == 28 * 28 * 150


def test_describe_takes_another_shape_and_the_builders_arguments():
    """Shape, classes and arguments reach the builder."""
    rows = models.describe("lenet5", (32, 32, 3), 5, pooling="max")
    assert rows[2].kind == "MaxPooling2D"
    assert rows[-1].output_shape == (5,)


@pytest.mark.parametrize(
    ("name", "outputs", "expected"),
    [
        ("lenet5", {"n_classes": 5}, (5,)),
        ("regression_cnn", {"output_shape": (4, 4, 2)}, (4, 4, 2)),
    ],
)
def test_describe_takes_the_outputs_by_their_name(name, outputs, expected):
    """They are called what the builder calls them."""
    assert models.describe(name, **outputs)[-1].output_shape == expected


def test_describe_refuses_outputs_of_another_task():
    """An autoencoder has no classes."""
    with pytest.raises(ValueError, match="'n_classes' is not an argument of model 'conv_auto"):
        models.describe("conv_autoencoder", n_classes=3)


def test_multiply_adds_of_lenet5_and_vgg16(rows):
    """They are the positions of each output times the weights used there, added up by hand."""
    assert sum(row.multiply_adds for row in rows("lenet5")) == LENET5
    assert sum(row.multiply_adds for row in rows("vgg16")) == 15_470_264_320


@pytest.mark.parametrize("name", PUBLISHED)
def test_multiply_adds_as_published(name, rows):
    """They agree with the papers' figures to two digits."""
    total = sum(row.multiply_adds for row in rows(name))
    assert total == pytest.approx(PUBLISHED[name], rel=0.02)


def test_multiply_adds_of_a_convolution_over_time():
    """Each of its positions costs as many as the kernel has weights."""
    rows = models.describe("audio_cnn_1d", (400, 3), 4)
    assert [row.multiply_adds for row in rows if row.kind == "Conv1D"] == [
        400 * 3 * 3 * 32,
        100 * 3 * 32 * 64,
    ]


def test_describing_makes_no_weights_then_or_later(monkeypatch):
    """Keras would make what was declared when it next traces another network."""
    made = []
    initialize = keras.initializers.GlorotUniform.__call__

    def counting(self, shape, dtype=None, **options):
        made.append(tuple(shape))
        return initialize(self, shape, dtype, **options)

    monkeypatch.setattr(keras.initializers.GlorotUniform, "__call__", counting)
    models.describe("lenet5")
    with keras.StatelessScope():
        keras.layers.Dense(2).build((None, 3))
    assert made == [(3, 2)]
