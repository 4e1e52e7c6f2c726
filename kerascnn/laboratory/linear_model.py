"""A linear model of images, for networks to be measured against."""

import numpy as np
from sklearn.linear_model import LogisticRegressionCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

PENALTIES = (0.0001, 0.001, 0.01, 0.1)  # inverse strengths, as scikit-learn counts them


def told_by_linear_model(images: np.ndarray, y: np.ndarray, n_train: int) -> np.ndarray:
    """Return what logistic regression says of all images but the first ones.

    The strength of its penalty is chosen by cross-validation on these: that of scikit-learn's
    default is far too weak for as many pixels as there are images.

    Args:
        images: (n, height, width, channels) float.
        y: numbers of classes, (n,).
        n_train: how many images, the first, it is fitted on.

    Returns:
        Probabilities, (n - n_train, n_classes).
    """
    chosen = LogisticRegressionCV(
        Cs=PENALTIES,
        cv=3,
        l1_ratios=(0,),
        scoring="accuracy",
        use_legacy_attributes=False,
        max_iter=500,
    )
    pixels = images.reshape(len(images), -1)
    model = make_pipeline(StandardScaler(), chosen).fit(pixels[:n_train], y[:n_train])
    return model.predict_proba(pixels[n_train:])
