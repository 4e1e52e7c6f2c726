"""The settings that a report's numbers depend on, as text."""

from collections.abc import Iterator, Mapping
from typing import Any

from kerascnn.utils.formatting import axis_labels, value_label

MOST_VALUES = 7


def settings_of(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Return what a report's numbers depend on, as text by name.

    Args:
        provenance: of the report; its section "settings", or what is known of a search.
    """
    own = provenance.get("settings")
    if isinstance(own, Mapping):
        return dict(_flat(own))
    known = ("search", "estimator", "splits", "scoring", "seed", "parameters tried")
    return dict(_flat({name: provenance[name] for name in known if name in provenance}))


def _flat(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        full = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{full}: ")
        elif value is not None:
            yield full, _setting(value)


def _setting(value: Any) -> str:
    if not isinstance(value, list):
        return value_label(value)
    if any(isinstance(each, list | Mapping) for each in value):
        return str(value)
    labels = axis_labels(value)
    if len(labels) > MOST_VALUES:
        return f"{labels[0]}, …, {labels[-1]} ({len(labels)} values)"
    return ", ".join(labels)
