"""Output folders: checked before anything is trained, and never overwritten by another run."""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kerascnn.report.live import LIVE_FILES

PROVENANCE = "provenance.json"


def check_writable(folder: Path) -> None:
    """Make `folder` and make sure that files can be written there.

    Raises:
        ValueError: if they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise ValueError(
            f"output={str(folder)!r} cannot be written to ({error.strerror}): "
            "name another folder with --output"
        ) from error


def make_room(folder: Path, settings: Mapping[str, Any]) -> Path | None:
    """Move an earlier report out of the way if other settings made it.

    A run with the same settings gives the same numbers, so its report may be written again.

    Args:
        folder: the report's folder.
        settings: what the new report's numbers depend on, as plain JSON data.

    Returns:
        Where the earlier report went, or None if there was nothing to move.
    """
    if not holds_report(folder) or _settings_of(folder) == settings:
        return None
    changed = datetime.fromtimestamp(folder.stat().st_mtime)
    earlier = folder.with_name(f"{folder.name}-{changed:%Y-%m-%d-%H%M%S}")
    number = 1
    while earlier.exists():
        number += 1
        earlier = folder.with_name(f"{folder.name}-{changed:%Y-%m-%d-%H%M%S}-{number}")
    moved = folder.rename(earlier)
    for name in LIVE_FILES:  # they follow the run that goes on
        (moved / name).unlink(missing_ok=True)
    return moved


def holds_report(folder: Path) -> bool:
    """Return whether a folder holds anything but the page that follows a run."""
    return folder.exists() and any(path.name not in LIVE_FILES for path in folder.iterdir())


def _settings_of(folder: Path) -> Any:
    try:
        return json.loads((folder / PROVENANCE).read_text(encoding="utf-8")).get("settings")
    except (OSError, ValueError):
        return None
