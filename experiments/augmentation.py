"""Augmentation: the CIFAR-10 conv stack on 2,000 images, each kind alone and mixtures, 5-fold.

Claim: with few images, flips and shifts help a small network and changes of colours hardly do; a
mixture is best, and the gap between training and validation shrinks.

Sources: M. La Quatra, Deep learning for speech and vision, Kore University of Enna, module 2 (the
kinds and the longer mixture); K. He, X. Zhang, S. Ren and J. Sun, arXiv:1512.03385, section 4.2
(flips and shifts). Run it with `make augmentation`.
"""

from kerascnn import GridExperiment
from kerascnn.laboratory import augmentation

KINDS = (
    "flip",
    "rotation",
    "crop",
    "zoom",
    "translation",
    "brightness",
    "contrast",
    "saturation",
    "hue",
    "noise",
    "blur",
    "randaugment",
)
MIXTURES = (
    ["flip", "translation"],
    ["crop", "flip", "rotation", "brightness", "contrast", "saturation"],
)

experiment = GridExperiment(
    title="Augmentation on 2,000 images of CIFAR-10",
    claim=(
        "With few images, flips and shifts help a small network and changes of colours hardly do; "
        "a mixture is best, and the gap between training and validation shrinks."
    ),
    dataset="cifar10",
    model="cifar_cnn",
    grid={"augmentation": [None, *KINDS, *MIXTURES]},
    n_train=2000,
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 30},
    exhibits=augmentation.exhibits,
)
