"""Models that begin to withhold pictures of women, and refusals at random: what changes over weeks say.

Belongs here: the simulation. Does not belong here: sizes of changes (`assets.metrics.drift.size`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.drift.scan import scan
from assets.metrics.drift.size import change, sides
from assets.metrics.effects.unseen import TIPPING_WARNS, AnsweredSide, of_changes
from assets.metrics.formulas.share import Estimate, Ints, ratio
from tests.studies.simulations.tables import Entry, Table

TITLE = "Changes over weeks where answers are refused"
SEED = 5700
SERIES, QUIET, LATER = 200, 26, 12
WITHHELD, REFUSED = (0.1, 0.2, 0.4), (0.03, 0.05, 0.1)
SHARES = (0.2, 0.5, 0.8)
#: Shares before and since.
APART = ((0.4, 0.5), (0.4, 0.6), (0.3, 0.7))
#: Prompts, and answers of each and week.
SIZES = ((1, 40), (10, 20))
LIMITS = (TIPPING_WARNS, 0.9)
#: Of series, and of changes of `FAR` or more.
MARK, AT_RANDOM, FAR = 0.06, 0.20, 0.2


class Opened(NamedTuple):
    """Parts of all series: opened, opened beyond each limit of the tipping share, not undone by all of the unseen."""

    opened: float
    beyond: list[float]
    whatever: float


def seen_of(
    shares: tuple[float, float], size: tuple[int, int], withheld: float, refused: float, series: int
) -> Opened:
    """Return what is opened, each series looked at alone, if women are withheld from one week on.

    Args:
        shares: of women, before and since.
        size: prompts, answers of each and week.
        withheld: part of the women that is withheld since.
        refused: part of all answers, in all weeks.
        series: how many series.
    """
    prompts, n = size
    rng = np.random.default_rng(
        [SEED, prompts, n, *(round(1000 * part) for part in (*shares, withheld, refused))]
    )
    since = np.broadcast_to(np.arange(QUIET + LATER) >= QUIET, (series * prompts, QUIET + LATER))
    women = rng.binomial(n, np.where(since, shares[1], shares[0]))
    men = n - women
    women = women - rng.binomial(women, np.where(since, withheld, 0.0))
    women, men = (one - rng.binomial(one, refused) for one in (women, men))
    found = [
        tipping_of(women[own], (women + men)[own], n)
        for own in (slice(one * prompts, (one + 1) * prompts) for one in range(series))
    ]
    tipping = np.array([one for one in found if one is not None])
    return Opened(
        len(tipping) / series,
        [float((tipping > limit).sum()) / series for limit in LIMITS],
        float(np.isinf(tipping).sum()) / series,
    )


def tipping_of(k: Ints, seen: Ints, n: int) -> float | None:
    """Return the tipping share of the first change that is opened, infinite where there is none; None: no change."""
    events = scan(k, seen, np.zeros(len(k), dtype=np.int64), 1)
    if not events:
        return None
    event, cells = events[0], np.array(events[0].cells)
    between = slice(event.started, event.changed), slice(event.changed, event.opened + 1)
    hits, total, used = sides(k[cells], seen[cells], *between)
    answers = np.full(len(cells), float(n)) * np.array([[one.stop - one.start] for one in between])
    before, after = (
        AnsweredSide(ratio(hits[side], total[side]), answers[side], answers[side] - total[side])
        for side in (0, 1)
    )
    size = change(k[cells], seen[cells], *between)
    told = Estimate(*(np.array([size[name]]) for name in ("change", "change_low", "change_high")))
    found = of_changes(told, before, after, used, np.zeros(len(cells), dtype=np.int64))
    return float(np.nan_to_num(found.tipping, nan=np.inf)[0])


def withholding(series: int) -> Table:
    """Return the table of shares that stay, of which women are withheld from one week on."""
    rows: list[list[Entry]] = []
    some = 0.0
    for size in SIZES:
        for withheld in WITHHELD:
            for share in SHARES:
                one = seen_of((share, share), size, withheld, 0, series)
                rows.append([*size, f"{withheld:.0%}", share, one.opened, *one.beyond, one.whatever])
                some = max(some, one.opened if withheld < 0.4 else 0)
    slack = 3 * float(np.sqrt(MARK * (1 - MARK) / series))
    return Table(
        "Shares that stay while women are withheld from one week on: changes that are opened within twelve weeks",
        (
            *("prompts", "answers per prompt and week", "withheld", "share of women", "opened"),
            *(f"more than {limit:.0%} must speak against it" for limit in LIMITS),
            "not if all did",
        ),
        rows,
        [("opened, a fifth or less withheld", some, some <= MARK + slack)],
    )


def refusing(series: int) -> Table:
    """Return the table of shares that change while answers are refused at random."""
    rows: list[list[Entry]] = []
    most = 0.0
    for size in SIZES:
        for shares in APART:
            for refused in REFUSED:
                one = seen_of(shares, size, 0, refused, series)
                warned = [1 - beyond / max(one.opened, 1 / series) for beyond in one.beyond]
                if shares[1] - shares[0] >= FAR - 1e-9:
                    most = max(most, warned[0])
                rows.append([*size, f"{shares[0]} → {shares[1]}", f"{refused:.0%}", one.opened, *warned])
    return Table(
        "Shares that change while answers are refused at random: of opened changes, those that carry a warning",
        (
            *("prompts", "answers per prompt and week", "shares", "refused", "opened"),
            *(f"{limit:.0%} would undo it" for limit in LIMITS),
        ),
        rows,
        [(f"warned, of changes of {FAR:.0%} or more", most, most <= AT_RANDOM)],
    )


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    series = max(20, round(SERIES * draws))
    return [withholding(series), refusing(series)]
