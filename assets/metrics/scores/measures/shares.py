"""How large the share of each value is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from assets.metrics.formulas import share
from assets.metrics.formulas.prompts_like_these import over_prompts
from assets.metrics.registry.metric import (
    ASSESSED_PICTURES,
    ATTRIBUTE_VALUES,
    SEEN,
    WILSON_1927,
    Metric,
    metric,
)
from assets.metrics.scores.figures import Groups, basis, numbered, rows_of


@metric(
    Metric(
        "share",
        "Share of a value",
        "pictures with the value / pictures with any value of the support; suite: mean over cells",
        (0.0, 1.0),
        "page: shares against statistics, changes, what one word changes; rank ranges of shares",
        of="the value",
        per=("attribute",),
        support=ATTRIBUTE_VALUES,
        denominator=ASSESSED_PICTURES,
        interval="95 %: Wilson in a cell; over cells stratified, Student's t, the larger of the unbiased and the "
        "two-pseudo-count variance",
        prompts_interval=True,
        null_when=SEEN,
        source=WILSON_1927 + "; Agresti & Coull 1998, Am. Stat. 52: 119-126",
    ),
    of="values",
)
def share_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return `share` of every value of every group, of every cell with an assessed picture."""
    cells = groups.cells
    row, column = np.nonzero(cells.support)
    of, first, slot = numbered(groups, row, column)
    k, whole = cells.effective[row, column], cells.effective.sum(axis=1)[row]
    # of a single cell the mean is its share, with Wilson's interval
    found = share.wilson(k, whole) if groups.single else share.mean_share(k, whole, slot, len(of))
    others = (
        None
        if groups.single
        else over_prompts(share.ratio(k, whole), whole > 0, slot, cells.subjects[row], found, 0.0, 1.0)
    )
    names = cells.named(row[first], column[first])
    yield rows_of(groups, "share", found, basis(groups), names, of, others)
