"""The command line: a thin face of the Python API."""

import argparse
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kerascnn import environment
from kerascnn.experiment.files import FOLDER, find_experiments, load_experiment, summary
from kerascnn.experiment.options import RunOptions
from kerascnn.report.opening import address, open_page
from kerascnn.results.storage import RESULTS_FILE, read_json

EXPORTS = ("mlflow", "tensorboard")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; wrong input ends it with one line and exit status 2."""
    options = _parser().parse_args(arguments)
    environment.own_process()
    try:
        options.command(options)
    except (ValueError, ConnectionError, ImportError) as error:
        print(f"kerascnn: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("\nkerascnn: stopped; run the same command again to resume", file=sys.stderr)
        sys.exit(130)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kerascnn",
        description="Hyperparameter sweeps of small Keras CNNs, ending in a report.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run an experiment and write its report")
    run.set_defaults(command=_run)
    plan = commands.add_parser("plan", help="say how an experiment would run, train nothing")
    plan.set_defaults(command=_plan)
    for command in (run, plan):
        _add_run_options(command)
    listing = commands.add_parser("list", help="list the experiments in ./experiments")
    listing.set_defaults(command=_list)
    models = commands.add_parser("models", help="list the models, or the layers of one")
    models.add_argument("name", nargs="?", help="a registered model's name")
    models.set_defaults(command=_models)
    report = commands.add_parser("report", help="draw a report again from its stored results")
    report.add_argument("path", type=Path, metavar="PATH", help="a report's folder")
    report.add_argument("--open", action="store_true", help="open it in a browser")
    report.set_defaults(command=_report)
    _add_looking(commands)
    export = commands.add_parser("export", help="write a search's report into other tools")
    export.add_argument("path", type=Path, metavar="PATH", help="a report's folder")
    export.add_argument("--to", required=True, choices=EXPORTS, help="the tool")
    export.add_argument("--output", help="MLflow's tracking URI, or TensorBoard's new folder")
    export.set_defaults(command=_export)
    return parser


def _add_looking(commands: Any) -> None:
    """Add the commands that make something of reports that are there."""
    figures = commands.add_parser("figures", help="write a search's figures for a paper")
    figures.add_argument("path", metavar="PATH", help="a report's folder, or cv_results_ as CSV")
    figures.add_argument("--output", type=Path, help="folder (figures beside the results)")
    figures.add_argument("--formats", default="png,svg,pdf", help="of these (png,svg,pdf)")
    figures.add_argument("--columns", default="one,two", help="widths: one, two (one,two)")
    figures.add_argument("--metrics", help="their names, with commas between (all)")
    figures.add_argument("--spread", action="store_true", help="write ± into cells")
    figures.add_argument("--ticks", default="powers", help="powers or decimals (powers)")
    figures.set_defaults(command=_figures)
    compare = commands.add_parser("compare", help="set reports side by side")
    compare.add_argument("paths", nargs="+", metavar="PATH", help="folders of reports")
    compare.add_argument("--output", type=Path, metavar="PAGE", help="write a page, too")
    compare.set_defaults(command=_compare)


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("experiment", help="a name from ./experiments, or the path of an experiment file")
    add("--output", type=Path, default=Path("reports"), help="folder for reports (reports)")
    add("--epochs", type=_at_least(1), help="training epochs")
    add("--folds", type=_at_least(2), help="cross-validation folds")
    add("--engine", help="auto, stacks, compiled, fused, processes, dask or serial (auto)")
    add("--scheduler", help="address of a Dask cluster's scheduler, for --engine dask")
    add("--search", help="grid, halving or random (grid)")
    add("--n-iter", type=_at_least(1), help="settings that a random search tries (10)")
    add("--factor", type=_at_least(2), help="of candidates, halving keeps one in so many (3)")
    add("--seed", type=_at_least(0), default=0, help="seed of splits, weights and batches (0)")
    add("--data", help="another dataset's name or path")
    add("--workers", type=_at_least(1), help="worker processes (one per core)")
    add("--smoke", action="store_true", help="a few seconds, to see that everything works")
    add("--fresh", action="store_true", help="train again what an earlier run has finished")
    add("--periodic", action="store_true", help="the last column of fields is beside the first")
    add("--quiet", action="store_true", help="show no progress")
    add("--open", action="store_true", help="open the report in a browser, while it comes to be")


def _at_least(smallest: int) -> Callable[[str], int]:
    """Return an argument type for integers of at least `smallest`."""

    def integer(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = smallest - 1
        if number < smallest:
            raise argparse.ArgumentTypeError(
                f"{text!r} must be a whole number of at least {smallest}"
            )
        return number

    return integer


def _run_options(options: argparse.Namespace) -> RunOptions:
    return RunOptions(
        output=options.output,
        epochs=options.epochs,
        folds=options.folds,
        engine=options.engine,
        search=options.search,
        n_iter=options.n_iter,
        factor=options.factor,
        scheduler=options.scheduler,
        seed=options.seed,
        data=options.data,
        smoke=options.smoke,
        fresh=options.fresh,
        n_jobs=options.workers,
        periodic=options.periodic,
        progress=not options.quiet,
        open_page=options.open,
        command=shlex.join(["kerascnn", *sys.argv[1:]]),
    )


def _run(options: argparse.Namespace) -> None:
    name, experiment = load_experiment(options.experiment)
    page = experiment.run(name, _run_options(options))
    _tell(page)
    if options.open and options.quiet:  # else it has been open from the start
        open_page(page)


def _tell(page: Path) -> None:
    """Print what came of a run, and its report's address."""
    for line in read_json(page.with_name(RESULTS_FILE)).get("summary", []):
        print(line)
    print(f"report: {address(page)}")


