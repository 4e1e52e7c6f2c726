"""The closeness of images to others: PSNR and SSIM, as TensorFlow computes them."""

import numpy as np

# SSIM weighs a window of 11×11 pixels (Wang et al. 2004), as TensorFlow does by default.
WINDOW = 11
# The PSNR of equal images is infinite, of which there is no mean: this stands for it.
MOST_DECIBELS = 100.0
BATCH = 500


def psnr(images: np.ndarray, references: np.ndarray, data_range: float) -> np.ndarray:
    """Return each image's peak signal-to-noise ratio, 10 log₁₀(data_range² / mean square error).

    Args:
        images: (n, height, width, channels) float32.
        references: what they should be, likewise.
        data_range: the largest minus the smallest value that a reference may have.

    Returns:
        Decibels, (n,) float64; at most 100, which equal images have.

    Raises:
        ValueError: if the shapes differ, or the range is not positive.
    """
    import tensorflow as tf

    _check(images, references, data_range)
    decibels = tf.image.psnr(images, references, data_range).numpy()
    return np.minimum(decibels.astype(np.float64), MOST_DECIBELS)


def ssim(images: np.ndarray, references: np.ndarray, data_range: float) -> np.ndarray:
    """Return each image's structural similarity, the mean over places and channels.

    Source: Z. Wang, A. C. Bovik, H. R. Sheikh and E. P. Simoncelli, Image quality assessment: from
    error visibility to structural similarity, IEEE Trans. Image Process. 13, 600-612 (2004), with
    Gaussian windows of 11×11 pixels, standard deviation 1.5, K₁ = 0.01 and K₂ = 0.03. In images of
    less than 11 pixels across the window is the largest odd one that fits.

    Args:
        images: (n, height, width, channels) float32.
        references: what they should be, likewise.
        data_range: the largest minus the smallest value that a reference may have.

    Returns:
        From −1 to 1, which equal images have; (n,) float64.

    Raises:
        ValueError: if the shapes differ, or the range is not positive.
    """
    import tensorflow as tf

    _check(images, references, data_range)
    side = min(WINDOW, *images.shape[1:3])
    window = side - 1 + side % 2
    # In batches: it takes some ten times the memory of the images.
    starts = range(0, len(images), BATCH)
    parts = [
        tf.image.ssim(
            images[start : start + BATCH],
            references[start : start + BATCH],
            data_range,
            filter_size=window,
        ).numpy()
        for start in starts
    ]
    return np.concatenate(parts).astype(np.float64)


def quality(images: np.ndarray, references: np.ndarray, data_range: float) -> dict[str, float]:
    """Return the mean PSNR and SSIM of images, as columns of a study's measurements."""
    return {
        "psnr": float(psnr(images, references, data_range).mean()),
        "ssim": float(ssim(images, references, data_range).mean()),
    }


def _check(images: np.ndarray, references: np.ndarray, data_range: float) -> None:
    if images.shape != references.shape:
        raise ValueError(
            f"images have the shape {images.shape}, but references {references.shape}: "
            "give one for each"
        )
    if not data_range > 0:
        raise ValueError(f"data_range={data_range!r} must be positive")
