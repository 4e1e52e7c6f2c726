"""Keras's early stopping, which says so if it has nothing to go by."""

from collections.abc import Mapping
from typing import Any

import keras


class StopEarly(keras.callbacks.EarlyStopping):
    """Keras's EarlyStopping; it would only warn, and never stop, by a curve that is not there."""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Compare the epoch with the best; called by Keras.

        Raises:
            ValueError: if what is to be compared was not measured.
        """
        if self.monitor not in (logs or {}):
            known = ", ".join(name for name in logs or {} if name.startswith("val_"))
            raise ValueError(
                f"early stopping goes by {self.monitor!r}, which the network does not measure: "
                f"name one of {known}, or add a metric"
            )
        super().on_epoch_end(epoch, logs)