def _plan(options: argparse.Namespace) -> None:
    _, experiment = load_experiment(options.experiment)
    print(experiment.plan(_run_options(options)))


def _list(options: argparse.Namespace) -> None:
    experiments = find_experiments()
    if not experiments:
        raise ValueError(f"no experiments in {FOLDER.resolve()}: change to the project's folder")
    width = max(map(len, experiments))
    for name, path in experiments.items():
        print(f"{name:{width}}  {summary(path)}")


def _models(options: argparse.Namespace) -> None:
    environment.start_tensorflow_quietly()
    from kerascnn import models

    if options.name is None:
        entries = [models.entry(name) for name in models.names(task=None)]
        width = max(len(entry.name) for entry in entries)
        for entry in entries:
            print(f"{entry.name:{width}}  {entry.task:14}  {entry.summary}")
        return
    rows = models.describe(options.name)
    print(f"{'layer':24} {'kind':22} {'output':>16} {'parameters':>12} {'multiply-adds':>15}")
    for row in rows:
        shape = "×".join(str(size) for size in row.output_shape)
        counts = f"{row.parameters:>12,} {row.multiply_adds:>15,}"
        print(f"{row.name:24} {row.kind:22} {shape:>16} {counts}")
    parameters = sum(row.parameters for row in rows)
    multiply_adds = sum(row.multiply_adds for row in rows)
    print(f"{'in all':24} {'':22} {'':>16} {parameters:>12,} {multiply_adds:>15,}")


def _report(options: argparse.Namespace) -> None:
    from kerascnn.report import render_report

    page = render_report(options.path)
    print(f"report: {address(page)}")
    if options.open:
        open_page(page)


def _figures(options: argparse.Namespace) -> None:
    from kerascnn.report import write_figures

    path = Path(options.path)
    folder = options.output or (path if path.is_dir() else path.parent) / "figures"
    written = write_figures(
        path,
        folder,
        metrics=None if options.metrics is None else options.metrics.split(","),
        formats=options.formats.split(","),
        columns=options.columns.split(","),
        spread=options.spread,
        ticks=options.ticks,
    )
    print("\n".join(map(str, written)))


def _compare(options: argparse.Namespace) -> None:
    from kerascnn.report.comparing import comparison_text, write_comparison_page
    from kerascnn.results.comparing import compare_reports

    print(comparison_text(compare_reports(options.paths)))
    if options.output is not None:
        print(f"page: {address(write_comparison_page(options.paths, options.output))}")


def _export(options: argparse.Namespace) -> None:
    from kerascnn import export

    try:
        if options.to == "mlflow":
            print(f"run: {export.to_mlflow(options.path, tracking_uri=options.output)}")
        else:
            folder = options.output or options.path / "tensorboard"
            print(f"folder: {export.to_tensorboard(options.path, folder)}")
    except ImportError as error:  # says what to install
        raise ValueError(str(error)) from error
