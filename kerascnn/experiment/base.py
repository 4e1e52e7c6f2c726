"""The template of all kinds of experiments: the steps that they share, in order.

A kind is a subclass in a file of its own that says what it works on (`load`), what it makes of it
(`perform`), and what it would do (`describe`).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, Self, TypedDict

from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.output import check_writable, make_room
from kerascnn.experiment.run import MaterialT, Run, Stopwatch
from kerascnn.report import render_report, write_index
from kerascnn.report.live import LivePage
from kerascnn.report.opening import open_page
from kerascnn.utils.formatting import joined
from kerascnn.utils.watchers import watching

SYNTHETIC = "synthetic"
# Options that not every kind of experiment has a use for, and how the command line calls them.
PARTICULAR = {
    "epochs": "--epochs",
    "folds": "--folds",
    "engine": "--engine",
    "search": "--search",
    "n_iter": "--n-iter",
    "factor": "--factor",
    "scheduler": "--scheduler",
    "data": "--data",
    "n_jobs": "--workers",
    "seed": "--seed",
    "fresh": "--fresh",
    "periodic": "--periodic",
}


class Results(Protocol):
    """Plain results that a report can be drawn from."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What made the results; its section "settings" is what their numbers depend on."""

    def save(self, folder: Path) -> None:
        """Write the results to a folder."""


class Heading(TypedDict):
    """What stands at the top of a report."""

    title: str
    claim: str


@dataclass(frozen=True)
class Outcome:
    """What a run has made.

    Attributes:
        results: what the report is drawn from.
        models: fitted classifiers by the names of the files that they are saved in.
    """

    results: Results
    models: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Experiment(ABC, Generic[MaterialT]):
    """A claim, and a way to confirm or refute it.

    Attributes:
        title: the report's title.
        claim: one or two sentences that the run can confirm or refute.
    """

    title: str
    claim: str

    # Those of `PARTICULAR` that this kind has a use for.
    OPTIONS: ClassVar[frozenset[str]]

    # What all kinds share

    def run(self, name: str, options: RunOptions) -> Path:
        """Run the experiment and return its report's page.

        Raises:
            ValueError: if an option or the data is wrong; before anything is trained.
        """
        watch = Stopwatch()
        self.check(options)
        experiment = self.adapted(options)
        check_writable(options.output)
        folder = options.output / (f"{name}-smoke" if options.smoke else name)
        run = Run(name, folder, options, experiment.load(options), watch, self.departures(options))
        with followed(experiment, run):
            return _publish(experiment.perform(run), folder)

    def plan(self, options: RunOptions) -> str:
        """Return what a run would do, without training anything."""
        self.check(options)
        experiment = self.adapted(options)
        return experiment.describe(experiment.load(options), options)

    def check(self, options: RunOptions) -> None:
        """Raise ValueError for an option that this kind of experiment has no use for."""
        for name in PARTICULAR.keys() - self.OPTIONS:
            value = getattr(options, name)
            if value != getattr(RunOptions(), name):
                raise ValueError(
                    f"{name}={value!r} has no effect on this {type(self).__name__}: "
                    f"leave {PARTICULAR[name]} out"
                )

    def heading(self, run: Run[MaterialT]) -> Heading:
        """Return the title and the claim of a run's report.

        A claim is shown as the original one where the run is not what it is about.
        """
        if self._is_on_other_data(run.options):
            return self.other_heading(run.material)
        if not run.departures:
            return {"title": self.title, "claim": self.claim}
        how = joined(run.departures)
        return {
            "title": f"{self.title} – {how}",
            "claim": f"The original claim, not about this run ({how}): {self.claim}",
        }

    def departures(self, options: RunOptions) -> tuple[str, ...]:
        """Return in what a run with options is not what the claim is about, a phrase each."""
        if options.data == SYNTHETIC:
            data = "generated data"  # which stands in for the experiment's own
        else:
            data = "other data" if self._is_on_other_data(options) else ""
        return tuple(filter(None, ["a smoke run" if options.smoke else "", data]))

    def _is_on_other_data(self, options: RunOptions) -> bool:
        return options.data not in (None, SYNTHETIC, getattr(self, "dataset", None))

    # What each kind says itself

    def other_heading(self, material: MaterialT) -> Heading:
        """Return the title and the claim of a report on other data than the claim is about."""
        name = material.origin["name"]
        return {
            "title": f"{self.title} – on other data: {name}",
            "claim": f"The original claim, of other data and not about {name}: {self.claim}",
        }

    def adapted(self, options: RunOptions) -> Self:
        """Return the experiment as the options change it."""
        return self

    @abstractmethod
    def load(self, options: RunOptions) -> MaterialT:
        """Return what the experiment works on."""

    @abstractmethod
    def perform(self, run: Run[MaterialT]) -> Outcome:
        """Do it, and return what came of it."""

    @abstractmethod
    def describe(self, material: MaterialT, options: RunOptions) -> str:
        """Return what would be done."""


@contextmanager
def followed(experiment: Experiment[Any], run: Run[Any]) -> Iterator[None]:
    """Write a page that follows the run and becomes its report, unless no progress is wanted."""
    options = run.options
    if options.progress is False:
        yield
        return
    live = LivePage(run.folder, **experiment.heading(run))
    with live, watching(live):
        print(f"page: {live.address}", flush=True)
        if options.open_page:
            open_page(live.page)
        yield


def _publish(outcome: Outcome, folder: Path) -> Path:
    """Write a report and the index; keep an earlier report that other settings made."""
    if earlier := make_room(folder, outcome.results.provenance["settings"]):
        print(f"the earlier report was made with other settings and is now in {earlier}")
    outcome.results.save(folder)
    page = render_report(folder)
    for file, classifier in outcome.models.items():
        classifier.save(folder / file)
    write_index(folder.parent)
    return page
