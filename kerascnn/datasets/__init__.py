"""Images or signals and their labels, by name or from a path.

    dataset = kerascnn.datasets.load("digits")
    dataset = kerascnn.datasets.load("~/my_images", size=(32, 32))
    dataset = kerascnn.datasets.load("~/my_recordings", rate=16_000, n_samples=16_000)

To add a dataset to the table of names, write one function that returns a `Dataset` (see
`kerascnn.datasets.dataset.make_dataset`), decorate it with `@register` and import its module in
`kerascnn.datasets.registry`.
"""

from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.errors import DatasetError
from kerascnn.datasets.recording_names import RecordingName, parse_recording_name
from kerascnn.datasets.registry import load, names, register, register_as

__all__ = [
    "Dataset",
    "DatasetError",
    "RecordingName",
    "load",
    "make_dataset",
    "names",
    "parse_recording_name",
    "register",
    "register_as",
]
