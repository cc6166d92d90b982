"""How often one picture shows declared values together, as a light skin tone and a perceived man."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from assets.metrics.formulas.share import Estimate, by_group, mean_share
from assets.metrics.registry.metric import NO_PICTURES, Metric, metric
from assets.metrics.scores.figures import chosen, effects_of, rows

COMBINED = "combination_share"
NOT_TOGETHER = "in no picture all parts were assessed"


@metric(
    Metric(
        COMBINED,
        "Share of a declared combination",
        "pictures that show all its values / pictures with all its attributes assessed; suite: mean over cells",
        (0.0, 1.0),
        "claims of 2023 about several attributes at once; view `scores`",
        of="the combination",
        support="pictures in which each of its attributes has a value of its support",
        denominator="pictures in which all its attributes were assessed",
        interval="95 %, as of share; where pictures were assessed in part, the hull with the ends at worst: none, or "
        "all, of those that nothing contradicts show it",
        null_when=(NO_PICTURES, NOT_TOGETHER),
        source="ours",
    ),
    of="combinations",
)
def combination_figures(counts: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return `combination_share` of every combination, of single cells or of suites.

    Args:
        counts: one row a combination and cell: `keys`, combination, k (pictures that show it), n (in which all parts
            were assessed), open (assessed in part, and nothing contradicts), partly (in which any part was assessed),
            pictures (all); and, where pictures were drawn together, effect: their design effect.
        keys: the columns that make a figure.
    """
    if counts.is_empty():
        return
    key = [*keys, "combination"]
    frame = counts.select(key).unique(maintain_order=True)
    numbered = counts.select(key).join(
        frame.with_row_index("group"), on=key, how="left", nulls_equal=True, maintain_order="left"
    )
    group, groups = numbered["group"].to_numpy().astype(np.int64), frame.height
    k, n, left, partly = (counts[name].to_numpy().astype(float) for name in ("k", "n", "open", "partly"))
    effect = effects_of(counts)
    found = mean_share(k / effect, n / effect, group, groups)
    at_least, at_most = (mean_share(x / effect, partly / effect, group, groups) for x in (k, k + left))
    cells = by_group(n > 0, group, groups)
    why = chosen(
        [None, NO_PICTURES, NOT_TOGETHER],
        (by_group(counts["pictures"].to_numpy(), group, groups) == 0, 1),
        (cells == 0, 2),
    )
    hull = Estimate(found.estimate, np.fmin(found.low, at_least.low), np.fmax(found.high, at_most.high))
    yield rows(
        frame.select(keys),
        COMBINED,
        hull,
        by_group(n, group, groups),
        cells,
        why,
        frame["combination"],
    )
