"""Whole reports: their files, their safety, and the list of all of them."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from kerascnn.report import (
    ComparisonResults,
    Exhibit,
    Expected,
    Points,
    Samples,
    SweepResults,
    TrainingResults,
    render_report,
    write_comparison_report,
    write_index,
    write_sweep_report,
    write_training_report,
)
from kerascnn.report.pages.page import script_json
from kerascnn.report.pages.sections import layer_names


class Elements(HTMLParser):
    """Collect a page's start tags, and its text outside scripts and styles."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts, self.open = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note a start tag."""
        self.tags.append((tag, dict(attrs)))
        self.open = tag

    def handle_data(self, data):
        """Note text."""
        if self.open not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self):
        """All text, on one line."""
        return " ".join(" ".join(self.texts).split())


def read(path):
    """Parse a written page."""
    return Elements(path.read_text(encoding="utf-8"))


def data_of(path):
    """Return what a written page's scripts draw."""
    found = re.search('id="report-data">(.*?)</script>', path.read_text(encoding="utf-8"), re.S)
    return json.loads(found[1])


def texts_of(path):
    """Return the columns of a page's table: a list of texts for each heading."""
    return {c["heading"]: c["texts"] for c in data_of(path)["table"]["columns"]}


@pytest.fixture
def comparison():
    """Two models."""
    models = pd.DataFrame(
        {
            "model": ["small", "large"],
            "accuracy": [0.6, 0.75],
            "parameters": [1000, 2_000_000],
            "seconds": [12.0, 189.0],
        }
    )
    return ComparisonResults("sizes", "Sizes", "Larger is better.", models)


@pytest.fixture
def training(predictions, insight):
    """Three epochs of one network."""
    history = pd.DataFrame(
        {"epoch": [1, 2, 3], "loss": [2.0, 1.0, 0.5], "accuracy": [0.2, 0.4, 0.6]}
    )
    images = np.random.default_rng(0).integers(0, 256, (30, 8, 8, 3), dtype=np.uint8)
    return TrainingResults(
        "one",
        "One network",
        "It learns.",
        history,
        predictions=predictions,
        expected=Expected(0.7, 0.1),
        samples=Samples(images, tuple(f"class {k}" for k in range(30))),
        insight=insight,
        parameters=8660,
    )


