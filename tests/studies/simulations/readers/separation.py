"""What ranks tell apart, beside what known variances would; boards of equal models, one unlike all others among them.

Belongs here: the simulation. Does not belong here: tests of pairs (`assets.metrics.ranks.order`), variances
(`assets.metrics.ranks.shrunk`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.distance import distance2
from assets.metrics.formulas.share import Z95, Estimate, Floats
from assets.metrics.ranks.order import Compared, against, compare_counts, stepped
from tests.studies.simulations.tables import Table

TITLE = "What ranks tell apart"
SEED = 4700
#: Fixed truths of a design, and boards drawn of each.
TRUTHS, DRAWS = 40, 10
BOARDS = 1_000
MARK = 0.05


class Design(NamedTuple):
    """A board of models that differ; `least`: part of what known variances separate."""

    models: int
    prompts: int
    pictures: int
    least: float | None


DESIGNS = (
    Design(40, 27, 10, 0.90),
    Design(40, 40, 10, 0.90),
    Design(40, 27, 40, 0.97),
    Design(40, 40, 40, 0.97),
    Design(13, 27, 10, None),
    Design(13, 27, 40, None),
    Design(6, 27, 10, None),
    Design(6, 27, 40, None),
)


def variance(p: Floats, q: Floats, n: Floats) -> Floats:
    """Return the variance of `distance2` of n pictures at the shares p, by enumerating pairs of two pictures."""
    kernel = 0.5 * (np.eye(p.shape[-1]) - q[..., :, None] - q[..., None, :] + (q**2).sum(-1)[..., None, None])
    mean = (kernel * p[..., None, :]).sum(-1)
    both = (kernel**2 * p[..., None, :] * p[..., :, None]).sum((-1, -2))
    middle = (mean * p).sum(-1)
    first, second = (mean**2 * p).sum(-1) - middle**2, both - middle**2
    return np.asarray((4 * (n - 2) * first + 2 * second) / (n * (n - 1)))


def by_known(x: Floats, p: Floats, q: Floats) -> Compared:
    """Return what the product's steps would tell apart if the variances were known."""
    models, cells, values = x.shape
    n, every = x.sum(axis=2), np.broadcast_to(q, x.shape)
    mean = distance2(x.reshape(-1, values), every.reshape(-1, values)).reshape(models, cells).mean(axis=1)
    error = np.sqrt(variance(p, every, n).sum(axis=1)) / cells

    def at(z: float) -> Estimate:
        sides = Estimate(
            *(np.repeat(side[:, None], models, 1) for side in (mean, mean - z * error, mean + z * error))
        )
        return against(sides, None, z)

    return stepped(np.full((models, models), float(cells)), at(Z95), at)


class Apart(NamedTuple):
    """Mean parts of pairs told apart by known variances and by ranks; boards with a pair in the wrong order."""

    known: float
    ranks: float
    wrong: float
    boards: int


def shares(prompts: int, models: int, lot: np.random.Generator) -> Floats:
    """Return shares of models that follow one order of prompts more or less strongly: (models, prompts)."""
    order = lot.normal(0, 1.6, prompts)
    strength, lean = lot.uniform(0.2, 2.5, models), lot.normal(0.5, 0.7, models)
    own = lot.normal(0, 0.5, (models, prompts))
    found: Floats = 1 / (1 + np.exp(-(strength[:, None] * order - lean[:, None] + own)))
    return found


def apart(design: Design, truths: int, draws: int) -> Apart:
    """Return what is told apart of models that differ."""
    lot = np.random.default_rng([SEED, *design[:3]])
    q = np.full((design.prompts, 2), 0.5)
    have = np.ones((design.models, design.prompts), dtype=bool)
    found = []
    for _ in range(truths):
        first = shares(design.prompts, design.models, lot)
        p = np.stack([first, 1 - first], axis=2)
        far = ((first - 0.5) ** 2).mean(axis=1)
        for _ in range(draws):
            x = lot.multinomial(design.pictures, p).astype(float)
            told = compare_counts(x, q, have).farther
            found.append((by_known(x, p, q).farther.sum(), told.sum(), (told & (far[:, None] <= far)).any()))
    known, ranks, wrong = np.mean(found, axis=0)
    pairs = design.models * (design.models - 1) / 2
    return Apart(float(known / pairs), float(ranks / pairs), float(wrong), len(found))


def _odd(profile: Floats, odd: Floats) -> Callable[[int], Floats]:
    def truth(models: int) -> Floats:
        found = np.tile(profile, (models, 1))
        found[0] = odd
        return np.stack([found, 1 - found], axis=2)

    return truth


def _alike(profile: Floats) -> Callable[[int], Floats]:
    return _odd(profile, profile)


def _flat(profile: Floats) -> Floats:
    """Return shares that are all alike and as far from parity as those."""
    return np.full(len(profile), 0.5 - sqrt(((profile - 0.5) ** 2).mean()))


def _values(values: int) -> Callable[[int], Floats]:
    base = np.random.default_rng([SEED, values]).dirichlet(np.full(values, 0.5), 27)
    return lambda models: np.tile(base, (models, 1, 1))


def _u_shaped(cells: int) -> Floats:
    return np.random.default_rng([SEED, cells]).beta(0.4, 0.4, cells)


