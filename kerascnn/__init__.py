"""Hyperparameter sweeps of small Keras CNNs with scikit-learn's contract.

    from kerascnn import CNNClassifier, GridSearchCV

    search = GridSearchCV(CNNClassifier("digits_cnn"), {"learning_rate": [0.01, 0.1]})
    search.fit(X, y)

Importing this package settles TensorFlow's environment first (see `kerascnn.environment`) and
loads TensorFlow itself only when a name that needs it is used.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kerascnn import environment
from kerascnn.utils.drawing import Drawing, draw_by
from kerascnn.utils.moved import MovedModules
from kerascnn.utils.notebook import in_notebook

if TYPE_CHECKING:
    from kerascnn.convolution import output_size
    from kerascnn.datasets import Dataset
    from kerascnn.estimators import CNNClassifier, CNNRegressor, ConvAutoencoder, DivergenceError
    from kerascnn.experiment import (
        AnomalyExperiment,
        CodesExperiment,
        ComparisonExperiment,
        DenoisingExperiment,
        GridExperiment,
        LaboratoryExperiment,
        RecordingsExperiment,
        RunOptions,
        SeismicExperiment,
        StudyExperiment,
        SuperResolutionExperiment,
        TrainingExperiment,
        TransferExperiment,
    )
    from kerascnn.report import show, write_figures, write_report
    from kerascnn.results import Expected
    from kerascnn.search import (
        GridSearchCV,
        HalvingGridSearchCV,
        HalvingRandomSearchCV,
        OptunaSearchCV,
        RandomizedSearchCV,
    )

__version__ = "0.1.0"

_HOMES = {
    "AnomalyExperiment": "kerascnn.experiment",
    "CodesExperiment": "kerascnn.experiment",
    "ComparisonExperiment": "kerascnn.experiment",
    "CNNClassifier": "kerascnn.estimators",
    "CNNRegressor": "kerascnn.estimators",
    "ConvAutoencoder": "kerascnn.estimators",
    "Dataset": "kerascnn.datasets",
    "DenoisingExperiment": "kerascnn.experiment",
    "DivergenceError": "kerascnn.estimators",
    "Expected": "kerascnn.results",
    "GridExperiment": "kerascnn.experiment",
    "GridSearchCV": "kerascnn.search",
    "HalvingGridSearchCV": "kerascnn.search",
    "HalvingRandomSearchCV": "kerascnn.search",
    "LaboratoryExperiment": "kerascnn.experiment",
    "OptunaSearchCV": "kerascnn.search",
    "RandomizedSearchCV": "kerascnn.search",
    "RecordingsExperiment": "kerascnn.experiment",
    "RunOptions": "kerascnn.experiment",
    "SeismicExperiment": "kerascnn.experiment",
    "StudyExperiment": "kerascnn.experiment",
    "SuperResolutionExperiment": "kerascnn.experiment",
    "TrainingExperiment": "kerascnn.experiment",
    "TransferExperiment": "kerascnn.experiment",
    "output_size": "kerascnn.convolution",
    "show": "kerascnn.report",
    "write_figures": "kerascnn.report",
    "write_report": "kerascnn.report",
}

_HOMES_WITH_TENSORFLOW = {"kerascnn.estimators", "kerascnn.search"}

__all__ = [
    "AnomalyExperiment",
    "CNNClassifier",
    "CNNRegressor",
    "CodesExperiment",
    "ComparisonExperiment",
    "ConvAutoencoder",
    "Dataset",
    "DenoisingExperiment",
    "DivergenceError",
    "Expected",
    "GridExperiment",
    "GridSearchCV",
    "HalvingGridSearchCV",
    "HalvingRandomSearchCV",
    "LaboratoryExperiment",
    "OptunaSearchCV",
    "RandomizedSearchCV",
    "RecordingsExperiment",
    "RunOptions",
    "SeismicExperiment",
    "StudyExperiment",
    "SuperResolutionExperiment",
    "TrainingExperiment",
    "TransferExperiment",
    "output_size",
    "show",
    "write_figures",
    "write_report",
]

# Modules that users may have imported before they moved.
_MOVED = {
    "kerascnn.batches": "kerascnn.training.batches",
    "kerascnn.checkpoint": "kerascnn.estimators.checkpoint",
    "kerascnn.inspection": "kerascnn.interpretation",
    "kerascnn.models.shapes": "kerascnn.convolution.sizes",
    "kerascnn.progress": "kerascnn.utils.progress",
    "kerascnn.runtime": "kerascnn.environment",
    "kerascnn.seeding": "kerascnn.training.seeding",
    "kerascnn.spelling": "kerascnn.utils.spelling",
    "kerascnn.targets": "kerascnn.estimators.outputs",
    "kerascnn.report.results": "kerascnn.results.sweep",
    "kerascnn.report.insight": "kerascnn.results.interpretation",
    "kerascnn.report.predictions": "kerascnn.results.predictions",
    "kerascnn.report.labels": "kerascnn.utils.formatting",
    "kerascnn.report.storage": "kerascnn.results.storage",
}


def _drawing() -> Drawing:
    """Return what draws searches, which do not know it."""
    from kerascnn.report import displayed

    return displayed


environment.prepare_environment()
draw_by(_drawing)
MovedModules(_MOVED).install()


def __getattr__(name: str) -> Any:
    """Import a public name's module on first use, so that `import kerascnn` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'kerascnn' has no attribute {name!r}")
    home = _HOMES[name]
    if home in _HOMES_WITH_TENSORFLOW and in_notebook():
        # A kernel shows what a terminal would not keep: the banner of TensorFlow's native code.
        environment.start_tensorflow_quietly(without=())
    if home not in sys.modules:
        with environment.quick_imports():
            import_module(home)
    return globals().setdefault(name, getattr(sys.modules[home], name))


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
