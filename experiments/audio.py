"""Spoken digits: a CNN on mel spectrograms and one on waveforms, tested on unknown speakers.

Claim: a network of spectrograms that tells nearly all digits by speakers that it knows tells about
half of those by others, so that recordings held out at random say little about new voices; one of
raw waveforms has hardly learned anything after 15 epochs.

Source: M. La Quatra, Deep learning for speech and vision, Kore University of Enna, module 2 (both
networks, 16 kHz, windows of 1,024 samples every 512, 128 bands). Run it with `make audio`.
"""

from kerascnn import RecordingsExperiment

experiment = RecordingsExperiment(
    title="Spoken digits by unknown speakers",
    claim=(
        "A network of spectrograms that tells nearly all digits by speakers that it knows tells "
        "about half of those by others, so that recordings held out at random say little about new "
        "voices; one of raw waveforms has hardly learned anything after 15 epochs."
    ),
    dataset="spoken-digits",
    data_options={"rate": 16_000, "n_samples": 16_000},
    models={"spectrograms": {"model": "audio_cnn_2d"}, "waveforms": {"model": "audio_cnn_1d"}},
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 15},
)
