"""The ways to run the fits of a search, all behind one interface."""

from kerascnn.search.engines.base import Engine, SearchContext
from kerascnn.search.engines.choice import ENGINES, Assignment, assign

__all__ = ["ENGINES", "Assignment", "Engine", "SearchContext", "assign"]
