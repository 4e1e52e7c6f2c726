"""Convolution algebra: polynomials, Toeplitz matrices, the Fourier transform, sizes and counts.

Claim: a convolution is the product of two polynomials, a matrix, and a product of Fourier
transforms; every size and count that the lectures state is recomputed. Nothing is trained.

Sources: M. Hjorth-Jensen, lecture notes on machine learning, University of Oslo, week 45; M. La
Quatra, Deep learning for speech and vision, Kore University of Enna, module 2. Run it with
`make convolution-algebra`.
"""

from kerascnn import LaboratoryExperiment
from kerascnn.laboratory import algebra

experiment = LaboratoryExperiment(
    title="Convolution algebra",
    claim=(
        "A convolution is a product of polynomials, a matrix with one value along each diagonal, "
        "and a product of Fourier transforms."
    ),
    exhibits=algebra.exhibits,
)
