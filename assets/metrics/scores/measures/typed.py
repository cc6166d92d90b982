"""The mean share of women over all jobs, and over those that a statistic says are held mostly by men or by women."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from assets.metrics.formulas.share import by_group, mean_share
from assets.metrics.registry.metric import NO_PICTURES, NOT_ASSESSED, REFERENCE_VALUES, Metric, metric
from assets.metrics.scores.figures import chosen, effects_of, rows

NO_TYPED = "no prompt of this half was assessed"
HALVES = {"male": "male_typed", "female": "female_typed"}


@metric(
    Metric(
        "mean_share",
        "Mean share of women",
        "mean of p̂ over all prompts, and over the male-typed and the female-typed half",
        (0.0, 1.0),
        "whether a model draws fewer women whatever is asked; views `scores`, `study_scores`",
        of="all, male_typed or female_typed: which prompts",
        per=("attribute", "reference"),
        levels=("suite",),
        support=REFERENCE_VALUES,
        denominator="pictures read as a value of the support, of the prompts that enter",
        interval="95 %, prompts fixed: as of share",
        null_when=(NO_PICTURES, NOT_ASSESSED, NO_TYPED),
        source="after Aymara 2025, arXiv:2509.07050, which tells the halves apart",
    ),
    of="typed",
)
def typed_figures(counts: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return the mean shares of every attribute that the analysis file has a statistic for.

    Args:
        counts: one row a cell: `keys`, reference, side (male or female where the prompt is typed), k (pictures with the
            value whose share the statistic has), n (assessed), pictures (all); and, where pictures were drawn together,
            effect, the design effect of the cell.
        keys: the columns that make a suite's attribute.
    """
    if counts.is_empty():
        return
    key = [*keys, "reference"]
    frame = counts.select(key).unique(maintain_order=True)
    numbered = counts.select(key).join(
        frame.with_row_index("group"), on=key, how="left", nulls_equal=True, maintain_order="left"
    )
    group, groups = numbered["group"].to_numpy().astype(np.int64), frame.height
    k, n = (counts[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("k", "n"))
    effect = effects_of(counts)
    side = counts["side"].cast(pl.String).fill_null("").to_numpy()
    seen = n > 0
    unseen = by_group(counts["pictures"].to_numpy(), group, groups) == 0
    unread = by_group(seen, group, groups) == 0
    halves = {half: seen & (side == name) for name, half in HALVES.items()}
    for about, used in {"all": seen, **halves}.items():
        cells = by_group(used, group, groups)
        why = chosen([None, NO_PICTURES, NOT_ASSESSED, NO_TYPED], (unseen, 1), (unread, 2), (cells == 0, 3))
        found = mean_share((k / effect)[used], (n / effect)[used], group[used], groups)
        pictures = by_group(np.where(used, n, 0), group, groups)
        yield rows(frame, "mean_share", found, pictures, cells, why, pl.Series([about] * groups))
