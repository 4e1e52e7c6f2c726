"""Any folder or zip archive of WAV files as a dataset of signals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kerascnn.datasets.dataset import Dataset, make_dataset
from kerascnn.datasets.errors import MAX_BYTES, DatasetError
from kerascnn.datasets.files import Files, open_files
from kerascnn.datasets.forms import NSamples, check_memory, check_n_samples, chosen_length, is_count
from kerascnn.datasets.reading import class_indices, refuse_broken, with_bar
from kerascnn.datasets.recording_names import find_recordings
from kerascnn.datasets.recordings import Recording, inspect_recording, read_signal
from kerascnn.datasets.resampling import UnreachableRate, factors, hertz, resampled_length
from kerascnn.datasets.wav import UnreadableRecording

# A byte of a file may become one value of double precision, beside the file itself and, from an
# archive, a copy of it.
BYTES_WHILE_READ = 10
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
    n_samples: NSamples = None,
    max_bytes: int = MAX_BYTES,
) -> Dataset:
    """Return the recordings of a folder or zip archive as signals, (n, n_samples, 1) float32.

    The WAV files lie in `<class>/…` or, with a fixed test split, in `train/<class>/…` and
    `test/<class>/…`. Files that lie in one folder, or in `train/` and `test/`, tell class and
    group by their names instead. In class folders, too, names or folders of groups may tell the
    groups; see `kerascnn.datasets.recording_names.find_recordings`. What was done to the
    recordings is said in the dataset's `source`, and what was done unasked in its `notices` too.

    Integers are divided by full scale, so that they lie in [-1, 1]; floating point values are
    taken as they are. Channels are averaged.

    Recordings of several lengths are an error unless `n_samples` says what becomes of them, as
    scikit-learn refuses rows of several lengths: zeros at the end, like a lost end, change what a
    network learns from.

    Args:
        path: the folder or the archive, which is read without unpacking it to the disk.
        name: the dataset's name; the folder's or the archive's name by default.
        rate: samples per second to resample all recordings to, in Hz. By default they keep
            their rate, which then must be the same for all.
        n_samples: the length that all signals get: what is longer loses its end, what is
            shorter gets zeros at its end. "longest" and "shortest" are the lengths of the longest
            and the shortest recording. By default all must have the same length.
        max_bytes: the most that the archive may unpack to, that reading one file may take, and
            that all signals may take, in bytes.

    Raises:
        DatasetError: if there are no recordings, a file is damaged or compressed, rates or
            lengths differ and none is given, or an option is wrong.
    """
    path = Path(path)
    if rate is not None and not is_count(rate):
        raise DatasetError(
            f"rate={rate!r}: must be a number of samples per second, a positive integer"
        )
    check_n_samples(n_samples)
    with open_files(path, max_bytes) as files:
        found = find_recordings(path, files.names())
        class_names, labels = class_indices(path, found.splits)
        names = [file for split in found.splits for file in split]
        recordings = _inspect(path, files, names, max_bytes)
        form = _form(path, dict(zip(names, recordings, strict=True)), rate, n_samples)
        check_memory(path, len(recordings) * form.n_samples, max_bytes)
        signals = [_read(path, files, list(split), form) for split in found.splits]
    unasked = [*filter(None, [_averaged(recordings), _loud(recordings), found.without_groups])]
    done = [_resampled(recordings, form), _fitted(recordings, form), *unasked]
    others = f"files of other kinds ignored: {found.n_others:,}" if found.n_others else ""
    groups = [np.array(list(split.values())) for split in found.groups or ()]
    return make_dataset(
        name or path.stem,
        signals[0],
        labels[0],
        source="; ".join(filter(None, [_origin(path, recordings, form), *done, others])),
        X_test=signals[1] if len(signals) > 1 else None,
        labels_test=labels[1] if len(labels) > 1 else None,
        class_names=class_names,
        notices=[f"{path.name}: {change}" for change in unasked],
        groups=groups[0] if groups else None,
        groups_test=groups[1] if len(groups) > 1 else None,
        rate=form.rate,
    )


def _inspect(path: Path, files: Files, names: list[str], max_bytes: int) -> list[Recording]:
    found, broken = [], {}
    for name in with_bar(names, f"Checking {path.name}"):
        try:
            _check_size(path, name, files.size(name), max_bytes)
            found.append(inspect_recording(files.read(name)))
        except (UnreadableRecording, OSError) as error:
            broken[name] = str(error)
    refuse_broken(path, broken, len(names), what="recordings", remedy=REMEDY)
    return found


def _check_size(path: Path, name: str, size: int, max_bytes: int) -> None:
    if size * BYTES_WHILE_READ > max_bytes:
        raise DatasetError(
            f"{path}: {name} has {size:,} bytes, and reading it may take {BYTES_WHILE_READ} times "
            f"as much memory, more than max_bytes={max_bytes:,}: allow more, or cut the file"
        )


def _read(path: Path, files: Files, names: list[str], form: Form) -> np.ndarray:
    """Return the signals of the named files, float32 (n, samples, 1)."""
    signals = np.empty((len(names), form.n_samples, 1), np.float32)
    for row, name in enumerate(with_bar(names, f"Reading {path.name}")):
        signals[row, :, 0] = read_signal(files.read(name), form.rate, form.n_samples)
    return signals


def _form(
    path: Path, recordings: dict[str, Recording], rate: int | None, n_samples: NSamples
) -> Form:
    """Return what the recordings become: as asked for, else the rate and length that all have."""
    rates = Counter(recording.rate for recording in recordings.values())
    if rate is None and len(rates) > 1:
        counted = ", ".join(f"{hertz(own)}: {number:,}" for own, number in sorted(rates.items()))
        raise DatasetError(
            f"{path}: rate=None, but the recordings have several rates ({counted}): "
            f"give one to resample all to, such as rate={min(rates)}"
        )
    rate = rate or min(rates)
    _check_rates(path, recordings, rate)
    lengths = [resampled_length(each.n_samples, each.rate, rate) for each in recordings.values()]
    return Form(rate, chosen_length(path, lengths, n_samples))


def _check_rates(path: Path, recordings: dict[str, Recording], rate: int) -> None:
    for name, recording in recordings.items():
        try:
            factors(recording.rate, rate)
        except UnreachableRate as error:
            alike = sum(other.rate == recording.rate for other in recordings.values())
            more = f" and {alike - 1:,} more" if alike > 1 else ""
            raise DatasetError(f"{path}: rate={rate}: {name}{more}: {error}") from None


def _origin(path: Path, recordings: Sequence[Recording], form: Form) -> str:
    what = "the folder" if path.is_dir() else "the archive"
    return (
        f"{what} {path.name} (WAV: {len(recordings):,}), {form.n_samples:,} samples "
        f"at {hertz(form.rate)}"
    )


def _resampled(recordings: Sequence[Recording], form: Form) -> str:
    rates = [recording.rate for recording in recordings if recording.rate != form.rate]
    own = " and ".join(map(hertz, sorted(set(rates))))
    return _said(len(rates), recordings, f"resampled from {own} to {hertz(form.rate)}")


def _fitted(recordings: Sequence[Recording], form: Form) -> str:
    lengths = [resampled_length(each.n_samples, each.rate, form.rate) for each in recordings]
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
