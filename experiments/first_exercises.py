"""First exercises: convolutions of signals and a layer whose weights are set by hand.

Claim: 1, 2, 3, 4, 5, 4, 3, 2, 1, averaged over four values each, is 2.5, 3.5, 4, 4, 3.5, 2.5, and a
Keras layer with hand-set weights finds the edges of a checkerboard. Nothing is trained.

Source: a course's first exercises on convolutional neural networks. Run it with
`make first-exercises`.
"""

from kerascnn import LaboratoryExperiment
from kerascnn.laboratory import first_exercises

experiment = LaboratoryExperiment(
    title="First exercises with convolutions",
    claim=(
        "Averages, edges and smoothing are one operation with different weights, and a layer of a "
        "network is that operation with weights that can be learned."
    ),
    exhibits=first_exercises.exhibits,
)
