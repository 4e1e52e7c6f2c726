"""How right a plan is: the seconds that it expects beside those that the search takes.

    python -m benchmarks.forecasts                # about 20 s for each network
    python -m benchmarks.forecasts --seconds 2    # shows within a minute that it works

Each search has two candidates on two splits of random images, and as many epochs as its plan says
fill the time. Prints a table; the last column is to be between 0.5 and 2.
"""

import argparse
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import machine
from kerascnn import CNNClassifier, CNNRegressor, ConvAutoencoder, GridSearchCV, environment

N_CLASSES = 10
MOST_EPOCHS = 2000


@dataclass(frozen=True)
class Case:
    """A network, and what it is trained on.

    Attributes:
        name: of the model.
        shape: of one image.
        batch_size: samples per step.
        estimator: the class around it.
        arguments: of the builder.
        engine: of the search.
    """

    name: str
    shape: tuple[int, int, int]
    batch_size: int = 32
    estimator: type = CNNClassifier
    arguments: tuple[tuple[str, Any], ...] = ()
    engine: str = "compiled"

    def search(self, epochs: int) -> GridSearchCV:
        """Return a search over two learning rates."""
        settings = {f"model__{name}": value for name, value in self.arguments}
        estimator = self.estimator(
            self.name, batch_size=self.batch_size, epochs=epochs, random_state=0, **settings
        )
        rates = {"learning_rate": [1e-4, 1e-3]}
        return GridSearchCV(estimator, rates, cv=2, refit=False, engine=self.engine)

    def data(self) -> tuple[np.ndarray, ...]:
        """Return 12 batches of images, and targets where the estimator takes some."""
        n = 12 * self.batch_size
        images = np.random.default_rng(0).random((n, *self.shape), np.float32)
        if self.estimator is ConvAutoencoder:
            return (images,)
        return (images, images if self.estimator is CNNRegressor else np.arange(n) % N_CLASSES)


CASES = (
    Case("digits_cnn", (8, 8, 1)),
    Case("digits_cnn", (8, 8, 1), engine="serial"),
    Case("digits_cnn", (8, 8, 1), engine="stacks"),
    Case("digits_cnn", (8, 8, 1), batch_size=128),
    Case("lenet5", (28, 28, 1)),
    Case("mnist_cnn", (28, 28, 1)),
    Case("cifar_cnn", (32, 32, 3)),
    Case("cifar_cnn", (32, 32, 3), engine="serial"),
    Case("conv_autoencoder", (8, 8, 1), 32, ConvAutoencoder, (("depth", 1),)),
    Case("conv_autoencoder", (28, 28, 1), 32, ConvAutoencoder, (("depth", 2),)),
    Case("denoiser", (28, 28, 1), 32, CNNRegressor),
    Case("resnet18_32", (32, 32, 3)),
)


def measure(case: Case, seconds: float) -> tuple[int, float, float]:
    """Return the epochs of a search, and the seconds that are expected and measured."""
    data = case.data()
    once, many = (case.search(epochs).plan(*data).seconds() for epochs in (1, 101))
    epochs = 1 + int(np.clip((seconds - once) / max(many - once, 1e-9) * 100, 0, MOST_EPOCHS))
    search = case.search(epochs)
    expected = search.plan(*data).seconds()
    started = time.perf_counter()
    search.fit(*data)
    return epochs, expected, time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasts", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each network")
    options = parser.parse_args()
    environment.start_tensorflow_quietly()
    print(machine.describe())
    print("network | image | batch | engine | epochs | expected | measured | measured / expected")
    for case in CASES:
        epochs, expected, taken = measure(case, options.seconds)
        image = "×".join(map(str, case.shape))
        print(
            f"{case.name} | {image} | {case.batch_size} | {case.engine} | {epochs} | "
            f"{expected:.1f} s | {taken:.1f} s | {taken / expected:.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
