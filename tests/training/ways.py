"""One training by Keras's `fit`, and the same by a compiled network that trained another before."""

import numpy as np
import tensorflow as tf
from sklearn.base import clone

from kerascnn import CNNClassifier
from kerascnn.training import batches
from kerascnn.training.compiled import CompiledNetwork, Data, Start
from kerascnn.training.strengths import penalty_strengths
from kerascnn.training.variables import state_variables


def start_of(classifier: CNNClassifier) -> Start:
    """Return where an initialized classifier's training begins."""
    model = classifier.model_
    values = [np.asarray(variable.numpy()) for variable in state_variables(model)]
    named = isinstance(classifier.optimizer, str | type)
    free = named and isinstance(classifier.learning_rate, float)
    rates = (classifier.learning_rate,) if free else ()
    return Start(values, rates, penalty_strengths(model))


class BothWays:
    """Trains classifiers by `fit` and compiled, on 50 of 70 samples.

    The compiled network belongs to the first classifier, and trains that one before.
    """

    n_train = 50

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        self.X, self.y = X, y

    def by_fit(self, classifier: CNNClassifier, sample_weight: np.ndarray | None = None):
        """Return outputs, weights and history after `fit`."""
        n, fitted = self.n_train, clone(classifier)
        validation = (self.X[n:], self.y[n:])
        fitted.fit(self.X[:n], self.y[:n], sample_weight, validation_data=validation)
        state = [variable.numpy() for variable in state_variables(fitted.model_)]
        return state, fitted.history_, fitted._predict_raw(self.X[n:])

    def compiled(self, *classifiers: CNNClassifier, sample_weight: np.ndarray | None = None):
        """Return the same after the last of several trainings in one compiled network."""
        starts = [clone(c).initialize(self.X, self.y) for c in classifiers]
        first, n = starts[0], self.n_train
        weights = first.training_weights(self.y[:n], sample_weight)
        if weights is not None:
            weights = tf.constant(np.pad(weights, (0, len(self.y) - n)))
        data = Data(tf.constant(first.images(self.X)), tf.constant(first.encode(self.y)), weights)
        begins = [start_of(start) for start in starts]
        network = CompiledNetwork(first.model_, data, first.seed_)
        for classifier, begin in zip(starts, begins, strict=True):
            network.begin(begin)
            history = self._train(network, data, classifier)
        state = network.state()
        return state, history, network.predict(first.images(self.X[n:]), classifier.batch_size)

    def _train(self, network: CompiledNetwork, data: Data, classifier: CNNClassifier):
        test = np.arange(self.n_train, len(self.y), dtype=np.int32)
        history: dict[str, list[float]] = {}
        for epoch in range(classifier.epochs):
            rows = np.arange(self.n_train, dtype=np.int32)
            if classifier.shuffle:
                rows = batches.epoch_order(classifier.seed_, epoch, self.n_train)
            logs = network.run_epoch(data, rows, test, classifier.batch_size)
            for name, value in logs.items():
                history.setdefault(name, []).append(value)
        network.finish()
        return history
