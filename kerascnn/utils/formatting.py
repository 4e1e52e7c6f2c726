"""Formatting of numbers, durations and parameter values for readers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import floor, isclose, isfinite, log10
from statistics import fmean, pstdev
from typing import Any

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Between these, the numbers of an axis that are no powers of ten are written as decimals.
SMALLEST_DECIMAL, LARGEST_DECIMAL = 1e-4, 1e5
LONGEST_VALUE = 60
SYMBOLS = {"learning_rate": "learning rate η", "l2": "L2 penalty λ"}


def unicode_power(exponent: int) -> str:
    """Write a power of ten for a page: 10⁻⁵."""
    return "10" + str(exponent).translate(SUPERSCRIPTS)


def mathtext_power(exponent: int) -> str:
    """Write a power of ten for Matplotlib."""
    return f"$10^{{{exponent}}}$"


def power_of_ten(value: Any) -> int | None:
    """Return k where a float is 10ᵏ up to rounding, None for anything else, whole numbers too."""
    if not isinstance(value, float) or not isfinite(value) or value <= 0:
        return None
    exponent = round(log10(value))
    return exponent if isclose(value, 10.0**exponent, rel_tol=1e-9) else None


def value_label(value: Any) -> str:
    """Write a single parameter value: 32, 0.05, 10⁻⁵, 3×10⁻⁵, relu, None."""
    if not isinstance(value, float) or not isfinite(value):
        return str(value)
    exponent = power_of_ten(value)
    if value == 0 or (1e-3 < abs(value) < 1e5 and exponent != -3):
        # What six digits do not tell in full, such as a random draw, is no better told by them.
        digits = 6 if float(f"{value:.6g}") == value else 4
        return f"{value:.{digits}g}"
    if exponent is not None:
        return unicode_power(exponent)
    exponent = floor(log10(abs(value)))
    return f"{value / 10.0**exponent:.4g}×{unicode_power(exponent)}"


def _decimal(value: float) -> str:
    """Write a number as a decimal: what six digits do not tell in full, with four."""
    return f"{value:.6g}" if float(f"{value:.6g}") == value else f"{value:.4g}"


def axis_labels(
    values: Sequence[Any],
    power: Callable[[int], str] = unicode_power,
    other: Callable[[Any], str] = value_label,
) -> list[str]:
    """Write the values along one axis: all as 10ᵏ if all are powers of ten (or zero).

    Other numbers are all written as decimals, or all with powers of ten where they go too far for
    that: never 10⁻³ beside 0.003.

    Args:
        values: parameter values of any kind.
        power: how to write 10ᵏ.
        other: how to write any other value.
    """
    exponents = [power_of_ten(value) for value in values]
    zeros = [isinstance(value, float) and value == 0 for value in values]
    if len(values) > 1 and all(
        exponent is not None or zero for exponent, zero in zip(exponents, zeros, strict=True)
    ):
        return ["0" if exponent is None else power(exponent) for exponent in exponents]
    sizes = [abs(v) for v in values if isinstance(v, float) and isfinite(v) and v]
    if sizes and min(sizes) >= SMALLEST_DECIMAL and max(sizes) < LARGEST_DECIMAL:
        return [_decimal(v) if isinstance(v, float) else other(v) for v in values]
    return [other(value) for value in values]


def shortened(text: str, longest: int = 40) -> str:
    """Cut text that would not fit beside a cell."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def parameter_label(name: str) -> str:
    """Write an axis title: the symbol for a learning rate or L2 penalty, else the name itself."""
    return SYMBOLS.get(name.rsplit("__", 1)[-1], name)


def setting_labels(params: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Write each candidate's parameters, the values of each parameter alike in all candidates."""
    written: dict[str, dict[str, str]] = {}
    for name in dict.fromkeys(name for setting in params for name in setting):
        values = {repr(setting[name]): setting[name] for setting in params if name in setting}
        written[name] = dict(zip(values, axis_labels(list(values.values())), strict=True))
    return [
        {name: written[name][repr(value)] for name, value in setting.items()} for setting in params
    ]


def setting_label(labels: Mapping[str, str]) -> str:
    """Write a candidate's parameters, given as text, in one line; tables have long values whole."""
    settings = [f"{name} = {shortened(label, LONGEST_VALUE)}" for name, label in labels.items()]
    return ", ".join(settings) or "no parameters"


def candidate_number(row: Any) -> Any:
    """Return the number of a candidate for a reader, given its row in `cv_results_`, or rows.

    Rows count from 0; pages, files and the terminal number candidates from 1, as the messages of
    scikit-learn's searches do.
    """
    return row + 1


def score_label(mean: float, spread: float | None = None) -> str:
    """Write a score and, where there is one, its spread, with three decimals.

    A score below 0.01 has as many decimals as three digits take.
    """
    if not isfinite(mean):
        return "–"
    decimals = 3 if not mean or abs(mean) >= 0.01 else 2 - floor(log10(abs(mean)))
    label = f"{mean:.{decimals}f}".replace("-", "−")
    if spread is None or not isfinite(spread):
        return label
    return f"{label} ± {spread:.{decimals}f}"


def scores_label(scores: Iterable[float]) -> str:
    """Write the mean of scores and their standard deviation; a single score alone."""
    values = list(scores)
    return score_label(fmean(values), pstdev(values) if len(values) > 1 else None)


def duration_label(seconds: float) -> str:
    """Write a duration with two units at most: 42 ms, 4.2 s, 12 s, 3 min 9 s, 2 h 5 min."""
    if not isfinite(seconds):
        return "–"
    if seconds < 0.1:
        return f"{seconds * 1000:.2g} ms"
    if seconds < 10:
        return f"{seconds:.2g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes_left = divmod(minutes, 60)
    large, small = (
        (f"{hours} h", f"{minutes_left} min") if hours else (f"{minutes} min", f"{rest} s")
    )
    return large if small.startswith("0 ") else f"{large} {small}"


def clock_label(seconds: float) -> str:
    """Write a duration as clocks do: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def rough_duration_label(seconds: float) -> str:
    """Write an expected duration, no more exactly than it can be known: 42 s, 3 min, 1.5 h."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun, the noun with an s unless the count is 1."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def joined(things: Sequence[Any]) -> str:
    """Write a list of things: a, b and c."""
    texts = [str(thing) for thing in things]
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))
