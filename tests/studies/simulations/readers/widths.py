"""Narrower intervals of the same promise, where the published ones hold the truth more often than they say.

Belongs here: other ways to make an interval, tried beside the published one. Does not belong here: whether that holds
the truth (`coverage`, `effects`).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
from scipy.stats import binom

from assets.metrics.effects.formulas import share_changes
from assets.metrics.formulas.distance import Sums, hull, terms
from assets.metrics.formulas.share import Z95, Floats, by_group, ratio
from assets.metrics.ranks.pairs import share_differences
from tests.studies.simulations.profiles import PROFILES, REFERENCES, distance2_of, reference, shares
from tests.studies.simulations.tables import Entry, Table

TITLE = "Narrower intervals, tried"
DRAWS, SEED = 5000, 7100
LEAST, OVER = 0.94, 0.985
PUBLISHED = "as published"
#: Ways that hold the truth often enough, and still are not taken: the docs say why.
ENOUGH = {"Wald below, score above"}

Ends = tuple[Floats, Floats]


def distance_ways(sums: Sums) -> Mapping[str, Ends]:
    """Return the ends of `distance` of suites: the hull of Wald and score intervals, and each part of it."""
    m, found = sums.cells, hull(sums)
    d = found.estimate
    variance = np.maximum(np.maximum(sums.unbiased, sums.plug_in), 0)
    steep = np.where(sums.plain > 0.5e-9, ratio(variance - sums.at_zero, sums.plain), sums.slope / m)
    a, b = np.maximum(steep, 0) / m, sums.at_zero / m**2
    middle = 2 * d + Z95**2 * a
    root = np.sqrt(np.maximum(middle**2 - 4 * (d**2 - Z95**2 * b), 0))
    wald, score = Z95 * np.sqrt(variance) / m, ((middle - root) / 2, (middle + root) / 2)
    plain = Z95 * np.sqrt(np.maximum(sums.unbiased, 0)) / m
    ways = {
        PUBLISHED: (found.low, found.high),
        "Wald alone": (d - wald, d + wald),
        "score alone": score,
        "Wald, unbiased variance alone": (d - plain, d + plain),
        "Wald below, score above": (d - wald, score[1]),
    }
    top = sums.maximum / m
    return {
        name: (np.sqrt(np.maximum(low, 0)), np.sqrt(np.clip(high, 0, top)))
        for name, (low, high) in ways.items()
    }


def distances(draws: float) -> Table:
    """Return what each way says of suites: pictures, values, references, shares and cells of many kinds."""
    number, lot = max(int(DRAWS * draws), 150), np.random.default_rng(SEED)
    seen: dict[str, list[tuple[float, float]]] = {}
    for n, values, kind, profile, cells in product((5, 10, 20, 40), (2, 3, 7), REFERENCES, PROFILES, (5, 27)):
        q = reference(values, kind)
        p = np.broadcast_to(shares(profile, q, cells), (cells, values))
        x = lot.multinomial(n, np.broadcast_to(p, (number, cells, values))).reshape(-1, values)
        of, suite = terms(x, np.broadcast_to(q, x.shape)), np.repeat(np.arange(number), cells)
        parts = (by_group(getattr(of, name), suite, number) for name in Sums._fields[1:])
        truth = np.sqrt(distance2_of(p, q))
        for name, ends in distance_ways(Sums(np.full(number, float(cells)), *parts)).items():
            seen.setdefault(name, []).append(_held(*ends, truth))
    return _table(f"`distance`: {len(seen[PUBLISHED])} points, {number:,} suites each", seen, _least(number))


def _pair_ways(k_a: Floats, k_b: Floats, n_a: int, n_b: int) -> Mapping[str, Ends]:
    group, a, b = np.arange(len(k_a)), np.full(len(k_a), float(n_a)), np.full(len(k_a), float(n_b))
    found = share_changes(k_a, a, k_b, b, group, len(k_a))
    joined = share_differences(k_b, b, k_a, a, group, len(k_a))
    p_a, p_b = (k_a + 1) / (n_a + 2), (k_b + 1) / (n_b + 2)
    half = Z95 * np.sqrt(p_a * (1 - p_a) / (n_a + 2) + p_b * (1 - p_b) / (n_b + 2))
    return {
        PUBLISHED: (found.low, found.high),
        "joined ends (MOVER) alone": (joined.low, joined.high),
        "Agresti and Caffo alone": (p_b - p_a - half, p_b - p_a + half),
    }


def pairs() -> Table:
    """Return what each way says of one pair of prompts, exactly: all outcomes at 54 × 54 shares."""
    grid = np.unique(np.concatenate([np.linspace(0.01, 0.99, 50), [0.002, 0.005, 0.995, 0.998]]))
    seen: dict[str, list[tuple[float, float]]] = {}
    for n_a, n_b in ((5, 5), (5, 20), (10, 10), (20, 20)):
        k_a, k_b = (x.ravel().astype(float) for x in np.mgrid[0 : n_a + 1, 0 : n_b + 1])
        chance_a, chance_b = (binom.pmf(np.arange(n + 1)[None], n, grid[:, None]) for n in (n_a, n_b))
        truth = grid[None] - grid[:, None]
        for name, (low, high) in _pair_ways(k_a, k_b, n_a, n_b).items():
            under, over = (end.clip(-1, 1).reshape(n_a + 1, n_b + 1) for end in (low, high))
            width = chance_a @ (over - under) @ chance_b.T
            held = (under <= truth[..., None, None] + 1e-12) & (truth[..., None, None] <= over + 1e-12)
            covered = np.einsum("ia,jb,ijab->ij", chance_a, chance_b, held)
            seen.setdefault(name, []).extend(zip(covered.ravel(), width.ravel(), strict=True))
    return _table("Change of a share, one pair of 5 to 20 pictures", seen, 0.93)


def _least(draws: int) -> float:
    """Return what the lowest of many points must reach: three standard errors below."""
    return round(LEAST - 3 * (LEAST * (1 - LEAST) / draws) ** 0.5, 3)


def _held(low: Floats, high: Floats, truth: float) -> tuple[float, float]:
    return float(np.mean((low <= truth + 1e-9) & (truth <= high + 1e-9))), float(np.mean(high - low))


def _table(title: str, seen: Mapping[str, list[tuple[float, float]]], least: float) -> Table:
    """Return least and mean coverage and the width beside the published one; where that covers too much, too."""
    published = np.array(seen[PUBLISHED])
    over = published[:, 0] > OVER
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for name, points in seen.items():
        held, width = np.array(points).T
        wide = width / published[:, 1]
        rows.append(
            [
                name,
                *(float(one) for one in (held.min(), held.mean(), held[over].mean())),
                *(float(one) for one in (wide.mean(), wide[over].mean())),
            ]
        )
        if name == PUBLISHED or name in ENOUGH:
            marks.append((f"{name}: {least} and more", float(held.min()), bool(held.min() >= least)))
        else:
            marks.append((f"{name}: falls below {least}", float(held.min()), bool(held.min() < least)))
    columns = ("interval", "least coverage", "mean", f"mean where published is over {OVER}")
    return Table(title, (*columns, "width", "width there"), rows, marks)


def tables(draws: float) -> list[Table]:
    """Return the tables of this study; `draws` is the part of the full number of draws."""
    return [distances(draws), pairs()]
