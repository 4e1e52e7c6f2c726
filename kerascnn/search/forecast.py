"""What time and memory a search will take, from the work its fits hold and this machine.

A training step costs its multiply-adds at the speed that a Keras fit or a fused stack reaches,
as a share of the machine's matrix-product peak, and a fixed time for starting its operations;
each Keras fit also costs the time to build and trace it. The shares were read off runs of the
digits CNN, LeNet-5 and the CIFAR-10 stack; expect a forecast to be right within a factor of two.
Memory is that of TensorFlow itself in each process, and what the networks under way hold.
"""

import math
import time
from collections.abc import Sequence
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from kerascnn import runtime
from kerascnn.fusion import bytes_per_lane, cost_per_sample
from kerascnn.search.trainings import Networks, Training, chunk_sizes

PEAK_MATRIX = 768  # rows and columns; large enough for the peak, a few milliseconds each
PEAK_PRODUCTS = 10

KERAS_SECONDS_PER_FIT = 1.5
KERAS_SECONDS_PER_STEP = 0.0015
KERAS_SHARE_OF_PEAK = 0.25
FUSED_SECONDS_PER_STACK = 2.0
FUSED_SHARE_OF_PEAK = 0.15
WORKER_SECONDS = 6.0
PROCESS_BYTES = 800e6  # Python with TensorFlow, Keras, pandas and what they compile


@cache
def peak() -> float:
    """Return the floating-point operations per second of float32 matrix products on all cores.

    The fastest of several on one core counts: the others were held up by other programs.
    """
    matrix = np.ones((PEAK_MATRIX, PEAK_MATRIX), np.float32)
    seconds = []
    with threadpool_limits(1, "blas"):
        for _ in range(PEAK_PRODUCTS):
            start = time.perf_counter()
            matrix @ matrix
            seconds.append(time.perf_counter() - start)
    return runtime.available_cores() * 2 * PEAK_MATRIX**3 / min(seconds)


def serial_seconds(trainings: Sequence[Training], networks: Networks) -> float:
    """Return the seconds that separate Keras fits, one after another, are expected to take."""
    seconds = 0.0
    for training in trainings:
        cost = _step_cost(training, networks) / (KERAS_SHARE_OF_PEAK * peak())
        for epochs, fits in training.fits.items():
            steps = epochs * _steps_per_epoch(training)
            seconds += len(fits) * (KERAS_SECONDS_PER_FIT + steps * (KERAS_SECONDS_PER_STEP + cost))
    return seconds


def processes_seconds(trainings: Sequence[Training], networks: Networks, workers: int) -> float:
    """Return the seconds that separate Keras fits in worker processes are expected to take."""
    return WORKER_SECONDS + serial_seconds(trainings, networks) / workers


def fused_seconds(trainings: Sequence[Training], networks: Networks) -> float:
    """Return the seconds that fused stacks of one topology are expected to take."""
    work = sum(
        max(training.fits) * _steps_per_epoch(training) * _step_cost(training, networks)
        for training in trainings
    )
    return FUSED_SECONDS_PER_STACK + work / (FUSED_SHARE_OF_PEAK * peak())


def fused_bytes(trainings: Sequence[Training], networks: Networks, threads: int) -> float:
    """Return the bytes that fused stacks of one topology are expected to need."""
    model = networks.of(trainings[0]).model_
    stacks = [
        lanes * threads * bytes_per_lane(model, batch_size)
        for batch_size, (lanes, _) in chunk_sizes(trainings, networks, threads).items()
    ]
    return PROCESS_BYTES + max(stacks)


def fit_bytes(trainings: Sequence[Training], networks: Networks, workers: int) -> float:
    """Return the bytes that Keras fits are expected to need, here or in worker processes."""
    largest = max(
        bytes_per_lane(networks.of(training).model_, training.setting("batch_size"))
        for training in trainings
    )
    return PROCESS_BYTES * (1 + workers) + largest * max(1, workers)


def duration(seconds: float) -> str:
    """Return a duration as a person would say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def _steps_per_epoch(training: Training) -> int:
    return math.ceil(len(training.longest.train) / training.setting("batch_size"))


def _step_cost(training: Training, networks: Networks) -> float:
    return cost_per_sample(networks.of(training).model_) * training.setting("batch_size")
