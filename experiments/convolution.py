"""Convolution on a photo: edges, sharpening, padding, stride, pooling, volumes.

Claim: edge detection, sharpening and blurring are one operation with different kernels, and a
convolution layer adds it up over channels. `--data my.jpg` shows it on a photo of your own. Nothing
is trained.

Source: lecture notes on convolutional neural networks, School of Earth Sciences, Ohio State
University. Run it with `make convolution`.
"""

from kerascnn import LaboratoryExperiment
from kerascnn.laboratory import photo

experiment = LaboratoryExperiment(
    title="Convolution on a photo",
    claim=(
        "Edge detection, sharpening and blurring are one operation with different kernels, and a "
        "convolution layer adds it up over the channels of an image."
    ),
    photo="china",
    exhibits=photo.exhibits,
)
