"""The models, references and draws that the studies of intervals share.

Belongs here: planted shares, cells drawn from them, suites put together from cells. Does not belong here: what is
asked of them (a module a study).

A pool holds many draws of each cell of a suite, with the product's own terms worked out once; a suite is one draw of
each cell, picked at random. That is as good as drawing every suite anew while a cell has thousands of draws: the mean
of the pool is off by 1/√(draws a cell) of a cell's standard deviation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from assets.metrics.formulas.distance import Terms, terms
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints

PICTURES = (5, 10, 20, 50, 100)
VALUES = (2, 3, 5, 10)
REFERENCES = ("uniform", "uneven")
#: How much of the shares is taken from all and given to one value.
PULLS = {"null": 0.0, "near": 0.2, "mid": 0.5, "strong": 0.9, "almost": 0.98, "one": 1.0}
#: `mix`: each cell has a pull of its own, to a value of its own.
PROFILES = (*PULLS, "mix")
POOL = 20_000
CHUNK = 1_000_000  # cells at a time


def reference(values: int, kind: str) -> Floats:
    """Return the reference shares: all equal, or 0.67 and 0.33, or each 0.6 of the one before."""
    if kind == "uniform":
        return np.full(values, 1 / values)
    q = np.array([0.67, 0.33]) if values == 2 else 0.6 ** np.arange(values)
    return q / q.sum()


def shares(profile: str, q: Floats, cells: int) -> Floats:
    """Return the true shares of a suite: one row for all cells, or for `mix` one row per cell, (rows, values)."""
    if profile != "mix":
        pull, value = np.array([PULLS[profile]]), np.array([0])
    else:
        pull, value = (np.arange(cells) + 0.5) / cells, np.arange(cells) % len(q)
    return (1 - pull)[:, None] * q + pull[:, None] * np.eye(len(q))[value]


def distance2_of(p: Floats, q: Floats) -> float:
    """Return the true `distance2` of a suite with these shares."""
    return float(0.5 * ((p - q) ** 2).sum(axis=1).mean())


def take(cells: Terms, rows: Ints) -> Terms:
    """Return the terms of some cells."""
    return Terms(**{field.name: getattr(cells, field.name)[rows] for field in fields(Terms)})


@dataclass(frozen=True)
class Pool:
    """Draws of the cells of one suite.

    Attributes:
        counts: (rows · size, values) pictures.
        terms: of the product, of each draw.
        rows: number of different cells; draw i of row r is at i · rows + r.
    """

    counts: Ints
    terms: Terms
    rows: int

    def suites(self, cells: int, draws: int, lot: np.random.Generator) -> Iterator[tuple[Ints, Ints, int]]:
        """Yield, a chunk at a time, which draws make up the suites, the suite of each, and how many suites."""
        left = draws
        while left > 0:
            some = min(left, max(1, CHUNK // cells))
            picked = lot.integers(0, len(self.counts) // self.rows, (some, cells)) * self.rows
            rows = (picked + np.arange(cells) % self.rows).ravel()
            yield rows, np.repeat(np.arange(some), cells), some
            left -= some


def pool(n: int | Ints, p: Floats, q: Floats, lot: np.random.Generator, size: int = POOL) -> Pool:
    """Return draws of n pictures of cells with the shares p, (rows, values), beside the reference q.

    n is one number for all or one per row.
    """
    each = max(1, size // len(p))
    counts = lot.multinomial(n, p, (each, len(p))).reshape(-1, p.shape[1])
    return Pool(counts, terms(counts, np.broadcast_to(q, counts.shape)), len(p))


def holds(found: Estimate, truth: float) -> Bools:
    """Return which intervals hold the truth."""
    return (found.low <= truth + 1e-12) & (truth - 1e-12 <= found.high)
