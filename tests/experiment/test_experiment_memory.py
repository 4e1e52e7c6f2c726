"""How much memory an experiment needs beside as many images as CIFAR-10 has."""

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

STATUS = Path("/proc/self/status")
GIGABYTE = 2**30  # as memory is counted


@pytest.mark.skipif(not STATUS.exists(), reason="the peak is read from Linux's /proc")
def test_sixty_thousand_colour_images_need_less_than_a_gigabyte(tmp_path):
    """The whole run from loading to the report, of a network that is quickly trained."""
    rng = np.random.default_rng(0)
    arrays = {
        f"{name}_{part}": values
        for part, n in (("train", 50_000), ("test", 10_000))
        for name, values in (
            ("x", rng.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8)),
            ("y", np.arange(n) % 10),
        )
    }
    np.savez(tmp_path / "images.npz", **arrays)
    (tmp_path / "memory.py").write_text(
        textwrap.dedent('''
            """Memory."""
            from kerascnn import TrainingExperiment

            experiment = TrainingExperiment(
                title="Memory",
                claim="60,000 images fit.",
                dataset="images.npz",
                model="strided_cnn",
                parameters={"batch_size": 128, "epochs": 1},
            )
        ''')
    )
    # getrusage would count the memory of the test process, from which this one is started.
    code = """
        from pathlib import Path
        from kerascnn.cli import main
        main(["run", "memory.py", "--quiet"])
        status = dict(line.split(":") for line in Path("/proc/self/status").open())
        print(1024 * int(status["VmHWM"].split()[0]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "reports" / "memory" / "index.html").exists()
    assert int(done.stdout.split()[-1]) < GIGABYTE
