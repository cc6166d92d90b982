"""The table `words`: what one word, language or condition changes, in a week's span or in a study."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.figures.frames import finite
from assets.metrics.plain.arrays import Bools, Floats
from assets.metrics.plain.cells import WINDOW, cells
from assets.metrics.plain.dispersion import LEAST
from assets.metrics.plain.pairs import compare
from assets.metrics.plain.quantiles import student
from assets.metrics.plain.words import word
from assets.metrics.reading import read
from assets.metrics.spans import FIELD, Field, Span, read_span
from assets.suites.comparisons import (
    AskedPrompt,
    Pair,
    Sides,
    StudySides,
    shipped,
    study_comparisons,
)
from warehouse.occasions import Occasion

#: What is said of a mean over several pairs where none has enough pictures.
_FEW = "few_pictures"
#: Fields by the values of `FIELD`.
_Fields = Mapping[tuple[Any, ...], Field]


class _List(NamedTuple):
    """The pairs of one model, comparison and attribute: what Holm's method is over, value by value."""

    columns: Mapping[str, Any]  # of each row
    values: tuple[str, ...]
    pairs: Sequence[Pair]
    before: Floats  # (pairs, values, weeks)
    after: Floats
    asked: Bools  # (pairs,) whether both sides were asked in the window
    study: bool


def span_words(con: duckdb.DuckDBPyConnection, occasion: Occasion) -> pa.Table:
    """Return the rows of `words` of a week or a study: every pair that was planned, and the mean over pairs.

    Nothing is written. Models that are withheld have no rows.
    """
    span = read_span(con, occasion, first_turns=True)
    lists = _of_study(con, span) if occasion.column == "study" else _of_week(con, span)
    schema = con.sql("SELECT * FROM words LIMIT 0").to_arrow_table().schema
    of = {occasion.column: occasion.value}
    rows = [{**of, **one.columns, **row} for one in lists for row in _rows(one)]
    order = ("model", "suite", "suite_major", "kind", "comparison", "attribute", "labeler", "labeler_version")
    keys = [(name, "ascending") for name in (*order, "value", "subject")]
    return pa.Table.from_pylist(rows, schema=schema).sort_by(keys)


def _of_week(con: duckdb.DuckDBPyConnection, span: Span) -> Iterator[_List]:
    planned = read(con, "word_prompts", span.occasion.where)
    fields = _by_key(span.fields)
    places = {
        name: (field, row)
        for field in span.fields
        for row, name in enumerate(field.models.names)
        if field.models.readers[row] and row not in field.models.known
    }
    key = ("model", "suite", "suite_major")
    for (model, suite, major), held in planned.partition_by(key, as_dict=True, maintain_order=True).items():
        comparisons = [one for one in shipped().comparisons if one.suite == f"{suite}@{major}"]
        if not comparisons or model not in places:
            continue
        of, row = places[model]
        here = {**of.key, "suite": suite, "suite_major": major}
        yield from _lists(comparisons, held, fields, here, of, row)


def _of_study(con: duckdb.DuckDBPyConnection, span: Span) -> Iterator[_List]:
    baseline = read(con, "study_baseline", span.occasion.where)["baseline"].to_list()
    prompts = read(con, "study_span_prompts", span.occasion.where).with_columns(language=pl.lit(""))
    conditions = sorted(prompts["condition"].unique().to_list())
    comparisons = study_comparisons(conditions, baseline[0] if baseline else None)
    for reader in sorted({field.models.readers[0] or ("", "") for field in span.fields}):
        own = [field for field in span.fields if field.models.readers[0] == reader]
        attributes = pl.DataFrame({"attribute": sorted({name for field in own for name in field.tables})})
        for row in range(len(own[0].models.names)):
            of = own[0]
            asked = {
                (field.key["condition"], prompt)
                for field in own
                for prompt, many in zip(field.prompts, field.planned[row], strict=True)
                if many
            }
            here = [one in asked for one in prompts.select("condition", "prompt").rows()]
            held = prompts.filter(pl.Series(here, dtype=pl.Boolean)).join(attributes, how="cross")
            yield from _lists(comparisons, held, _by_key(own), of.key, of, row)


def _by_key(fields: Iterable[Field]) -> _Fields:
    return {tuple(field.key[name] for name in FIELD): field for field in fields}


def _lists(
    comparisons: Iterable[Sides | StudySides],
    held: pl.DataFrame,
    fields: _Fields,
    here: Mapping[str, Any],
    of: Field,
    row: int,
) -> Iterator[_List]:
    """Yield the lists of one model among the prompts of a suite or study.

    Args:
        comparisons: of the suite or study.
        held: prompt, language, subject, condition and attribute of what the model was planned to be asked.
        fields: that may hold counts of it.
        here: track, suite and so on of the model.
        of: a field of the model.
        row: of the model there.
    """
    of_prompt = held.group_by("prompt", "language", "subject", "condition").agg("attribute").sort(pl.all())
    asked = {AskedPrompt(*names): {*attributes} for *names, attributes in of_prompt.rows()}
    labeler, version = of.models.readers[row] or ("", "")
    for one in comparisons:
        pairs = one.pairs(asked)
        for attribute in sorted(set[str]().union(*(asked[a] & asked[b] for a, b in pairs))):
            both = [pair for pair in pairs if attribute in asked[pair.a] & asked[pair.b]]
            sides = [
                [_found(fields, here, pair[at], (one.a, one.b)[at].turn, attribute, row) for pair in both]
                for at in (0, 1)
            ]
            known = [found for side in sides for found in side if found is not None]
            if not known:
                continue
            values = known[0].values
            none = _Found(values, np.zeros((len(values), known[0].counts.shape[-1])), asked=False)
            before, after = ([found or none for found in side] for side in sides)
            yield _List(
                {
                    "model": of.models.names[row],
                    **{name: here[name] for name in ("track", "simulated", "suite", "suite_major")},
                    "comparison": f"{one.a.name} → {one.b.name}",
                    **{"kind": one.kind, "a": one.a.name, "b": one.b.name},
                    **{"turn_a": one.a.turn, "turn_b": one.b.turn, "attribute": attribute},
                    **{"labeler": labeler, "labeler_version": version},
                },
                values,
                both,
                np.stack([found.counts for found in before]),
                np.stack([found.counts for found in after]),
                np.array([a.asked and b.asked for a, b in zip(before, after, strict=True)]),
                of.models.study,
            )


