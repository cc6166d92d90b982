"""Other ways to measure what a board measures, and what each says of every pair of models on their common prompts.

Prompts weigh what they weigh on the board, and two models are compared on the prompts that both have. No way has an
interval here: it is asked which of two models comes first, where the board itself has said that they differ.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.share import Bools, Floats, Ints, ratio

MEAN_ABSOLUTE, POOLED, LEFT_OUT, OTHER_REFERENCE, OTHER_LABELER = (
    "mean_absolute",
    "pooled",
    "one_prompt_left_out",
    "other_reference",
    "other_labeler",
)

Matrix = npt.NDArray[np.float64]  # (models, models): entry (i, j) is i minus j; NaN without a common prompt


class Ways(NamedTuple):
    """What other ways say: differences of every pair by way; one for each prompt if that is left out."""

    named: dict[str, Matrix]
    left_out: npt.NDArray[np.float64]  # (prompts, models, models)


def of_distances(distance2: Floats, shares: Floats, expected: Floats, have: Bools) -> Ways:
    """Return what other ways say of a board of distances.

    Args:
        distance2: (models, prompts).
        shares: (models, prompts, values) of the pictures.
        expected: (models, prompts, values) of the reference.
        have: (models, prompts) whether the model has two pictures or more.
    """
    common = have[:, None] & have[None, :]
    excess = shares - expected
    absolute, pooled = np.zeros(have.shape), np.zeros(common.shape[:2])
    for value in range(excess.shape[2]):
        absolute += 0.5 * np.abs(excess[:, :, value])
        pooled += 0.5 * _mean(excess[:, :, value], common) ** 2
    return Ways(
        {MEAN_ABSOLUTE: _against(_mean(absolute, common)), POOLED: _against(pooled)},
        np.stack([_against(mean) for mean in _means_without_each(distance2, common)]),
    )


def distances(distance2: Floats, have: Bools) -> Matrix:
    """Return by how much each model is farther than each other one, as a board says it.

    Args:
        distance2: (models, prompts).
        have: (models, prompts) whether the model has two pictures or more.
    """
    return _against(_mean(distance2, have[:, None] & have[None, :]))


def of_pairs(k: Floats, n: Floats, prompt: Ints, pair: Ints) -> Ways:
    """Return what other ways say of a board of declared pairs.

    Args:
        k: (models, entries) pictures with the pair's value; an entry is a pair and a prompt of its group.
        n: (models, entries) pictures of the prompt.
        prompt: (entries,) which prompt.
        pair: (entries,) which pair.
    """
    common = _common(n)
    hits, pictures = (np.zeros(common.shape[:2]) for _ in range(2))
    for entry in range(len(pair)):
        hits += np.where(common[:, :, entry], k[:, None, entry], 0)
        pictures += np.where(common[:, :, entry], n[:, None, entry], 0)
    return Ways(
        {POOLED: _against(ratio(hits, pictures))},
        np.stack(
            [
                _against(_mean_of_pairs(ratio(k, n), common & (prompt != one), pair))
                for one in range(int(prompt.max()) + 1)
            ]
        ),
    )


def shares(k: Floats, n: Floats, pair: Ints) -> Matrix:
    """Return by how much more each model draws than each other one, as a board of declared pairs says it.

    Args:
        k: (models, entries) as in `of_pairs`.
        n: (models, entries).
        pair: (entries,).
    """
    return _against(_mean_of_pairs(ratio(k, n), _common(n), pair))


def _common(n: Floats) -> Bools:
    """Return (models, models, entries) whether both have pictures."""
    return np.asarray((n > 0)[:, None] & (n > 0)[None, :])


def _mean_of_pairs(share: Floats, common: Bools, pair: Ints) -> Matrix:
    """Return the mean over pairs of the means over their common prompts, of the pairs that have any."""
    pairs = int(pair.max()) + 1
    total, told = (np.zeros(common.shape[:2]) for _ in range(2))
    for one in range(pairs):
        mean = _mean(share, common & (pair == one))
        total += np.nan_to_num(mean)
        told += ~np.isnan(mean)
    return ratio(total, told)


def _mean(figure: Floats, common: Bools) -> Matrix:
    """Return the mean of i's figure over the prompts that it has in common with j, one prompt after the other."""
    return ratio(*_sums(figure, common))


def _means_without_each(figure: Floats, common: Bools) -> list[Matrix]:
    """Return the same for each prompt, without it."""
    total, cells = _sums(figure, common)
    return [
        ratio(total - np.where(common[:, :, one], figure[:, None, one], 0.0), cells - common[:, :, one])
        for one in range(figure.shape[1])
    ]


def _sums(figure: Floats, common: Bools) -> tuple[Matrix, Matrix]:
    total, cells = (np.zeros(common.shape[:2]) for _ in range(2))
    for cell in range(figure.shape[1]):
        total += np.where(common[:, :, cell], figure[:, None, cell], 0.0)
        cells += common[:, :, cell]
    return total, cells


def _against(figure: Matrix) -> Matrix:
    return np.asarray(figure - figure.T)
