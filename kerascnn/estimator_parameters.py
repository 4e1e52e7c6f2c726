"""The parameters of an estimator, those in its signature and those that are routes."""

from functools import cache
from typing import Any, Self

from sklearn.base import BaseEstimator

from kerascnn import estimator_arguments
from kerascnn.estimator_arguments import unknown_name
from kerascnn.estimator_routes import effective
from kerascnn.internals.scikeras import BaseWrapper, route_params


@cache
def _parameter_names(kind: type[BaseEstimator]) -> tuple[str, ...]:
    """Return the names in a class's signature; a search asks for them a dozen times per fit."""
    return tuple(BaseEstimator._get_param_names.__func__(kind))


class RoutedEstimator(BaseWrapper):
    """An abstract estimator that takes routes beside the parameters in its signature.

    Its constructor stores the routes, name → value, as `_routes`.
    """

    _routes: dict[str, Any]

    @classmethod
    def _get_param_names(cls) -> list[str]:
        # scikit-learn's reading of the signature: scikeras's own takes every attribute for one.
        # mypy takes the __hash__ of instances for that of their class.
        return list(_parameter_names(cls))  # type: ignore[arg-type]

    __repr__ = BaseEstimator.__repr__

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return all parameters by name, routes included."""
        return {**BaseEstimator.get_params(self, deep=deep), **self._routes}

    def set_params(self, **params: Any) -> Self:
        """Set parameters and routes by name.

        Raises:
            ValueError: naming each that is unknown, with the closest name there is.
        """
        known, named = self.get_params(deep=False), self._get_param_names()
        new = [name for name in params if name not in known]
        wrong = [unknown_name(name, {**known, **params}, named) for name in new]
        estimator_arguments.raise_all([problem for problem in wrong if problem is not None])
        for name in set(params).intersection(named):
            setattr(self, name, params[name])
        routes = {name: value for name, value in params.items() if name not in named}
        self._routes = {**self._routes, **routes}
        return self

    def check_arguments(self) -> None:
        """Raise one ValueError that names all wrong parameters, if there are any."""
        parameters, named = self.get_params(deep=False), self._get_param_names()
        estimator_arguments.raise_all(estimator_arguments.problems(parameters, named))

    def _effective(self, name: str) -> Any:
        """Return a parameter's value; a route that leads to the same thing wins."""
        return effective(self.get_params(deep=False), name)

    def _routed(self, destination: str) -> dict[str, Any]:
        """Return the routes to a destination, without its name in front."""
        return route_params(self._routes, destination=destination, pass_filter=set())
