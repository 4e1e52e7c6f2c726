"""Files of plain results: each replaced as a whole, floats exact, nothing pickled.

pandas is imported with the first table: a training, which has none before its end, has its memory.
"""

import csv
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from kerascnn.utils.files import replacing
from kerascnn.utils.formatting import candidate_number

if TYPE_CHECKING:
    import pandas as pd

CANDIDATE = "candidate"
RESULTS_FILE = "results.json"
PROVENANCE_FILE = "provenance.json"


def write_text(path: Path, text: str) -> None:
    """Write `text` in UTF-8, replacing the file as a whole."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def plain_value(value: Any) -> Any:
    """Return what JSON can hold of a single value: a finite number, text, a truth value or None.

    Other values become their name or text, among them the numbers that are not finite.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    # A function's text holds its address, which changes with every run.
    return str(getattr(value, "__name__", value))


def plain(value: Any) -> Any:
    """Return what JSON can hold of nested mappings, sequences and single values."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | np.ndarray):
        return [plain(inner) for inner in value]
    return plain_value(value)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write nested plain values as indented JSON."""
    text = json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read one JSON object.

    Raises:
        ValueError: if the file holds anything else.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds a {type(content).__name__}, expected a JSON object")
    return content


def as_frame(records: Any) -> "pd.DataFrame":
    """Return a table of what `pandas.DataFrame` takes."""
    import pandas as pd

    return pd.DataFrame(records)


def write_frame(path: Path, frame: "pd.DataFrame | None") -> None:
    """Write a table as CSV with exact floats; without a table, remove what an earlier run left."""
    if frame is None:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as temporary:
        # Quoting all text keeps line breaks and carriage returns inside a value harmless.
        frame.to_csv(temporary, index=False, quoting=csv.QUOTE_NONNUMERIC)


def read_frame(path: Path) -> "pd.DataFrame | None":
    """Read a table written by `write_frame`, None where there is none."""
    if not path.exists():
        return None
    import pandas as pd

    return pd.read_csv(path)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray] | None) -> None:
    """Write arrays as a compressed .npz; without any, remove what an earlier run left.

    Raises:
        ValueError: if an array holds Python objects, which could only be pickled.
    """
    if arrays is None:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **dict(arrays))


def read_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """Read the arrays of an .npz without unpickling anything, None where there is no file.

    Raises:
        ValueError: if the file is damaged.
    """
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (BadZipFile, EOFError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error


def write_candidates(path: Path, cv_results: "pd.DataFrame") -> None:
    """Write scikit-learn's `cv_results_` as CSV, its `params` as JSON, and number candidates.

    Args:
        path: the file.
        cv_results: one row per candidate; column `params` holds dictionaries. Parameter values
            that are not numbers are written as text, and the `param_*` columns follow `params`.
    """
    params = [
        {name: plain_value(value) for name, value in setting.items()}
        for setting in cv_results["params"]
    ]
    as_text = [json.dumps(setting, allow_nan=False) for setting in params]
    table = with_parameter_columns(cv_results, params).assign(params=as_text)
    table = table.drop(columns=CANDIDATE, errors="ignore")
    table.insert(0, CANDIDATE, [candidate_number(row) for row in range(len(table))])
    write_frame(path, table)


def read_candidates(path: Path) -> "pd.DataFrame":
    """Read what `write_candidates` wrote, `params` as dictionaries again."""
    import pandas as pd

    table = pd.read_csv(path).drop(columns=CANDIDATE, errors="ignore")
    params = [json.loads(text) for text in table["params"]]
    return with_parameter_columns(table, params).assign(params=params)


def write_fits(path: Path, fits: "pd.DataFrame | None") -> None:
    """Write a table of fits or their epochs, its candidates numbered as for a reader."""
    if fits is not None:
        fits = fits.assign(**{CANDIDATE: candidate_number(fits[CANDIDATE])})
    write_frame(path, fits)


def read_fits(path: Path, first: int) -> "pd.DataFrame | None":
    """Read what `write_fits` wrote, its candidates as rows of `cv_results_`.

    Args:
        path: the file.
        first: the number of the first candidate there.
    """
    fits = read_frame(path)
    return None if fits is None else fits.assign(**{CANDIDATE: fits[CANDIDATE] - first})


def with_parameter_columns(table: "pd.DataFrame", params: list[dict[str, Any]]) -> "pd.DataFrame":
    """Return `table` with each `param_*` column filled from `params`, missing values as None."""
    import pandas as pd

    columns = {
        name: pd.Series(
            [setting.get(name.removeprefix("param_")) for setting in params],
            index=table.index,
            dtype=object,
        ).infer_objects()
        for name in table.columns
        if str(name).startswith("param_")
    }
    return table.assign(**columns)