def test_the_report_needs_no_tensorflow():
    """Drawing results must not depend on how they were made."""
    code = (
        "import sys, kerascnn.report; print({'tensorflow', 'keras', 'scikeras'} & {*sys.modules})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_a_sweep_leaves_a_page_pictures_and_plain_results(rates, tmp_path):
    """All the files that the report promises."""
    assert write_sweep_report(rates, tmp_path / "rates") == tmp_path / "rates" / "index.html"
    assert {path.name for path in (tmp_path / "rates").iterdir()} == {
        "index.html",
        "validation_accuracy.png",
        "training_accuracy.png",
        "cv_results.csv",
        "learning_curves.csv",
        "diverged.csv",
        "provenance.json",
        "results.json",
    }


def test_the_pictures_are_fit_for_a_paper(rates, tmp_path):
    """At least 200 dots per inch."""
    write_sweep_report(rates, tmp_path)
    with Image.open(tmp_path / "validation_accuracy.png") as picture:
        assert min(picture.info["dpi"]) >= 200


def test_drawing_a_report_leaves_pyplot_alone(rates, tmp_path):
    """A caller's figures and settings stay as they are."""
    import matplotlib as mpl
    from matplotlib import pyplot

    before = dict(mpl.rcParams)
    write_sweep_report(rates, tmp_path)
    assert pyplot.get_fignums() == []
    assert dict(mpl.rcParams) == before


def test_a_page_shows_the_figures_in_order(rates, predictions, tmp_path):
    """Headlines, grid, table, test split, provenance."""
    page = read(write_sweep_report(replace(rates, predictions=predictions), tmp_path))
    best = rates.cv_results.iloc[rates.best_index]
    parts = [
        "Rates against penalties",
        "The rate decides.",
        f"{best['mean_test_score']:.3f} ± {best['std_test_score']:.3f}",
        "expected 0.700 ± 0.100 (earlier runs): as expected",
        "3 min 9 s",
        "3 candidates",
        "The grid",
        "Loss",
        "All candidates",
        "On the test split",
        "All 2.",
        "kerascnn run rates",
        "1797 × 8 × 8 × 1",
    ]
    places = [page.text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_sweep_shows_its_exhibits(rates, tmp_path):
    """Between the grid and the table, and as pictures beside the page."""
    spreads = {"validation": np.array([0.1, 0.2])}
    points = Points("Means", ["a", "b"], {"validation": np.array([0.5, 0.6])}, spreads, "accuracy")
    results = replace(rates, exhibits=[Exhibit("More to see", "Look here.", [points])])
    page = read(write_sweep_report(results, tmp_path))
    places = [page.text.index(text) for text in ("The grid", "More to see", "All candidates")]
    assert places == sorted(places)
    assert (tmp_path / "exhibit-01-more-to-see.png").exists()
    (exhibit,) = SweepResults.load(tmp_path).exhibits
    np.testing.assert_array_equal(exhibit.panels[0].means["validation"], [0.5, 0.6])


def test_a_page_loads_nothing(rates, predictions, insight, tmp_path):
    """No element refers to anything outside the page."""
    results = replace(rates, predictions=predictions, insight=insight)
    page = read(write_sweep_report(results, tmp_path))
    addresses = [v for _, attrs in page.tags for k, v in attrs.items() if k in ("src", "href")]
    assert len(addresses) > 10
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in addresses)
    assert not [tag for tag, _ in page.tags if tag in ("link", "iframe", "object", "base")]


def test_hostile_text_stays_text(hostile, tmp_path):
    """No text becomes an element or an attribute, in the report or in the list of reports."""
    harmless = replace(hostile, name="a", title="a", claim="a", notices=(), provenance={})
    tags = {}
    for name, results in (("hostile", hostile), ("harmless", harmless)):
        tags[name] = read(write_sweep_report(results, tmp_path / name)).tags
    assert [t for t, _ in tags["hostile"]].count("script") == 2
    for name in ("hostile", "harmless"):
        assert not [attrs for _, attrs in tags[name] if "onerror" in attrs]
    assert not [attrs for _, attrs in read(write_index(tmp_path)).tags if "onerror" in attrs]


def test_data_in_a_script_cannot_end_it():
    """The text comes back when the script reads it."""
    text = "</script><!-- <script> & \u2028"
    written = script_json({"text": text, "bad": float("nan"), "array": np.array([1.5, np.inf])})
    assert not re.search("[<>&\u2028]", written)
    assert json.loads(written) == {"text": text, "bad": None, "array": [1.5, None]}


def test_pictures_have_alternative_texts(rates, predictions, insight, tmp_path):
    """Every image says what it shows."""
    page = read(
        write_sweep_report(replace(rates, predictions=predictions, insight=insight), tmp_path)
    )
    images = [attrs for tag, attrs in page.tags if tag == "img"]
    assert images
    assert all(attrs["alt"] for attrs in images)
    plots = [attrs for _, attrs in page.tags if attrs.get("class") == "plot"]
    assert plots
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in plots)


@pytest.mark.parametrize(
    "grid",
    [
        {"C": [1.0]},
        {"C": [0.1, 1.0, 2.0]},
        {"kernel": ["rbf", "linear"], "shrinking": [True, False]},
        {"C": [0.1, 1.0], "kernel": ["rbf", "linear"], "gamma": [1e-3, 1e-2]},
        [{"kernel": ["rbf"], "gamma": [1e-3]}, {"kernel": ["linear"]}],
    ],
    ids=["one candidate", "one parameter", "no numbers", "three parameters", "list of grids"],
)
def test_any_search_of_scikit_learn_has_a_report(fit_search, grid, tmp_path):
    """Each candidate is a row of the table with its own score."""
    search = fit_search(grid)
    results = SweepResults.from_search(search, name="svc", title="SVC")
    page = write_sweep_report(results, tmp_path)
    texts = texts_of(page)
    cells = dict(zip(texts["candidate"], texts["validation accuracy"], strict=True))
    found = search.cv_results_
    pairs = zip(found["mean_test_score"], found["std_test_score"], strict=True)
    assert cells == {str(n): f"{m:.3f} ± {s:.3f}" for n, (m, s) in enumerate(pairs, start=1)}
    assert (tmp_path / "validation_accuracy.png").exists() == isinstance(grid, dict)


def test_the_best_is_the_highest_though_the_search_chose_another(fit_search, tmp_path):
    """The page frames what p-values are against, and does not call the choice the best."""
    search = fit_search({"C": [1e-4, 1.0], "gamma": [1e-3, 1e-2]}, refit=lambda _: 0)
    page = write_sweep_report(SweepResults.from_search(search, name="a", title="b"), tmp_path)
    data = data_of(page)["sweep"]
    assert data["best"] == 0  # where the page begins
    assert data["measures"][0]["best"] == search.cv_results_["mean_test_score"].argmax()
    assert "Chosen candidate" in read(page).text
    assert "Best candidate" not in read(page).text


