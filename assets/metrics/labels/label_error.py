"""How often labels are wrong, and whether those of one model are wrong in another way than those of the others.

Errors that are the same for all models pull their figures alike and leave most orders as they are; errors that differ
between models make orders wrong. What is compared is how often each value is read where people see it: that does not
depend on how often a model draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from assets.metrics.formulas.share import Z95, Estimate, Floats, by_group, ratio
from assets.metrics.labels.confusion import Confusion, gold_variance, pool_variance
from assets.metrics.study.tests import holm


def error_rate(found: Confusion, z: float = Z95) -> Estimate:
    """Return the share of pictures read as another value than people see, among those that both could assess.

    Linearised, as the figures of `confusion` are; ends are clipped to 0 and 1.

    Returns:
        () each; NaN where no picture could be assessed by both.
    """
    inside = found.joint[:-1, :-1]
    both = inside.sum()
    if not both:
        return Estimate(*(np.array(np.nan) for _ in range(3)))
    rate = max(1 - np.trace(inside) / both, 0.0)
    effect = np.zeros_like(found.joint)
    effect[:-1, :-1] = (1 - np.eye(len(inside)) - rate) / both
    half = z * np.sqrt(gold_variance(found, effect) + pool_variance(found, effect))
    return Estimate(np.array(rate), np.array(max(rate - half, 0.0)), np.array(min(rate + half, 1.0)))


@dataclass(frozen=True)
class Difference:
    """The value on which the labels of one model differ most surely from those of the others.

    Attributes:
        value: its number; -1 if nothing could be compared.
        own: how often it is read where people see it, in the model's pictures.
        others: the same in the pictures of the other models.
        p_value: adjusted after Holm for all values and models compared; NaN if nothing could be.
    """

    value: int
    own: float
    others: float
    p_value: float


def differences(found: Sequence[Confusion]) -> list[Difference]:
    """Test for each model whether its labels err as those of the other models do.

    Of each value the sensitivity, P(read y | people see y) among pictures that both assess, is compared with that in
    the pictures of all other models together. Gold is no simple sample of the pictures in which people see y, so each
    side counts as s (1 - s)/V₀ pictures, V₀ the variance of its sensitivity in this design if all models had that of
    all together, s (effective numbers, as Rao & Scott 1981, JASA 76: 221-230); the signed root of the two binomials'
    deviance is referred to the normal. p-values are adjusted after Holm over all models and values, so that the chance
    to call any model different where none is stays near the level from 100 rated pictures per model.

    Args:
        found: one per model, of one suite, attribute and labeler version.
    """
    nothing = Difference(-1, np.nan, np.nan, np.nan)
    if len(found) < 2:
        return [nothing for _ in found]
    inside = np.array([one.joint[:-1, :-1] for one in found])
    numbers = np.array([one.number for one in found])
    seen = inside.sum(axis=1)
    own = ratio(np.diagonal(inside, axis1=1, axis2=2), seen)
    together = (inside * numbers[:, None, None]).sum(axis=0)
    read_as = np.nan_to_num(ratio(together, together.sum(axis=0)))
    variance = np.array([_variances(one, read_as) for one in found])
    mass = np.where(np.isfinite(variance), numbers[:, None] * seen, 0.0)
    rest = mass.sum(axis=0) - mass
    others = ratio((mass * np.nan_to_num(own)).sum(axis=0) - mass * np.nan_to_num(own), rest)
    squares = mass**2 * np.nan_to_num(variance)
    variance_rest = ratio(squares.sum(axis=0) - squares, rest**2)
    s = np.diag(read_as)
    spread = s * (1 - s)
    left, right = ratio(spread, variance), ratio(spread, variance_rest)
    middle = ratio(left * own + right * others, left + right)
    deviance = 2 * (left * _divergence(own, middle) + right * _divergence(others, middle))
    alike = (mass > 0) & (rest > 0) & ((spread == 0) | (middle <= 0) | (middle >= 1))
    z = np.where(alike, 0.0, np.sqrt(np.maximum(deviance, 0)))
    raw = np.array([2 * NormalDist().cdf(-float(value)) for value in z.ravel()])
    adjusted = holm(raw).reshape(z.shape)
    told = []
    for row in range(len(found)):
        if np.isnan(z[row]).all():
            told.append(nothing)
            continue
        value = int(np.nanargmax(z[row]))
        told.append(
            Difference(value, float(own[row, value]), float(others[row, value]), float(adjusted[row, value]))
        )
    return told


def _variances(found: Confusion, read_as: Floats) -> Floats:
    """Return the variance of a model's sensitivity to each value, if its labels erred as `read_as` has it.

    Args:
        found: of the model.
        read_as: (K, K) P(read f | people see y), columns y.

    Returns:
        (K,), NaN for values that people never saw.
    """
    seen = found.joint[:-1, :-1].sum(axis=0)
    bare = replace(found, people=None)
    joint = read_as * seen
    given = np.nan_to_num(ratio(joint, joint.sum(axis=1)[:, None]))
    scale = np.nan_to_num(ratio(found.shown, found.weight))[:-1]
    shown = found.shown[:-1]
    rated = by_group(np.ones(len(found.gold.read)), found.gold.stratum, len(found.gold.size))
    squared = by_group((found.gold.size / rated)[found.gold.stratum] ** 2, found.gold.read, len(found.shown))[
        :-1
    ]
    out = np.full(len(seen), np.nan)
    for value in np.flatnonzero(seen > 0):
        hit = np.arange(len(seen)) == value
        effect = (hit - read_as[value, value]) / seen[value]
        mean = given[:, value] * effect
        inside = given[:, value] * effect**2 - mean**2
        of_pictures = ((shown * mean**2).sum() - (shown * mean).sum() ** 2) / found.number
        of_gold = (squared * scale**2 * inside).sum()
        # that people err makes it larger, by as much as in the model's own rates
        if found.people is not None:
            own = np.zeros_like(found.joint)
            own[:-1, value] = (hit - found.joint[value, value] / seen[value]) / seen[value]
            plain = gold_variance(bare, own)
            of_gold *= max(gold_variance(found, own) / plain, 1.0) if plain else 1.0
        out[value] = of_gold + of_pictures
    return out


def _divergence(share: Floats, middle: Floats) -> Floats:
    """Return the Kullback-Leibler divergence of two Bernoulli distributions; 0 log 0 is 0."""

    def part(p: Floats, q: Floats) -> Floats:
        inside = (p > 0) & (q > 0)
        logarithm: Floats = np.log(np.where(inside, p, 1.0) / np.where(inside, q, 1.0))
        return np.where(np.isnan(p), np.nan, p * logarithm)

    return part(share, middle) + part(1 - share, 1 - middle)
