"""Exhibits of seismograms."""

import re

import numpy as np
import pytest

from kerascnn.datasets import seismic, seismic_sources
from kerascnn.datasets.dataset import make_dataset
from kerascnn.laboratory.seismic import accuracies, examples
from kerascnn.laboratory.seismic_ranges import RANGES
from kerascnn.results import RecordingsResults, storage

DOCSTRINGS = {
    "volcano-tectonic": seismic_sources.volcano_tectonic.__doc__,
    "long-period": seismic_sources.long_period.__doc__,
    "tremor": seismic_sources.tremor.__doc__,
    "noise": seismic_sources.background.__doc__,
    "station": seismic_sources.station_response.__doc__,
    "record": seismic.simulate_seismograms.__doc__,
}


def test_the_clearest_record_of_each_kind_is_shown():
    """With its ratio, so that the event can be seen."""
    X = np.repeat([1.0, 2.0, 3.0, 4.0], 9).reshape(4, 9, 1) * np.ones((4, 9, 1))
    data = make_dataset("d", X, np.array(["a", "a", "b", "b"]), source="s", rate=10.0)
    exhibit = examples(data, np.ones((4, 4, 4, 1)), np.array([-5.0, 12.34, 3.0, 1.0]))
    first, _, second, _ = exhibit.panels
    assert first.caption == "a, signal-to-noise ratio 12.3 dB: ground motion"
    assert (first.highs[0], second.highs[0]) == (2.0, 3.0)


@pytest.mark.parametrize(
    ("found", "label", "right"),
    [([0.9], "0.900", "1,350 of 1,500"), ([0.9, 0.91], "0.905 ± 0.005", "1,357.5 of 1,500 on")],
)
def test_records_are_counted_whole_for_one_seed(found, label, right):
    """And their mean is called one for several."""
    rows = [
        {"split": "s", "model": "m", "seed": seed, "accuracy": accuracy}
        for seed, accuracy in enumerate(found)
    ]
    results = RecordingsResults("n", "t", "c", storage.as_frame(rows))
    [row] = accuracies(results, 1500).panels[0].rows
    assert row[1] == label
    assert row[2].startswith(right)


@pytest.mark.parametrize(("of", "what", "drawn"), [each[:3] for each in RANGES])
def test_each_range_on_the_page_is_stated_where_it_is_drawn(of, what, drawn):
    """In the docstring of what draws it."""
    numbers = re.findall(r"[\d.]+", drawn)
    pattern = r"( Hz)?[- to]+".join(map(re.escape, numbers))
    assert re.search(pattern, DOCSTRINGS[of]), what
