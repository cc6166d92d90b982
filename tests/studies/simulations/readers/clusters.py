"""Pictures that are drawn four at a time and are alike: coverage, and boards of equal models.

Belongs here: planted correlation and draws. Does not belong here: design effects (`assets.metrics.formulas.clusters`)
and the intervals that counts divided by them are given to.
"""

from __future__ import annotations

import sys
from itertools import product
from math import sqrt
from typing import NamedTuple

import numpy as np

from assets.metrics.effects.formulas import distance2_changes, share_changes
from assets.metrics.formulas import distance
from assets.metrics.formulas.clusters import Clustered, DesignEffects, design_effects
from assets.metrics.formulas.share import Bools, Floats, mean_share
from assets.metrics.ranks.order import compare_counts
from assets.metrics.ranks.pairs import differences
from tests.studies.simulations.tables import Table

TITLE = "Pictures that were drawn together"
DRAWS = 4_000
BOARDS = 300
SEED = 5150
SIZE = 4
MODELS = 40
RHO = (0.0, 0.05, 0.1, 0.2, 0.4, 0.9)
#: Prompts and clusters of each.
SHAPES = ((27, 5), (27, 20), (5, 5), (5, 20))
TRUTHS = ("uneven", ".5", ".9")
MARKS = {27: 0.94, 5: 0.93}
SHARES = (0.90, 0.96)
#: Shares before and after a word.
MOVES = ((0.5, 0.5), (0.1, 0.1), (0.15, 0.65))
CHANGES = 0.93


class Rates(NamedTuple):
    """How often 95 % intervals hold the truth, and the mean width of that of `distance`."""

    distance: float
    width: float
    pair: float
    share: float
    untreated: float


def planted(truth: str, prompts: int) -> Floats:
    """Return the share of the first value of each prompt."""
    if truth == "uneven":
        return np.asarray(1 / (1 + np.exp(-np.linspace(-2.6, 2.2, prompts))))
    return np.full(prompts, float(truth))


def drawn(shares: Floats, clusters: int, rho: Floats, suites: int, lot: np.random.Generator) -> Floats:
    """Return (suites, prompts, clusters) pictures of `SIZE` with the first value; two of a cluster correlate by rho."""
    shape = (suites, len(shares), clusters)
    p, alike = np.broadcast_to(shares[:, None], shape), np.broadcast_to(rho[:, None], shape)
    more = 1 / np.where(alike > 0, alike, 1.0) - 1
    mixed = lot.beta(np.maximum(p * more, 1e-9), np.maximum((1 - p) * more, 1e-9))
    return lot.binomial(SIZE, np.where(alike > 0, mixed, p)).astype(float)


def counted(k: Floats) -> tuple[Floats, Floats]:
    """Return pictures of both values of each cell, and its design effect, as the product finds it, suite by suite."""
    values, found = effects_of(k)
    return values, found.of_cell


def effects_of(k: Floats) -> tuple[Floats, DesignEffects]:
    """Return pictures of both values of each cell, and the design effects of cells and suites."""
    suites, prompts, clusters = k.shape
    whole = np.full(suites * prompts, float(SIZE * clusters))
    hits = k.sum(axis=2).ravel()
    values = np.stack([hits, whole - hits], axis=1)
    found = Clustered(
        whole,
        np.full(whole.shape, float(clusters)),
        np.full(whole.shape, float(SIZE**2 * clusters)),
        ((k**2 + (SIZE - k) ** 2) / SIZE).sum(axis=2).ravel(),
        (values**2).sum(axis=1) / whole,
    )
    return values, design_effects(found, np.repeat(np.arange(suites), prompts), suites)


def parts(values: Floats, effect: Floats) -> distance.Terms:
    """Return what cells add to the distance from parity."""
    worth = values / effect[:, None]
    return distance.terms(worth, np.full(worth.shape, 0.5))


