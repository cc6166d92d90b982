"""The second path to the audit query `gold_shares`: what people say of a weighted random sample.

A gold set is drawn by strata: model × suite × value that the labeler read. Of every stratum the number of pictures is
known and a random few are rated, so every picture of a stratum has the same inclusion probability, rated / pictures,
and weighting by its inverse (Horvitz & Thompson 1952, JASA 47: 663-685) is counting each stratum in its full size.
With the labeler's values as strata this is what PPI++ (Angelopoulos, Duchi & Zrnic 2023, arXiv:2311.01453) estimates
with the same weights, whatever its power-tuning parameter: within a stratum the labeler's value is constant.

The target is what the model draws, of which the pictures of the weeks are themselves a sample; the interval holds both
the rated few and the pictures. It is a figure of the model and suite, every picture counting the same: nothing is
said of single prompts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from assets.metrics.formulas.share import Z95, Estimate, Floats, Ints, by_group, ratio

from assets.metrics.labels.gold_evidence import INCOMPLETE, NO_GOLD

LEFT_OUT = "the sample leaves out pictures that the attribute applies to"
NOT_ASSESSED = "no picture could be assessed"

#: The rater whose answer counts alone where there is one.
THIRD = "third"


@dataclass(frozen=True)
class Strata:
    """One entry a stratum of an estimate; several estimates (groups) are made at once.

    Attributes:
        group: the estimate that the stratum belongs to, 0 … groups - 1.
        pictures: pictures of the stratum that the attribute applies to, rated or not.
        rated: how many of them were rated; any random part of the stratum will do.
        hits: rated pictures with the value that the share is of; two raters who differ count half each.
        support: rated pictures with any value of the support, `hits` included.
    """

    group: Ints
    pictures: Floats
    rated: Floats
    hits: Floats
    support: Floats


def gold_share(strata: Strata, groups: int, z: float = Z95) -> Estimate:
    """Return the share of a value among assessable pictures, by people's eyes, with its interval.

    The share is a ratio of two stratified totals, Σ N h/n over Σ N s/n (N pictures, n rated, h hits, s in the
    support), linearised: with e = hit - share · support, the variance is
    (Σ W² s²(e)/n + Σ W (mean e)²/N) / (Σ W s/n)², W = N/Σ N. The first term is of the rated few within their strata,
    the second of how often the labeler's values come: the variance of double sampling for stratification (Cochran
    1977, Sampling Techniques, ch. 12) with the pictures as first phase, from a population without end. Of s²(e) the
    larger sum is taken of the unbiased estimate and of that with two pseudo-counts (Agresti & Coull 1998), since
    strata in which all agree would have none. Ends are clipped to 0 and 1.

    Returns:
        (groups,) each; NaN where `reasons` gives one.
    """
    group, pictures, n = strata.group, strata.pictures, strata.rated
    used = pictures > 0
    seen = used & (n > 0)
    total = by_group(np.where(used, pictures, 0), group, groups)
    weight = np.where(seen, ratio(pictures, total[group]), 0.0)
    hit, assessed = (np.where(seen, ratio(part, n), 0.0) for part in (strata.hits, strata.support))
    base = by_group(weight * assessed, group, groups)
    share = ratio(by_group(weight * hit, group, groups), base)
    p = np.nan_to_num(share)[group]
    residual = hit - p * assessed

    def within(hits: Floats, support: Floats, rated: Floats, freedom: Floats) -> Floats:
        size = np.maximum(rated, 1)
        mean = (hits - p * support) / size
        square = (hits * (1 - p) ** 2 + (support - hits) * p**2) / size
        spread = np.maximum(square - mean**2, 0) * rated / freedom
        return by_group(np.where(seen, weight**2 * spread / size, 0), group, groups)

    def two_pseudo() -> Floats:
        hits, support, rated = strata.hits + 1, strata.support + 2, n + 2
        mean = (hits - p * support) / rated
        spread = (hits * (1 - p) ** 2 + (support - hits) * p**2) / rated - mean**2
        size = np.maximum(n, 1)
        return by_group(np.where(seen, weight**2 * np.maximum(spread, 0) / size, 0), group, groups)

    inside = np.maximum(
        within(strata.hits, strata.support, n, np.maximum(n - 1, 1)),
        two_pseudo(),
    )
    between = ratio(by_group(weight * residual**2, group, groups), total)
    half = z * ratio(np.sqrt(inside + between), base)
    known = np.array([reason is None for reason in reasons(strata, groups)])
    return Estimate(
        np.where(known, share, np.nan),
        np.where(known, np.maximum(share - half, 0.0), np.nan),
        np.where(known, np.minimum(share + half, 1.0), np.nan),
    )


def reasons(strata: Strata, groups: int) -> list[str | None]:
    """Return for each estimate why there is none, or None.

    Nothing rated at all; a stratum with pictures of which none was rated (its part is unknown, and leaving it out
    would bias the rest); no rated picture with a value of the support.
    """
    used = strata.pictures > 0
    rated = by_group(np.where(used, strata.rated, 0), strata.group, groups)
    empty = by_group(used & (strata.rated == 0), strata.group, groups)
    assessed = by_group(np.where(used, strata.support, 0), strata.group, groups)
    found: list[str | None] = []
    for any_rated, missing, in_support in zip(rated, empty, assessed, strict=True):
        if not any_rated:
            found.append(NO_GOLD)
        elif missing:
            found.append(INCOMPLETE)
        else:
            found.append(None if in_support else NOT_ASSESSED)
    return found


def horvitz_thompson(values: npt.ArrayLike, probability: npt.ArrayLike) -> float:
    """Return the total of `values` over all pictures, from those of the sample: Σ value / inclusion probability.

    Raises:
        ValueError: if a probability is not within (0, 1].
    """
    chance = np.asarray(probability, dtype=float)
    if not ((chance > 0) & (chance <= 1)).all():
        raise ValueError("inclusion probabilities lie within 0 (excluded) and 1")
    return float((np.asarray(values, dtype=float) / chance).sum())


def resolve(labels: pl.DataFrame) -> pl.DataFrame:
    """Return one answer a picture and attribute: rows with the value and its `weight`, adding up to 1.

    The third person's answer counts alone. Else, where two raters agree, their value has weight 1; where they differ,
    each value has weight ½: which of the two is right is not known, and a coin would only add noise.

    Args:
        labels: rows of the table `gold_labels`.
    """
    picture = ["gold_set", "week", "model", "slot_key", "attribute"]
    judged = pl.col("rater") == THIRD
    kept = labels.filter(judged | ~judged.any().over(picture))
    rest = [name for name in kept.columns if name not in {*picture, "rater", "value", "imported_at"}]
    return (
        kept.with_columns(weight=1.0 / pl.len().over(picture))
        .group_by([*picture, "value"])
        .agg(*(pl.col(name).first() for name in rest), pl.col("weight").sum())
        .sort([*picture, "value"])
    )


def gold_shares(
    strata: pl.DataFrame, labels: pl.DataFrame, support: Mapping[tuple[str, int, str], Sequence[str]]
) -> pl.DataFrame:
    """Return the share of every value of the support, a row each, for each gold set, model, suite and attribute.

    For shares of bands, values of `labels` and `support` are replaced by bands before.

    Args:
        strata: rows of the table `gold_strata`.
        labels: rows of the table `gold_labels`.
        support: (suite, suite_major, attribute) → values, in order.

    Returns:
        gold_set, week, model, suite, suite_major, attribute, value, estimate, low, high, pictures, rated, reason.
    """
    key = ["gold_set", "week", "model", "suite", "suite_major", "attribute"]
    declared = pl.DataFrame(
        [(*of, value, place) for of, values in support.items() for place, value in enumerate(values)],
        schema={
            "suite": pl.String,
            "suite_major": pl.Int32,
            "attribute": pl.String,
            "value": pl.String,
            "position": pl.Int64,
        },
        orient="row",
    )
    answers = resolve(labels).select(*key, "stratum", "value", "weight")
    rated = answers.group_by(*key, "stratum").agg(rated=pl.col("weight").sum())
    assessed = (
        answers.join(declared, on=["suite", "suite_major", "attribute", "value"])
        .group_by(*key, "stratum")
        .agg(support=pl.col("weight").sum())
    )
    hits = answers.group_by(*key, "stratum", "value").agg(hits=pl.col("weight").sum())
    rows = (
        strata.select(*key, "stratum", "pictures", "suite_pictures")
        .join(declared, on=["suite", "suite_major", "attribute"])
        .join(rated, on=[*key, "stratum"], how="left")
        .join(assessed, on=[*key, "stratum"], how="left")
        .join(hits, on=[*key, "stratum", "value"], how="left")
        .with_columns(pl.col("rated", "support", "hits").fill_null(0.0))
        .sort(*key, "position", "stratum")
    )
    rows = rows.with_columns(group=pl.struct(*key, "value").rle_id().cast(pl.Int64))
    out = rows.group_by("group", maintain_order=True).agg(
        *(pl.col(name).first() for name in [*key, "value", "suite_pictures"]),
        pl.col("pictures").sum(),
        pl.col("rated").sum().round(0).cast(pl.Int64),
    )
    arrays = Strata(
        rows["group"].to_numpy(),
        *(rows[name].cast(pl.Float64).to_numpy() for name in ("pictures", "rated", "hits", "support")),
    )
    figures = gold_share(arrays, out.height)
    left_out = out["pictures"].to_numpy() < out["suite_pictures"].to_numpy()
    why = [
        LEFT_OUT if short else reason
        for short, reason in zip(left_out, reasons(arrays, out.height), strict=True)
    ]
    columns = {
        name: np.where(left_out, np.nan, values)
        for name, values in zip(("estimate", "low", "high"), figures, strict=True)
    }
    return out.select(
        *key,
        "value",
        *(pl.Series(name, values).fill_nan(None) for name, values in columns.items()),
        "pictures",
        "rated",
        pl.Series("reason", why, dtype=pl.String),
    )
