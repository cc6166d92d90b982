"""Distances without the labeler's errors: the matrix method of `confusion` on the values of a reference."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Z95, Estimate, Floats, Ints, ratio
from assets.metrics.labels.confusion import FOLLOWED, Confusion, Pictures, figure_variance, inverse


class _Distances(NamedTuple):
    """What the corrected distances of the figure's prompts rest on."""

    back: Floats  # (k, k) M⁻¹
    read_as: Floats  # (k, k) M
    seen: Floats  # (k,) what people see
    x: Floats  # (M, k) pictures, as many as they are worth
    shares: Floats  # (M, k)
    p: Floats  # (M, k) the same corrected
    away: Floats  # (M, k) that, less what is expected
    slope: Floats  # (M, k) of a prompt's term along what is read


def _put_right(found: Confusion, pictures: Pictures, columns: Ints, expected: Floats) -> _Distances:
    """Return the parts; `expected` is a row per cell."""
    if not_followed(found, columns).size:
        raise ValueError("a value that people see is read as another more often than not")
    joint = found.joint[np.ix_(columns, columns)]
    seen = joint.sum(axis=0)
    read_as = np.where(seen > 0, np.nan_to_num(ratio(joint, seen)), np.eye(len(columns)))
    back = inverse(read_as)
    x = (pictures.figure / pictures.of_prompts(pictures.effects)[:, None])[:, columns]
    shares = x / x.sum(axis=1)[:, None]
    p = shares @ back.T
    away = p - pictures.of_prompts(expected)
    return _Distances(back, read_as, seen, x, shares, p, away, away @ back)


def distance_slopes(found: Confusion, pictures: Pictures, columns: Ints, expected: Floats) -> Floats:
    """Return how `corrected_distance2` grows with each prompt's shares of what is read, (M, k)."""
    slope = _put_right(found, pictures, columns, expected).slope
    return slope / len(slope)


def largest_distance2(pictures: Pictures, expected: Floats) -> float:
    """Return the largest possible value: of every prompt all pictures show what is expected least."""
    expected = pictures.of_prompts(expected)
    return float((0.5 * (1 - 2 * expected.min(axis=1) + (expected**2).sum(axis=1))).mean())


def corrected_distance2(
    found: Confusion, pictures: Pictures, columns: Ints, expected: Floats, z: float = Z95
) -> Estimate:
    """Return the mean over the figure's prompts of ½ Σ (p - q)², unbiased but for the error of gold, with its interval.

    It is about pictures that both the labeler and people could assess, as the raw distance is about those that the
    labeler could: with M among those, p = M⁻¹ λ of each prompt, and from Σ (p - q)² the trace of p's sampling variance
    M⁻¹ Σ M⁻ᵀ is taken, Σ = (diag λ - λ λᵀ)/(n - 1). Every prompt is corrected with the same M: the labeler is assumed
    to err alike on every prompt. The variance adds, linearised, what people's answers leave open about M to that of
    the prompts' own terms at their shares with two pseudo-counts. The upper end is clipped at the largest possible
    value; the lower may be negative, as the estimate may.

    Args:
        found: of `confusion`.
        pictures: the figure's prompts each have two pictures or more that show one of `columns`.
        columns: (k,) values of the reference's support, among 0 … K - 1.
        expected: (C, k) their shares in the reference, a row per cell; read where `now`.
        z: normal quantile of the wanted confidence.

    Returns:
        () each.

    Raises:
        ValueError: if a value is not followed (see `not_followed`).
    """
    back, read_as, seen, x, shares, p, away, slope = _put_right(found, pictures, columns, expected)
    n, many = x.sum(axis=1), float(len(x))
    lengths = (back**2).sum(axis=0)
    trace = (shares @ lengths - (p**2).sum(axis=1)) / (n - 1)
    estimate = float((0.5 * ((away**2).sum(axis=1) - trace)).mean())

    spread = (
        np.diag((shares / (n - 1)[:, None]).sum(axis=0)) - (shares / (n - 1)[:, None]).T @ shares
    ) / many
    q = slope.T @ p / many - (back @ spread @ back.T @ back).T
    part = -np.where(seen > 0, ratio(q - (read_as * q).sum(axis=0), seen), 0.0)
    effect = np.zeros_like(found.joint)
    effect[np.ix_(columns, columns)] = part

    centred = np.zeros_like(pictures.figure)
    centred[:, columns] = slope - (slope * shares).sum(axis=1)[:, None]
    # of all pictures, to those that count
    centred *= (pictures.figure.sum(axis=1) / pictures.figure[:, columns].sum(axis=1))[:, None]
    variance = figure_variance(found, pictures, effect, pictures.spread(centred))
    variance += _second_order(x, n, back) / many**2
    half = z * np.sqrt(variance)
    most = largest_distance2(pictures, expected)
    return Estimate(
        np.array(estimate), np.array(estimate - half), np.array(np.minimum(estimate + half, most))
    )


def not_followed(found: Confusion, columns: Ints) -> Ints:
    """Return those of `columns` that people see and the labeler reads as another of them more often than not."""
    joint = found.joint[np.ix_(columns, columns)]
    seen = joint.sum(axis=0)
    bad: Ints = columns[(seen > 0) & (np.diag(joint) <= FOLLOWED * seen)]
    return bad


def _second_order(x: Floats, n: Floats, back: Floats) -> float:
    """Return Σ ½ tr(V²) over cells, V the sampling variance of p at shares with two pseudo-counts."""
    k = x.shape[1]
    lifted = (x + 2 / k) / (n + 2)[:, None]
    inside = np.einsum("cf,fg->cfg", lifted, np.eye(k)) - lifted[:, :, None] * lifted[:, None, :]
    v = np.einsum("yf,cfg,zg->cyz", back, inside, back) / n[:, None, None]
    return float(0.5 * (v**2).sum())
