"""A laboratory runs from a photo to a report, and refuses what it has no use for."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kerascnn import LaboratoryExperiment, RunOptions
from kerascnn.report import Exhibit, LaboratoryResults, Picture


def show(pixels):
    """Return one exhibit, the photo itself."""
    return [Exhibit("The photo", "As it was read.", [Picture("All of it", pixels)])]


def show_nothing():
    """Return no exhibits."""
    return []


EXPERIMENT = LaboratoryExperiment(title="A look", claim="It shows.", photo="china", exhibits=show)


def run(experiment, tmp_path, **options):
    """Run an experiment; return the folder of its report."""
    return experiment.run("look", RunOptions(output=tmp_path / "reports", **options)).parent


def test_a_report_shows_the_photo_pixel_by_pixel(tmp_path):
    """A file given as `data` comes through unchanged."""
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "my.png")
    folder = run(EXPERIMENT, tmp_path, data=str(tmp_path / "my.png"))
    results = LaboratoryResults.load(folder)
    np.testing.assert_array_equal(results.exhibits[0].panels[0].pixels, pixels)
    assert results.provenance["data"]["source"] == "PNG file my.png, 30 × 40 pixels"
    assert (folder / "exhibit-01-the-photo.png").exists()


def test_a_large_photo_is_scaled_down(tmp_path):
    """The source says so, and the aspect ratio stays."""
    Image.new("RGB", (200, 100)).save(tmp_path / "large.png")
    small = replace(EXPERIMENT, largest_side=50)
    results = LaboratoryResults.load(run(small, tmp_path, data=str(tmp_path / "large.png")))
    assert results.exhibits[0].panels[0].pixels.shape == (25, 50, 3)
    assert results.provenance["data"]["source"].endswith("scaled down to 25 × 50")


def test_generated_pictures_are_said_to_be_generated(tmp_path):
    """A notice in large letters."""
    results = LaboratoryResults.load(run(EXPERIMENT, tmp_path, data="synthetic"))
    assert results.notices == ("SYNTHETIC DATA: a generated picture in place of a photo.",)


@pytest.mark.parametrize("option", ["epochs", "folds", "engine", "n_jobs"])
def test_an_option_without_effect_is_refused(tmp_path, option):
    """A laboratory trains nothing, so there is nothing that the option could change."""
    value = "serial" if option == "engine" else 2
    with pytest.raises(ValueError, match=f"{option}={value!r} has no effect"):
        run(EXPERIMENT, tmp_path, **{option: value})


def test_a_photo_for_a_laboratory_without_one_is_refused(tmp_path):
    """It would be ignored."""
    bare = LaboratoryExperiment(title="Bare", claim="", exhibits=show_nothing)
    with pytest.raises(ValueError, match="this laboratory has no photo"):
        run(bare, tmp_path, data="my.jpg")


def test_a_plan_says_that_nothing_is_trained():
    """It names the photo."""
    assert "china.jpg" in EXPERIMENT.plan(RunOptions())
    assert EXPERIMENT.plan(RunOptions()).endswith("nothing is trained")


def test_an_earlier_report_of_another_photo_is_moved_aside(tmp_path):
    """Nothing is overwritten."""
    run(EXPERIMENT, tmp_path, data="china")
    run(EXPERIMENT, tmp_path, data="flower")
    assert len(list((tmp_path / "reports").glob("look*/index.html"))) == 2