def _groups(models: int) -> Floats:
    """Return two halves that are told apart, each of equal models: the steps leave fewer pairs to correct for."""
    first = np.repeat([0.5, 0.95], models // 2)[:, None] * np.ones((1, 27))
    return np.stack([first, 1 - first], axis=2)


ENDS = np.r_[np.full(14, 0.01), np.full(13, 0.5)]
#: Name: true shares of so many models, equally far from the reference but for the two halves; pictures; models.
EQUAL: dict[str, tuple[Callable[[int], Floats], int, int]] = {
    "U-shaped shares, 10 pictures": (_alike(_u_shaped(27)), 10, 40),
    "U-shaped shares, 40 pictures": (_alike(_u_shaped(27)), 40, 40),
    "U-shaped shares, 5 pictures": (_alike(_u_shaped(27)), 5, 40),
    "U-shaped shares, 10 prompts of 10": (_alike(_u_shaped(10)), 10, 40),
    "U-shaped shares, 5 prompts of 10": (_alike(_u_shaped(5)), 10, 40),
    "U-shaped shares, 10 pictures, 6 models": (_alike(_u_shaped(27)), 10, 6),
    "all .8, 10 pictures": (_alike(np.full(27, 0.8)), 10, 40),
    "all .98, 10 pictures": (_alike(np.full(27, 0.98)), 10, 40),
    "all .5, 10 pictures": (_alike(np.full(27, 0.5)), 10, 40),
    "half .5, half .97, 10 pictures": (_alike(np.where(np.arange(27) % 2, 0.5, 0.97)), 10, 40),
    "three values, 10 pictures": (_values(3), 10, 40),
    "seven values, 10 pictures": (_values(7), 10, 40),
    "two halves, .5 and .95, 10 pictures": (_groups, 10, 40),
    "39 U-shaped, one flat, 10 pictures": (_odd(_u_shaped(27), _flat(_u_shaped(27))), 10, 40),
    "39 U-shaped, one flat, 40 pictures": (_odd(_u_shaped(27), _flat(_u_shaped(27))), 40, 40),
    "39 at .01 or .5, one flat, 10 pictures": (_odd(ENDS, _flat(ENDS)), 10, 40),
    "39 at .01 or .5, one flat, 40 pictures": (_odd(ENDS, _flat(ENDS)), 40, 40),
    "39 flat, one at .01 or .5, 10 pictures": (_odd(_flat(ENDS), ENDS), 10, 40),
    "39 flat, one at .01 or .5, 40 pictures": (_odd(_flat(ENDS), ENDS), 40, 40),
    "5 U-shaped, one flat, 10 pictures": (_odd(_u_shaped(27), _flat(_u_shaped(27))), 10, 6),
}


class Falsely(NamedTuple):
    """Parts of boards with a pair falsely told apart: by ranks, by known variances; and by each cell's own variance."""

    ranks: float
    known: float
    plain: float


def falsely(name: str, boards: int) -> Falsely:
    """Return how often models that are equally far are told apart."""
    truth, pictures, models = EQUAL[name]
    p = truth(models)
    cells, values = p.shape[1:]
    q, have = np.full((cells, values), 1 / values), np.ones((models, cells), dtype=bool)
    far = 0.5 * ((p - q) ** 2).sum(axis=2).mean(axis=1)
    not_farther = far[:, None] <= far[None, :] + 1e-12
    lot = np.random.default_rng([SEED, 1, list(EQUAL).index(name)])
    found = np.zeros(3)
    for _ in range(boards):
        x = lot.multinomial(pictures, p).astype(float)
        own = (x + 0.5) / (pictures + values / 2)
        told = (compare_counts(x, q, have), by_known(x, p, q), by_known(x, own, q))
        found += [(one.farther & not_farther).any() for one in told]
    return Falsely(*(found / boards).tolist())


def tables(draws: float) -> list[Table]:
    """Return the tables of the study."""
    truths, boards = max(2, round(TRUTHS * draws)), max(20, round(BOARDS * draws))
    return [_separated(truths), _equal(boards)]


def _separated(truths: int) -> Table:
    rows, marks = [], []
    for design in DESIGNS:
        title = f"{design.models} models, {design.prompts} x {design.pictures}"
        print(f"  {title}", file=sys.stderr, flush=True)
        # boards of few models cost little and tell less each
        seen = apart(design, truths * 40 // design.models, DRAWS)
        part = seen.ranks / seen.known
        rows.append([title, seen.known, seen.ranks, part, f"{seen.wrong:.1%}"])
        if design.least:
            marks.append(
                (f"≥ {design.least} of what known variances separate: {title}", part, part >= design.least)
            )
        marks.append((f"a pair in the wrong order on ≤ 5 %: {title}", seen.wrong, seen.wrong <= MARK))
    return Table(
        "Pairs told apart",
        ("board", "variances known", "ranks", "part", "wrong order"),
        rows,
        marks,
        f"{truths} fixed boards of 40 models, {DRAWS} draws of each. Models follow one order of prompts.",
    )


def _equal(boards: int) -> Table:
    rows, marks = [], []
    for name in EQUAL:
        print(f"  {name}", file=sys.stderr, flush=True)
        seen = falsely(name, boards)
        error = sqrt(max(seen.ranks * (1 - seen.ranks), 1 / boards) / boards)
        rows.append([name, f"{seen.ranks:.1%} ± {error:.1%}", f"{seen.known:.1%}", f"{seen.plain:.1%}"])
        marks.append((f"falsely told apart on ≤ 5 %: {name}", seen.ranks, seen.ranks <= MARK))
    return Table(
        "Any two models falsely told apart",
        ("board", "ranks", "variances known", "variances plugged in"),
        rows,
        marks,
        f"{boards:,} boards each, of 40 models and 27 prompts unless said. Plugged in: each cell's variance at its own "
        "shares with half a picture more of each value.",
    )
