"""What a change of a share rests on, where answers of either side were refused or could not be read.

As on boards of shares (`assets.metrics.ranks.unseen`): the tipping share is the part of the unseen answers that would
have to speak against the change as strongly as any answer can, the others showing what the seen ones show. It is that
at which the end of the interval that is nearer to 0 reaches it, the interval moved by what the unseen would add.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, by_group, ratio
from assets.metrics.ranks.unseen import FEW

#: A change that no more of the unseen answers undo carries a warning (study `withheld_changes`).
TIPPING_WARNS = 0.75


class AnsweredSide(NamedTuple):
    """One side of pairs of prompts: its share in what is seen, and its answers, of which some are unseen; (E,) each."""

    share: Floats
    answers: Floats
    unseen: Floats


class Unseen(NamedTuple):
    """What changes say of their unseen answers, (F,) each.

    Attributes:
        share: part of the answers that is unseen, of the side that lacks more; NaN where nothing entered.
        tipping: tipping share; NaN where the change is not clear, `FEW` or less is unseen, or all would not do.
    """

    share: Floats
    tipping: Floats


def of_changes(found: Estimate, a: AnsweredSide, b: AnsweredSide, used: Bools, figure: Ints) -> Unseen:
    """Return what changes from a to b, means over pairs, say of their unseen answers.

    Args:
        found: the changes, (F,) each.
        a: of each pair.
        b: the same.
        used: (E,) which pairs entered.
        figure: (E,) the change that each pair is of, 0 … F - 1.
    """
    where, many = figure[used], len(found.estimate)
    part, lacking = [], []
    for side in (a, b):
        total, unseen = (by_group(column[used], where, many) for column in (side.answers, side.unseen))
        part.append(ratio(side.unseen[used], side.answers[used]))
        lacking.append(ratio(unseen, total))
    share, pairs = np.fmax(*lacking), by_group(np.ones(len(where)), where, many)
    rises, falls = (
        ratio(by_group(part[0] * one + part[1] * other, where, many), pairs)
        for one, other in ((a.share[used], 1 - b.share[used]), (1 - a.share[used], b.share[used]))
    )
    margin = np.maximum(found.low, -found.high)
    most = np.where(found.low > 0, falls, rises)
    asked = (margin > 0) & (share > FEW) & (most >= margin)
    return Unseen(share, np.where(asked, ratio(margin, most), np.nan))
