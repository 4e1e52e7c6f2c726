"""A forecast of a search's time and memory, from its work and this machine.

A training step costs its multiply-adds at a share of the speed of matrix products, and passes over
its activations and over its weights, gradients and slots at the speed of element-wise operations;
starting its operations costs as much as some more bytes. In small networks the passes are most of
it. The four constants were fitted to compiled steps of eleven networks and batches, from the digits
CNN (2 MFLOP a step) to ResNet-18 (107 GFLOP), on two cores of an AMD EPYC: all of them within a
factor of 0.6 to 1.4. Each Keras fit also costs the time to build and trace it. Expect a forecast to
be right within a factor of two on a machine that does nothing else. Memory is that of TensorFlow
itself in each process, and what the networks under way hold.
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
PASSED_VALUES = 65_536  # float32, within the second cache
PASSES = 200

# Of a step.
SHARE_OF_PEAK = 0.85
PASSES_OVER_ACTIVATIONS = 10
PASSES_OVER_WEIGHTS = 4
STARTING_BYTES = 7e6
# What the machine above does of both at a time, to compare trainings without a measurement.
FLOPS_PER_BYTE = 13

KERAS_SECONDS_PER_FIT = 1.5
KERAS_SECONDS_PER_STEP = 0.0005
COMPILED_SECONDS_PER_NETWORK = 0.6
COMPILED_BYTES_PER_NETWORK = 7e6
STACKED_SECONDS_PER_STACK = 2.0
WORKER_SECONDS = 6.0
PROCESS_BYTES = 800e6  # Python with TensorFlow, Keras, pandas and what they compile


@cache
def peak() -> float:
    """Return the floating-point operations per second of float32 matrix products on one core.

    The fastest of several on one core counts: the others were held up by other programs.
    """
    matrix = np.ones((PEAK_MATRIX, PEAK_MATRIX), np.float32)
    seconds = []
    with threadpool_limits(1, "blas"):
        for _ in range(PEAK_PRODUCTS):
            start = time.perf_counter()
            matrix @ matrix
            seconds.append(time.perf_counter() - start)
    return 2 * PEAK_MATRIX**3 / min(seconds)


@cache
def passing() -> float:
    """Return how many bytes per second an element-wise operation passes over on one core."""
    values = np.ones(PASSED_VALUES, np.float32)
    result, seconds = np.empty_like(values), []
    for _ in range(PASSES):
        start = time.perf_counter()
        np.maximum(values, 0.5, out=result)
        seconds.append(time.perf_counter() - start)
    return values.nbytes / float(np.median(seconds))


def fit_seconds(trainings: Sequence[Training]) -> float:
    """Return the seconds that separate Keras fits, one after another, are expected to take."""
    seconds = 0.0
    for training in trainings:
        step = KERAS_SECONDS_PER_STEP + _step_seconds(training, STARTING_BYTES)
        for epochs, fits in training.fits.items():
            steps = epochs * _steps_per_epoch(training)
            seconds += len(fits) * (KERAS_SECONDS_PER_FIT + steps * step)
    return seconds


def compiled_seconds(trainings: Sequence[Training], threads: int) -> float:
    """Return the seconds that compiled lanes are expected to take."""
    steps = (_steps(each) * _step_seconds(each, STARTING_BYTES) for each in trainings)
    n_networks = len({training.record.structure for training in trainings})
    tracing = COMPILED_SECONDS_PER_NETWORK * max(n_networks, min(threads, len(trainings)))
    return tracing + sum(steps) / min(threads, len(trainings))


def stacked_seconds(trainings: Sequence[Training], threads: int) -> float:
    """Return the seconds that stacked lanes of one topology are expected to take.

    What starts the operations of one lane's step starts those of all.
    """
    steps = sum(_steps(each) * _step_seconds(each, 0.0) for each in trainings)
    return STACKED_SECONDS_PER_STACK + steps / threads


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
    """Return what a training costs beside others, as bytes that are passed over."""
    bytes_ = STARTING_BYTES + _step_bytes(training)
    return _steps(training) * (bytes_ + _step_flops(training) / FLOPS_PER_BYTE)


def _steps_per_epoch(training: Training) -> int:
    return math.ceil(len(training.longest.train) / training.setting("batch_size"))


def _steps(training: Training) -> int:
    return max(training.fits) * _steps_per_epoch(training)


def _step_seconds(training: Training, starting_bytes: float) -> float:
    passing_seconds = (starting_bytes + _step_bytes(training)) / passing()
    return passing_seconds + _step_flops(training) / (SHARE_OF_PEAK * peak())


def _step_bytes(training: Training) -> float:
    """Return how many bytes a step passes over, each as often as it does."""
    record = training.record
    activations = record.bytes_per_sample * training.setting("batch_size")
    return PASSES_OVER_ACTIVATIONS * activations + PASSES_OVER_WEIGHTS * record.bytes_fixed


def _step_flops(training: Training) -> float:
    return training.record.flops_per_sample * training.setting("batch_size")


def _lane_bytes(training: Training) -> float:
    record = training.record
    return record.bytes_fixed + training.setting("batch_size") * record.bytes_per_sample
