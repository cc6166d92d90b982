"""From arrays to rows, beside the headline: homogeneity, lift, and the scores of other benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from assets.metrics.formulas import compatibility, homogeneity, lift, share
from assets.metrics.formulas.distance import MIN_PICTURES
from assets.metrics.formulas.prompts_like_these import over_prompts
from assets.metrics.formulas.share import Bools, Estimate, Floats
from assets.metrics.registry.metric import (
    NO_OTHER_GROUP,
    NO_PICTURE,
    NO_PICTURES,
    NOT_ASSESSED,
    ONE_VALUE,
    TOO_FEW,
)
from assets.metrics.scores.figures import Basis, Groups, basis, chosen, rows, rows_of


def homogeneity_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return `homogeneity` of every group; it needs what `distance` needs."""
    cells = groups.cells
    parts = cells.even_terms
    base = _varying(groups, basis(groups, MIN_PICTURES, TOO_FEW))
    found = homogeneity.mean_homogeneity(parts, cells.support, groups.of, groups.frame.height)
    alike = homogeneity.scale(cells.support) * parts.distance2
    others = None if groups.single else over_prompts(alike, base.used, groups.of, found, -1.0, 1.0)
    yield rows_of(groups, "homogeneity", found, base, others=others)


def _varying(groups: Groups, base: Basis) -> Basis:
    """Return the basis of figures of how alike pictures are: there are none where an attribute is one band."""
    alone = groups.total(groups.cells.support.sum(axis=1) > 1) == 0
    said = chosen([None, ONE_VALUE], (alone, 1))
    return replace(base, reason=pl.select(pl.coalesce(base.reason, said)).to_series())


def lift_figures(cells: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return `stereotype_lift` of every pair of a value and the group that it is a stereotype of.

    Args:
        cells: one row a pair and cell, of prompts of the same kind of subject: `keys`, value_name, value, own (whether
            the prompt names the group), k (pictures with the value), n (assessed), pictures (all).
        keys: the columns that make a group of cells.
    """
    if cells.is_empty():
        return
    key = [*keys, "value_name"]
    frame = cells.select(key).unique(maintain_order=True)
    numbered = cells.select(key).join(
        frame.with_row_index("pair"), on=key, how="left", nulls_equal=True, maintain_order="left"
    )
    pair, pairs = numbered["pair"].to_numpy().astype(np.int64), frame.height
    k, n = (cells[name].to_numpy().astype(float) for name in ("k", "n"))
    mine = cells["own"].to_numpy()
    own, other = (lift.side(k, n, pair, pairs, taken) for taken in (mine, ~mine))
    found = lift.lift(own, other)
    unseen = np.isinf(found.estimate)
    reason = chosen(
        [
            None,
            NO_OTHER_GROUP,
            NO_PICTURES,
            NOT_ASSESSED,
            f"too few: {TOO_FEW} needed on either side",
            NO_PICTURE,
        ],
        (share.by_group(~mine, pair, pairs) == 0, 1),
        (share.by_group(cells["pictures"].to_numpy(), pair, pairs) == 0, 2),
        (own.n + other.n == 0, 3),
        ((own.n < TOO_FEW) | (other.n < TOO_FEW), 4),
        (np.isnan(found.estimate), 5),
    )
    alone = pl.format(
        "no picture of another group shows it: at least {} times", pl.lit(pl.Series(found.low).round(1))
    )
    told = pl.select(pl.coalesce(reason, pl.when(pl.Series(unseen)).then(alone))).to_series()
    both = own.n + other.n
    yield rows(
        frame.select(keys), "stereotype_lift", found, both, own.cells + other.cells, told, frame["value_name"]
    )


def compatibility_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return the scores of other benchmarks of every group of cells, without intervals.

    Of each the mean over prompts that its authors take: those with an assessed picture, of HEIM all that were asked.
    A group without any picture has none, whatever their formulas say of it.
    """
    cells = groups.cells
    counts, support = cells.counts, cells.support
    pictures = cells.frame["pictures"].to_numpy().astype(float)
    first = np.unique(groups.of, return_index=True)[1]
    names, k = cells.names(first), support[first].sum(axis=1)
    seen = basis(groups)
    several = _varying(groups, seen)
    per_cell: Mapping[str, Floats] = {
        "dalleval_mad": compatibility.dalleval_mad(counts, support),
        "magbig_l1": compatibility.magbig_l1(counts, support),
        "entropy_homogeneity": compatibility.entropy_homogeneity(counts, support),
    }
    for metric, values in per_cell.items():
        base = several if metric == "entropy_homogeneity" else seen
        yield rows_of(groups, metric, groups.mean(values, seen.used & ~np.isnan(values)), base)
    pooled = np.stack([groups.total(np.where(seen.used, column, 0)) for column in counts.T], axis=1)
    nothing = np.full(len(first), np.nan)
    openbias = compatibility.openbias_score(pooled, support[first])
    yield rows_of(groups, "openbias_score", Estimate(openbias, nothing, nothing), several)

    woman = np.isin(names, compatibility.FEMININE) & (k == 2)[:, None]
    feminine = np.where(
        woman.any(axis=1)[groups.of], counts[np.arange(len(counts)), woman.argmax(axis=1)[groups.of]], 0
    )
    gender = compatibility.heim_gender_bias(feminine, pictures)
    yield from _heim(groups, "heim_gender_bias", gender, woman.any(axis=1), pictures)
    monk = (k == compatibility.MONK_STEPS) & (names[:, 0] == "monk_1")
    skin = compatibility.heim_skin_bias(counts, pictures)
    yield from _heim(groups, "heim_skin_bias", skin, monk, pictures)


def _heim(
    groups: Groups, metric: str, values: Floats, applies: Bools, pictures: Floats
) -> Iterable[pl.DataFrame]:
    """Return a score of HEIM for the groups that it applies to: a mean over all cells, of all pictures."""
    if not applies.any():
        return
    every = np.ones(len(values), dtype=bool)
    n = groups.total(pictures)
    base = Basis(every, n, groups.total(every), chosen([None, NO_PICTURES], (n == 0, 1)))
    yield rows_of(groups, metric, groups.mean(values, every), base).filter(pl.Series(applies))
