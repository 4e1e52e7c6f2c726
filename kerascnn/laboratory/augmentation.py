"""Exhibits of augmentation: draws of the same images, and each candidate's accuracy and gap."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kerascnn.results.exhibits import Exhibit
from kerascnn.results.panels import Panel, Picture, Points

IMAGES_SHOWN = 8
DRAWS_SHOWN = 4
BORDER = 2
NONE = "none"


def exhibits(search: Any, images: np.ndarray) -> list[Exhibit]:
    """Return a sheet of examples for each augmentation of a fitted search, and what each brought.

    Args:
        search: fitted, over `augmentation`.
        images: that it was fitted on, uint8, (n, height, width, 3).
    """
    return [_figures(search), _sheets(search, images[:IMAGES_SHOWN])]


def augmentation_name(augmentation: Any) -> str:
    """Return what to call an augmentation: its names, joined."""
    if augmentation is None:
        return NONE
    items = augmentation if isinstance(augmentation, list | tuple) else [augmentation]
    return " + ".join(item if isinstance(item, str) else type(item).__name__ for item in items)


def contact_sheet(images: np.ndarray) -> np.ndarray:
    """Return rows of images as one picture, with a white border around each.

    Args:
        images: uint8, (rows, columns, height, width, channels).

    Returns:
        uint8, (rows · (height + 2), columns · (width + 2), channels).
    """
    rows, columns, height, width, channels = images.shape
    frame = ((0, 0), (0, 0), (0, BORDER), (0, BORDER), (0, 0))
    framed = np.pad(images, frame, constant_values=255)
    return framed.transpose(0, 2, 1, 3, 4).reshape(
        rows * (height + BORDER), columns * (width + BORDER), channels
    )


def _sheets(search: Any, images: np.ndarray) -> Exhibit:
    panels: list[Panel] = []
    for params in search.cv_results_["params"]:
        if params["augmentation"] is not None:
            name = augmentation_name(params["augmentation"])
            panels.append(Picture(name, contact_sheet(_draws(search.estimator, params, images))))
    return Exhibit(
        "What training sees",
        f"In the first row of each sheet the images as they are, below them {DRAWS_SHOWN} draws of "
        "the same images. Images to predict are never transformed.",
        panels,
    )


def _draws(estimator: Any, params: Mapping[str, Any], images: np.ndarray) -> np.ndarray:
    """Return images, and several draws of their augmentation, uint8 (1 + draws, images, …)."""
    from sklearn.base import clone

    made = clone(estimator).set_params(**params)
    labels = np.arange(len(images)) % 2
    front = made.initialize(images, labels).model_.get_layer("augmentation")
    pixels = images / np.float32(255)
    draws = [np.asarray(front(pixels, training=True)) for _ in range(DRAWS_SHOWN)]
    shown = np.clip(np.stack([pixels, *draws]), 0, 1)
    return np.round(shown * 255).astype(np.uint8)


def _figures(search: Any) -> Exhibit:
    candidates = search.cv_results_["params"]
    names = [augmentation_name(params["augmentation"]) for params in candidates]
    validation, training = _splits(search, "test"), _splits(search, "train")
    order = np.argsort(-validation.mean(axis=1), kind="stable")
    gap = training - validation
    named = [names[place] for place in order]
    return Exhibit(
        "What each augmentation brings",
        "Accuracy on the folds that were left out and on those that were trained on, both without "
        "augmentation, with standard deviations over folds; and the gap between the two, which is "
        "what overfitting looks like. The best on validation folds stands at the top.",
        [
            Points(
                "Accuracy",
                named,
                {
                    "validation": validation.mean(axis=1)[order],
                    "training": training.mean(axis=1)[order],
                },
                {
                    "validation": validation.std(axis=1)[order],
                    "training": training.std(axis=1)[order],
                },
                "accuracy",
            ),
            Points(
                "The gap between training and validation, fold by fold",
                named,
                {"training − validation": gap.mean(axis=1)[order]},
                {"training − validation": gap.std(axis=1)[order]},
                "difference of accuracies",
            ),
        ],
    )


def _splits(search: Any, part: str) -> np.ndarray:
    """Return a score on each split, (n_candidates, n_splits)."""
    names = [f"split{number}_{part}_score" for number in range(search.n_splits_)]
    return np.stack([search.cv_results_[name] for name in names], axis=1)
