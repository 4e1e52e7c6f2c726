"""Spoken digits: learning rate × mel bands × dropout, folds and test by unknown speakers.

Claim: who speaks matters as much as the best of these settings: accuracies differ by about 0.1
between folds of unknown speakers, as they do between learning rates, and by less between dropouts;
32 bands are at least as good as 64.

Source: M. La Quatra, Deep learning for speech and vision, Kore University of Enna, module 2 (the
network). Run it with `make grid-audio`.
"""

from kerascnn import GridExperiment

experiment = GridExperiment(
    title="Spoken digits: learning rate × mel bands × dropout",
    claim=(
        "Who speaks matters as much as the best of these settings: accuracies differ by about 0.1 "
        "between folds of unknown speakers, as they do between learning rates, and by less between "
        "dropouts; 32 bands are at least as good as 64."
    ),
    dataset="spoken-digits",
    data_options={"rate": 8000, "n_samples": 8000},
    by_group=True,
    test_size=0.3,
    model="audio_cnn_2d",
    parameters={
        "optimizer": "adam",
        "batch_size": 32,
        "epochs": 10,
        "model__rate": 8000,
        "model__n_fft": 512,
        "model__hop": 256,
    },
    grid={
        "learning_rate": [0.0003, 0.001, 0.003],
        "model__n_mels": [32, 64],
        "model__dropout": [0.0, 0.5],
    },
    folds=4,
    n_train=600,
)
