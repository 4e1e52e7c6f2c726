"""A training that resumes after its last finished epoch, and where its state is kept."""

from pathlib import Path
from typing import Any

from kerascnn.experiment.data import Split
from kerascnn.experiment.progress import EpochProgress
from kerascnn.experiment.run import Run

FOLDER = ".checkpoints"


def fit_checkpointed(classifier: Any, split: Split, run: Run[Split], settings: Any) -> float:
    """Train a classifier, and return the seconds that all epochs took.

    The test samples serve as validation data.

    Args:
        classifier: not yet fitted; it is fitted in place.
        split: its samples.
        run: the run that it is a part of.
        settings: what its numbers depend on, as plain JSON data.
    """
    from kerascnn.estimators.checkpoint import fit_with_checkpoint

    checkpoint = kept_file(run.folder, settings, ".npz")
    if run.starts_afresh:
        checkpoint.unlink(missing_ok=True)
    with EpochProgress(run.name, classifier.epochs, run.options.progress) as progress:
        return fit_with_checkpoint(
            classifier,
            split.X,
            split.y,
            checkpoint,
            validation_data=(split.X_test, split.y_test),
            on_epoch=progress.count,
        )


def kept_file(folder: Path, settings: Any, suffix: str) -> Path:
    """Return where what depends on these settings is kept while a run goes on.

    Args:
        folder: of the report.
        settings: plain JSON data.
        suffix: of the file.
    """
    import joblib

    key = joblib.hash(settings, hash_name="sha1")[:12]
    return folder.parent / FOLDER / f"{folder.name}-{key}{suffix}"
