"""Panels of exhibits on a page: sharp pictures and coloured grids of numbers."""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps

from kerascnn.report.figures.images import png_address
from kerascnn.results.panels import Matrix, Picture

GRID_COLOUR = (204, 51, 51)
GRID_CELL = 16
# Pictures of more pixels than this across are shown smaller than they are, the others larger.
FEW_PIXELS = 128
# On a colour of this luminance black and white have the same contrast, 4.6:1.
DARK_BELOW = 0.179


@dataclass(frozen=True)
class Cell:
    """One cell of a coloured grid: its text and its colours, as CSS writes them."""

    text: str
    background: str
    colour: str


def number_label(value: float) -> str:
    """Write a number for a cell or a range: at most three digits, and a true minus sign."""
    number = float(value)
    text = f"{number:,.0f}" if number.is_integer() and abs(number) < 1e6 else f"{number:.3g}"
    return text.replace("-", "−")


def grey_levels(pixels: np.ndarray) -> np.ndarray:
    """Return a picture's pixels as uint8, (height, width, 1 or 3).

    Args:
        pixels: see `Picture`.
    """
    if pixels.dtype != np.uint8:
        values = pixels.astype(np.float64)
        low, high = values.min(), values.max()
        pixels = np.round((values - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    return pixels.reshape(*pixels.shape[:2], -1)


def with_grid(pixels: np.ndarray) -> np.ndarray:
    """Return a picture enlarged, uint8 (height, width, 3), with a line around each pixel."""
    colours = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    enlarged = colours.repeat(GRID_CELL, axis=0).repeat(GRID_CELL, axis=1)
    framed = np.pad(enlarged, ((0, 1), (0, 1), (0, 0)))
    framed[::GRID_CELL] = GRID_COLOUR
    framed[:, ::GRID_CELL] = GRID_COLOUR
    return framed


def picture_address(picture: Picture) -> str:
    """Write a picture as a PNG data address, pixel by pixel."""
    pixels = grey_levels(picture.pixels)
    return png_address(with_grid(pixels) if picture.grid else pixels)


def picture_note(picture: Picture) -> str:
    """Say how large a picture is, and what its black and its white mean."""
    height, width = picture.pixels.shape[:2]
    size = f"{height}\u00a0×\u00a0{width}"
    if picture.pixels.dtype == np.uint8:
        return size
    low, high = number_label(picture.pixels.min()), number_label(picture.pixels.max())
    return f"{size}, black {low} to white {high}"


def matrix_labels(matrix: Matrix) -> np.ndarray:
    """Return the text of each cell, (rows, columns)."""
    if matrix.labels is not None:
        return matrix.labels
    texts = [[number_label(value) for value in row] for row in matrix.values]
    return np.array(texts)


def matrix_colours(matrix: Matrix) -> tuple[np.ndarray, np.ndarray]:
    """Return each cell's colour, uint8 (rows, columns, 3), and whether it is dark, bool.

    Zero is white where there are negative numbers, and the darkest colour where there are none.
    """
    values = np.asarray(matrix.values, float)
    largest = np.abs(values).max() or 1.0
    shades = colormaps["RdBu_r"](0.5 + values / (2 * largest))
    if values.min() >= 0:
        shades = colormaps["viridis"](values / largest)
    colours = shades[..., :3]
    return np.round(colours * 255).astype(np.uint8), luminance(colours) < DARK_BELOW


def luminance(colours: np.ndarray) -> np.ndarray:
    """Return the relative luminance of sRGB colours, (…, 3) from 0 to 1, as WCAG 2 defines it."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    weighted: np.ndarray = linear @ (0.2126, 0.7152, 0.0722)
    return weighted


def matrix_cells(matrix: Matrix) -> list[list[Cell]]:
    """Return the rows of a coloured grid."""
    colours, dark = matrix_colours(matrix)
    labels = matrix_labels(matrix)
    return [
        [
            Cell(
                str(labels[place]),
                "#{:02x}{:02x}{:02x}".format(*colours[place]),
                "#ffffff" if dark[place] else "#000000",
            )
            for place in ((row, column) for column in range(labels.shape[1]))
        ]
        for row in range(labels.shape[0])
    ]
