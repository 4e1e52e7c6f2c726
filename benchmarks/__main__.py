"""kerascnn against what a user would run instead, measured side by side in one run.

    python -m benchmarks                      # three rounds of everything, for an idle machine
    python -m benchmarks --cases s4 --rounds 1
    python -m benchmarks --smoke              # shows within a minute that it works

Writes results.csv (every measurement), table.md, speedup.png and scaling.png.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import charts, machine, summary
from benchmarks.cases import (
    NAMES,
    OWN,
    SMOKE_NAMES,
    Case,
    Contender,
    find,
    scaling_case,
    thinned,
)
from benchmarks.measure import Measurement, Unavailable, measure, prepare

SIZES = (1, 10, 100, 1000)
SMOKE_SIZES = (2,)
OUTPUT = Path("reports/benchmark")
SMOKE_OUTPUT = Path("reports/benchmark-smoke")


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--rounds", type=int, default=None, help="default 3")
    parser.add_argument("--cases", type=_names, default=None, help=f"of {','.join(NAMES)}")
    parser.add_argument("--sizes", type=_numbers, default=None, help="fits, such as 1,10,100")
    parser.add_argument("--output", type=Path, default=None, help=f"default {OUTPUT}")
    parser.add_argument("--smoke", action="store_true", help="tiny grids; times mean nothing")
    options = parser.parse_args(given)
    defaults: tuple[Any, ...] = (3, NAMES, SIZES, OUTPUT)
    if options.smoke:
        defaults = (1, SMOKE_NAMES, SMOKE_SIZES, SMOKE_OUTPUT)
    for name, value in zip(("rounds", "cases", "sizes", "output"), defaults, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.rounds < 1:
        parser.error(f"--rounds {options.rounds}: at least 1 is needed")
    return options


def _names(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    for name in names:
        if name not in NAMES:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(NAMES)}")
    return names


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


def available(cases: Sequence[Case], folder: Path) -> dict[str, Path]:
    """Prepare the data of cases and return the files of those that can be had, by case."""
    files = {}
    for case in cases:
        try:
            files[case.name] = prepare(case, folder)
        except Unavailable as reason:
            print(f"skipped {case.name}: {reason}")
    return files


def one_round(
    number: int, cases: Sequence[Case], files: dict[str, Path]
) -> Iterator[dict[str, str | float]]:
    """Measure every contender on every case once, and yield the lines of `results.csv`."""
    peak = machine.matrix_product_peak()
    for case in cases:
        own = _measure(number, case, Contender(kind=OWN), files[case.name])
        yield summary.row(number, own, own, peak)
        for peer in case.peers:
            measurement = _measure(number, case, peer, files[case.name])
            yield summary.row(number, measurement, own, peak)


def _measure(number: int, case: Case, contender: Contender, file: Path) -> Measurement:
    """Measure, and say what came of it."""
    found = measure(case, contender, file)
    said = f"{found.wall_seconds:.1f} s for {found.fits_run} of {case.n_fits} fits"
    print(
        f"round {number}  {case.name}  {contender.name} ({contender.settings}): {said}", flush=True
    )
    return found


def write(results: pd.DataFrame, folder: Path) -> str:
    """Write tables and figures into a folder and return the table."""
    folder.mkdir(parents=True, exist_ok=True)
    results.to_csv(folder / "results.csv", index=False)
    table = summary.report(results)
    (folder / "table.md").write_text(table, encoding="utf-8")
    if len(peers := summary.comparison(results)):
        charts.draw_speedup(peers, folder / "speedup.png")
    if len(sizes := summary.scaling(results)):
        charts.draw_scaling(sizes, folder / "scaling.png")
    return table


def main() -> int:
    """Measure what was asked for; return 1 if accuracies disagree where they should not."""
    options = arguments()
    chosen = [thinned(find(name)) if options.smoke else find(name) for name in options.cases]
    chosen += [scaling_case(size) for size in options.sizes]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        files = available(chosen, Path(folder))
        cases = [case for case in chosen if case.name in files]
        for number in range(1, options.rounds + 1):
            for line in one_round(number, cases, files):
                rows.append(line)
                table = write(pd.DataFrame(rows), options.output)
    if not rows:
        print("nothing was measured: no data set of the chosen cases can be had")
        return 1
    print(f"\n{table}\nwritten to {options.output}/")
    return int(bool(summary.disagreements(pd.DataFrame(rows))) and not options.smoke)


if __name__ == "__main__":
    raise SystemExit(main())
