"""The learning curves that every kind of result has room for."""

CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")
