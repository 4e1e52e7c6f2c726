"""Transfer learning: pretrain on five classes of CIFAR-10, learn the others from 10 to 500 images.

Claim: with few images of each new class, fine-tuning a network that was trained on other classes
beats training from scratch, by less and less the more images there are; a frozen extractor is
trained in a moment, but leads nowhere and falls behind from 100 images on.

Sources: M. La Quatra, Deep learning for speech and vision, Kore University of Enna, module 2 (the
three strategies and their learning rates); J. Yosinski, J. Clune, Y. Bengio and H. Lipson, How
transferable are features in deep neural networks?, arXiv:1411.1792 (halves of the classes of one
data set). Run it with `make transfer`.
"""

from kerascnn import TransferExperiment

experiment = TransferExperiment(
    title="Transfer learning between halves of CIFAR-10",
    claim=(
        "With few images of each new class, fine-tuning a network that was trained on other "
        "classes beats training from scratch, by less and less the more images there are; a frozen "
        "extractor is trained in a moment, but leads nowhere and falls behind from 100 images on."
    ),
    dataset="cifar10",
    model="cifar_cnn",
    n_source=5,
    pretraining={"epochs": 10},
    strategies={
        "frozen extractor": {"trainable": "head"},
        "later half fine-tuned": {"trainable": "top", "backbone_learning_rate": 1e-4},
        "all fine-tuned": {"trainable": "all", "backbone_learning_rate": 1e-4},
    },
    images_per_class=(10, 20, 50, 100, 200, 500),
    draws=5,
    parameters={"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 50},
)