def rates(truth: str, prompts: int, clusters: int, rho: Floats, draws: int) -> Rates:
    """Return how often intervals hold the truth; pairs are of two models that draw the same."""
    lot = np.random.default_rng([SEED, prompts, clusters, round(1000 * rho.sum()), TRUTHS.index(truth)])
    shares = planted(truth, prompts)
    group = np.repeat(np.arange(draws), prompts)
    (values, effect), (others, of_others) = (counted(drawn(shares, clusters, rho, draws, lot)) for _ in "ab")
    mine, plain = parts(values, effect), parts(values, np.ones(len(values)))
    wanted = sqrt(float(np.mean((shares - 0.5) ** 2)))
    found, untreated = (distance.rooted(distance.mean_distance2(one, group, draws)) for one in (mine, plain))
    gap = differences(mine, parts(others, of_others), group, draws)
    n = values.sum(axis=1) / effect
    share = mean_share(values[:, 0] / effect, n, group, draws)
    return Rates(
        float(_holds(found.low, found.high, wanted).mean()),
        float((found.high - found.low).mean()),
        float(_holds(gap.low, gap.high, 0.0).mean()),
        float(_holds(share.low, share.high, float(shares.mean())).mean()),
        float(_holds(untreated.low, untreated.high, wanted).mean()),
    )


def _holds(low: Floats, high: Floats, truth: float) -> Bools:
    return np.asarray((low <= truth + 1e-12) & (high >= truth - 1e-12))


def apart(truth: str, clusters: int, rho: float, boards: int, treated: bool = True) -> float:
    """Return on which part of the boards of 40 equal models with 27 prompts any two are told apart."""
    prompts = 27
    lot = np.random.default_rng([SEED, 40, clusters, round(1000 * rho), TRUTHS.index(truth), treated])
    shares, seen = planted(truth, prompts), 0
    for _ in range(boards):
        values, effect = counted(drawn(shares, clusters, np.full(prompts, rho), MODELS, lot))
        worth = (values / effect[:, None] if treated else values).reshape(MODELS, prompts, 2)
        have = np.ones((MODELS, prompts), dtype=bool)
        seen += bool(compare_counts(worth, np.full((prompts, 2), 0.5), have).farther.any())
    return seen / boards


class Changed(NamedTuple):
    """How often 95 % intervals of what one word changes hold the truth, as published and with every picture counted."""

    share: float
    share_untreated: float
    distance2: float
    distance2_untreated: float


def changed(move: tuple[float, float], pairs: int, clusters: int, rho: float, draws: int) -> Changed:
    """Return how often intervals of the change hold it; each of the pairs moves by as much."""
    lot = np.random.default_rng([SEED, pairs, clusters, round(1000 * rho), round(100 * move[1])])
    group, alike = np.repeat(np.arange(draws), pairs), np.full(pairs, rho)
    sides = [counted(drawn(np.full(pairs, share), clusters, alike, draws, lot)) for share in move]
    wanted = move[1] - move[0], (move[1] - 0.5) ** 2 - (move[0] - 0.5) ** 2
    found = []
    for treated in (True, False):
        worth = [values / effect[:, None] if treated else values for values, effect in sides]
        (k_a, n_a), (k_b, n_b) = ((one[:, 0], one.sum(axis=1)) for one in worth)
        far = [parts(one, np.ones(len(one))) for one in worth]
        found += [
            _holds(one.low, one.high, truth)[~np.isnan(one.estimate)].mean()
            for one, truth in (
                (share_changes(k_a, n_a, k_b, n_b, group, draws), wanted[0]),
                (distance2_changes(*far, group, draws), wanted[1]),
            )
        ]
    return Changed(*map(float, (found[0], found[2], found[1], found[3])))