def test_a_search_without_accuracies_has_a_report(rates, tmp_path):
    """It draws the loss and what else was measured, and no picture is called accuracy."""
    own = {"accuracy": "mean_error", "val_accuracy": "val_mean_error"}
    curves = rates.learning_curves.rename(columns=own)
    results = replace(rates, learning_curves=curves, metric_label="R²", predictions=None)
    page = read(write_sweep_report(results, tmp_path))
    drawn = [attrs["data-curve"] for _, attrs in page.tags if "data-curve" in attrs]
    assert drawn == ["loss", "mean_error"]
    assert "Mean error" in page.text
    assert "Cross-validated R²" in page.text
    pictures = sorted(path.name for path in tmp_path.glob("*.png"))
    assert pictures == ["training_score.png", "validation_score.png"]


def test_a_search_that_failed_throughout_has_a_report(table, tmp_path):
    """All scores NaN is a result too."""
    results = SweepResults("a", "Bad", "c", table([{"C": 1}, {"C": 2}], [[np.nan] * 2] * 2), 0)
    assert "no candidate has a finite score" in read(write_sweep_report(results, tmp_path)).text


def test_one_split_has_no_spread(table, tmp_path):
    """The standard deviation of a single score is no measure of anything."""
    params = [{"C": C, "gamma": gamma} for C in (1, 2) for gamma in (3, 4)]
    results = SweepResults("a", "A", "c", table(params, [[0.5], [0.6], [0.7], [0.4]]), 2)
    page = write_sweep_report(results, tmp_path)
    assert "±" not in read(page).text
    assert "t-test" not in read(page).text
    assert all("±" not in text for texts in texts_of(page).values() for text in texts)
    assert results.summary[1].startswith("cross-validated accuracy: 0.700; one split")


def test_long_values_leave_room_for_the_picture(table, tmp_path):
    """They are cut at the top and beside the grid, and whole in the table."""
    params = [{"stop_words": "word " * 80}, {"stop_words": "none"}]
    results = SweepResults("a", "A", "c", table(params, [[0.9, 0.9], [0.1, 0.1]]), 0)
    page = write_sweep_report(results, tmp_path)
    assert "word " * 20 not in read(page).text
    assert len(data_of(page)["sweep"]["labels"][0]) < 80
    assert texts_of(page)["stop_words"][0] == params[0]["stop_words"]


def test_pictures_of_an_older_run_disappear(rates, fit_search, tmp_path):
    """A list of grids has no heatmap, and none is left lying about."""
    write_sweep_report(rates, tmp_path)
    search = fit_search([{"kernel": ["linear"]}, {"C": [1.0]}])
    write_sweep_report(SweepResults.from_search(search, name="a", title="b"), tmp_path)
    assert not list(tmp_path.glob("*.png"))


def test_a_stored_report_is_drawn_again(rates, tmp_path):
    """The page depends on the plain results alone."""
    page = write_sweep_report(rates, tmp_path)
    before = page.read_bytes()
    page.unlink()
    assert render_report(tmp_path).read_bytes() == before


def test_a_folder_without_a_report_is_named(tmp_path):
    """The error says what is missing and what to give instead."""
    with pytest.raises(ValueError, match=r"is not a report.*reports/grid-digits"):
        render_report(tmp_path)


def test_an_unknown_kind_is_named(tmp_path):
    """A report of a later version, perhaps."""
    (tmp_path / "results.json").write_text('{"kind": "song"}')
    with pytest.raises(ValueError, match=r"kind 'song', expected one of"):
        render_report(tmp_path)


def test_a_training_has_its_report(training, tmp_path):
    """Samples, curves, figures, mistakes and the network's inside."""
    page = read(write_training_report(training, tmp_path))
    for part in ("0.667", "8,660", "class 24", "Learning curves", "Where the network looked"):
        assert part in page.text
    assert "class 25" not in page.text
    assert "the first 64 of 70 maps" in page.text
    assert (tmp_path / "learning_curves.png").exists()


