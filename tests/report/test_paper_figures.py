"""Figures for papers: their sizes, type, colours, files and captions."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from PIL import Image

import kerascnn
from kerascnn.report import ComparisonResults, SweepResults, TrainingResults
from kerascnn.report.figures.grid_view import Axis, grid_view
from kerascnn.report.figures.paper_curves import curves_figure
from kerascnn.report.figures.paper_heatmaps import heatmap_figure, shown_scale
from kerascnn.report.figures.paper_style import PaperStyle, band, text_colour
from kerascnn.report.figures.paper_sweep import caption, plot
from tests.results.fixtures import HOSTILE

FEWEST_POINTS = 5.5


@pytest.fixture
def seven(table):
    """A 7 × 7 grid of learning rate and L2 penalty on five folds, one candidate without scores."""
    generator = np.random.default_rng(0)
    values = np.logspace(-5, 1, 7).tolist()
    params = [{"learning_rate": rate, "l2": l2} for rate in values for l2 in values]
    scores = 0.35 + 0.6 * generator.random((49, 1)) + 0.01 * generator.normal(size=(49, 5))
    scores[40] = np.nan
    best = int(np.nanargmax(scores.mean(axis=1)))
    origin = {"seed": 7}
    return SweepResults(
        "a", "b", "c", table(params, scores), best, provenance=origin, n_samples=1437
    )


def drawn(results, style):
    """Return the heatmap of the validation scores, laid out."""
    view, scores = grid_view(results.params), results.scores_of("test", "score")
    scale = shown_scale(results, view, scores)
    figure = heatmap_figure(results, view, scores, scale, "Accuracy", style, "score")
    figure.draw_without_rendering()
    return figure


def contrast(one, other):
    """Return the contrast of two colours, by the formula of WCAG 2.2 written out."""

    def luminance(colour):
        parts = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_text_in_cells_can_be_read_on_every_colour():
    """Black or white has a contrast of 4.5 at least with whatever is behind it."""
    for colour in np.random.default_rng(0).random((500, 3)):
        assert contrast(text_colour(colour), colour) >= 4.5


@pytest.mark.parametrize("columns", ["one", "two"])
@pytest.mark.parametrize("spread", [False, True])
def test_type_can_be_read_at_the_width_of_columns(seven, columns, spread):
    """Nothing is smaller than 5.5 points or outside the figure, and scores are in their cell."""
    figure = drawn(seven, PaperStyle(columns, spread))
    width = {"one": 3.5, "two": 7.2}[columns]
    assert figure.get_size_inches()[0] == width
    ax, edges = figure.axes[0], figure.bbox
    cell = ax.get_window_extent().width / 7
    for text in ax.texts:
        assert text.get_fontsize() >= FEWEST_POINTS
        assert text.get_window_extent().width <= cell
    labels = [ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]
    for label in labels:
        box = label.get_window_extent()
        assert label.get_fontsize() >= 7
        assert edges.x0 <= box.x0 <= box.x1 <= edges.x1
        assert edges.y0 <= box.y0 <= box.y1 <= edges.y1


def test_spreads_are_written_on_demand(seven):
    """The standard deviation over the folds stands below the mean."""
    texts = [text.get_text() for text in drawn(seven, PaperStyle("two", spread=True)).axes[0].texts]
    mean, std = (seven.cv_results[f"{kind}_test_score"] for kind in ("mean", "std"))
    assert f"{mean[0]:.3f}\n±{std[0]:.3f}" in texts
    assert len(texts) == 48


def test_ticks_are_in_one_style():
    """Powers of ten or decimals, never both on an axis."""
    axis = Axis("rate", (1e-5, 1e-3, 1.0))
    assert PaperStyle(ticks="decimals").tick_labels(axis) == ["0.00001", "0.001", "1"]
    assert PaperStyle().tick_labels(axis) == ["$10^{-5}$", "$10^{-3}$", "$10^{0}$"]
    assert PaperStyle().tick_labels(Axis("rate", (1e-3, 3e-3, 1e-2))) == ["0.001", "0.003", "0.01"]


def test_colours_fit_what_is_shown(seven):
    """The range is that of the cells of the figure."""
    means = seven.cv_results["mean_test_score"]
    bar = drawn(seven, PaperStyle()).axes[-1]
    assert bar.get_ylim() == pytest.approx((means.min(), means.max()))


def test_every_metric_is_written_in_every_format(fit_search, tmp_path):
    """Two metrics on two parts, in three formats, with a caption each."""
    scorers = ["accuracy", "f1_macro"]
    grid = {"C": [0.1, 1.0, 2.0], "gamma": [1e-3, 1e-2]}
    search = fit_search(grid, scoring=scorers, refit="accuracy")
    written = kerascnn.write_figures(search, tmp_path, columns=["one"])
    assert len(written) == len(set(written)) == 2 * 2 * 3
    names = {path.name for path in tmp_path.glob("*.txt")}
    assert names == {
        f"{part}-{metric}.txt"
        for part in ("validation", "training")
        for metric in ("accuracy", "f1-macro")
    }
    png = tmp_path / "validation-f1-macro-one-column.png"
    with Image.open(png) as picture:
        assert picture.width == 1050
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert "C and gamma" in picture.info["Description"]
    assert ElementTree.parse(png.with_suffix(".svg")).getroot().get("width") == "252pt"
    assert png.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def test_a_caption_says_what_is_shown(seven):
    """What, of how many samples, folds and candidates, and with which seed."""
    said = caption(seven, "test", "score")
    assert said.startswith(
        "Validation accuracy by learning_rate and l2: mean over 5 folds of 1,437 samples, "
        "49 candidates, seed 7. The frame marks the best candidate (learning_rate = "
    )
    assert said.endswith("Hatched: diverged, or without a score.")


def test_other_searches_are_drawn_by_parameter(fit_search, table, tmp_path):
    """One parameter of numbers is a curve with bands, candidates in no grid are points."""
    curve = fit_search({"C": [0.1, 1.0, 10.0]})
    kerascnn.write_figures(curve, tmp_path / "curve", formats=["svg"], columns=["one"])
    assert "Bands" in (tmp_path / "curve" / "validation-accuracy.txt").read_text()
    generator = np.random.default_rng(1)
    drawn = generator.random((9, 2)).tolist()
    params = [{"a": a, "b": b, "kind": "xy"[i % 2]} for i, (a, b) in enumerate(drawn)]
    random = SweepResults("a", "b", "c", table(params, generator.random((9, 3))), 2)
    kerascnn.write_figures(random, tmp_path / "random", formats=["pdf"], columns=["two"])
    assert "The circle marks" in (tmp_path / "random" / "validation-accuracy.txt").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"formats": ["jpg"]}, "formats has 'jpg'"),
        ({"formats": "png"}, "formats='png' is one text"),
        ({"columns": ["three"]}, "columns has 'three'"),
        ({"columns": "one"}, "columns='one' is one text"),
        ({"ticks": "roman"}, "ticks='roman' is unknown"),
        ({"metrics": ["acuracy"]}, "metrics has 'acuracy'"),
    ],
)
def test_unknown_options_are_named(rates, options, message, tmp_path):
    """Before anything is written."""
    with pytest.raises(ValueError, match=message):
        kerascnn.write_figures(rates, tmp_path / "none", **options)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["score", "accuracy"])
def test_a_metric_goes_by_its_name_in_reports_too(rates, tmp_path, name):
    """The columns of a search call its only metric "score", its report says accuracy."""
    options = {"formats": ["svg"], "columns": ["one"], "metrics": [name]}
    written = kerascnn.write_figures(rates, tmp_path, **options)
    assert "validation-accuracy-one-column.svg" in [path.name for path in written]


def test_a_plot_is_drawn_where_it_is_asked_for(rates):
    """On given axes, or on a figure of its own."""
    figure, ax = pyplot.subplots()
    assert plot(rates, ax=ax) is ax
    assert len(ax.texts) == 6
    own = plot(rates, part="train").figure
    assert own is not figure
    pyplot.close("all")


def test_hostile_names_are_drawn_as_they_are(hostile, tmp_path):
    """Dollars are no mathematics."""
    named = replace(hostile, metric_label=HOSTILE)
    written = kerascnn.write_figures(named, tmp_path, formats=["png"])
    assert all(path.parent == tmp_path for path in written)


def test_curves_and_comparisons_are_figures_too(rates, table, tmp_path):
    """Of the best candidate of a sweep, of a single training, even of one epoch, and of models."""
    columns = {"epoch": [1], "loss": [0.5], "accuracy": [0.8]}
    TrainingResults("one", "One network", "", pd.DataFrame(columns)).save(tmp_path / "one")
    models = {"model": ["a", "b"], "accuracy": [0.5, 0.6], "parameters": [9, 99], "seconds": [1, 2]}
    ComparisonResults("two", "Two", "", pd.DataFrame(models)).save(tmp_path / "two")
    rates.save(tmp_path / "sweep")
    said = {}
    for name in ("one", "two", "sweep"):
        options = {"formats": ["svg"], "columns": ["one"]}
        kerascnn.write_figures(tmp_path / name, tmp_path / name / "f", **options)
        said |= {
            (name, p.stem): p.read_text("utf-8") for p in (tmp_path / name / "f").glob("*.txt")
        }
    assert said["one", "learning-curves"] == "One network: learning curves of 1 epoch.\n"
    assert said["two", "comparison"].startswith("Two: test accuracy of 2 models by parameters")
    assert "mean over 2 folds" in said["sweep", "learning-curves"]


def test_a_single_epoch_is_a_point():
    """A line between one point and itself would not be seen."""
    figure = curves_figure(pd.DataFrame({"epoch": [1], "loss": [0.5]}))
    [line] = figure.axes[0].lines
    assert line.get_marker() == "o"
    assert figure.axes[0].get_xticks().tolist() == [1]


def test_bands_stay_within_what_the_metric_allows():
    """No accuracy is above 1; a loss has no upper limit."""
    mean, std = np.array([0.95, 0.5]), np.array([0.1, 0.1])
    low, high = band(mean, std, "accuracy")
    assert (low.tolist(), high.tolist()) == ([0.85, 0.4], [1.0, 0.6])
    assert band(mean, std, "score")[1].max() > 1
