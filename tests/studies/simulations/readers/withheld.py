"""Equal models of which one withholds pictures of women, and models that refuse at random: which pairs carry a warning.

Belongs here: the simulation. Does not belong here: factors and tipping shares (`assets.metrics.ranks.unseen`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.distance import root
from assets.metrics.formulas.share import Floats
from assets.metrics.ranks.bounds import Bounds, cell_bounds
from assets.metrics.ranks.order import Added, compare_counts, covered, enough
from assets.metrics.ranks.unseen import GAMMA_WARNS, CellAnswers, of_distances
from assets.metrics.windows.formulas import ASSUMED, PICTURES
from tests.studies.simulations.tables import Entry, Table

TITLE = "Refusals that depend on what would have been drawn"
SEED = 5100
PROMPTS = 27
BOARDS = 400
WITHHELD = (0.1, 0.2, 0.3, 0.4)
#: Shares of women: Beta distributions over prompts.
SHARES = {
    "even": (1.0, 1.0),
    "at the ends": (0.6, 0.6),
    "most women": (2.5, 1.0),
    "most men": (1.0, 2.5),
    "nine in ten men": (0.6, 3.5),
}
LIMITS = (GAMMA_WARNS, 3.0, 10.0, 30.0, 100.0)
#: CellAnswers of each prompt in a window, and its weeks.
SIZES = ((20, 1), (80, 4))
MARK, AT_RANDOM = 0.06, 0.20
#: Rows are shown of models that are ranked in as many boards.
RANKED = 0.05
#: CellAnswers per prompt → how far apart two distances are for random refusals to warn seldom.
FAR = {20: 0.065, 80: 0.045}
#: How many times the logits of one model are those of the other.
APART = (1.3, 1.6, 2.2)
REFUSED = (0.01, 0.03, 0.05, 0.1)


class Told(NamedTuple):
    """What a board says of two models.

    Attributes:
        apart: whether they are told apart.
        gamma: at which factor no longer; inf: none.
        holds: whether they are at the bounds.
        trend: whether the unseen answers of one go along with what it draws.
    """

    apart: bool
    gamma: float
    holds: bool
    trend: bool

    @property
    def warned(self) -> bool:
        """Return whether pages warn of it."""
        return self.gamma <= GAMMA_WARNS or (self.trend and not self.holds)


def drawn(
    rng: np.random.Generator, p: Floats, n: int, withheld: float, refused: float
) -> tuple[Floats, Floats]:
    """Return seen pictures of women and men, (models, prompts, 2), and unseen answers.

    Args:
        rng: chance.
        p: (models, prompts) shares of women.
        n: answers of each prompt.
        withheld: part of the women that the first model withholds.
        refused: part of all answers that every model refuses at random.
    """
    x = np.stack([women := rng.binomial(n, p), n - women], axis=2)
    x[0, :, 0] -= rng.binomial(x[0, :, 0], withheld)
    x -= rng.binomial(x, refused)
    return x.astype(float), n - x.sum(axis=2)


def told(x: Floats, unseen: Floats, weeks: int) -> Told | None:
    """Return what the board says of its first two models; None if the first has no rank.

    Args:
        x: (models, prompts, 2) pictures.
        unseen: (models, prompts) answers.
        weeks: of the window, whose scatter is assumed as where none is measured; 0: it is known that there is none.
    """
    n, q = x.sum(axis=2), np.full(x.shape[1:], 0.5)
    have = n >= PICTURES
    if not enough(covered(n, unseen, PICTURES)[0].sum(), PROMPTS):
        return None
    shares, every = x / np.maximum(n, 1)[..., None], np.broadcast_to(q, x.shape)
    over, under = (
        (ASSUMED * np.maximum(sign * (2 * shares[..., 0] - 1), 0).mean(axis=1)) ** 2 for sign in (1, -1)
    )
    added = Added((over + under) / weeks, np.full(len(x), np.inf)) if weeks else None
    found, support = compare_counts(x, q, have, added), np.ones(x.shape, dtype=bool)
    cells = cell_bounds(x.reshape(-1, 2), every.reshape(-1, 2), support.reshape(-1, 2), unseen.ravel())
    bounds = Bounds(*(side.reshape(n.shape) for side in cells))
    turning = of_distances(found, CellAnswers(shares, every, support, n, unseen, have, bounds))
    apart = bool(found.farther[0, 1] or found.farther[1, 0])
    gamma = float(np.nan_to_num(turning.gamma[0, 1], nan=np.inf))
    return Told(apart, gamma, bool(turning.holds[0, 1]), bool(turning.trend[0, 1]))


def equal(rng: np.random.Generator, kind: str, models: int) -> Floats:
    """Return shares of women of two equal models, and of others that differ."""
    base = rng.beta(*SHARES[kind], PROMPTS)
    others = base + rng.normal(0, 0.12, (models - 2, 1)) + rng.normal(0, 0.1, (models - 2, PROMPTS))
    return np.concatenate([np.tile(base, (2, 1)), np.clip(others, 0.02, 0.98)])


class Equal(NamedTuple):
    """How often two equal models are told apart, of all boards.

    Attributes:
        ranked: on which the one that withholds is ranked.
        apart: at all.
        beyond: beyond each limit.
        unwarned: without a warning.
        holding: whatever the unseen show.
    """

    ranked: float
    apart: float
    beyond: list[float]
    unwarned: float
    holding: float


def seen_of(kind: str, withheld: float, n: int, weeks: int, models: int, boards: int) -> Equal:
    """Return what is said of two equal models of which the first withholds a part of its women."""
    rng = np.random.default_rng([SEED, n, models, round(100 * withheld), [*SHARES].index(kind)])
    found = [told(*drawn(rng, equal(rng, kind, models), n, withheld, 0), weeks) for _ in range(boards)]
    ranked = [one for one in found if one is not None]
    apart = [one for one in ranked if one.apart]
    beyond = [sum(one.gamma > limit for one in apart) / boards for limit in LIMITS]
    unwarned, holding = (
        sum(kept) / boards for kept in ([not one.warned for one in apart], [one.holds for one in apart])
    )
    return Equal(len(ranked) / boards, len(apart) / boards, beyond, unwarned, holding)


def withholding(models: int, boards: int, *, scatter: bool) -> Table:
    """Return the table of two equal models of which one withholds."""
    rows: list[list[Entry]] = []
    most = surest = 0.0
    for n, weeks in SIZES:
        for kind in SHARES:
            for withheld in WITHHELD:
                one = seen_of(kind, withheld, n, weeks if scatter else 0, models, boards)
                most = max(most, one.unwarned)
                surest = max(surest, one.holding)
                if one.ranked >= RANKED:
                    rows.append([kind, n, f"{withheld:.0%}", one.ranked, one.apart, *one.beyond, *one[3:]])
    known = (
        "scatter between weeks assumed, as before it is measured" if scatter else "no scatter between weeks"
    )
    marks = [
        ("told apart without a warning, of all boards", most, most <= MARK),
        ("told apart, said to hold whatever the unseen show, of all boards", surest, surest <= MARK),
    ]
    return Table(
        f"Two equal models of which one withholds women, on a board of {models}: {known}",
        (
            "shares of women",
            "answers per prompt",
            "withheld",
            "ranked",
            "told apart",
            *(f"Γ > {limit:g}" for limit in LIMITS),
            "without a warning",
            "holds at both bounds",
        ),
        rows,
        marks,
        f"Parts of all boards; rows where the one that withholds is ranked on {RANKED:.0%} of them or more.",
    )


def refusing(boards: int) -> Table:
    """Return the table of two models that refuse at random."""
    rows: list[list[Entry]] = []
    most = 0.0
    for n, _ in SIZES:
        for place, (kind, ends) in enumerate(SHARES.items()):
            for times in APART:
                for refused in REFUSED:
                    lot = [SEED, n, round(10 * times), round(100 * refused), place]
                    rng = np.random.default_rng(lot)
                    told_apart, between = [], []
                    for _ in range(boards):
                        base = np.clip(rng.beta(*ends, PROMPTS), 1e-6, 1 - 1e-6)
                        p = np.stack([base, 1 / (1 + ((1 - base) / base) ** times)])
                        between.append(float(np.diff(root(((p - 0.5) ** 2).mean(axis=1)))[0]))
                        seen = told(*drawn(rng, p, n, 0, refused), 0)
                        if seen and seen.apart:
                            told_apart.append(seen)
                    many, apart = max(len(told_apart), 1), float(np.mean(between))
                    within = [sum(one.gamma <= limit for one in told_apart) / many for limit in LIMITS]
                    warned = sum(one.warned for one in told_apart) / many
                    if apart >= FAR[n]:
                        most = max(most, warned)
                    rows.append([kind, n, apart, f"{refused:.0%}", len(told_apart) / boards, *within, warned])
    text = " or ".join(f"{apart} with {n} answers per prompt" for n, apart in FAR.items())
    return Table(
        "Two models that refuse at random: of boards of two that tell them apart, those that carry a warning",
        (
            "shares of women",
            "answers per prompt",
            "distances apart",
            "refused",
            "told apart",
            *(f"Γ ≤ {limit:g}" for limit in LIMITS),
            "a warning",
        ),
        rows,
        [(f"a warning where distances are {text} apart or more", most, most <= AT_RANDOM)],
    )


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    boards = max(20, round(BOARDS * draws))
    return [
        withholding(2, boards, scatter=True),
        withholding(10, boards, scatter=True),
        withholding(2, boards, scatter=False),
        refusing(max(20, boards // 2)),
    ]
