"""The tables `figures`, `boards`, `board_ranks` and `board_pairs` of a week or study: one pipeline for both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from assets.metrics.figures.boards import Compared, board_rows, figure_rows, gap_board, stereotype_board
from assets.metrics.figures.rows import Row
from assets.metrics.figures.shares import mean_shares, prompt_shares, refusals
from assets.metrics.plain.arrays import Ints
from assets.metrics.plain.boards import estimated
from assets.metrics.reading import read
from assets.metrics.spans import FIELD, JOINT, AttributeCounts, Field, Span
from warehouse.loading.columns import table_of

TABLES = ("figures", "boards", "board_ranks", "board_pairs")
#: (track, simulated, suite, suite_major, condition, turn, attribute) → change that would be found within eight weeks.
WouldFind = Mapping[tuple[Any, ...], float]
#: (prompt or None for every, value) → expected share.
Shares = dict[tuple[str | None, str], float]


@dataclass(frozen=True)
class Declared:
    """What figures are made of a week or study.

    Attributes:
        yardsticks: (suite, suite_major, attribute) → name → expected shares.
        pairs: (suite, suite_major) → attribute, value and subject of stereotypes whose base is 0.
        selections: (suite, suite_major, attribute) → (selection, value) → subjects, or prompts of a study.
    """

    yardsticks: Mapping[tuple[Any, ...], Mapping[str, Shares]]
    pairs: Mapping[tuple[Any, ...], Sequence[tuple[str, str, str]]]
    selections: Mapping[tuple[Any, ...], Mapping[tuple[str, str], Sequence[str]]]


def span_figures(con: duckdb.DuckDBPyConnection, span: Span, would_find: WouldFind) -> dict[str, pa.Table]:
    """Return the rows of each of `TABLES` of a span; nothing is written."""
    declared = (_of_study if span.occasion.column == "study" else _of_week)(con, span)
    made: dict[str, list[Row]] = {name: [] for name in TABLES}
    for field in span.fields:
        if not field.models.study:  # which does not say who refused
            made["figures"].extend(refusals(span, field))
        for table in field.tables.values():
            made["figures"].extend(prompt_shares(span, field, table))
            made["figures"].extend(mean_shares(span, field, table, _selections(declared, field, table)))
        for of in _boards(declared, field):
            key = (*(field.key[name] for name in FIELD), of.attribute)
            for name, rows in board_rows(span, field, of, would_find.get(key)).items():
                made[name].extend(rows)
        pairs = declared.pairs.get((field.key["suite"], field.key["suite_major"]), ())
        if (others := stereotype_board(field, pairs, others=True)) is not None:
            beside = estimated(
                others.table.counts, others.table.answers, group=others.group, prompt=others.table.places,
                study=field.models.study, known=field.models.known,
            )  # fmt: skip
            made["figures"].extend(figure_rows(span, field, others, beside, "stereotypes_others"))
    return {name: table_of(name, rows) for name, rows in made.items()}


def _boards(declared: Declared, field: Field) -> Iterator[Compared]:
    suite = (field.key["suite"], field.key["suite_major"])
    for table in field.tables.values():
        if table.attribute.startswith(JOINT):
            continue
        for name, shares in declared.yardsticks.get((*suite, table.attribute), {}).items():
            if (of := gap_board(table, name, shares, field.prompts)) is not None:
                yield of
    if (of := stereotype_board(field, declared.pairs.get(suite, ()))) is not None:
        yield of


def _selections(
    declared: Declared, field: Field, table: AttributeCounts
) -> Sequence[tuple[str, str, Ints, Sequence[str]]]:
    key = (field.key["suite"], field.key["suite_major"], table.attribute)
    of = field.prompts if field.models.study else field.subjects
    groups = [of[place] for place in table.places]
    found = []
    for (name, value), wanted in declared.selections.get(key, {}).items():
        places = np.flatnonzero([group in wanted for group in groups])
        if len(places) and value in table.values:
            found.append((name, value, places, [groups[at] for at in places]))
    return found


def _of_week(con: duckdb.DuckDBPyConnection, span: Span) -> Declared:
    yardsticks: dict[tuple[Any, ...], dict[str, Shares]] = defaultdict(dict)
    references = read(con, "span_references", span.occasion.where)
    for suite, major, attribute, name, prompt, value, share in references.rows():
        yardsticks[suite, major, attribute].setdefault(name, {})[prompt, value] = share
    pairs: dict[tuple[Any, ...], list[tuple[str, str, str]]] = defaultdict(list)
    for suite, major, attribute, value, subject in read(con, "span_pairs", {}).rows():
        pairs[suite, major].append((attribute, value, subject))
    return Declared(yardsticks, pairs, _grouped(read(con, "span_selections", {}).rows()))


def _of_study(con: duckdb.DuckDBPyConnection, span: Span) -> Declared:
    study, named = span.occasion.name, {"male": "mostly-men", "female": "mostly-women"}
    yardsticks: dict[tuple[Any, ...], dict[str, Shares]] = defaultdict(dict)
    sides: list[tuple[Any, ...]] = []
    references = read(con, "study_span_references", span.occasion.where)
    for attribute, name, prompt, value, share, side in references.rows():
        yardsticks[study, 1, attribute].setdefault(name, {})[prompt, value] = share
        if side in named:
            sides.append((study, 1, attribute, value, named[side], prompt))
    return Declared(yardsticks, {}, _grouped(sides))


def _grouped(
    rows: Iterable[tuple[Any, ...]],
) -> Mapping[tuple[Any, ...], Mapping[tuple[str, str], Sequence[str]]]:
    found: dict[tuple[Any, ...], dict[tuple[str, str], list[str]]] = defaultdict(dict)
    for suite, major, attribute, value, selection, subject in rows:
        found[suite, major, attribute].setdefault((selection, value), []).append(subject)
    return found
