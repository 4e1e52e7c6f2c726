"""Signals as pictures: courses, filters, maps and heat."""

import json
from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from scipy.io import wavfile

from kerascnn.report import (
    Insight,
    Predictions,
    Saliency,
    Samples,
    TrainingResults,
    Waveform,
    write_training_report,
)
from kerascnn.report.figures import images, signals
from kerascnn.report.figures.sounds import wav_address
from kerascnn.report.figures.waveforms import waveform_chart
from kerascnn.report.pages.sections import insight_section
from kerascnn.results.predictions import load_predictions, save_predictions
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


def predicted(images, **more):
    """Return wrong predictions of two classes."""
    n = len(images)
    y, names = np.zeros(n, int), ("low", "high")
    return Predictions(y, y + 1, np.linspace(1, 0.5, n), images, names, **more)


def test_each_mistaken_sound_is_drawn_on_a_scale_of_its_own():
    """A quiet one is no flat line, and its speaker is named."""
    loud = np.sin(np.arange(400))[None, :, None]
    samples = np.concatenate([loud, 0.001 * loud])
    groups = np.array(["anna", "bob"])
    first, second = images.mistakes(predicted(samples, groups=groups))
    assert first.picture == second.picture
    assert (first.group, second.group) == ("anna", "bob")


@pytest.mark.parametrize(("rate", "can_be_heard"), [(0.5, False), (50, False), (8000, True)])
def test_only_rates_that_browsers_play_have_a_player(rate, can_be_heard):
    """A player of a seismogram would be dead."""
    [mistake] = images.mistakes(predicted(np.ones((1, 400, 1)), rate=rate))
    assert bool(mistake.sound) == can_be_heard


def test_spectrograms_have_high_frequencies_at_the_top():
    """In mistakes, examples, maps and heat alike; they are wider than high."""
    rising = np.arange(4.0)[:, None, None] * np.ones((4, 2, 1))
    [mistake] = images.mistakes(predicted(rising[None], of_spectrograms=True))
    heat = np.zeros((4, 2))
    heat[3] = 1.0
    insight = Insight(
        example=rising,
        feature_maps=(("conv", rising),),
        saliency=(Saliency(rising, heat, "low", "low", 0.9),),
        of_spectrograms=True,
    )
    section = insight_section(insight)
    [look], [layer] = section.looks, section.layers
    for address in (mistake.picture, section.example, layer.pictures[0], look.image):
        drawn = read(address).reshape(4, 8, -1).astype(int).sum(axis=2)
        assert (np.diff(drawn[:, 0]) < 0).all()
    hottest = read(look.overlay).astype(int) - read(look.image)[..., None]
    assert np.abs(hottest).sum(axis=(1, 2)).argmax() == 0


def test_heat_that_is_zero_is_said_to_be():
    """No place spoke for the class."""
    item = Saliency(np.ones((4, 4, 1)), np.zeros((4, 4)), "low", "low", 0.9)
    warm = replace(item, heat=np.ones((4, 4)))
    looks = insight_section(Insight(saliency=(item, warm))).looks
    assert [look.is_cold for look in looks] == [True, False]


def test_predictions_are_stored_with_their_groups(tmp_path):
    """And with what their images are."""
    kept = predicted(np.ones((2, 4, 4, 1)), groups=np.array(["a", "b"]), of_spectrograms=True)
    texts = json.loads(json.dumps(save_predictions(kept, tmp_path)))
    read_back = load_predictions(tmp_path, texts)
    assert read_back.groups.tolist() == ["a", "b"]
    assert read_back.of_spectrograms


def test_a_waveform_is_an_area_over_seconds():
    """Between the smallest and the largest values, without points."""
    course = Waveform.of("a bang", np.array([0.0, 1.0, -2.0, 0.0]), rate=2.0)
    chart = waveform_chart(course)
    (area,) = chart.areas
    assert (area.x, area.low, area.high) == ([0.25, 0.75, 1.25, 1.75], [0, 1, -2, 0], [0, 1, -2, 0])
    assert (chart.series, chart.x.range) == ((), (0.0, 2.0))
