"""Prompts that differ in nothing, of which one withholds pictures of women, and refusals at random: what changes say.

Belongs here: the simulation. Does not belong here: tipping shares (`assets.metrics.effects.unseen`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.effects.formulas import share_changes
from assets.metrics.effects.unseen import TIPPING_WARNS, AnsweredSide, of_changes
from assets.metrics.formulas.share import ratio
from tests.studies.simulations.tables import Entry, Table

TITLE = "Changes of shares where answers are refused"
SEED = 5500
FIGURES = 4000
WITHHELD, REFUSED = (0.1, 0.2, 0.3, 0.4), (0.03, 0.05, 0.1)
SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
#: Shares before and after.
APART = ((0.1, 0.3), (0.3, 0.6), (0.1, 0.6), (0.2, 0.9))
#: Pairs of prompts, and answers of each prompt.
SIZES = ((1, 20), (1, 80), (5, 20), (5, 80))
LIMITS = (0.5, TIPPING_WARNS)
MARK, AT_RANDOM = 0.06, 0.20
#: Pairs and answers → how far apart two shares are for random refusals to warn seldom.
FAR = {(1, 20): 0.6, (1, 80): 0.4, (5, 20): 0.3, (5, 80): 0.2}


class Said(NamedTuple):
    """Parts of all figures: clear, clear beyond each limit of the tipping share, clear whatever the unseen show."""

    clear: float
    beyond: list[float]
    holding: float


def seen_of(
    shares: tuple[float, float], size: tuple[int, int], withheld: float, refused: float, figures: int
) -> Said:
    """Return what changes say of which the second side withholds women, and both refuse at random.

    Args:
        shares: of women, before and after.
        size: pairs of prompts, answers of each prompt.
        withheld: part of the women that is withheld after.
        refused: part of all answers.
        figures: how many changes.
    """
    pairs, n = size
    lot = [SEED, pairs, n, *(round(1000 * part) for part in (*shares, withheld, refused))]
    rng, many = np.random.default_rng(lot), figures * pairs
    figure, sides, counts = np.repeat(np.arange(figures), pairs), [], []
    for share, hidden in zip(shares, (0.0, withheld), strict=True):
        women = rng.binomial(n, share, many)
        men = n - women
        women = women - rng.binomial(women, hidden)
        women, men = (one - rng.binomial(one, refused) for one in (women, men))
        seen = (women + men).astype(float)
        counts += [women.astype(float), seen]
        sides.append(AnsweredSide(ratio(women, seen), np.full(many, float(n)), n - seen))
    found = share_changes(*counts, figure, figures)
    unseen = of_changes(found, *sides, (counts[1] > 0) & (counts[3] > 0), figure)
    clear = (found.low > 0) | (found.high < 0)
    tipping = np.nan_to_num(unseen.tipping, nan=np.inf)
    holding = clear & np.isinf(tipping) & (unseen.share > 0.02)
    return Said(
        float(clear.mean()),
        [float((clear & (tipping > limit)).mean()) for limit in LIMITS],
        float(holding.mean()),
    )


def withholding(figures: int) -> Table:
    """Return the table of sides that are alike, of which one withholds."""
    rows: list[list[Entry]] = []
    surest = alone = 0.0
    for size in SIZES:
        for withheld in WITHHELD:
            found = [seen_of((share, share), size, withheld, 0, figures) for share in SHARES]
            beyond = [max(one.beyond[place] for one in found) for place in range(len(LIMITS))]
            rows.append([*size, f"{withheld:.0%}", max(one.clear for one in found), *beyond])
            rows[-1].append(max(one.holding for one in found))
            surest = max(surest, *(one.holding for one in found))
            alone = max(alone, beyond[-1] if size[0] == 1 else 0)
    return Table(
        "Prompts that differ in nothing, one of which withholds women: changes that are called clear",
        (
            "pairs of prompts",
            "answers per prompt",
            "withheld",
            "clear",
            *(f"more than {limit:.0%} must speak against it" for limit in LIMITS),
            "holds whatever the unseen show",
        ),
        rows,
        [
            ("clear, said to hold whatever the unseen show, of all changes", surest, surest <= MARK),
            ("clear, without a warning, of all changes of one pair of prompts", alone, alone <= MARK),
        ],
        f"The most of shares of women of {SHARES}.",
    )


def refusing(figures: int) -> Table:
    """Return the table of sides that refuse at random."""
    rows: list[list[Entry]] = []
    most = 0.0
    for size in SIZES:
        for shares in APART:
            for refused in REFUSED:
                one = seen_of(shares, size, 0, refused, figures)
                warned = [1 - beyond / max(one.clear, 1 / figures) for beyond in one.beyond]
                if shares[1] - shares[0] >= FAR[size] - 1e-9:
                    most = max(most, warned[-1])
                rows.append([*size, f"{shares[0]} → {shares[1]}", f"{refused:.0%}", one.clear, *warned])
    return Table(
        "Refusals at random: of changes that are clear, those that carry a warning",
        (
            "pairs of prompts",
            "answers per prompt",
            "shares",
            "refused",
            "clear",
            *(f"{limit:.0%} would undo it" for limit in LIMITS),
        ),
        rows,
        [
            (
                f"warned ({LIMITS[-1]:.0%} would undo it), of changes as large as `FAR` says",
                most,
                most <= AT_RANDOM,
            )
        ],
    )


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    figures = max(100, round(FIGURES * draws))
    return [withholding(figures), refusing(figures)]
