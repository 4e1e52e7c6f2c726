"""A study of denoising: what is measured, and that nothing is chosen on test images."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kerascnn import DenoisingExperiment, RunOptions
from kerascnn.experiment.data import load_split
from kerascnn.laboratory.denoising import SMOOTHERS, with_noise
from kerascnn.results import StudyResults
from tests.networks import tiny_restorer

METHODS = ["noisy image", "Gaussian filter", "median filter", "network"]
EXPERIMENT = DenoisingExperiment(
    title="Denoising",
    claim="It runs.",
    dataset="digits",
    model=tiny_restorer,
    sigmas=(0.1, 0.3),
    seeds=2,
    parameters={"epochs": 3, "batch_size": 20, "learning_rate": 0.03},
    n_train=100,
    n_test=30,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder of a finished run."""
    output = tmp_path_factory.mktemp("reports")
    return EXPERIMENT.run("d", RunOptions(output=output, progress=False)).parent


@pytest.fixture(scope="module")
def split():
    """The data of that run."""
    return load_split("digits", like="digits", test_size=0.2, n_train=100, n_test=30, seed=0)


def test_each_method_is_measured_at_each_level_with_each_seed(folder):
    """Beside the noisy image itself."""
    rows = pd.read_csv(folder / "measurements.csv")
    assert len(rows) == 4 * 2 * 2
    assert rows["method"].drop_duplicates().tolist() == METHODS
    figures = rows.set_index(["method", "sigma", "seed"])["psnr"]
    for seed in range(2):
        assert figures["noisy image", 0.1, seed] > figures["noisy image", 0.3, seed]
    assert figures["noisy image", 0.1, 0] != figures["noisy image", 0.1, 1]


@pytest.mark.numbers
def test_the_networks_figure_is_that_of_a_separate_fit(folder, split):
    """On noisy and clean training images, of levels between the lowest and the highest."""
    from kerascnn.estimators import CNNRegressor

    training = EXPERIMENT.divided(split)[0] / np.float32(16)
    generator = np.random.default_rng((1, 0))
    noisy = with_noise(training, generator.uniform(0.1, 0.3, len(training)), generator)
    network = CNNRegressor(tiny_restorer, random_state=1, **EXPERIMENT.parameters)
    network.fit(noisy, training)
    test = split.X_test / np.float32(16)
    restored = network.predict(with_noise(test, 0.3, np.random.default_rng((1, 2))))
    errors = ((np.clip(restored, 0, 1) - test) ** 2).mean(axis=(1, 2, 3))
    rows = pd.read_csv(folder / "measurements.csv").set_index(["method", "sigma", "seed"])
    expected = np.mean(-10 * np.log10(errors))
    assert rows.loc[("network", 0.3, 1), "psnr"] == pytest.approx(expected, rel=1e-5)


def test_widths_are_chosen_on_validation_images(write_images, tmp_path):
    """They stay the same whatever the test images are."""
    path = write_images(120, 12, (8, 8), 3)
    arrays = dict(np.load(path))
    options = RunOptions(output=tmp_path / "one", progress=False, data=str(path))
    own = replace(EXPERIMENT, seeds=1, n_train=None, n_test=None)
    first = pd.read_csv(own.run("d", options).parent / "measurements.csv")
    np.savez(path, **{**arrays, "x_test": np.full_like(arrays["x_test"], 90)})
    again = replace(options, output=tmp_path / "two")
    second = pd.read_csv(own.run("d", again).parent / "measurements.csv")
    is_filter = first["method"].isin(list(SMOOTHERS))
    assert first["width"].notna().equals(is_filter)
    assert first["width"].equals(second["width"])
    assert not first["psnr"].equals(second["psnr"])


def test_the_page_shows_images_figures_and_widths(folder):
    """A sheet for each level, of what each method makes of the same images."""
    results = StudyResults.load(folder)
    sheets, figures, widths = results.exhibits
    assert [panel.caption for panel in sheets.panels] == [
        f"σ = {sigma}, from top to bottom: original, {', '.join(METHODS)}" for sigma in (0.1, 0.3)
    ]
    assert "By PSNR, the network" in figures.text
    assert len(widths.panels[0].rows) == 4
    assert all(len(row[2].split(", ")) == 2 for row in widths.panels[0].rows)
    assert results.headlines[0].label == "PSNR at noise σ 0.3"
    assert results.insight.filters.shape == (3, 3, 1, 2)
