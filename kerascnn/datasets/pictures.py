"""One image file → one array of pixels."""

import io
import warnings
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG")
EXIF_ORIENTATION = 0x0112
SIDEWAYS = (5, 6, 7, 8)  # the orientations that exchange width and height
GREY_MODES = ("1", "L", "LA", "I", "I;16", "I;16B", "F")
BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError)
# What Pillow raises on broken files, depending on where they are broken.
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, zlib.error)


class UnreadableImage(ValueError):  # noqa: N818 (it says what is wrong, as OSError's kin do)
    """A file holds no image that can be used; the message says why."""


@dataclass(frozen=True)
class Picture:
    """What an image file's header says.

    Attributes:
        height: in pixels, as the image is meant to be seen.
        width: in pixels, likewise.
        is_grey: whether it has no colours.
        is_transparent: whether it may have transparent pixels.
        kind: "PNG" or "JPEG".
    """

    height: int
    width: int
    is_grey: bool
    is_transparent: bool
    kind: str


def inspect_picture(data: bytes) -> Picture:
    """Return what the header of an image file says, without decoding the pixels.

    Raises:
        UnreadableImage: if the file is not a PNG or JPEG image, or declares so many pixels
            (Pillow's limit, about 89 million) that it may be a decompression bomb.
    """
    image = _open(data)
    width, height = image.size
    if "exif" in image.info and image.getexif().get(EXIF_ORIENTATION) in SIDEWAYS:
        width, height = height, width
    return Picture(
        height, width, image.mode in GREY_MODES, image.has_transparency_data, str(image.format)
    )


def read_pixels(data: bytes, height: int, width: int, is_grey: bool) -> np.ndarray:
    """Return an image file's pixels.

    Photographs are turned upright as their EXIF data say, transparent pixels are composited on
    white, 16 bits become 8. Scaling is bilinear over the covered area, without preserving the
    aspect ratio.

    Args:
        data: the file's content.
        height: pixels to scale to.
        width: likewise.
        is_grey: whether to convert to grey (ITU-R 601-2 luma) or to red, green and blue.

    Returns:
        uint8, (height, width, 1) or (height, width, 3).

    Raises:
        UnreadableImage: if the file is damaged.
    """
    image = _open(data)
    try:
        upright = _to_8_bits(ImageOps.exif_transpose(image) if "exif" in image.info else image)
        scaled = _on_white(upright).convert("L" if is_grey else "RGB")
    except UNREADABLE as error:
        raise UnreadableImage(str(error)) from error
    if scaled.size != (width, height):
        scaled = scaled.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(scaled).reshape(height, width, 1 if is_grey else 3)


def _open(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(data), formats=FORMATS)
        except BOMBS as error:
            raise UnreadableImage(f"refused as a decompression bomb: {error}") from error
        except Image.UnidentifiedImageError as error:
            raise UnreadableImage("not a PNG or JPEG image, or its start is damaged") from error
        except UNREADABLE as error:
            raise UnreadableImage(str(error)) from error


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Keep the upper 8 of 16 bits, which Pillow's own conversion would cut off at 255."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
