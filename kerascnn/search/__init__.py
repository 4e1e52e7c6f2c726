"""Searches over estimators of CNNs: scikit-learn's contract, faster ways to run it."""

from kerascnn.search.grid_search import GridSearchCV
from kerascnn.search.halving import HalvingGridSearchCV, HalvingRandomSearchCV
from kerascnn.search.optuna_search import OptunaSearchCV
from kerascnn.search.randomized_search import RandomizedSearchCV

__all__ = [
    "GridSearchCV",
    "HalvingGridSearchCV",
    "HalvingRandomSearchCV",
    "OptunaSearchCV",
    "RandomizedSearchCV",
]
