"""Generated sounds in place of missing ones: a chord for each class, a pitch per speaker."""

import numpy as np

RATE = 8_000
N_SAMPLES = 4_000
N_SPEAKERS = 6
N_TONES = 3
LOWEST, HIGHEST = 200.0, 2_000.0  # Hz, of the chords
NOISE = 0.05  # standard deviation


def chords(
    generator: np.random.Generator, n: int, n_classes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sounds, their classes and their speakers, as many of each as can be.

    Args:
        generator: draws everything.
        n: the number of sounds.
        n_classes: the number of classes.

    Returns:
        float32 (n, 4000, 1) at 8,000 Hz, int (n,), and strings (n,).
    """
    frequencies = generator.uniform(LOWEST, HIGHEST, (n_classes, N_TONES))
    pitches = generator.uniform(0.95, 1.05, N_SPEAKERS)
    labels = np.arange(n) % n_classes
    speakers = np.arange(n) // n_classes % N_SPEAKERS
    times = np.arange(N_SAMPLES) / RATE
    tones = frequencies[labels] * pitches[speakers, None]
    phases = generator.uniform(0, 2 * np.pi, tones.shape)
    waves = np.sin(2 * np.pi * tones[..., None] * times + phases[..., None]).mean(axis=1)
    loudness = generator.uniform(0.3, 0.9, (n, 1))
    sounds = loudness * waves + generator.normal(0, NOISE, waves.shape)
    order = generator.permutation(n)
    names = np.array([f"speaker {number}" for number in range(N_SPEAKERS)])
    return sounds[order, :, None].astype(np.float32), labels[order], names[speakers[order]]
