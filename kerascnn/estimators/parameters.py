"""The parameters of an estimator, those in its signature and those that are routes."""

from functools import cache
from typing import Any, ClassVar, Self

from sklearn.base import BaseEstimator

from kerascnn.estimators import validation
from kerascnn.estimators.routes import effective
from kerascnn.estimators.validation import unknown_name
from kerascnn.internals.scikeras import BaseWrapper, route_params
from kerascnn.utils.signatures import constructor_defaults


@cache
def _parameter_names(kind: type[BaseEstimator]) -> tuple[str, ...]:
    """Return the names of a class's parameters; a search asks for them a dozen times per fit."""
    return tuple(sorted(constructor_defaults(kind, RoutedEstimator)))


def _inherited_names(kind: Any) -> tuple[str, ...]:
    """Return the names of the parameters that the highest estimator above a class needs."""
    constructing = [
        level
        for level in kind.__mro__
        if issubclass(level, RoutedEstimator) and "__init__" in vars(level)
    ]
    return _parameter_names(constructing[-1])


class RoutedEstimator(BaseWrapper):
    """An abstract estimator that takes routes beside the parameters in its signature.

    Its constructor stores the routes, name → value, as `_routes`.
    """

    # What its networks are for, a key of `kerascnn.estimators.builders.SECOND_ARGUMENTS`.
    TASK: ClassVar[str]

    _routes: dict[str, Any]

    @classmethod
    def _get_param_names(cls) -> list[str]:
        # As scikit-learn reads signatures, but for subclasses that hand `**parameters` on;
        # scikeras's own reading takes every attribute for a parameter.
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
        validation.raise_all([problem for problem in wrong if problem is not None])
        for name in set(params).intersection(named):
            setattr(self, name, params[name])
        routes = {name: value for name, value in params.items() if name not in named}
        self._routes = {**self._routes, **routes}
        return self

    def check_constructor(self) -> None:
        """Raise ValueError if a subclass's constructor keeps parameters that training needs."""
        missing = sorted(set(_inherited_names(type(self))) - set(self._get_param_names()))
        if missing:
            raise ValueError(
                f"the constructor of {type(self).__name__} does not take {', '.join(missing)}: "
                "let it take **parameters, too, and hand them to that of the class above"
            )

    def check_arguments(self) -> None:
        """Raise one ValueError that names all wrong parameters, if there are any."""
        self.check_constructor()
        parameters, named = self.get_params(deep=False), self._get_param_names()
        validation.raise_all(validation.problems(parameters, named, self.TASK))

    def _effective(self, name: str) -> Any:
        """Return a parameter's value; a route that leads to the same thing wins."""
        return effective(self.get_params(deep=False), name)

    def _routed(self, destination: str) -> dict[str, Any]:
        """Return the routes to a destination, without its name in front."""
        return route_params(self._routes, destination=destination, pass_filter=set())
