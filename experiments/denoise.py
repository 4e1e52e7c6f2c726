"""Denoising: a residual CNN on Fashion-MNIST with Gaussian noise, beside two classical filters.

Claim: a network of 28,353 parameters that is not told how strong the noise is comes at least 2.5 dB
closer to the originals than Gaussian and median filters of the best width for that noise do, at
standard deviations of 0.1, 0.2 and 0.4 of the pixels' range.

Source: K. Zhang, W. Zuo, Y. Chen, D. Meng and L. Zhang, Beyond a Gaussian denoiser: residual
learning of deep CNN for image denoising, IEEE Trans. Image Process. 26, 3142-3155 (2017), who train
one network for a range of noise. Run it with `make denoise`.
"""

from kerascnn import DenoisingExperiment, Expected

experiment = DenoisingExperiment(
    title="Denoising Fashion-MNIST",
    claim=(
        "A network of 28,353 parameters that is not told how strong the noise is comes at least "
        "2.5 dB closer to the originals than Gaussian and median filters of the best width for "
        "that noise do, at standard deviations of 0.1, 0.2 and 0.4 of the pixels' range."
    ),
    dataset="fashion_mnist",
    sigmas=(0.1, 0.2, 0.4),
    n_test=2_000,
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 3},
    expected=Expected(23.2, 0.3, source="the mean of seeds 0 to 2"),
)
