"""Signals as pictures: courses, filters, maps and heat."""

from base64 import b64decode
from io import BytesIO

import numpy as np
from scipy.io import wavfile

from kerascnn.report import Samples, TrainingResults, write_training_report
from kerascnn.report.figures import images, signals
from kerascnn.report.figures.sounds import wav_address
from kerascnn.results.storage import as_frame
from tests.report.test_images import read


def test_a_waveform_reaches_from_its_smallest_to_its_largest_sample():
    """In each column, with zero in the middle and the largest of all signals at the edge."""
    quiet, loud = np.zeros((400, 1)), np.zeros((400, 1))
    loud[::2], loud[1::2] = 1.0, -1.0
    quiet[:] = 0.5
    drawn = signals.waveforms(np.stack([loud, quiet]))[..., 0]
    assert drawn.shape == (2, 60, 200)
    assert (drawn[0] == 0).all()
    rows = np.unique(np.nonzero(drawn[1] == 0)[0])
    np.testing.assert_allclose(rows.mean(), 59 / 4, atol=0.5)
    assert len(rows) <= 2


def test_short_signals_have_a_column_per_sample():
    """And several channels are averaged."""
    drawn = signals.waveforms(np.array([[[1.0, -1.0], [1.0, 1.0]]]))[0, ..., 0]
    assert drawn.shape == (60, 2)
    assert set(np.nonzero(drawn[:, 0] == 0)[0]) == set(range(31))  # up to the next sample
    assert set(np.nonzero(drawn[:, 1] == 0)[0]) == {0}


def test_silence_is_a_line():
    """Nothing is divided by zero, and what is not finite counts as zero."""
    drawn = signals.waveforms(np.array([[[0.0], [np.nan], [np.inf]]]))[0, ..., 0]
    assert set(np.nonzero(drawn == 0)[0]) == {29, 30}


def test_heat_colours_the_background_where_it_is():
    """The course stays black; where nothing spoke the paper stays nearly white."""
    heat = np.zeros(50)
    heat[30:] = 2.0
    drawn = images.overlay(np.zeros((50, 1)), heat)
    assert drawn.shape == (60, 50, 3)
    assert (drawn[29] == 0).all()
    assert drawn[0, :30].min() > 220
    assert drawn[0, 30:, 2].max() < 150


def test_pictures_of_signals_come_from_the_functions_for_images():
    """Filters with time downwards, and all maps of a layer as the rows of one picture."""
    signal = np.sin(np.arange(90))[:, None]
    assert read(images.picture(signal)).shape == (60, 90)
    filters = np.random.default_rng(0).normal(size=(5, 1, 7))
    assert [read(each).shape for each in images.filter_pictures(filters)] == [(5, 1)] * 7
    [maps] = images.map_pictures(np.random.default_rng(0).random((30, 4)))
    assert read(maps).shape == (4 * 6, 30, 3)


def test_a_training_on_signals_shows_them_as_such(tmp_path):
    """In its heading, and as wide as they are."""
    samples = Samples(np.zeros((2, 30, 1), np.float32), ("slow", "fast"))
    results = TrainingResults("t", "T", "It rings.", as_frame({"epoch": [1]}), samples=samples)
    page = write_training_report(results, tmp_path).read_text(encoding="utf-8")
    assert "Training signals" in page
    assert 'class="pictures samples signals"' in page


def test_sounds_are_wav_files_that_end_with_what_is_heard():
    """Read back by SciPy: 16 bits at the stated rate, without the zeros that filled it up."""
    signal = np.concatenate([0.5 * np.sin(np.arange(100)), np.zeros(300)])[:, None]
    head, data = wav_address(signal, 8000).split(",")
    assert head == "data:audio/wav;base64"
    rate, samples = wavfile.read(BytesIO(b64decode(data)))
    assert (rate, samples.dtype) == (8000, np.int16)
    np.testing.assert_allclose(samples / 32767, signal[:100, 0], atol=2e-5)


def test_sounds_beyond_full_scale_are_made_quieter():
    """Instead of being cut off; silence is a single sample."""
    _, data = wav_address(np.array([[4.0], [-2.0]]), 8000).split(",")
    assert wavfile.read(BytesIO(b64decode(data)))[1].tolist() == [32767, -16384]
    _, silence = wav_address(np.zeros((9, 1)), 8000).split(",")
    assert len(wavfile.read(BytesIO(b64decode(silence)))[1]) == 1
