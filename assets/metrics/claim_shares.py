"""The table `claim_shares`: what was reported in 2023, and what models draw now, in the span that ends with a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from assets.metrics.figures.rows import ends, whatever
from assets.metrics.plain.arrays import Bools, Floats, divided
from assets.metrics.plain.cells import PICTURES, WINDOW
from assets.metrics.plain.intervals import verdict, wilson, worth
from assets.metrics.spans import JOINT, AttributeCounts, Field, Span
from assets.suites.claims import RegisteredClaim, shipped_claims
from warehouse.loading.columns import table_of


def week_claims(con: duckdb.DuckDBPyConnection, span: Span) -> pa.Table:
    """Return the rows of `claim_shares` of a week: each part of each claim, each planned model that is not withheld.

    The span holds what models were asked in any week of the window.
    """
    on_track: dict[tuple[Any, ...], list[Field]] = {}
    for field in span.fields:
        on_track.setdefault((field.key["track"], field.key["simulated"]), []).append(field)
    rows = [
        row
        for fields in on_track.values()
        for claim in shipped_claims()
        for part, prompts in claim.pictures.items()
        for row in _rows(span, fields, claim, part, claim.full_ids(prompts))
    ]
    return table_of("claim_shares", sorted(rows, key=itemgetter("model", "claim", "part")))


class _Pooled(NamedTuple):
    """Pictures of some prompts, of each of the G models of a track.

    Attributes:
        k: (G,) of the window, that show it.
        n: (G,) in which it could be decided.
        beside: (G,) that show what is counted beside it.
        unseen: (G,) answers that may have shown it.
        asked: (G,) whether there were any answers.
        worth: (G,) how many pictures count as one.
        majors: of each model, versions of the suite that it was asked in the window.
    """

    k: Floats
    n: Floats
    beside: Floats
    unseen: Floats
    asked: Bools
    worth: Floats
    majors: list[list[int]]


def _rows(
    span: Span, fields: Sequence[Field], claim: RegisteredClaim, part: str, prompts: Sequence[str]
) -> Iterator[dict[str, Any]]:
    models, key = fields[0].models, fields[0].key
    own = [
        one for one in fields if one.key["suite"] == claim.suite and one.key["suite_major"] in claim.majors
    ]
    pooled = _pooled(own, claim, prompts, len(models.names))
    control = _pooled(own, claim, claim.full_ids(claim.control), len(models.names)) if claim.control else None
    k, n, enough = pooled.k, pooled.n, pooled.n >= PICTURES
    share = np.where(enough, divided(k, n), np.nan)
    low, high = (np.where(enough, end, np.nan) for end in wilson(k, n, pooled.worth))
    figures = {"share": share, "low": low, "high": high}
    figures |= whatever(share, low, high, *ends(k, n, pooled.unseen))
    says = np.full(len(share), "") if claim.threshold is None else verdict(low, high, claim.threshold)
    for row, name in enumerate(models.names):
        if models.readers[row] is None or row in models.known:
            continue
        why = "few_pictures" if n[row] else "no_pictures" if pooled.asked[row] else "not_asked"
        yield {
            **{"week": span.occasion.name, "model": name},
            **{column: key[column] for column in ("track", "simulated")},
            **{"claim": claim.id, "part": part, "threshold": claim.threshold},
            "suite_majors": pooled.majors[row],
            **{"k": int(k[row]), "n": int(n[row]), "worth": float(pooled.worth[row])},
            "unseen": int(pooled.unseen[row]),
            **{
                column: None if np.isnan(numbers[row]) else float(numbers[row])
                for column, numbers in figures.items()
            },
            "control_k": None if control is None else int(control.k[row]),
            "control_n": None if control is None else int(control.n[row]),
            "beside_k": int(pooled.beside[row]) if claim.beside else None,
            "verdict": str(says[row]) if n[row] or claim.threshold is None else "not_asked",
            "reason": None if enough[row] else why,
        }


def _pooled(fields: Sequence[Field], claim: RegisteredClaim, prompts: Sequence[str], models: int) -> _Pooled:
    """Return the pictures of these prompts, of all versions of the suite and of all fields that hold one of them."""
    ((attribute, values), *more) = claim.shows.items()
    k, n, beside, unseen, seen = (np.zeros(models) for _ in range(5))
    majors: list[list[int]] = [[] for _ in range(models)]
    histories: list[tuple[Floats, Floats]] = []
    drawn, calls = np.zeros(models), np.zeros(models)
    for field in fields:
        table = field.tables.get(f"{JOINT}{claim.id}" if more else attribute)
        if table is None:
            continue
        held = np.isin(np.array(field.prompts, dtype=object)[table.places], prompts)
        if not held.any():
            continue
        shown = _of_values(table, ("shown",) if more else values)
        histories.append((shown, table.counts.sum(2)))
        k += shown[:, held, -WINDOW:].sum((1, 2))
        n += table.window[:, held].sum((1, 2))
        beside += _of_values(table, claim.beside.get(attribute, ()))[:, held, -WINDOW:].sum((1, 2))
        unseen += table.unseen[:, held].sum(1)
        seen += (table.answers + table.outside)[:, held].sum(1)
        pictures = field.refused[:, :, 1].sum((1, 2))
        drawn, calls = drawn + pictures, calls + pictures * field.draws
        for row in np.flatnonzero(field.planned[:, table.places[held]].sum(1)):
            majors[row].append(field.key["suite_major"])
    per = np.ones(models)
    if histories:
        shown, read = (np.concatenate(parts, axis=1) for parts in zip(*histories, strict=True))
        together = np.where(drawn > 0, divided(calls, drawn), 1.0)
        per = np.array([worth(shown[row], read[row], together[row]) for row in range(models)])
    return _Pooled(k, n, beside, unseen, seen > 0, per, [sorted({*one}) for one in majors])


def _of_values(table: AttributeCounts, values: Sequence[str]) -> Floats:
    """Return (models, prompts, weeks) pictures that show any of these values."""
    at = [place for place, name in enumerate(table.values) if name in values]
    return np.asarray(table.counts[:, :, at].sum(2))
