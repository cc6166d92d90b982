"""Rows of figures: the columns that all figures of a field's models have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from assets.metrics.plain.arrays import Bools, Floats, Ints, divided
from assets.metrics.plain.boards import NO_FIGURE, Board
from assets.metrics.plain.bounds import bounds
from assets.metrics.plain.cells import weights
from assets.metrics.spans import AttributeCounts, Field, Span
from warehouse.occasions import Occasion

#: Part of the answers that may be unseen before bounds are printed beside a share.
UNSEEN = 0.05
#: A row of a table, by its columns; what it does not name is NULL.
Row = dict[str, Any]


def of_occasion(occasion: Occasion) -> Row:
    """Return the columns `week` and `study`, of which one is NULL."""
    return {name: occasion.value if name == occasion.column else None for name in ("week", "study")}


def of_models(
    span: Span, field: Field, seen: Bools, models: Ints, columns: Mapping[str, Any], *, read: bool = True
) -> list[Row]:
    """Return rows of figures with the columns that name field and model.

    Args:
        span: to which the field belongs.
        field: whose models they are.
        seen: (models, weeks of the window) in which there were pictures, or answers.
        models: of each row, the number of its model.
        columns: other columns of `figures`, arrays or lists as long as `models`, or one value.
        read: whether pictures were read, so that a labeler is named.
    """
    weeks = seen.sum(1)
    first = np.argmax(seen, axis=1)
    of_model = []
    for row, name in enumerate(field.models.names):
        labeler, version = (field.models.readers[row] if read else None) or (None, None)
        begun = not field.models.study and weeks[row]
        of_model.append(
            {
                **{"model": name, "labeler": labeler, "labeler_version": version},
                "weeks": 0 if field.models.study else int(weeks[row]),
                "first_week": span.weeks[first[row]] if begun else None,
            }
        )
    many = {name: listed(column) for name, column in columns.items() if isinstance(column, np.ndarray | list)}
    same = {**field.key, **of_occasion(span.occasion), **columns}
    each = zip(models.tolist(), *many.values(), strict=True)
    return [{**same, **of_model[model], **dict(zip(many, row, strict=True))} for model, *row in each]


def listed(column: Any) -> list[Any]:
    """Return an array as a list, where what is not a number, or infinite, is NULL; a list is returned as it is."""
    if isinstance(column, list):
        return column
    values: list[Any] = column.tolist()
    return [value if isfinite(value) else None for value in values] if column.dtype.kind == "f" else values


def mean_rows(
    span: Span,
    field: Field,
    table: AttributeCounts,
    made: Board,
    part: Mapping[str, Any],
    *,
    target: Floats | None = None,
    value: int = 0,
    hidden: Sequence[str] = ("not_asked",),
) -> list[Row]:
    """Return a row for each model: its mean share or typical gap over the prompts of a table.

    Args:
        span: to which the field belongs.
        field: whose models they are.
        table: counts.
        made: estimates of all models.
        part: other columns, one value or an array over all models.
        target: (prompts, values) expected shares; None of a share, which is of the value of index `value`.
        value: that index.
        hidden: reasons for which a model has no row.
    """
    models = np.array([row for row, word in enumerate(made.reason) if word not in hidden], dtype=np.int64)
    every = {name: np.full(len(made.reason), np.nan) for name in ("se", "dispersion", "df", "least", "most")}
    if made.means is not None:
        shown = np.array(made.shown, dtype=np.int64)
        cells = made.cells.of(shown)
        weight = weights(cells.enough, cells.group)
        sides = bounds(table.window[shown], table.unseen[shown], target, value)
        every["se"][shown], every["dispersion"][shown] = made.means.standard_error, made.means.dispersion
        every["df"][shown] = made.means.df
        # What chance adds to squared gaps is in the bounds' counts, and is taken out of the figure: so of both.
        noise = (weight * sides.present).sum(1) - made.means.estimate
        for name, side in (("least", sides.least), ("most", sides.most)):
            mean = (weight * side).sum(1)
            every[name][shown] = mean if target is None else np.sqrt(np.maximum(mean - noise, 0))
    have = made.cells.enough
    n, missed = (np.where(have, counts, 0).sum(1) for counts in (table.window.sum(2), table.unseen))
    estimate, low, high = np.minimum(made.figure / 100, 1)  # few pictures: an end beyond what is possible
    columns: dict[str, Any] = {
        **{"estimate": estimate, "low": low, "high": high},
        **whatever(estimate, low, high, every.pop("least"), every.pop("most"), divided(missed, n + missed)),
        **every,
        **{"n": n.astype(np.int32), "unseen": missed.astype(np.int32)},
        "prompts": have.sum(1).astype(np.int32),
        **part,
    }
    if target is None:
        columns["k"] = np.where(have, table.window[..., value], 0).sum(1).astype(np.int32)
    taken = {
        name: column[models] if isinstance(column, np.ndarray) else column for name, column in columns.items()
    }
    words = [
        word if word in NO_FIGURE else "few_weeks" if np.isnan(end) else None
        for word, end in zip(made.reason, low, strict=True)
    ]
    taken |= {"reason": [words[row] for row in models], "planned_prompts": table.counts.shape[1]}
    return of_models(span, field, table.weeks, models, taken, read="attribute" in part)


def whatever(
    estimate: Floats, low: Floats, high: Floats, least: Floats, most: Floats, part: Floats
) -> dict[str, Floats]:
    """Return the columns `bound_low` and `bound_high` of shares of which more than `UNSEEN` may have been missed.

    Bounds (Manski 1989) with the half-widths of the interval added outside; NaN where less is unseen. `least` and
    `most` are the shares if none and if all of the unseen showed the value, `part` is how much of the answers is
    unseen.
    """
    below, above = np.nan_to_num(estimate - low), np.nan_to_num(high - estimate)
    bounded = (part > UNSEEN) & ~np.isnan(estimate)
    return {
        "bound_low": np.where(bounded, np.maximum(least - below, 0), np.nan),
        "bound_high": np.where(bounded, np.minimum(most + above, 1), np.nan),
    }


def ends(k: Floats, n: Floats, unseen: Floats) -> tuple[Floats, Floats, Floats]:
    """Return shares k/n if none and if all of the unseen answers showed the value, and the part that is unseen."""
    every = n + unseen
    return divided(k, every), divided(k + unseen, every), divided(unseen, every)
