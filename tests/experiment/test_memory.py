"""How much memory an experiment needs beside as many images as CIFAR-10 has."""

import subprocess
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/status")
GIGABYTE = 10**9

EXPERIMENT = '''"""Memory."""
from kerascnn import TrainingExperiment

experiment = TrainingExperiment(
    title="Memory",
    claim="60,000 images fit.",
    dataset="images.npz",
    model="strided_cnn",
    parameters={"batch_size": 128, "epochs": 1},
)
'''

# getrusage would count the memory of the test process, from which this one is started.
RUN = """
from pathlib import Path
from kerascnn.cli import main
main(["run", "memory.py", "--quiet"])
status = dict(line.split(":") for line in Path("/proc/self/status").open())
print(1024 * int(status["VmHWM"].split()[0]))
"""


@pytest.fixture
def folder(write_images, tmp_path) -> Path:
    """Return a folder with 60,000 random images of CIFAR-10's shape and an experiment on them."""
    write_images(50_000, 10_000, (32, 32, 3), 10)
    (tmp_path / "memory.py").write_text(EXPERIMENT)
    return tmp_path


@pytest.mark.skipif(not STATUS.exists(), reason="the peak is read from Linux's /proc")
def test_sixty_thousand_colour_images_need_less_than_a_gigabyte(folder):
    """The whole run from loading to the report, of a network that is quickly trained."""
    command = [sys.executable, "-c", RUN]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "reports" / "memory" / "index.html").exists()
    assert int(done.stdout.split()[-1]) < GIGABYTE
