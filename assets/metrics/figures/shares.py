"""Shares: of single prompts, and their means over a suite or a declared selection of its prompts; refusals likewise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from assets.metrics.figures.frames import ends, of_models, whatever
from assets.metrics.plain.arrays import Floats, Ints, divided
from assets.metrics.plain.boards import NO_FIGURE, reason
from assets.metrics.plain.bounds import bounds
from assets.metrics.plain.cells import PICTURES, Labels, cells, weights
from assets.metrics.plain.intervals import NORMAL, wilson
from assets.metrics.plain.quantiles import student
from assets.metrics.plain.suites import share_interval, suite
from assets.metrics.spans import JOINT, AttributeCounts, Field, Span


def prompt_shares(span: Span, field: Field, table: AttributeCounts) -> pl.DataFrame:
    """Return the rows `share`: every prompt that was asked, and every value that counts."""
    k, unseen = table.window, table.unseen
    n = k.sum(2)
    values = range(1 if table.attribute.startswith(JOINT) else len(table.values))
    per = np.stack([field.worth(table, value) for value in values], axis=1)  # (G, V)
    asked = table.answers > 0
    asked[[*field.models.known]] = False
    model, place, value = (axis.ravel() for axis in np.nonzero(np.repeat(asked[..., None], len(values), 2)))
    hits, read, missed, worth = (
        k[model, place, value],
        n[model, place],
        unseen[model, place],
        per[model, value],
    )
    enough = read >= PICTURES
    low, high = (np.where(enough, end, np.nan) for end in wilson(hits, read, worth))
    estimate = np.where(enough, divided(hits, read), np.nan)
    return of_models(
        span,
        field,
        table.weeks,
        model,
        {
            "prompt": np.array(field.prompts)[table.places[place]].tolist(),
            "attribute": table.attribute,
            "figure": "share",
            "value": np.array(table.values)[value].tolist(),
            "estimate": estimate,
            "low": low,
            "high": high,
            "reason": [
                None if many >= PICTURES else "few_pictures" if many else "no_pictures" for many in read
            ],
            "k": hits.astype(np.int32),
            "n": read.astype(np.int32),
            "worth": worth,
            "unseen": missed.astype(np.int32),
            **whatever(estimate, low, high, *ends(hits, read, missed)),
            "prompts": enough.astype(np.int32),
            "planned_prompts": 1,
            "critical": np.where(enough, NORMAL, np.nan),
        },
    )


def mean_shares(
    span: Span,
    field: Field,
    table: AttributeCounts,
    selections: Sequence[tuple[str, str, Ints, Sequence[str]]],
) -> Iterator[pl.DataFrame]:
    """Yield the rows `mean_share`: of a suite, every value; of selections the value that they name.

    Args:
        span: to which the field belongs.
        field: the models.
        table: counts of an attribute.
        selections: of this table: name, value, places of its prompts and the group of each.
    """
    values = table.values[:1] if table.attribute.startswith(JOINT) else table.values
    for value in range(len(values)):
        yield mean_of(span, field, table, value)
    for name, shown, places, groups in selections:
        yield mean_of(span, field, table.of(places), table.values.index(shown), groups, name)


def mean_of(
    span: Span,
    field: Field,
    table: AttributeCounts,
    value: int,
    group: Labels | None = None,
    selection: str | None = None,
) -> pl.DataFrame:
    """Return the rows of one value: each model's mean over prompts, each group weighing the same."""
    part = {
        "attribute": table.attribute,
        "figure": "mean_share",
        "value": table.values[value],
        "selection": selection,
    }
    return _means(span, field, table, value, part, group)


def refusals(span: Span, field: Field) -> pl.DataFrame:
    """Return the rows `refused`: the mean over prompts of refused answers / (pictures + refused)."""
    counts = field.refused * field.counted(None)[:, None, None]
    nothing = np.zeros(counts.shape[:2])
    table = AttributeCounts(
        "", np.arange(len(field.prompts)), ("refused", "pictures"), counts, nothing, nothing
    )
    return _means(span, field, table, 0, {"figure": "refused"}, None)


def _means(
    span: Span,
    field: Field,
    table: AttributeCounts,
    value: int,
    part: dict[str, str | None],
    group: Labels | None,
) -> pl.DataFrame:
    study, known = field.models.study, field.models.known
    found = cells(table.counts, None, value, group, study=study)
    why = [known.get(row, word) for row, word in enumerate(reason(found, table.answers))]
    models = np.array(
        [row for row, word in enumerate(why) if word not in ("not_asked", "withheld")], dtype=np.int64
    )
    shown = np.array([row for row in models if why[row] not in NO_FIGURE], dtype=np.int64)
    places = np.searchsorted(models, shown)

    def spread(of_shown: Floats | Sequence[float] | float) -> Floats:
        every = np.full(len(models), np.nan)
        every[places] = of_shown
        return every

    k, n = table.window[..., value], table.window.sum(2)
    have = found.enough
    columns = dict.fromkeys(
        ("estimate", "low", "high", "se", "dispersion", "df", "critical", "least", "most"),
        np.full(len(models), np.nan),
    )
    per = np.ones(len(models))
    if len(shown):
        of = found.of(shown)
        one = table.counts.shape[1] == 1
        worth = field.worth(table, value)[shown] if one else np.ones(len(shown))
        interval, means = share_interval(of, worth), suite(of)
        weight = weights(of.enough, of.group)
        sides = bounds(table.window[shown], table.unseen[shown], None, value)
        columns |= {
            "estimate": spread(interval.estimate),
            "low": spread(interval.low),
            "high": spread(interval.high),
            "se": spread(means.standard_error),
            "dispersion": spread(means.dispersion),
            "df": spread(means.df),
            "critical": spread(NORMAL if one else float(student(means.df))),
            "least": spread((weight * sides.least).sum(1)),
            "most": spread((weight * sides.most).sum(1)),
        }
        per[places] = worth
    estimate, low, high = columns["estimate"], columns["low"], columns["high"]
    missed = np.where(have, table.unseen, 0).sum(1)[models]
    read = np.where(have, n, 0).sum(1)[models]
    least, most = columns.pop("least"), columns.pop("most")
    words = [
        why[row] if why[row] in NO_FIGURE else "few_weeks" if np.isnan(low[at]) else None
        for at, row in enumerate(models)
    ]
    return of_models(
        span,
        field,
        table.weeks,
        models,
        {
            **part,
            **columns,
            "reason": words,
            "k": np.where(have, k, 0).sum(1)[models].astype(np.int32),
            "n": read.astype(np.int32),
            "worth": per,
            "unseen": missed.astype(np.int32),
            **whatever(estimate, low, high, least, most, divided(missed, read + missed)),
            "prompts": have.sum(1)[models].astype(np.int32),
            "planned_prompts": table.counts.shape[1],
        },
        read="attribute" in part,
    )
