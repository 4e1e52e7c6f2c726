"""The measured tasks: who runs them, and which fits the slow ones stand trial with.

Nothing here imports Keras or kerascnn, so that every process can read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sklearn.model_selection import ParameterGrid

OWN, LOOP, SCIKERAS = "kerascnn", "loop", "scikeras"

DECADES = tuple(10.0**exponent for exponent in range(-5, 2))
SMOKE_SAMPLES = 200
SCALING_EPOCHS = 5


@dataclass(frozen=True, kw_only=True)
class Contender:
    """Somebody who runs a task.

    Attributes:
        kind: OWN, LOOP or SCIKERAS.
        n_jobs: worker processes; 1 is none beside the process itself.
        onednn: whether TF_ENABLE_ONEDNN_OPTS=1 is set for it; otherwise no setting is made.
            kerascnn makes its own settings.
    """

    kind: str
    n_jobs: int = 1
    onednn: bool = False

    @property
    def name(self) -> str:
        """What tables call it."""
        jobs = f", n_jobs={self.n_jobs}"
        return {OWN: OWN, LOOP: "Keras loop", SCIKERAS: f"GridSearchCV + scikeras{jobs}"}[self.kind]

    @property
    def settings(self) -> str:
        """What tables say about its settings."""
        if self.kind == OWN:
            return "its own"
        return "oneDNN on" if self.onednn else "default"


LOOPS = tuple(Contender(kind=LOOP, onednn=onednn) for onednn in (False, True))
SEARCHES = tuple(
    Contender(kind=SCIKERAS, n_jobs=n_jobs, onednn=onednn)
    for n_jobs in (1, 2)
    for onednn in (False, True)
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A grid on a data set.

    Attributes:
        name: as `--cases` selects it.
        title: as tables and figures say it.
        dataset: a data set's name.
        n_samples: how many of its images are used; None for all.
        model: the network's name, in `benchmarks.networks` and in kerascnn alike.
        parameters: what all candidates share: optimizer, learning_rate, epochs, batch_size.
        grid: parameter name → values.
        folds: stratified folds; None for a single split into 80 % and 20 %.
        peers: who runs it beside kerascnn.
        sampled: the candidates that peers run, in place of the whole grid.
        sampled_folds: how many of the folds they run them on.
    """

    name: str
    title: str
    dataset: str
    n_samples: int | None = None
    model: str
    parameters: Mapping[str, Any]
    grid: Mapping[str, Sequence[Any]]
    folds: int | None
    peers: tuple[Contender, ...] = ()
    sampled: Sequence[Mapping[str, Any]] = field(default_factory=list)
    sampled_folds: int = 1

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """All candidates, in scikit-learn's order."""
        return list(ParameterGrid(dict(self.grid)))

    @property
    def n_fits(self) -> int:
        """The number of fits of the whole grid."""
        return len(self.candidates) * (self.folds or 1)

    @property
    def n_sampled_fits(self) -> int:
        """The number of fits that peers run."""
        return len(self.sampled) * self.sampled_folds


DIGITS: dict[str, Any] = {
    "dataset": "digits",
    "model": "digits_cnn",
    "parameters": {"optimizer": "sgd", "epochs": 100, "batch_size": 100},
    "grid": {"learning_rate": DECADES, "l2": DECADES},
    # Learning rates whose accuracy hardly depends on the seed, so that scores can be compared.
    "sampled": [{"learning_rate": 1e-3, "l2": 1e-3}, {"learning_rate": 1e-2, "l2": 1e-4}],
}
CASES = (
    Case(
        name="s1-loop",
        title="Digits CNN, 7 × 7, one split, 100 epochs",
        folds=None,
        peers=LOOPS,
        **DIGITS,
    ),
    Case(
        name="s1-folds",
        title="Digits CNN, 7 × 7, 5 folds, 100 epochs",
        folds=5,
        peers=SEARCHES,
        sampled_folds=2,
        **DIGITS,
    ),
    Case(
        name="s4",
        title="LeNet-5 on 3,000 MNIST images, 2 × 2, 3 folds",
        dataset="mnist",
        n_samples=3000,
        model="lenet5",
        parameters={"optimizer": "adam", "learning_rate": 0.001},
        grid={"epochs": (5, 10), "batch_size": (32, 64)},
        folds=3,
        peers=SEARCHES,
        # All four, because both parameters change what a fit costs.
        sampled=[{"epochs": e, "batch_size": b} for e in (5, 10) for b in (32, 64)],
    ),
    Case(
        name="cifar",
        title="CIFAR-10 stack on 2,000 images, 3 × 3, 2 folds, 3 epochs",
        dataset="cifar10",
        n_samples=2000,
        model="cifar_cnn",
        parameters={"optimizer": "adam", "epochs": 3, "batch_size": 32},
        grid={"learning_rate": (3e-4, 1e-3, 3e-3), "l2": (0.0, 1e-4, 1e-3)},
        folds=2,
        peers=SEARCHES,
        sampled=[
            {"learning_rate": 3e-4, "l2": 0.0},
            {"learning_rate": 1e-3, "l2": 1e-4},
            {"learning_rate": 3e-3, "l2": 1e-3},
        ],
        sampled_folds=2,
    ),
)
NAMES = tuple(case.name for case in CASES)
SMOKE_NAMES = ("s1-loop", "s1-folds")


def find(name: str) -> Case:
    """Return the case of that name."""
    return next(case for case in CASES if case.name == name)


def thinned(case: Case) -> Case:
    """Return a case small enough to see within seconds that everything works."""
    first = {name: value for name, value in case.sampled[0].items() if name != "epochs"}
    grid = {name: sorted({candidate[name] for candidate in case.sampled}) for name in first}
    return replace(
        case,
        title=f"smoke: {case.name}",
        n_samples=SMOKE_SAMPLES,
        parameters={**case.parameters, "epochs": 1},
        grid=grid,
        folds=case.folds and 2,
        peers=case.peers[-1:],
        sampled=[first],
        sampled_folds=1,
    )


def scaling_case(n_fits: int) -> Case:
    """Return a grid of `n_fits` short fits of the digits CNN on one split."""
    exponents = [-4 + 2 * number / n_fits for number in range(n_fits)]
    return Case(
        name=f"scaling-{n_fits}",
        title=f"Digits CNN, {n_fits:,} fits of {SCALING_EPOCHS} epochs",
        dataset="digits",
        model="digits_cnn",
        parameters={**DIGITS["parameters"], "epochs": SCALING_EPOCHS},
        grid={"learning_rate": [10.0**exponent for exponent in exponents]},
        folds=None,
    )
