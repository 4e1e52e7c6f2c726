"""Grid searches over CNNClassifier: scikit-learn's contract, faster ways to run it."""

from kerascnn.search.grid_search import GridSearchCV

__all__ = ["GridSearchCV"]
