"""How large a change is: its interval."""

from __future__ import annotations

import math

import numpy as np

from assets.metrics.drift.likelihood import Counts
from assets.metrics.formulas.share import Z95, Bools, Floats, Ints


def change(
    k: Ints, n: Ints, before: slice, after: slice, effect: Floats | None = None
) -> dict[str, float | int]:
    """Return the mean share of cells before and after, and their difference with a 95 % interval.

    Cells that were seen on both sides enter, each with equal weight. The variance of a cell's share is p (1 - p) / n
    with two pseudo-counts (Agresti & Caffo 2000, Am. Stat. 54: 280-288, stratified). That the date and the cells were
    chosen from the same counts is not in the interval.

    Args:
        k: (C, T) pictures with the value.
        n: (C, T) pictures assessed.
        before: the weeks before.
        after: the weeks after.
        effect: (C, T) design effect of each week's pictures; None: each counts.
    """
    hits, total, used = sides(k, n, before, after)
    hits, total = hits[:, used], total[:, used]
    share = (hits / total).mean(axis=1)
    worth = total if effect is None else sides(k, n / effect, before, after)[1][:, used]
    pseudo = (hits * (worth / total) + 1) / (worth + 2)
    half = Z95 * math.sqrt(float((pseudo * (1 - pseudo) / (worth + 2)).sum())) / total.shape[1]
    difference = float(share[1] - share[0])
    return {
        "before_share": float(share[0]),
        "after_share": float(share[1]),
        "change": difference,
        "change_low": max(difference - half, -1.0),
        "change_high": min(difference + half, 1.0),
        "before_n": int(total[0].sum()),
        "after_n": int(total[1].sum()),
        "changed_cells": int(used.sum()),
    }


def sides(k: Counts, n: Counts, before: slice, after: slice) -> tuple[Counts, Counts, Bools]:
    """Return (2, C) counts before and after, k and n, and which cells were seen on both sides."""
    hits, total = (np.stack([a[:, before].sum(axis=1), a[:, after].sum(axis=1)]) for a in (k, n))
    return hits, total, np.asarray((total > 0).all(axis=0))
