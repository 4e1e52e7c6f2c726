"""A forecast of a search's time and memory, from its work and this machine.

A training step costs its multiply-adds at the speed that an engine reaches, as a share of the
machine's matrix-product peak, and a fixed time for starting its operations; each Keras fit also
costs the time to build and trace it. The shares were read off runs of the digits CNN, LeNet-5 and
the CIFAR-10 stack; expect a forecast to be right within a factor of two. Memory is that of
TensorFlow itself in each process, and what the networks under way hold.
"""

import math
import time
from collections.abc import Sequence
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from kerascnn import environment
from kerascnn.search.trainings import Training

PEAK_MATRIX = 768  # rows and columns; large enough for the peak, a few milliseconds each
PEAK_PRODUCTS = 10

KERAS_SECONDS_PER_FIT = 1.5
KERAS_SECONDS_PER_STEP = 0.0015
KERAS_SHARE_OF_PEAK = 0.25
COMPILED_SECONDS_PER_NETWORK = 0.6
COMPILED_SECONDS_PER_STEP = 0.00015
COMPILED_SHARE_OF_PEAK = 0.4
COMPILED_BYTES_PER_NETWORK = 7e6
STACKED_SECONDS_PER_STACK = 2.0
STACKED_SHARE_OF_PEAK = 0.15
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
    return environment.available_cores() * 2 * PEAK_MATRIX**3 / min(seconds)


def fit_seconds(trainings: Sequence[Training]) -> float:
    """Return the seconds that separate Keras fits, one after another, are expected to take."""
    seconds = 0.0
    for training in trainings:
        cost = _step_flops(training) / (KERAS_SHARE_OF_PEAK * peak())
        for epochs, fits in training.fits.items():
            steps = epochs * _steps_per_epoch(training)
            seconds += len(fits) * (KERAS_SECONDS_PER_FIT + steps * (KERAS_SECONDS_PER_STEP + cost))
    return seconds


def compiled_seconds(trainings: Sequence[Training], threads: int) -> float:
    """Return the seconds that compiled lanes are expected to take."""
    n_steps = sum(_steps(training) for training in trainings)
    flops = sum(_steps(training) * _step_flops(training) for training in trainings)
    n_networks = len({training.record.structure for training in trainings})
    tracing = COMPILED_SECONDS_PER_NETWORK * max(n_networks, min(threads, len(trainings)))
    starting = COMPILED_SECONDS_PER_STEP * n_steps / threads
    return tracing + starting + flops / (COMPILED_SHARE_OF_PEAK * peak())


def stacked_seconds(trainings: Sequence[Training]) -> float:
    """Return the seconds that stacked lanes of one topology are expected to take."""
    work = sum(_steps(training) * _step_flops(training) for training in trainings)
    return STACKED_SECONDS_PER_STACK + work / (STACKED_SHARE_OF_PEAK * peak())


def stacked_bytes(trainings: Sequence[Training], lanes: int, threads: int) -> float:
    """Return the bytes that stacks of so many lanes are expected to need."""
    return PROCESS_BYTES + lanes * threads * max(map(_lane_bytes, trainings))


def compiled_bytes(trainings: Sequence[Training], threads: int) -> float:
    """Return the bytes that compiled lanes are expected to need."""
    n_networks = len({training.record.structure for training in trainings})
    graphs = n_networks * COMPILED_BYTES_PER_NETWORK
    return PROCESS_BYTES + graphs + threads * max(map(_lane_bytes, trainings))


def fit_bytes(trainings: Sequence[Training], workers: int) -> float:
    """Return the bytes that Keras fits are expected to need, here or in worker processes."""
    largest = max(map(_lane_bytes, trainings))
    return PROCESS_BYTES * (1 + workers) + largest * max(1, workers)


def cluster_seconds(
    compiled: Sequence[Training], by_keras: Sequence[Training], threads: int
) -> float:
    """Return the seconds that a cluster is expected to take whose cores are like this machine's.

    Args:
        compiled: trainings that its workers compile.
        by_keras: those that they fit by Keras's own fit.
        threads: of all its workers together.
    """
    cores = environment.available_cores()
    here = fit_seconds(by_keras) + cores * (compiled_seconds(compiled, cores) if compiled else 0)
    return WORKER_SECONDS + here / threads


def cluster_bytes(trainings: Sequence[Training], workers: int, threads: int) -> float:
    """Return the bytes that the workers of a cluster and this process are expected to need."""
    return PROCESS_BYTES * (1 + workers) + threads * max(map(_lane_bytes, trainings))


def work(training: Training) -> float:
    """Return what a training costs beside others, in floating-point operations."""
    return _steps(training) * max(_step_flops(training), 1.0)


def _steps_per_epoch(training: Training) -> int:
    return math.ceil(len(training.longest.train) / training.setting("batch_size"))


def _steps(training: Training) -> int:
    return max(training.fits) * _steps_per_epoch(training)


def _step_flops(training: Training) -> float:
    return training.record.flops_per_sample * training.setting("batch_size")


def _lane_bytes(training: Training) -> float:
    record = training.record
    return record.bytes_fixed + training.setting("batch_size") * record.bytes_per_sample
