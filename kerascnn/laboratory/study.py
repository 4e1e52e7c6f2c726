"""The measurements of a study, as curves, points, tables and a verdict in words."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kerascnn.results.panels import Bands, Points, Table
from kerascnn.results.predictions import Expected
from kerascnn.results.study import Headline
from kerascnn.utils.formatting import joined

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Quantity:
    """A quantity of a study by method and setting, over seeds.

    Attributes:
        measurements: a row per method, setting and seed, see `StudyResults`.
        column: that holds the quantity.
        name: what readers call it.
        setting: the column that holds the setting.
        setting_name: what readers call that.
        digits: how many decimals are written.
        is_error: whether less is better.
        unit: of the quantity, empty if it has none.
    """

    measurements: "pd.DataFrame"
    column: str
    name: str
    setting: str
    setting_name: str
    digits: int = 2
    is_error: bool = False
    unit: str = ""

    @property
    def full_name(self) -> str:
        """The name with the unit."""
        return f"{self.name}, {self.unit}" if self.unit else self.name

    @property
    def methods(self) -> list[str]:
        """The methods, in order."""
        return list(dict.fromkeys(self.measurements["method"]))

    @property
    def settings(self) -> list[Any]:
        """The settings, in order."""
        return list(dict.fromkeys(self.measurements[self.setting]))

    @cached_property
    def values(self) -> dict[str, np.ndarray]:
        """Each method's figures, (n_settings, n_seeds)."""
        rows = self.measurements.pivot(
            index=["method", self.setting], columns="seed", values=self.column
        )
        return {
            name: rows.loc[[(name, each) for each in self.settings]].to_numpy(float)
            for name in self.methods
        }

    @property
    def means(self) -> dict[str, np.ndarray]:
        """Each method's means over seeds, (n_settings,)."""
        return {name: values.mean(axis=1) for name, values in self.values.items()}

    @property
    def spreads(self) -> dict[str, np.ndarray]:
        """Each method's standard deviations over seeds, (n_settings,)."""
        return {name: values.std(axis=1) for name, values in self.values.items()}

    def text(self, method: str, setting: Any) -> str:
        """Write a method's mean ± standard deviation at one setting."""
        place = self.settings.index(setting)
        mean, spread = self.means[method][place], self.spreads[method][place]
        return f"{mean:.{self.digits}f} ± {spread:.{self.digits}f}".replace("-", "−")

    def bands(self, caption: str, *, is_logarithmic: bool = False) -> Bands:
        """Return a curve for each method over settings that are ascending numbers."""
        return Bands(
            caption,
            np.array(self.settings),
            self.means,
            self.spreads,
            self.setting_name,
            self.full_name,
            is_logarithmic,
        )

    def points(self, caption: str) -> Points:
        """Return a row for each setting, with a point for each method."""
        names = [str(each) for each in self.settings]
        return Points(caption, names, self.means, self.spreads, self.full_name)

    def table(self, caption: str) -> Table:
        """Return a row for each method, with a column for each setting."""
        headings = [f"{self.setting_name}: {each}" for each in self.settings]
        rows = [[name, *(self.text(name, each) for each in self.settings)] for name in self.methods]
        return Table(caption, ["method", *headings], rows)

    def lead(self, method: str) -> np.ndarray:
        """Return by how much a method is better than the best other one, (n_settings, n_seeds).

        That is, at each setting, the one whose mean over seeds is the best; the lead is paired seed
        by seed, and negative where the method is worse.
        """
        sign = -1 if self.is_error else 1
        own = sign * self.values[method]
        rivals = [self.rival(method, each) for each in self.settings]
        others = np.array([self.values[name][place] for place, name in enumerate(rivals)])
        return own - sign * others

    def rival(self, method: str, setting: Any) -> str:
        """Return the best of the other methods at one setting."""
        place, sign = self.settings.index(setting), -1 if self.is_error else 1
        others = [name for name in self.methods if name != method]
        return max(others, key=lambda name: sign * float(self.means[name][place]))

    def verdict(self, method: str) -> str:
        """Say in words where a method is better than all others, and where it is not."""
        leads = self.lead(method)
        is_won = (leads > 0).all(axis=1)
        won = joined([self.settings[place] for place in np.flatnonzero(is_won)])
        missed = "; ".join(self._missed(method, int(place)) for place in np.flatnonzero(~is_won))
        if not won:
            return f"By {self.name}, the {method} beats the others nowhere: {missed}."
        said = f"By {self.name}, the {method} beats all others with every seed at "
        said += f"{self.setting_name} {won}"
        return f"{said}, but not everywhere: {missed}." if missed else f"{said}."

    def headline(self, method: str, setting: Any, expected: Expected | None = None) -> Headline:
        """Return a method's figure at one setting, beside the best other one and the expected."""
        rival, place = self.rival(method, setting), self.settings.index(setting)
        note = f"{method}; best other, {rival}: {self._with_unit(self.text(rival, setting))}"
        if expected is not None:
            stated = f"{expected.figure:.{self.digits}f} ± {expected.spread:.{self.digits}f}"
            verdict = expected.verdict(float(self.means[method][place]))
            source = f" ({expected.source})" if expected.source else ""
            note += f"; expected {stated}{source}: {verdict}"
        label = f"{self.name} at {self.setting_name} {setting}"
        return Headline(label, self._with_unit(self.text(method, setting)), note)

    def _missed(self, method: str, place: int) -> str:
        """Say how far a method is from the best other one at a setting where it has not won."""
        leads, setting = self.lead(method)[place], self.settings[place]
        amount = self._with_unit(f"{abs(leads.mean()):.{self.digits}f}")
        side = "ahead" if leads.mean() > 0 else "behind"
        said = f"at {setting} it is {amount} {side} ({self.rival(method, setting)})"
        is_mixed = (leads > 0).any()
        return f"{said} on average, but not with every seed" if is_mixed else said

    def _with_unit(self, text: str) -> str:
        return f"{text} {self.unit}".rstrip()
