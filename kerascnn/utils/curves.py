"""The columns of tables of learning curves."""

from collections.abc import Iterable

# What tells rows apart; a metric of such a name has no column.
PLACES = ("candidate", "split", "epoch")
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names of curves, each once: the usual ones first, others as they come."""
    found = dict.fromkeys(name for name in names if name not in PLACES)
    usual = [name for name in CURVES if name in found]
    return [*usual, *(name for name in found if name not in CURVES)]


def quantities(names: Iterable[str]) -> list[str]:
    """Return what curves are of, whether of training or of validation samples."""
    return list(dict.fromkeys(name.removeprefix("val_") for name in in_order(names)))
