"""Results of searches in other people's tools: MLflow and TensorBoard's HParams.

    from kerascnn import export

    export.to_mlflow(search, experiment="digits", tracking_uri="sqlite:///mlflow.db")
    export.to_tensorboard("reports/grid-digits", "logs/grid-digits")

Each takes a fitted search, scikit-learn's own included, `SweepResults`, or the folder of a report.
"""

from kerascnn.export.hparams import to_tensorboard
from kerascnn.export.runs import to_mlflow

__all__ = ["to_mlflow", "to_tensorboard"]