def test_a_training_survives_saving(training, tmp_path):
    """The plain results come back as they were."""
    training.save(tmp_path)
    loaded = TrainingResults.load(tmp_path)
    pd.testing.assert_frame_equal(loaded.history, training.history)
    np.testing.assert_array_equal(loaded.samples.images, training.samples.images)
    assert loaded.samples.names == training.samples.names
    assert (loaded.parameters, loaded.diverged_epoch) == (8660, None)


def test_the_last_validation_accuracy_gives_way_to_the_test_split(training, tmp_path):
    """It is a headline only where no test accuracy is."""
    history = training.history.assign(val_accuracy=[0.1, 0.3, 0.345])
    validated = replace(training, history=history)
    assert "0.345" not in read(write_training_report(validated, tmp_path)).text
    untested = replace(validated, predictions=None)
    assert "Validation accuracy 0.345" in read(write_training_report(untested, tmp_path)).text


def test_a_bare_training_has_a_report(tmp_path):
    """Nothing but its history, which ended in divergence."""
    history = pd.DataFrame({"epoch": [1], "loss": [np.nan]})
    results = TrainingResults("a", "b", "c", history, diverged_epoch=1)
    assert "diverged in epoch 1" in read(write_training_report(results, tmp_path)).text


def test_layers_are_numbered_by_their_place():
    """Not by what Keras had built before; names that were given stay."""
    assert layer_names(["conv2d_9", "conv2d_10", "dense_3", "block_1"]) == [
        "conv2d 1",
        "conv2d 2",
        "dense",
        "block_1",
    ]


def test_a_comparison_has_its_report(comparison, tmp_path):
    """The most accurate model is named and comes first."""
    page = write_comparison_report(comparison, tmp_path)
    assert "Most accurate large of 2 models" in read(page).text
    rows = list(zip(*texts_of(page).values(), strict=True))
    assert rows == [
        ("large", "0.750", "2,000,000", "3 min 9 s"),
        ("small", "0.600", "1,000", "12 s"),
    ]
    assert (tmp_path / "comparison.png").exists()


def test_a_comparison_shows_the_inside_of_each_network(comparison, insight, tmp_path):
    """Filters, maps and saliency of each model lie behind its name; those not known do not."""
    inside = replace(comparison, insights={"<small>": insight, "large": insight})
    page = read(write_comparison_report(inside, tmp_path))
    assert [tag for tag, _ in page.tags].count("summary") == 2 + 2 * len(insight.feature_maps)
    assert page.text.count("First-layer filters") == 2
    assert page.text.count("the first 64 of 70 maps") == 2
    assert page.text.count("Where the network looked") == 2
    assert "<small>" in page.text
    write_comparison_report(comparison, tmp_path)
    assert "Inside the networks" not in read(tmp_path / "index.html").text


def test_the_list_names_all_reports(rates, comparison, tmp_path):
    """Each with its address, title, date and best figure, the newest first."""
    write_sweep_report(replace(rates, created="2026-01-02T03:04:05+00:00"), tmp_path / "a b")
    write_comparison_report(replace(comparison, created="2027-01-01"), tmp_path / "deep" / "c")
    page = read(write_index(tmp_path))
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a" and "skip" not in str(attrs)]
    assert links == ["deep/c/index.html", "a%20b/index.html"]
    assert [tag for tag, _ in page.tags].count("svg") == 2
    assert "02 January 2026, 03:04 UTC" in page.text
    assert "large: 0.750 test accuracy" in page.text


def test_a_damaged_report_is_listed_with_its_problem(tmp_path):
    """One broken folder does not hide the others."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "results.json").write_text("{")
    assert "cannot be read" in read(write_index(tmp_path)).text


def test_no_reports_are_an_empty_list(tmp_path):
    """A folder that does not exist yet is made."""
    assert "There is no report here yet." in read(write_index(tmp_path / "reports")).text


def test_a_thousand_candidates_stay_small(table, tmp_path):
    """1,000 candidates × 5 folds × 100 epochs make a page of less than 6 MB."""
    generator = np.random.default_rng(0)
    params = [{"a": a, "b": b} for a in range(50) for b in range(20)]
    fits = pd.MultiIndex.from_product(
        [range(1000), range(5), range(1, 101)], names=["candidate", "split", "epoch"]
    )
    names = ["loss", "accuracy", "val_loss", "val_accuracy"]
    curves = pd.DataFrame(generator.random((len(fits), 4)), index=fits, columns=names)
    results = SweepResults(
        "many", "Many", "", table(params, generator.random((1000, 5))), 0, curves.reset_index()
    )
    page = write_sweep_report(results, tmp_path)
    assert page.stat().st_size < 6e6
