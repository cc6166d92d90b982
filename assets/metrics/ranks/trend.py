"""Whether a model's answers are unseen more often for prompts of which it shows more of something.

A model that withholds what it draws of a value withholds more where it draws more of it: over prompts the unseen part
goes along with the share. Refusals at random do not. Spearman's rank correlation (ties have the mean of their ranks),
its p-value that of Student's t with two degrees of freedom fewer than prompts (Spearman 1904; Zar 1972, JASA 67:
578-580), of several values the least times their number (Bonferroni).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Bools, Floats, Ints

#: Prompts from which on a correlation over them is measured.
PROMPTS = 10
#: A p-value up to this one is a trend: of the two models of a pair either is one by chance in at most 5 %.
LEVEL = 0.025


class Trends(NamedTuple):
    """What the prompts of each model say; (models,).

    Attributes:
        value: the column of the value that the unseen part goes along with most; -1 where nothing is measured.
        correlation: over prompts, of the unseen part with its share; NaN likewise.
        p_value: NaN likewise.
    """

    value: Ints
    correlation: Floats
    p_value: Floats

    @property
    def found(self) -> Bools:
        """(models,) whether there is one."""
        return np.asarray(self.p_value <= LEVEL)

    @property
    def of_pairs(self) -> Bools:
        """(models, models) whether there is one of either."""
        return np.logical_or.outer(self.found, self.found)


def none_of(models: int) -> Trends:
    """Return that nothing was measured."""
    return Trends(np.full(models, -1), *np.full((2, models), np.nan))


def trends(shares: Floats, support: Bools, part: Floats, have: Bools) -> Trends:
    """Return what the prompts of each model say.

    Args:
        shares: (models, prompts, values) of the pictures.
        support: (models, prompts, values) which are values of the prompt.
        part: (models, prompts) of the answers that is unseen.
        have: (models, prompts) whether a prompt counts.
    """
    from scipy.special import betainc

    found = none_of(len(part))
    for model, here in enumerate(have):
        unseen, prompts = part[model, here], int(here.sum())
        if prompts < PROMPTS or (unseen == unseen[0]).all():
            continue
        columns, known = shares[model, here].T, support[model, here].all(axis=0)
        moving = np.flatnonzero(known & (columns != columns[:, :1]).any(axis=1))
        if not len(moving):
            continue
        r = _correlation(unseen, columns[moving]).tolist()
        # of two values, of which one rises as the other falls, the one that rises
        best = max(range(len(moving)), key=lambda place: (round(abs(r[place]), 12), r[place], -place))
        chance = float(betainc(prompts / 2 - 1, 0.5, 1 - r[best] ** 2))
        found.value[model], found.correlation[model] = moving[best], r[best]
        found.p_value[model] = min(chance * (len(moving) if len(moving) > 2 else 1), 1)
    return found


def _correlation(one: Floats, others: Floats) -> Floats:
    """Return Spearman's correlation of (prompts,) with each row of (values, prompts); neither is constant."""
    x, y = (ranks - ranks.mean(axis=-1, keepdims=True) for ranks in (_ranks(one), _ranks(others)))
    found = (x * y).sum(axis=-1) / np.sqrt((x**2).sum() * (y**2).sum(axis=-1))
    return np.asarray(np.clip(found, -1, 1))


def _ranks(of: Floats) -> Floats:
    """Return ranks along the last axis; ties have the mean of theirs."""
    below, same = of[..., None] > of[..., None, :], of[..., None] == of[..., None, :]
    return np.asarray(below.sum(axis=-1) + (same.sum(axis=-1) + 1) / 2)
