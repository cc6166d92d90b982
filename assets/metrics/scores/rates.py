"""Counts behind rates: what was asked, answered, refused, failed and seen. Beside scores, never in them.

Not seen is not zero: refused, failed, invalid, no person, cannot tell and not assessed each have a rate of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_SUMMED = ("ok", "refused")
_COUNTS = (
    *("cells", "planned", "pictures", *_SUMMED, "answered", "failed"),
    *("assessed", "cannot_tell", "invalid", "not_assessed", "nobody", "several", "outside"),
)
PERSON_COUNT = "person_count"
NOBODY = "0"
ONE = "1"


def outcome_counts(answers: pl.DataFrame, keys: Sequence[str], carried: Sequence[str] = ()) -> pl.DataFrame:
    """Count the outcomes of each group.

    Args:
        answers: one row an answer: `keys`, prompt, outcome_group, pictures.
        keys: the columns that make a group.
        carried: columns that follow from the keys.

    Returns:
        One row a group, in order of first appearance: `keys`, `carried`, cells, planned, pictures, ok, refused,
        answered, failed.
    """
    marked = answers.with_columns(
        ok=pl.col("outcome_group") == "picture", refused=pl.col("outcome_group") == "refused"
    )
    counted = marked.group_by(keys, maintain_order=True).agg(
        pl.col(carried).first(),
        pl.col("prompt").n_unique().alias("cells"),
        pl.len().cast(pl.Int64).alias("planned"),
        pl.col("pictures", *_SUMMED).sum().cast(pl.Int64),
    )
    answered = pl.col("ok") + pl.col("refused")
    return counted.with_columns(answered=answered, failed=pl.col("planned") - answered)


def summed(counts: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return counts of larger groups out of those of smaller ones that have no prompt in common.

    Args:
        counts: of `outcome_counts`, `attribute_counts` or `outside_counts`, with the columns `keys`.
        keys: the columns that make a larger group.
    """
    parts = [name for name in _COUNTS if name in counts.columns]
    return counts.group_by(keys, maintain_order=True).agg(pl.col(parts).sum())


def attribute_counts(long: pl.DataFrame, keys: Sequence[str], carried: Sequence[str] = ()) -> pl.DataFrame:
    """Count what became of the pictures of each group, for one attribute.

    Args:
        long: one row per cell and value: `keys`, prompt, value, in_support, pictures.
        keys: the columns that make a group; "attribute" is one of them, or follows from them.
        carried: columns that follow from the keys.

    Returns:
        One row a group, in order of first appearance: `keys`, `carried`, cells, pictures, assessed, cannot_tell,
        invalid, not_assessed, and, of use for the attribute `person_count` only, nobody and several.
    """
    value, pictures, support = pl.col("value"), pl.col("pictures"), pl.col("in_support")
    parts = {
        "assessed": support,
        "cannot_tell": value == "cannot_tell",
        "invalid": value == "invalid",
        "not_assessed": value == "not_assessed",
        "nobody": support & (value == NOBODY),
        "several": support & ~value.is_in([NOBODY, ONE]),
    }
    counted = long.with_columns(
        **{name: pl.when(part).then(pictures).otherwise(0) for name, part in parts.items()}
    )
    return counted.group_by(keys, maintain_order=True).agg(
        pl.col(carried).first(), pl.col("prompt").n_unique().alias("cells"), pl.col("pictures", *parts).sum()
    )


def outside_counts(long: pl.DataFrame, keys: Sequence[str], carried: Sequence[str] = ()) -> pl.DataFrame:
    """Count the pictures of each declared value outside the support that has no rate of its own.

    Args:
        long: one row per cell and value: `keys`, prompt, value, in_support, pictures; and, if it is known, whole: the
            pictures of the cell.
        keys: the columns that make a group.
        carried: columns that follow from the keys.

    Returns:
        One row a group and value: `keys`, value_name, `carried`, cells, pictures (all of the group), outside.
    """
    group = [*keys, "prompt"]
    known = ["cannot_tell", "invalid", "not_assessed"]
    if "whole" not in long.columns:
        long = long.with_columns(whole=pl.col("pictures").sum().over(group))
    outside = long.filter(~pl.col("in_support") & ~pl.col("value").is_in(known))
    return outside.group_by([*keys, pl.col("value").alias("value_name")], maintain_order=True).agg(
        pl.col(carried).first(),
        pl.col("prompt").n_unique().alias("cells"),
        pl.col("whole").sum().alias("pictures"),
        pl.col("pictures").sum().alias("outside"),
    )
