"""Write the API reference from the docstrings, to docs/reference. Run it with `make docs`."""

from pathlib import Path

import pdoc
import pdoc.render

import kerascnn

ROOMS = (
    "estimators",
    "search",
    "datasets",
    "models",
    "convolution",
    "experiment",
    "results",
    "report",
)


def main() -> None:
    """Write a page for the package and one for each room that users import from."""
    for name in kerascnn.__all__:  # they are imported when they are first asked for
        getattr(kerascnn, name)
    pdoc.render.configure(docformat="google")
    modules = ["kerascnn", *(f"kerascnn.{room}" for room in ROOMS), "kerascnn.interpretation"]
    pdoc.pdoc(*modules, output_directory=Path(__file__).parent / "reference")


if __name__ == "__main__":
    main()
