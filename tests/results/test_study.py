"""Results of a study come back from their files as they were."""

import numpy as np
import pandas as pd
import pytest

from kerascnn.results import Bands, Exhibit, Headline, StudyResults

ROWS = [
    {"method": name, "sigma": sigma, "seed": seed, "psnr": 20 + seed / 3 + sigma}
    for name in ("network", "filter")
    for sigma in (0.0, 0.2)
    for seed in range(2)
]
LINEAR = Bands(
    "curves", np.array([-1.0, 0.0]), {"a": np.ones(2)}, {"a": np.zeros(2)}, "x", "y", False
)

HEADLINES = (Headline("PSNR", "20.1\n± 0.2 dB", "network"),)


def results(insight=None, headlines=HEADLINES):
    """Return a study of two methods."""
    exhibit = Exhibit("First", "Look.", [LINEAR])
    return StudyResults("s", "S", "It holds.", pd.DataFrame(ROWS), headlines, [exhibit], insight)


def test_they_come_back_from_their_files(insight, tmp_path):
    """With every number, the headlines, the exhibits and what a network has learned."""
    study = results(insight)
    study.save(tmp_path)
    loaded = StudyResults.load(tmp_path)
    pd.testing.assert_frame_equal(loaded.measurements, study.measurements)
    assert loaded.headlines == list(study.headlines)
    assert loaded.insight is not None
    np.testing.assert_array_equal(loaded.insight.filters, insight.filters)
    (bands,) = loaded.exhibits[0].panels
    assert not bands.is_logarithmic
    np.testing.assert_array_equal(bands.x, LINEAR.x)


def test_the_first_headline_is_the_figure():
    """In one line, for the list of reports."""
    assert results().figure == "PSNR: 20.1 ± 0.2 dB"


def test_a_study_needs_a_headline():
    """The list of reports would have nothing to show."""
    with pytest.raises(ValueError, match="give at least one Headline"):
        results(headlines=())
