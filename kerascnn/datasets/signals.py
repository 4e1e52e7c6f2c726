"""Any folder or zip archive of WAV files as a dataset of signals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.errors import MAX_BYTES, DatasetError
from kerascnn.datasets.files import Files, open_files
from kerascnn.datasets.reading import class_indices, refuse_broken, with_bar
from kerascnn.datasets.recording_names import find_recordings
from kerascnn.datasets.recordings import (
    Recording,
    UnreadableRecording,
    factors,
    inspect_recording,
    read_signal,
    resampled_length,
)

BYTES_WHILE_READ = 8  # a byte of a file may become one value of double precision
REMEDY = "save them again as uncompressed WAV files (PCM or float), or remove them"


@dataclass(frozen=True)
class Form:
    """What all signals of a dataset become: samples per second, and samples."""

    rate: int
    n_samples: int


def load_signals(
    path: str | Path,
    name: str | None = None,
    *,
    rate: int | None = None,
    n_samples: int | None = None,
    max_bytes: int = MAX_BYTES,
) -> Dataset:
    """Return the recordings of a folder or zip archive as signals, (n, n_samples, 1) float32.

    The WAV files lie in `<class>/…` or, with a fixed test split, in `train/<class>/…` and
    `test/<class>/…`. Files that lie in one folder, or in `train/` and `test/`, tell class and
    group by their names instead (see `parse_recording_name`). What was done to the recordings
    is said in the dataset's `source`, and what was done unasked in its `notices` too.

    Integers are divided by full scale, so that they lie in [-1, 1]; floating point values are
    taken as they are. Channels are averaged.

    Args:
        path: the folder or the archive, which is read without unpacking it to the disk.
        name: the dataset's name; the folder's or the archive's name by default.
        rate: samples per second to resample all recordings to, in Hz. By default they keep
            their rate, which then must be the same for all.
        n_samples: the length that all signals get: what is longer loses its end, what is
            shorter gets zeros at its end. By default the length of the longest.
        max_bytes: the most that the archive may unpack to and the signals may take, in bytes.

    Raises:
        DatasetError: if there are no recordings, a file is damaged or compressed, rates differ
            and none is given, or an option is wrong.
    """
    path = Path(path)
    _check_option("rate", rate, "a number of samples per second")
    _check_option("n_samples", n_samples, "a number of samples")
    with open_files(path, max_bytes) as files:
        found = find_recordings(path, files.names())
        class_names, labels = class_indices(path, found.splits)
        names = [file for split in found.splits for file in split]
        recordings = _inspect(path, files, names, rate, max_bytes)
        form = _form(path, recordings, rate, n_samples)
        _check_memory(path, len(recordings), form, max_bytes)
        signals = [_read(path, files, list(split), form) for split in found.splits]
    asked = [_resampled(recordings, form)]
    unasked = [_averaged(recordings), _loud(recordings)]
    (unasked if n_samples is None else asked).append(_fitted(recordings, form))
    others = f"files of other kinds ignored: {found.n_others:,}" if found.n_others else ""
    groups = [np.array(list(split.values())) for split in found.groups or ()]
    return make_dataset(
        name or path.stem,
        signals[0],
        labels[0],
        source="; ".join(filter(None, [_origin(path, recordings, form), *asked, *unasked, others])),
        X_test=signals[1] if len(signals) > 1 else None,
        labels_test=labels[1] if len(labels) > 1 else None,
        class_names=class_names,
        notices=[f"{path.name}: {change}" for change in unasked if change],
        groups=groups[0] if groups else None,
        groups_test=groups[1] if len(groups) > 1 else None,
        rate=form.rate,
    )


def _check_option(option: str, value: int | None, what: str) -> None:
    is_number = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if value is not None and not (is_number and value > 0):
        raise DatasetError(f"{option}={value!r}: must be {what}, a positive integer")


def _inspect(
    path: Path, files: Files, names: list[str], rate: int | None, max_bytes: int
) -> list[Recording]:
    found, broken = [], {}
    for name in with_bar(names, f"Checking {path.name}"):
        try:
            _check_size(files.size(name), max_bytes)
            recording = inspect_recording(files.read(name))
            factors(recording.rate, rate or recording.rate)
            found.append(recording)
        except (UnreadableRecording, OSError) as error:
            broken[name] = str(error)
    refuse_broken(path, broken, len(names), what="recordings", remedy=REMEDY)
    return found


def _check_size(size: int, max_bytes: int) -> None:
    if size * BYTES_WHILE_READ > max_bytes:
        raise UnreadableRecording(
            f"{size:,} bytes are more than one part in {BYTES_WHILE_READ} of "
            f"max_bytes={max_bytes:,}, which reading them may take"
        )


def _read(path: Path, files: Files, names: list[str], form: Form) -> np.ndarray:
    """Return the signals of the named files, float32 (n, samples, 1)."""
    signals = np.empty((len(names), form.n_samples, 1), np.float32)
    for row, name in enumerate(with_bar(names, f"Reading {path.name}")):
        signals[row, :, 0] = read_signal(files.read(name), form.rate, form.n_samples)
    return signals


def _form(path: Path, recordings: Sequence[Recording], rate: int | None, n: int | None) -> Form:
    """Return what the recordings become: as asked for, else their own rate, the longest length."""
    rates = Counter(recording.rate for recording in recordings)
    if rate is None and len(rates) > 1:
        counted = ", ".join(f"{hertz:,} Hz: {number:,}" for hertz, number in sorted(rates.items()))
        raise DatasetError(
            f"{path}: rate=None, but the recordings have several rates ({counted}): "
            f"give one to resample all to, such as rate={min(rates)}"
        )
    rate = rate or recordings[0].rate
    return Form(rate, n or max(resampled_length(recording, rate) for recording in recordings))


def _check_memory(path: Path, n_signals: int, form: Form, max_bytes: int) -> None:
    needed = n_signals * form.n_samples * np.dtype(np.float32).itemsize
    if needed > max_bytes:
        raise DatasetError(
            f"{path}: {n_signals:,} signals of {form.n_samples:,} samples take {needed:,} bytes, "
            f"more than max_bytes={max_bytes:,}: ask for a smaller n_samples"
        )


def _origin(path: Path, recordings: Sequence[Recording], form: Form) -> str:
    what = "the folder" if path.is_dir() else "the archive"
    return (
        f"{what} {path.name} (WAV: {len(recordings):,}), {form.n_samples:,} samples "
        f"at {form.rate:,} Hz"
    )


def _resampled(recordings: Sequence[Recording], form: Form) -> str:
    rates = [recording.rate for recording in recordings if recording.rate != form.rate]
    own = " and ".join(f"{rate:,} Hz" for rate in sorted(set(rates)))
    return _said(len(rates), recordings, f"resampled from {own} to {form.rate:,} Hz")


def _fitted(recordings: Sequence[Recording], form: Form) -> str:
    lengths = [resampled_length(recording, form.rate) for recording in recordings]
    n_cut = sum(length > form.n_samples for length in lengths)
    n_padded = sum(length < form.n_samples for length in lengths)
    changes = [
        _said(n_cut, recordings, f"cut at the end to {form.n_samples:,} samples"),
        _said(n_padded, recordings, f"padded with zeros at the end to {form.n_samples:,} samples"),
    ]
    return "; ".join(filter(None, changes))


def _averaged(recordings: Sequence[Recording]) -> str:
    n = sum(recording.n_channels > 1 for recording in recordings)
    return _said(n, recordings, "averaged to mono")


def _loud(recordings: Sequence[Recording]) -> str:
    peaks = [recording.peak for recording in recordings if recording.peak > 1]
    most = max(peaks, default=0.0)
    return _said(len(peaks), recordings, f"left with values beyond full scale (up to {most:.3g})")


def _said(n: int, recordings: Sequence[Recording], what: str) -> str:
    return f"{n:,} of {len(recordings):,} recordings {what}" if n else ""
