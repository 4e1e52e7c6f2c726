"""Parts of scikeras, all of them: it is no longer maintained, so only this module knows it."""

from typing import Any

import keras

# What scikeras does with parameters such as `metrics` and `optimizer__momentum`. Its wrapper
# applies these functions inside its own building and training only.
from scikeras._utils import (
    get_metric_class,
    route_params,
    try_to_convert_strings_to_classes,
    unflatten_params,
)

# The base of scikeras's estimators, which is public.
from scikeras.wrappers import BaseWrapper

__all__ = [
    "BaseWrapper",
    "fit_callbacks",
    "get_metric_class",
    "route_params",
    "try_to_convert_strings_to_classes",
    "unflatten_params",
]


def fit_callbacks(estimator: Any) -> list[keras.callbacks.Callback]:
    """Return scikeras's reading of `callbacks` and `fit__callbacks`, and keep it nowhere.

    scikeras makes callbacks from their classes in its own `fit` only, as attributes that would
    stay on the estimator.
    """
    estimator._initialize_callbacks()
    del estimator._predict_callbacks
    return estimator.__dict__.pop("_fit_callbacks")
