"""The course of a signal, as a panel."""

import numpy as np
import pytest

from kerascnn.report import Exhibit, Waveform
from kerascnn.results.exhibits import load_exhibits, save_exhibits


def test_values_stand_where_they_were_recorded():
    """At their time, for a number of samples that the parts do not divide."""
    signal = np.zeros(1500)
    signal[[300, 1200]] = 2.0, -3.0
    course = Waveform.of("a bang", signal, rate=50.0)
    assert course.length == 30.0
    assert course.unit == "seconds"
    assert course.times[course.highs == 2] == pytest.approx(6.0, abs=0.06)
    assert course.times[course.lows == -3] == pytest.approx(24.0, abs=0.06)


def test_without_a_rate_time_is_counted_in_samples():
    """Instead of in seconds at a made-up rate; channels are averaged."""
    course = Waveform.of("two channels", np.array([[1.0, 3.0], [0.0, 0.0]]), rate=None)
    assert (course.length, course.unit) == (2.0, "samples")
    assert course.highs.tolist() == [2.0, 0.0]


def test_a_waveform_is_stored_in_plain_files(tmp_path):
    """And read back the same."""
    panel = Waveform.of("a ramp", np.arange(2000.0), rate=100.0)
    texts = save_exhibits([Exhibit("t", "e", [panel])], tmp_path)
    [read] = load_exhibits(tmp_path, texts)[0].panels
    assert (read.caption, read.length, read.unit) == ("a ramp", 20.0, "seconds")
    np.testing.assert_array_equal(read.lows, panel.lows)
    np.testing.assert_array_equal(read.highs, panel.highs)


@pytest.mark.parametrize(
    ("lows", "highs"), [([0.0], [1.0, 2.0]), ([], []), ([0.0, np.nan], [1.0, 1.0])]
)
def test_what_is_no_course_is_refused(lows, highs):
    """With the panel's caption."""
    with pytest.raises(ValueError, match="'odd': "):
        Waveform("odd", np.array(lows), np.array(highs), 1.0, "seconds")
