"""A laboratory: exhibits that show what an operation does; nothing is trained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from kerascnn import environment
from kerascnn.datasets.photos import SYNTHETIC, Photo, load_photo
from kerascnn.experiment.base import Experiment, Outcome
from kerascnn.experiment.options import RunOptions
from kerascnn.experiment.run import Run
from kerascnn.results.exhibits import Exhibit
from kerascnn.results.laboratory import LaboratoryResults

SMOKE_SIDE = 120


@dataclass(frozen=True)
class Table:
    """The numbers of a laboratory that needs no photo: they stand in its exhibits."""

    origin: Mapping[str, Any]
    notices: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class LaboratoryExperiment(Experiment[Photo | Table]):
    """A claim that pictures and worked numbers show.

    Attributes:
        exhibits: makes the exhibits, of the photo's pixels, uint8 (height, width, 3), where the
            laboratory has a photo; of nothing otherwise.
        photo: a name or path for `kerascnn.datasets.photos.load_photo`; None for none.
        largest_side: of the photo in pixels; a larger one is scaled down.
    """

    exhibits: Callable[..., Sequence[Exhibit]]
    photo: str | None = None
    largest_side: int = 640

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"data"})

    def check(self, options: RunOptions) -> None:
        """Raise ValueError for an option that a laboratory, or this one, has no use for."""
        super().check(options)
        if self.photo is None and options.data not in (None, SYNTHETIC):
            raise ValueError(
                f"data={options.data!r}: this laboratory has no photo: leave --data out"
            )

    def adapted(self, options: RunOptions) -> Self:
        """Return the laboratory with a small photo for a smoke run."""
        return replace(self, largest_side=SMOKE_SIDE) if options.smoke else self

    def load(self, options: RunOptions) -> Photo | Table:
        """Return the photo, if there is one."""
        material: Photo | Table = Table({"source": "the numbers that the exhibits show"})
        if self.photo is not None:
            material = load_photo(options.data or self.photo, self.largest_side)
        environment.start_tensorflow_quietly()
        return material

    def perform(self, run: Run[Photo | Table]) -> Outcome:
        """Make the exhibits."""
        photo = run.material
        pixels = (photo.pixels,) if isinstance(photo, Photo) else ()
        exhibits = self.exhibits(*pixels)
        settings = {"photo": photo.fingerprint if isinstance(photo, Photo) else None}
        origin = run.provenance(settings, "nothing was trained")
        results = LaboratoryResults(
            name=run.folder.name,
            title=self.title,
            claim=self.claim,
            exhibits=exhibits,
            provenance={name: value for name, value in origin.items() if name != "seed"},
            notices=run.notices,
        )
        return Outcome(results)

    def describe(self, material: Photo | Table, options: RunOptions) -> str:
        """Return that nothing would be trained."""
        return f"exhibits of {material.origin['source']}; nothing is trained"
