"""Spoken digits: a CNN on mel spectrograms and one on waveforms, tested on unknown speakers.

Claim: a network of spectrograms tells the ten digits by speakers that it has never heard; one of
raw waveforms is far behind; and both look better than they are when recordings rather than speakers
are held out.

Source: M. La Quatra, Deep learning for speech and vision, Kore University of Enna, module 2 (both
networks, 16 kHz, windows of 1,024 samples every 512, 128 bands). Run it with `make audio`.
"""

from kerascnn import RecordingsExperiment

experiment = RecordingsExperiment(
    title="Spoken digits by unknown speakers",
    claim=(
        "A network of spectrograms tells the ten digits by speakers that it has never heard; one "
        "of raw waveforms is far behind; and both look better than they are when recordings rather "
        "than speakers are held out."
    ),
    dataset="spoken-digits",
    data_options={"rate": 16_000, "n_samples": 16_000},
    models={"spectrograms": {"model": "audio_cnn_2d"}, "waveforms": {"model": "audio_cnn_1d"}},
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 15},
)