def of_words(many: int) -> Table:
    """Return coverage of what one word changes."""
    rows, least = [], [1.0, 1.0]
    for (pairs, clusters), rho in product(((1, 5), (1, 20), (5, 5), (5, 20)), (0.0, 0.2, 0.4)):
        found = [changed(move, pairs, clusters, rho, many) for move in MOVES]
        low = [min(getattr(one, name) for one in found) for name in Changed._fields]
        rows.append((f"{pairs} x {clusters} of {SIZE}", rho, *low))
        least = [min(least[0], low[0]), min(least[1], low[2])]
    return Table(
        "Least coverage of 95 % intervals of what one word changes, over three changes",
        ("pairs x clusters", "correlation", "share", "as independent", "distance2", "as independent"),
        rows,
        [
            (f"least coverage of {name}: {CHANGES} or more", value, value >= CHANGES)
            for name, value in zip(("share", "distance2"), least, strict=True)
        ],
    )


def tables(draws: float) -> list[Table]:
    """Return coverage, coverage where prompts correlate differently, and boards of equal models."""
    many, boards = max(round(DRAWS * draws), 1), max(round(BOARDS * draws), 1)
    rows, least = [], {}
    for prompts, clusters in SHAPES:
        for rho in RHO:
            found = [rates(truth, prompts, clusters, np.full(prompts, rho), many) for truth in TRUTHS]
            low = [
                min(getattr(one, name) for one in found)
                for name in ("distance", "pair", "share", "untreated")
            ]
            width = float(np.mean([one.width for one in found]))
            rows.append((f"{prompts} x {clusters} of {SIZE}", rho, *low, width))
            for name, value in zip(("distance", "pair", "share"), low, strict=False):
                least[prompts, name] = min(least.get((prompts, name), 1.0), value)
            print(rows[-1], file=sys.stderr, flush=True)
    marks = [
        (
            f"least coverage of {name}, {prompts} prompts: {MARKS[prompts]} or more",
            value,
            value >= MARKS[prompts],
        )
        for (prompts, name), value in least.items()
        if name != "share"
    ]
    shares = [value for (_, name), value in least.items() if name == "share"]
    marks.append((f"least coverage of shares: {SHARES[0]} or more", min(shares), min(shares) >= SHARES[0]))
    uneven = []
    for prompts, clusters in SHAPES:
        far = np.abs(planted("uneven", prompts) - 0.5) > 0.25
        for text, rho in (
            (".3 far from parity, .1 near", np.where(far, 0.3, 0.1)),
            (".6 far from parity, 0 near", np.where(far, 0.6, 0.0)),
            ("0 far from parity, .6 near", np.where(far, 0.0, 0.6)),
        ):
            one = rates("uneven", prompts, clusters, rho, many)
            uneven.append(
                (
                    f"{prompts} x {clusters} of {SIZE}, {text}",
                    one.distance,
                    one.pair,
                    one.share,
                    one.untreated,
                )
            )
    false = []
    for clusters in (5, 20):
        for rho in RHO:
            seen = [
                max(apart(truth, clusters, rho, boards, how) for truth in TRUTHS) for how in (True, False)
            ]
            false.append((f"27 x {clusters} of {SIZE}", rho, *seen))
            print(false[-1], file=sys.stderr, flush=True)
    worst = max(float(row[2]) for row in false)
    return [
        Table(
            "Least coverage of 95 % intervals over three truths, and mean width of that of distance",
            (
                "prompts x clusters",
                "correlation",
                "distance",
                "pair",
                "share",
                "distance, as independent",
                "width",
            ),
            rows,
            marks,
        ),
        Table(
            "Coverage where prompts differ in how alike their pictures are",
            ("prompts x clusters, correlation", "distance", "pair", "share", "distance, as independent"),
            uneven,
        ),
        Table(
            "Boards of 40 equal models on which any two are told apart",
            ("prompts x clusters", "correlation", "as published", "as independent"),
            false,
            [("boards of equal models told apart: 5 % or fewer", worst, worst <= 0.05)],
        ),
        of_words(many),
    ]
