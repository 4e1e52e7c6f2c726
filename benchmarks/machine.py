"""A description of the machine that the numbers were measured on."""

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

PACKAGES = ("tensorflow", "keras", "scikeras", "scikit-learn", "numpy", "kerascnn")
MATRIX = 2048  # rows and columns
PRODUCTS = 8


def matrix_product_peak() -> float:
    """Return the operations per second of the fastest of some float32 matrix products."""
    matrix = np.ones((MATRIX, MATRIX), np.float32)
    product = np.empty_like(matrix)
    seconds = []
    for _ in range(PRODUCTS):
        start = time.perf_counter()
        np.matmul(matrix, matrix, out=product)
        seconds.append(time.perf_counter() - start)
    return 2 * MATRIX**3 / min(seconds)


def cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor() -> str:
    """Return the processor's name."""
    table = Path("/proc/cpuinfo")
    if table.exists():
        for line in table.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def memory() -> int:
    """Return the machine's memory in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def describe() -> str:
    """Return the machine in one line."""
    return (
        f"{cores()} cores of {processor()}, {memory() / 2**30:.0f} GiB, "
        f"{platform.system()} {platform.machine()}"
    )


def versions() -> str:
    """Return the versions that the times depend on, in one line."""
    stated = [f"{package} {version(package)}" for package in PACKAGES]
    return ", ".join([f"Python {platform.python_version()}", *stated])
