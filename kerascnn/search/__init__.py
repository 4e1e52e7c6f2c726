"""Grid searches over estimators of CNNs: scikit-learn's contract, faster ways to run it."""

from kerascnn.search.grid_search import GridSearchCV

__all__ = ["GridSearchCV"]
