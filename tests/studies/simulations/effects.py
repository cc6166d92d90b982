"""How often the intervals of word against word hold the truth: changes of shares and of `distance2`.

Belongs here: the grid, the tables, the marks. Does not belong here: intervals (`assets.metrics.effects.formulas`),
planted shares and draws of whole cells (`profiles`).

One pair with two values is no simulation: every outcome is weighed with its chance. Elsewhere a point within four
standard errors of its mark is drawn again ten times as often, so that chance decides little.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import lgamma, sqrt
from typing import NamedTuple

import numpy as np

from assets.metrics.effects.formulas import (
    distance2_changes,
    share_changes,
)
from assets.metrics.formulas.distance import terms
from assets.metrics.formulas.share import Estimate, Floats, Ints
from tests.studies.simulations.profiles import distance2_of, holds, pool, reference, shares, take
from tests.studies.simulations.tables import Entry, Table

TITLE = "Word against word"
DRAWS = 10_000
AGAIN = 10
SEED = 4200
MARK = 0.935
FROM = 10  # pictures per cell from which the mark holds; fewer are tabulated
SIZES = ((5, 5), (5, 20), (10, 10), (10, 20), (10, 40), (20, 20), (40, 40), (40, 20), (100, 100))
PICTURES = (5, 10, 20, 40)
PAIRS = (1, 2, 5, 23)
GRID = np.linspace(0, 1, 21)
#: Shares of a value before and after, of each pair in turn.
MOVES = {
    "nothing, even": ((0.5, 0.5),),
    "nothing, rare": ((0.03, 0.03),),
    "nothing, never": ((0.0, 0.0),),
    "a little": ((0.3, 0.4),),
    "one side to even": ((0.0, 0.5),),
    "one side to the other": ((0.02, 0.98),),
    "each its own": ((0.0, 0.4), (1.0, 0.7), (0.5, 0.5), (0.1, 0.9), (0.95, 0.6)),
}
#: Shares after a request, of five pairs of which the first, third and fifth lay below one half.
ENDS = {
    "all at one half": np.full(5, 0.5),
    "all past": np.array([0.8, 0.2, 0.7, 0.3, 0.9]),
    "some past, some short": np.array([0.9, 0.7, 0.4, 0.1, 0.6]),
    "all to the other side": np.array([1.0, 0.0, 1.0, 0.0, 1.0]),
}
#: Profiles (of `profiles`) before and after.
PROFILES = (
    ("null", "null"),
    ("one", "null"),
    ("almost", "strong"),
    ("mid", "near"),
    ("mix", "null"),
    ("one", "one"),
)


class Seen(NamedTuple):
    """Coverage and mean width of an interval, and the draws behind it (0: exact)."""

    coverage: float
    width: float
    draws: int = 0

    def near(self, mark: float) -> bool:
        """Return whether chance may have decided on which side of the mark this lies."""
        return self.draws > 0 and self.coverage < mark + 4 * sqrt(0.05 / self.draws)


def tables(draws: float) -> list[Table]:
    """Return the tables; `draws` is the part of the full number of draws."""
    lot = np.random.default_rng(SEED)
    number = max(200, round(DRAWS * draws))
    return [
        one_pair(),
        several_pairs(number, lot),
        distances(number, lot),
    ]


def one_pair() -> Table:
    """Return the coverage of the change of a share, one pair, exactly."""
    rows: list[tuple[Entry, ...]] = []
    worst: dict[str, float] = {}
    for n_a, n_b in SIZES:
        found, k_a, k_b = _every_change(n_a, n_b)
        covered = [
            float((_chances(n_a, a)[k_a] * _chances(n_b, b)[k_b])[holds(found, b - a)].sum())
            for a, b in product(GRID, GRID)
        ]
        if min(n_a, n_b) >= FROM:
            worst[f"{n_a} and {n_b}"] = min(covered)
        rows.append((f"{n_a} and {n_b}", min(covered), float(np.mean(covered)), _width(found)))
    return Table(
        "Change of a share, one pair of prompts",
        ("pictures before and after", "least coverage", "mean coverage", "mean width"),
        rows,
        [_mark("one pair", worst)],
        "Exact, over shares of 0 to 1 in steps of 0.05 on both sides.",
    )


def several_pairs(number: int, lot: np.random.Generator) -> Table:
    """Return the coverage of the change of a share over several pairs, by what moved."""
    rows: list[tuple[Entry, ...]] = []
    worst: dict[str, float] = {}
    for pairs, n in product(PAIRS[1:], PICTURES):
        entries: list[str] = []
        for name, moves in MOVES.items():
            before, after = (np.resize([move[side] for move in moves], pairs) for side in (0, 1))

            def ask(
                some: int, a: Floats = before, b: Floats = after, n: int = n, pairs: int = pairs
            ) -> tuple[Estimate, float | Floats]:
                k_a, k_b = (
                    lot.binomial(n, a, (some, pairs)).ravel(),
                    lot.binomial(n, b, (some, pairs)).ravel(),
                )
                size = np.full(some * pairs, n)
                found = share_changes(k_a, size, k_b, size, np.repeat(np.arange(some), pairs), some)
                return found, float((b - a).mean())

            seen = _seen(ask, number)
            if n >= FROM:
                worst[f"{pairs} pairs, n = {n}, {name}"] = seen.coverage
            entries.append(f"{seen.coverage:.3f} ({seen.width:.2f})")
        rows.append((f"{pairs} pairs, n = {n}", *entries))
    return Table(
        "Change of a share, several pairs: coverage (width)",
        ("", *MOVES),
        rows,
        [_mark("several pairs", worst)],
    )


def distances(number: int, lot: np.random.Generator) -> Table:
    """Return the coverage of the change of `distance2`, by pairs, values and what moved."""
    rows: list[tuple[Entry, ...]] = []
    worst: dict[str, float] = {}
    for pairs, n in product(PAIRS, PICTURES):
        least: dict[tuple[str, str], Seen] = {}
        for values, kind, moved in product((2, 3, 10), ("uniform", "uneven"), PROFILES):
            seen = _exact_distance(n, kind, moved) if (pairs, values) == (1, 2) else None
            seen = seen or _drawn_distance(pairs, n, reference(values, kind), moved, number, lot)
            if n >= FROM:
                point = f"{pairs} pairs, n = {n}, {values} values, {kind}, {' to '.join(moved)}"
                worst[point] = seen.coverage
            least[moved] = min(least.get(moved, seen), seen)
        entries = [f"{least[moved].coverage:.3f} ({least[moved].width:.2f})" for moved in PROFILES]
        rows.append((f"{pairs} pair{'s' if pairs > 1 else ''}, n = {n}", *entries))
    return Table(
        "Change of distance2: least coverage over 2, 3 and 10 values and two references (its width)",
        ("", *(f"{a} to {b}" for a, b in PROFILES)),
        rows,
        [_mark("distance2", worst)],
        "`null` is the reference, `one` is all of one value, `mix` has a pull and a value of its own for each prompt.",
    )


def _mark(what: str, coverage: dict[str, float]) -> tuple[str, float, bool]:
    point, least = min(coverage.items(), key=lambda item: item[1])
    text = f"{what}: coverage at least {MARK} at every point from n = {FROM} (least at {point})"
    return text, float(least), least >= MARK


def _chances(n: int, share: float) -> Floats:
    """Return the chance of each number of n pictures, 0 … n."""
    k = np.arange(n + 1)
    ways = np.array([lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) for i in k])
    with np.errstate(divide="ignore", invalid="ignore"):
        sure = np.where(k == n * share, 1.0, 0.0)
        found: Floats = np.exp(ways + k * np.log(share) + (n - k) * np.log1p(-share))
    return sure if share in {0.0, 1.0} else found


def _every_change(n_a: int, n_b: int) -> tuple[Estimate, Ints, Ints]:
    k_a, k_b = (part.ravel() for part in np.meshgrid(np.arange(n_a + 1), np.arange(n_b + 1), indexing="ij"))
    every = len(k_a)
    found = share_changes(k_a, np.full(every, n_a), k_b, np.full(every, n_b), np.arange(every), every)
    return found, k_a, k_b


def _width(found: Estimate) -> float:
    return float(np.mean(np.minimum(found.high, 1) - np.maximum(found.low, -1)))


def _seen(ask: Callable[[int], tuple[Estimate, float | Floats]], number: int) -> Seen:
    """Return what draws of a point show, of ten times as many where that decides."""
    found, truth = ask(number)
    seen = Seen(float(holds(found, truth).mean()), _width(found), number)
    return seen if number < DRAWS or not seen.near(MARK) else _again(ask, number)


def _again(ask: Callable[[int], tuple[Estimate, float | Floats]], number: int) -> Seen:
    covered, width = 0.0, 0.0
    for _ in range(AGAIN):
        found, truth = ask(number)
        covered, width = covered + float(holds(found, truth).mean()), width + _width(found)
    return Seen(covered / AGAIN, width / AGAIN, AGAIN * number)


def _exact_distance(n: int, kind: str, moved: tuple[str, str]) -> Seen | None:
    """Return the exact coverage for one pair and two values; None for a profile of several cells."""
    q = reference(2, kind)
    k = np.arange(n + 1)
    counts = np.stack([k, n - k], axis=1)
    every = terms(counts, np.broadcast_to(q, counts.shape))
    a, b = (part.ravel() for part in np.meshgrid(k, k, indexing="ij"))
    found = distance2_changes(take(every, a), take(every, b), np.arange(len(a)), len(a))
    before, after = (shares(profile, q, 1) for profile in moved)
    chance = _chances(n, float(before[0, 0]))[a] * _chances(n, float(after[0, 0]))[b]
    truth = distance2_of(after, q) - distance2_of(before, q)
    return Seen(float(chance[holds(found, truth)].sum()), float((chance * (found.high - found.low)).sum()))


def _drawn_distance(
    pairs: int, n: int, q: Floats, moved: tuple[str, str], number: int, lot: np.random.Generator
) -> Seen:
    planted = [shares(profile, q, pairs) for profile in moved]
    pools = [pool(n, p, q, lot, size=min(20_000, 10 * number)) for p in planted]
    truth = distance2_of(planted[1], q) - distance2_of(planted[0], q)

    def ask(some: int) -> tuple[Estimate, float | Floats]:
        a, b = (take(one.terms, _picked(one.rows, len(one.counts), pairs, some, lot)) for one in pools)
        return distance2_changes(a, b, np.repeat(np.arange(some), pairs), some), truth

    return _seen(ask, number)


def _picked(rows: int, size: int, pairs: int, some: int, lot: np.random.Generator) -> Ints:
    """Return which draws of a pool make up some suites of so many cells."""
    lots = lot.integers(0, size // rows, (some, pairs)) * rows
    return (lots + np.arange(pairs) % rows).ravel()
