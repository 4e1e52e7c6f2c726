"""Execute the notebooks and keep their outputs: `python notebooks/refresh.py [name …]`."""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
SECONDS_PER_CELL = 600

# No version of Python, which would change with each machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class OwnInterpreter(KernelSpecManager):
    """Start every kernel with the running interpreter, whatever kernels are installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return how to start a kernel."""
        return KernelSpec(**get_kernel_dict())


def execute(path: Path) -> nbformat.NotebookNode:
    """Return a notebook with the outputs of a fresh kernel in an empty folder.

    A cell that fails has the error among its outputs, and the next one is executed all the same.
    """
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        working_folder = folder / "work"
        working_folder.mkdir()
        manager = AsyncKernelManager(
            kernel_spec_manager=OwnInterpreter(),
            connection_file=str(folder / "kernel.json"),
            transport="ipc",  # no ports, which others on this machine could listen to
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=SECONDS_PER_CELL,
            allow_errors=True,
            record_timing=False,
            coalesce_streams=True,
        )
        client.execute(cwd=str(working_folder), env=_environment(folder), cleanup_kc=True)
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def _environment(folder: Path) -> dict[str, str]:
    """Return the kernel's environment: no user's start-up files, and figures in the notebook."""
    return {
        **os.environ,
        "IPYTHONDIR": str(folder / "ipython"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TMPDIR": str(folder),
    }


def complaints(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the errors of an executed notebook, and what it wrote to standard error."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    errors = ["\n".join(output.traceback) for output in outputs if output.output_type == "error"]
    return errors + [output.text for output in outputs if output.get("name") == "stderr"]


def main(names: list[str]) -> None:
    """Execute these notebooks, or all of them, and write them with their outputs."""
    for path in [FOLDER / f"{name}.ipynb" for name in names] or sorted(FOLDER.glob("*.ipynb")):
        notebook = execute(path)
        if found := complaints(notebook):
            sys.exit("\n".join([*found, f"{path.name} was left as it is: see above"]))
        nbformat.write(notebook, path)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
