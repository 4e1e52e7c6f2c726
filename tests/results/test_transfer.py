"""Results of transfer learning: leads over training from scratch, and where they end."""

import numpy as np
import pandas as pd
import pytest

from kerascnn.results import TransferResults

SIZES = [10, 20, 50]


def results_of(accuracies):
    """Return results with accuracies, by strategy a list of draws for each size."""
    rows = [
        {
            "strategy": name,
            "images_per_class": size,
            "draw": draw,
            "accuracy": value,
            "seconds": 1.0,
        }
        for name, sizes in accuracies.items()
        for size, draws in zip(SIZES, sizes, strict=True)
        for draw, value in enumerate(draws)
    ]
    return TransferResults("t", "T", "It pays.", pd.DataFrame(rows), "scratch", 0.7)


SCRATCH = [[0.4, 0.5], [0.5, 0.6], [0.6, 0.7]]


def test_leads_are_paired_by_draw():
    """Their mean, and the standard error of the mean, by hand."""
    results = results_of({"scratch": SCRATCH, "new": [[0.5, 0.8], [0.5, 0.6], [0.5, 0.6]]})
    mean, error = results.lead("new")
    np.testing.assert_allclose(mean, [0.2, 0.0, -0.1], atol=1e-12)
    np.testing.assert_allclose(error, [0.1, 0.0, 0.0], atol=1e-12)


@pytest.mark.parametrize(
    ("draws", "size"),
    [
        ([[0.6, 0.7], [0.7, 0.8], [0.8, 0.9]], None),
        ([[0.6, 0.7], [0.7, 0.8], [0.6, 0.7]], 50),
        ([[0.6, 0.7], [0.5, 0.6], [0.6, 0.7]], 20),
        ([[0.4, 0.5], [0.7, 0.8], [0.5, 0.6]], 50),
        ([[0.4, 0.5], [0.4, 0.5], [0.4, 0.5]], 10),
        ([[0.6, 0.5], [0.5, 0.6], [0.6, 0.7]], 10),  # 0.1 ± 0.1
    ],
)
def test_scratch_has_caught_up_where_no_lead_is_left(draws, size):
    """There and for all larger numbers of images; within two standard errors is no lead."""
    assert results_of({"scratch": SCRATCH, "new": draws}).caught_up_at("new") == size


def test_a_single_draw_has_no_standard_error():
    """Any lead counts then."""
    results = results_of({"scratch": [[0.4], [0.5], [0.6]], "new": [[0.5], [0.5], [0.5]]})
    assert np.isnan(results.lead("new")[1]).all()
    assert results.caught_up_at("new") == 20


def test_they_come_back_from_their_files(tmp_path):
    """With every number."""
    results = results_of({"scratch": SCRATCH, "new": SCRATCH})
    results.save(tmp_path)
    loaded = TransferResults.load(tmp_path)
    pd.testing.assert_frame_equal(loaded.fits, results.fits)
    assert (loaded.scratch, loaded.pretrained_accuracy) == ("scratch", 0.7)
    assert loaded.figure == results.figure == "scratch: 0.450 from 10 images per class"
