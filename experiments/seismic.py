"""Volcano seismology: three kinds of simulated events told by a CNN of 3,027 parameters.

Claim: a network of three strided convolutions tells volcano-tectonic events, long-period events and
tremor by their spectrograms, nearly all where the signal-to-noise ratio is above 5 dB; a linear
model of as many weights, its penalty chosen by cross-validation, tells them as well.

Sources: B. A. Chouet, Long-period volcano seismicity, Nature 380, 309-316 (1996); S. R. McNutt,
Volcanic seismology, Annu. Rev. Earth Planet. Sci. 33, 461-491 (2005); D. Fee et al., A generalized
deep learning model to detect and classify volcano seismicity, Volcanica 8, 305-323 (2025), for the
application. Run it with `make seismic`, on own records with `make seismic ARGS="--data my.csv"`.
"""

from kerascnn import SeismicExperiment

experiment = SeismicExperiment(
    title="Kinds of volcano-seismic events, simulated",
    claim=(
        "A network of three strided convolutions, 3,027 parameters, tells volcano-tectonic events, "
        "long-period events and tremor by their spectrograms, nearly all where the signal-to-noise "
        "ratio is above 5 dB; a linear model of as many weights, its penalty chosen by "
        "cross-validation, tells them as well."
    ),
    model="strided_cnn",
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 40},
)
