"""Shares: of single prompts, and their means over a suite or a declared selection of its prompts; refusals likewise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from assets.metrics.figures.rows import Row, ends, mean_rows, of_models, whatever
from assets.metrics.plain.arrays import Ints, divided
from assets.metrics.plain.boards import estimated
from assets.metrics.plain.cells import PICTURES, Labels
from assets.metrics.plain.intervals import NORMAL, wilson
from assets.metrics.plain.quantiles import student
from assets.metrics.spans import JOINT, AttributeCounts, Field, Span


def prompt_shares(span: Span, field: Field, table: AttributeCounts) -> list[Row]:
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
) -> Iterator[Row]:
    """Yield the rows `mean_share`: of a suite, every value; of selections the value that they name.

    `selections` have name, value, places of their prompts and the group of each; groups weigh the same.
    """
    values = table.values[:1] if table.attribute.startswith(JOINT) else table.values
    every = [(None, value, np.arange(len(table.places)), None) for value in values]
    for name, value, places, groups in (*every, *selections):
        part = {
            **{"attribute": table.attribute, "figure": "mean_share"},
            **{"value": value, "selection": name},
        }
        yield from _means(span, field, table.of(places), table.values.index(value), part, groups)


def refusals(span: Span, field: Field) -> list[Row]:
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
) -> list[Row]:
    one, models = table.counts.shape[1] == 1, field.models
    per = field.worth(table, value) if one else np.ones(len(models.names))
    made = estimated(
        *(table.counts, table.answers, None, value, group),
        study=models.study, known=models.known, worth=per,
    )  # fmt: skip
    worth, critical = np.ones(len(per)), np.full(len(per), np.nan)
    if made.means is not None:
        at = np.array(made.shown)
        worth[at], critical[at] = per[at], NORMAL if one else student(made.means.df)
    columns = {**part, "worth": worth, "critical": critical}
    return mean_rows(span, field, table, made, columns, value=value, hidden=("not_asked", "withheld"))
