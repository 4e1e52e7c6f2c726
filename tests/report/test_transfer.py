"""The page of transfer learning: the main picture, the tables, and its own figures."""

import numpy as np
import pandas as pd
import pytest

from kerascnn.laboratory import transfer
from kerascnn.report import TransferResults, render_report, write_index, write_transfer_report
from tests.report.test_pages import read


@pytest.fixture
def results():
    """Two strategies on two sizes, with two draws."""
    rows = [
        {
            "strategy": name,
            "images_per_class": size,
            "draw": draw,
            "accuracy": value,
            "seconds": 2.0,
        }
        for name, values in {"from scratch": (0.4, 0.8), "frozen": (0.6, 0.7)}.items()
        for size, value in zip((10, 500), values, strict=True)
        for draw in range(2)
    ]
    table = pd.DataFrame(rows)
    bare = TransferResults("t", "Transfer", "It pays.", table, "from scratch", 0.75)
    shown = transfer.classes_shown({"known": {"cat": np.zeros((3, 4, 4, 3), np.uint8)}})
    return TransferResults(
        "t", "Transfer", "It pays.", table, "from scratch", 0.75, [*transfer.figures(bare), shown]
    )


def test_the_page_says_what_transfer_brings(results, tmp_path):
    """With few images and with many, and from when on it brings nothing."""
    text = read(write_transfer_report(results, tmp_path)).text
    for said in (
        "frozen",
        "from 10 images per class",
        "0.600 ± 0.000",
        "+0.200 ± 0.000",
        "−0.100 ± 0.000",
        "from scratch has caught up at",
        "Each point is the mean of 2 draws",
        "Pretrained accuracy",
        "0.750",
    ):
        assert said in text, said


def test_there_is_a_png_of_each_exhibit(results, tmp_path):
    """And the report can be drawn again from its files."""
    page = write_transfer_report(results, tmp_path)
    assert len(list(tmp_path.glob("exhibit-*.png"))) == 3
    before = page.read_bytes()
    assert render_report(tmp_path).read_bytes() == before


def test_the_list_of_reports_shows_its_figure(results, tmp_path):
    """The best strategy with the fewest images."""
    write_transfer_report(results, tmp_path / "t")
    assert "frozen: 0.600 from 10 images per class" in read(write_index(tmp_path)).text
