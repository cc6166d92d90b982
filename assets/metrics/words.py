"""The table `words`: what one word, language or condition changes, in a week's span or in a study."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.figures.rows import Row, listed, of_occasion
from assets.metrics.plain.arrays import Bools, Floats, Ints, divided
from assets.metrics.plain.cells import WINDOW
from assets.metrics.plain.dispersion import LEAST
from assets.metrics.plain.quantiles import student
from assets.metrics.plain.words import mean_word, word
from assets.metrics.reading import read
from assets.metrics.spans import FIELD, Field, Span
from assets.suites.comparisons import AskedPrompt, Pair, Sides, shipped, study_comparisons
from warehouse.loading.columns import table_of

#: What is said of a mean over several pairs where none has enough pictures.
_FEW = "few_pictures"
#: Fields by the values of `FIELD`.
_Fields = Mapping[tuple[Any, ...], Field]


class _Lists(NamedTuple):
    """The pairs of one comparison and attribute, of models that were planned alike.

    Holm's method is over the pairs of one model and value.
    """

    columns: Mapping[str, Any]  # of each row
    models: Sequence[Row]  # (models,) model, labeler and its version
    values: tuple[str, ...]
    pairs: Sequence[Pair]
    before: Floats  # (models, pairs, values, weeks)
    after: Floats
    asked: Bools  # (models, pairs) whether both sides were asked in the window
    study: bool


def span_words(con: duckdb.DuckDBPyConnection, span: Span) -> pa.Table:
    """Return the rows of `words` of a week or a study: every pair that was planned, and the mean over pairs.

    A week's span has the first turns of conversations. Models that are withheld have no rows.
    """
    found = _of_study(con, span) if span.occasion.column == "study" else _of_week(con, span)
    rows = [row | of_occasion(span.occasion) for one in found for row in _rows(one)]
    order = ("model", "suite", "suite_major", "kind", "comparison", "attribute", "labeler", "labeler_version")
    table = pl.DataFrame(table_of("words", rows))
    return table.sort(*order, "value", "subject", nulls_last=True).to_arrow()


def _of_week(con: duckdb.DuckDBPyConnection, span: Span) -> Iterator[_Lists]:
    planned = read(con, "word_prompts", span.occasion.where)
    fields = _by_key(span.fields)
    places = {
        name: (field, row)
        for field in span.fields
        for row, name in enumerate(field.models.names)
        if field.models.readers[row] and row not in field.models.known
    }
    alike = defaultdict[tuple[Any, ...], list[str]](list)
    key = ("model", "suite", "suite_major")
    for (model, *suite), held in planned.partition_by(key, as_dict=True, include_key=False).items():
        if model in places:
            track = tuple(places[model][0].key[name] for name in ("track", "simulated"))
            alike[(*track, *suite, frozenset(held.rows()))].append(model)
    for (_, _, suite, major, held), models in alike.items():
        comparisons = [one for one in shipped().comparisons if one.suite == f"{suite}@{major}"]
        of = places[models[0]][0]
        prompts = pl.DataFrame([*held], planned.columns[len(key) :], orient="row")
        here = {**of.key, "suite": suite, "suite_major": major}
        yield from _lists(comparisons, prompts, fields, here, of, [places[model][1] for model in models])


def _of_study(con: duckdb.DuckDBPyConnection, span: Span) -> Iterator[_Lists]:
    baseline = read(con, "study_baseline", span.occasion.where)["baseline"].to_list()
    prompts = read(con, "study_span_prompts", span.occasion.where).with_columns(language=pl.lit(""))
    conditions = sorted(prompts["condition"].unique().to_list())
    comparisons = study_comparisons(conditions, baseline[0] if baseline else None)
    for reader in sorted({field.models.readers[0] or ("", "") for field in span.fields}):
        own = [field for field in span.fields if field.models.readers[0] == reader]
        attributes = pl.DataFrame({"attribute": sorted({name for field in own for name in field.tables})})
        of, alike = own[0], defaultdict[frozenset[tuple[str, str]], list[int]](list)
        for row in range(len(of.models.names)):
            asked = {
                (field.key["condition"], prompt)
                for field in own
                for prompt, many in zip(field.prompts, field.planned[row], strict=True)
                if many
            }
            alike[frozenset(asked)].append(row)
        for planned, rows in alike.items():
            here = [one in planned for one in prompts.select("condition", "prompt").rows()]
            held = prompts.filter(pl.Series(here, dtype=pl.Boolean)).join(attributes, how="cross")
            yield from _lists(comparisons, held, _by_key(own), of.key, of, rows)


def _by_key(fields: Iterable[Field]) -> _Fields:
    return {tuple(field.key[name] for name in FIELD): field for field in fields}


def _lists(
    comparisons: Iterable[Sides],
    held: pl.DataFrame,
    fields: _Fields,
    here: Mapping[str, Any],
    of: Field,
    rows: Sequence[int],
) -> Iterator[_Lists]:
    """Yield the lists of models that were planned alike, among the prompts of a suite or study.

    Args:
        comparisons: of the suite or study.
        held: prompt, language, subject, condition and attribute of what the models were planned to be asked.
        fields: that may hold counts of them.
        here: track, suite and so on of the models.
        of: a field of the models, which are the `rows` there.
        rows: their numbers.
    """
    of_prompt = held.group_by("prompt", "language", "subject", "condition").agg("attribute").sort(pl.all())
    asked = {AskedPrompt(*names): {*attributes} for *names, attributes in of_prompt.rows()}
    read = [(of.models.names[row], *(of.models.readers[row] or ("", ""))) for row in rows]
    models = [{"model": name, "labeler": by, "labeler_version": version} for name, by, version in read]
    common = {name: here[name] for name in ("track", "simulated", "suite", "suite_major")}
    for one in comparisons:
        pairs = one.pairs(asked)
        common |= {"comparison": f"{one.a.name} → {one.b.name}", "kind": one.kind}
        common |= {"a": one.a.name, "b": one.b.name, "turn_a": one.a.turn, "turn_b": one.b.turn}
        for attribute in sorted(set[str]().union(*(asked[a] & asked[b] for a, b in pairs))):
            both = [pair for pair in pairs if attribute in asked[pair.a] & asked[pair.b]]
            sides = [
                [_found(fields, here, pair[at], (one.a, one.b)[at].turn, attribute, rows) for pair in both]
                for at in (0, 1)
            ]
            if not (known := [found for side in sides for found in side if found is not None]):
                continue
            values, shape = known[0].values, known[0].counts.shape
            none = _Found(values, np.zeros(shape), np.zeros(len(rows), dtype=bool))
            before, after = ([found or none for found in side] for side in sides)
            earlier, later = (np.stack([found.counts for found in side], 1) for side in (before, after))
            asked_both = np.stack([a.asked & b.asked for a, b in zip(before, after, strict=True)], 1)
            columns = {**common, "attribute": attribute}
            yield _Lists(columns, models, values, both, earlier, later, asked_both, of.models.study)


class _Found(NamedTuple):
    """Counts of models that were planned alike, of one prompt and attribute."""

    values: tuple[str, ...]
    counts: Floats  # (models, values, weeks)
    asked: Bools  # (models,) in the window


def _found(
    fields: _Fields,
    here: Mapping[str, Any],
    prompt: AskedPrompt,
    turn: int,
    attribute: str,
    rows: Sequence[int],
) -> _Found | None:
    key = {**here, "condition": prompt.condition, "turn": turn}
    field = fields.get(tuple(key[name] for name in FIELD))
    table = None if field is None else field.tables.get(attribute)
    if field is None or table is None or prompt.prompt not in field.prompts:
        return None
    (at,) = np.flatnonzero(table.places == field.prompts.index(prompt.prompt))
    counts = table.counts[rows, at]
    seen = counts[..., -WINDOW:].sum((1, 2)) + table.unseen[rows, at] + table.outside[rows, at]
    return _Found(table.values, counts, seen > 0)


def _rows(of: _Lists) -> Iterator[Row]:
    """Yield the rows of pairs, then the means over them; of a single pair they are one interval."""
    pairs = _of_pairs(of)
    yield from pairs
    if len(of.pairs) == 1:
        yield from (row | {"subject": None, "prompt_a": None, "prompt_b": None} for row in pairs)
    else:
        for value in range(len(of.values)):
            yield from _means(of, value)


def _of_pairs(of: _Lists) -> list[Row]:
    hits = [np.moveaxis(side, 2, 1) for side in (of.before, of.after)]  # (models, values, pairs, weeks)
    read = [np.broadcast_to(side.sum(1, keepdims=True), side.shape) for side in hits]
    found = word(hits[0], read[0], hits[1], read[1], of.study)
    k_a, k_b, n_a, n_b = (counts[..., -WINDOW:].sum(-1) for counts in (*hits, *read))
    told, whole = ~np.isnan(found.difference), ~np.isnan(found.standard_error)
    model, value, pair = (axis.ravel() for axis in np.indices(told.shape))
    df = np.broadcast_to(found.df[..., None], told.shape)
    columns = {
        **{"k_a": k_a, "n_a": n_a, "k_b": k_b, "n_b": n_b},
        **{"share_a": _where(told, divided(k_a, n_a)), "share_b": _where(told, divided(k_b, n_b))},
        **{"estimate": found.difference, "low": found.low, "high": found.high},
        **{"se": found.standard_error, "dispersion": _where(told, found.dispersion), "df": _where(told, df)},
        "critical": _where(whole, student(np.maximum(df, LEAST))),
        "holm_critical": found.needed,
    }
    why = np.where(told, "few_weeks", np.where(of.asked[:, None], "no_pictures", "not_asked"))
    named = [of.pairs[at] for at in pair.tolist()]
    words = {
        "subject": [one.a.subject for one in named],
        "prompt_a": [one.a.prompt for one in named],
        "prompt_b": [one.b.prompt for one in named],
        "pairs": told.ravel().astype(np.int32),
        "clear": _said(whole, found.clear),
        "reason": _said(~whole, why),
    }
    return _of_models(of, model, value, {name: column.ravel() for name, column in columns.items()} | words)


def _means(of: _Lists, value: int) -> list[Row]:
    found = mean_word(of.before, of.after, value, of.study)
    used = np.asarray(found.counted.any(1), dtype=bool)
    whole = used & np.isfinite(found.critical)
    sums = {}
    for side, counts in (("a", of.before), ("b", of.after)):
        recent = counts[..., -WINDOW:].sum(-1)
        for name, many in (("k", recent[:, :, value]), ("n", recent.sum(2))):
            sums[f"{name}_{side}"] = np.where(found.counted | ~used[:, None], many, 0).sum(1)
    seen = [side[..., -WINDOW:].sum((2, 3)) > 0 for side in (of.before, of.after)]
    half = np.where(whole, found.critical, 0) * found.standard_error
    critical = _where(whole, found.critical)
    columns = {
        **sums,
        **{"share_a": _where(used, found.share_before), "share_b": _where(used, found.share_after)},
        **{"estimate": _where(used, found.difference), "se": _where(whole, found.standard_error)},
        **{"low": _where(whole, found.difference - half), "high": _where(whole, found.difference + half)},
        **{"dispersion": _where(used, found.dispersion), "df": _where(used, found.df)},
        **{"critical": critical, "holm_critical": critical},
    }
    missing = np.where(of.asked.any(1), "no_pictures", "not_asked")
    why = np.where(used, "few_weeks", np.where((seen[0] & seen[1]).any(1), _FEW, missing))
    models = np.arange(len(of.models))
    words = {
        "pairs": found.counted.sum(1),
        "clear": _said(whole, np.abs(found.difference) > half),
        "reason": _said(~whole, why),
    }
    return _of_models(of, models, np.full(len(models), value), columns | words)


def _of_models(of: _Lists, models: Ints, values: Ints, columns: Mapping[str, Any]) -> list[Row]:
    """Return rows with the columns that all have; what is not a number, or infinite (a study's df), is NULL."""
    many = {name: listed(column) for name, column in columns.items()}
    each = zip(models.tolist(), values.tolist(), *many.values(), strict=True)
    return [
        {**of.columns, **of.models[model], "value": of.values[value], **dict(zip(many, row, strict=True))}
        for model, value, *row in each
    ]


def _where(known: Bools, numbers: Floats) -> Floats:
    return np.where(known, numbers, np.nan)


def _said(known: Bools, words: Any) -> list[Any]:
    """Return words, or whether something is so, where it is known; NULL elsewhere."""
    each = zip(known.ravel().tolist(), words.ravel().tolist(), strict=True)
    return [word if so else None for so, word in each]
