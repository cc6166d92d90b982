"""How large the share of each value is, which is largest, and who is dressed as in an earlier century."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from assets.metrics.formulas import share
from assets.metrics.formulas.prompts_like_these import over_prompts
from assets.metrics.registry.metric import (
    ASSESSED_PICTURES,
    ATTRIBUTE_VALUES,
    FEW,
    SEEN,
    TOO_FEW,
    WILSON_1927,
    Metric,
    metric,
)
from assets.metrics.scores.figures import Groups, basis, numbered, rows_of

#: Whose share is the share of people dressed as in an earlier century.
ANACHRONISM = {"attribute": "clothing_era", "value_name": "historical"}


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
    Metric(
        "anachronism_rate",
        "Dressed as in an earlier century",
        "share of clothing_era = historical; suite: mean over cells",
        (0.0, 1.0),
        "readers of the data files (`scores`); planned for the pages of findings",
        better="lower",
        per=("attribute",),
        support="contemporary, traditional, historical, uniform",
        denominator=ASSESSED_PICTURES,
        interval="as of share",
        prompts_interval=True,
        null_when=SEEN,
    ),
    Metric(
        "max_share",
        "Largest share",
        "the largest share of a cell and its value; suite: mean over cells of five pictures or more, no value",
        (0.0, 1.0),
        "readers of the data files (`scores`); planned for the pages of prompts",
        of="the value that is largest (cells only)",
        per=("attribute",),
        support=ATTRIBUTE_VALUES,
        denominator=ASSESSED_PICTURES,
        interval="Wilson, 95 %, of that value's share (cells only); biased upwards because the largest was picked",
        null_when=FEW,
    ),
    of="values",
)
def share_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return `share` of every value of every group, `anachronism_rate` of those that have one, and `max_share`.

    `share` takes every cell with an assessed picture, `max_share` those with five: the largest of a few is always
    large. The `max_share` of several cells is the mean of theirs and names no value.
    """
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
    shares = rows_of(groups, "share", found, basis(groups), names, of, others)
    yield shares
    yield shares.filter(*(pl.col(name) == text for name, text in ANACHRONISM.items())).with_columns(
        metric=pl.lit("anachronism_rate", dtype=pl.Categorical), value_name=pl.lit(None, dtype=pl.Categorical)
    )
    base = basis(groups, per_cell=TOO_FEW)
    top, largest = share.largest(cells.effective, cells.support)
    if groups.single:
        value = cells.named(np.arange(len(largest)), largest)
        yield rows_of(
            groups, "max_share", top, base, pl.select(pl.when(pl.Series(base.used)).then(value)).to_series()
        )
    else:
        yield rows_of(groups, "max_share", groups.mean(top.estimate, base.used), base)