class _Found(NamedTuple):
    """Counts of one model, prompt and attribute."""

    values: tuple[str, ...]
    counts: Floats  # (values, weeks)
    asked: bool  # in the window


def _found(
    fields: _Fields, here: Mapping[str, Any], prompt: AskedPrompt, turn: int, attribute: str, row: int
) -> _Found | None:
    key = {**here, "condition": prompt.condition, "turn": turn}
    field = fields.get(tuple(key[name] for name in FIELD))
    table = None if field is None else field.tables.get(attribute)
    if field is None or table is None or prompt.prompt not in field.prompts:
        return None
    (at,) = np.flatnonzero(table.places == field.prompts.index(prompt.prompt))
    many = table.answers[row, at] + table.outside[row, at]
    return _Found(table.values, table.counts[row, at], bool(many > 0))


def _rows(of: _List) -> Iterator[dict[str, Any]]:
    n_before, n_after = of.before.sum(1), of.after.sum(1)
    for value, name in enumerate(of.values):
        found = word(of.before[:, value], n_before, of.after[:, value], n_after, of.study)
        critical = float(student(found.df)) if found.df >= LEAST else None
        k_a, n_a, k_b, n_b = (
            counts[..., -WINDOW:].sum(-1).astype(int)
            for counts in (of.before[:, value], n_before, of.after[:, value], n_after)
        )
        for at, (a, b) in enumerate(of.pairs):
            none = _real(found.difference[at]) is None
            whole = not np.isnan(found.standard_error[at])
            why = None if whole else "few_weeks" if not none else _missing(of.asked[at])
            row = {
                **{"value": name, "subject": a.subject, "prompt_a": a.prompt, "prompt_b": b.prompt},
                **{"k_a": int(k_a[at]), "n_a": int(n_a[at]), "k_b": int(k_b[at]), "n_b": int(n_b[at])},
                "pairs": int(not none),
                "share_a": None if none else int(k_a[at]) / int(n_a[at]),
                "share_b": None if none else int(k_b[at]) / int(n_b[at]),
                "estimate": _real(found.difference[at]),
                "low": _real(found.low[at]),
                "high": _real(found.high[at]),
                "se": _real(found.standard_error[at]),
                "dispersion": None if none else float(found.dispersion[at]),
                "df": None if none else finite(found.df),
                "critical": critical if whole else None,
                "holm_critical": _real(found.needed[at]),
                "clear": bool(found.clear[at]) if whole else None,
                "reason": why,
            }
            yield row
        if len(of.pairs) == 1:  # one interval, wherever it stands
            yield {**row, "subject": None, "prompt_a": None, "prompt_b": None}
        else:
            yield {"value": name, **_mean(of, value, np.stack([k_a, n_a, k_b, n_b]))}


def _mean(of: _List, value: int, counts: Any) -> dict[str, Any]:
    """Return the mean over pairs: the two words as a board of two."""
    both = np.stack([of.before, of.after])
    shown = cells(both, None, value, study=of.study)
    found = compare(shown)
    used = found.weights[1, 0] > 0
    share_a, share_b = shown.figure[:, used] @ found.weights[1, 0, used]
    told = used.any()
    whole = told and np.isfinite(found.critical)
    seen = (counts[[1, 3]] > 0).all(0)
    sums = counts[:, used if told else slice(None)].sum(1)
    estimate, error = float(found.difference[1, 0]), float(found.standard_error[1, 0])
    half = found.critical * error if whole else 0.0
    why = "few_weeks" if told else _FEW if seen.any() else _missing(of.asked.any())
    return {
        **{name: int(sums[at]) for at, name in enumerate(("k_a", "n_a", "k_b", "n_b"))},
        "pairs": int(used.sum()),
        "share_a": float(share_a) if told else None,
        "share_b": float(share_b) if told else None,
        "estimate": estimate if told else None,
        "low": estimate - half if whole else None,
        "high": estimate + half if whole else None,
        "se": error if whole else None,
        "dispersion": float(found.dispersion[1, 0]) if told else None,
        "df": finite(found.df) if told else None,
        **dict.fromkeys(("critical", "holm_critical"), found.critical if whole else None),
        "clear": bool(found.more.any()) if whole else None,
        "reason": None if whole else why,
    }


def _missing(asked: Any) -> str:
    return "no_pictures" if asked else "not_asked"


def _real(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
