"""A study of super-resolution, of images and of fields from a file."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kerascnn import RunOptions, SuperResolutionExperiment
from kerascnn.results import StudyResults
from tests.networks import tiny_restorer

METHODS = ["nearest", "bilinear", "bicubic", "network"]
EXPERIMENT = SuperResolutionExperiment(
    title="Super-resolution",
    claim="It runs.",
    dataset="digits",
    model=tiny_restorer,
    factors=(2, 4),
    seeds=1,
    parameters={"epochs": 1, "batch_size": 20},
    n_train=100,
    n_test=30,
)
OF_FIELDS = replace(EXPERIMENT, factors=(2,))


def measured(experiment, output, **options):
    """Run an experiment and return its folder and its measurements by method and factor."""
    folder = experiment.run("s", RunOptions(output=output, progress=False, **options)).parent
    rows = pd.read_csv(folder / "measurements.csv")
    return folder, rows.set_index(["method", "factor"])


@pytest.fixture(scope="module")
def waves():
    """60 generated fields of 8×16: waves that travel around, in other units than a network's."""
    time, rows, columns = np.ogrid[:60, :8, :16]
    phase = 2 * np.pi * columns / 16
    wave = np.cos(phase * 2 - 0.3 * time + rows / 3) + 0.5 * np.sin(phase - 0.1 * time)
    return 280.0 + 10 * wave + np.random.default_rng(0).normal(size=wave.shape)


@pytest.fixture(scope="module")
def write_fields(tmp_path_factory):
    """Write fields as an `.npz` file without labels, and return its path."""

    def write(fields):
        path = tmp_path_factory.mktemp("data") / "fields.npz"
        np.savez(path, t=fields)
        return str(path)

    return write


@pytest.fixture(scope="module")
def figures_of_waves(waves, write_fields, tmp_path_factory):
    """What is measured of these fields, enlarged twice, by method."""
    output = tmp_path_factory.mktemp("reports")
    return measured(OF_FIELDS, output, data=write_fields(waves))[1]


def test_each_method_is_measured_with_each_factor(tmp_path):
    """A larger factor leaves less to go by; the page shows both."""
    folder, rows = measured(EXPERIMENT, tmp_path)
    assert rows.index.tolist() == [(name, factor) for factor in (2, 4) for name in METHODS]
    assert (rows.xs(2, level=1)["psnr"] > rows.xs(4, level=1)["psnr"])["nearest":"bicubic"].all()
    assert rows["parameters"].notna().sum() == 2
    results = StudyResults.load(folder)
    sheets, figures = results.exhibits
    order = "low resolution, bicubic, network, original"
    assert [panel.caption for panel in sheets.panels] == [
        f"×{factor}, from top to bottom: {order}" for factor in (2, 4)
    ]
    assert "By PSNR, the network" in figures.text
    assert results.headlines[0].label == "PSNR at factor 2"


@pytest.mark.numbers
def test_figures_of_fields_are_relative_to_their_range(waves, figures_of_waves):
    """PSNR of repeated pixels by its formula, in the fields' own units."""
    training, test = waves[:48], waves[48:]
    is_chosen = np.isin(np.arange(48), np.linspace(0, 47, 5).astype(int))
    blocks = test.reshape(12, 4, 2, 8, 2).mean(axis=(2, 4))
    errors = ((blocks.repeat(2, 1).repeat(2, 2) - test) ** 2).mean(axis=(1, 2))
    expected = np.mean(10 * np.log10(np.ptp(training[~is_chosen]) ** 2 / errors))
    assert figures_of_waves.loc[("nearest", 2), "psnr"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.numbers
def test_the_unit_of_fields_does_not_matter(tmp_path, waves, write_fields, figures_of_waves):
    """Kelvin or degrees Fahrenheit: a network is given the same, and the figures are the same."""
    fahrenheit = write_fields(waves * 1.8 - 459.67)
    _, others = measured(OF_FIELDS, tmp_path, data=fahrenheit)
    for column in ("psnr", "ssim"):
        np.testing.assert_allclose(others[column], figures_of_waves[column], rtol=1e-3)


def test_periodic_fields_are_so_to_all_methods(tmp_path, waves, write_fields, figures_of_waves):
    """The network has periodic padding, and interpolation looks across the edge."""
    folder, periodic = measured(OF_FIELDS, tmp_path, data=write_fields(waves), periodic=True)
    for method in ("bilinear", "bicubic"):
        assert periodic.loc[(method, 2), "psnr"] > figures_of_waves.loc[(method, 2), "psnr"] + 0.1
    layers = [name for name, _ in StudyResults.load(folder).insight.feature_maps]
    assert layers[0] == "periodic_conv"


def test_labelled_files_are_images(tmp_path, write_images):
    """Of a file with labels they are taken as from any other source."""
    path = write_images(60, 20, (8, 8), 2)
    folder, _ = measured(OF_FIELDS, tmp_path, data=str(path))
    assert "clipped to the range of pixels" in StudyResults.load(folder).exhibits[1].text


def test_sizes_must_be_multiples_of_the_factors(tmp_path, waves, write_fields):
    """Before anything is trained, with the size to cut them to."""
    options = RunOptions(output=tmp_path, progress=False, data=write_fields(waves[:, :7, :13]))
    with pytest.raises(ValueError, match="7×13 cannot be reduced by 2 and 4: cut them to 4×12"):
        EXPERIMENT.run("s", options)
