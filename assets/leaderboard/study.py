"""Published studies on the page: models × conditions, never a weekly series, with what is missing said.

Belongs here: view models of studies. Does not belong here: their import (`assets.studies`), their scores
(`assets.metrics`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import duckdb

from assets.leaderboard import words
from assets.leaderboard.charts import axis_end
from assets.leaderboard.query import Row, rows
from assets.leaderboard.view import Study, StudyCell, StudyRow, StudyTable

_CONDITIONS = ("baseline", "controlled", "confronted")
_Table = tuple[str, str, str, str]  # attribute, reference, labeler, version


def build(con: duckdb.DuckDBPyConnection) -> tuple[Study, ...]:
    """Return the imported studies, sorted by id; empty if there is none."""
    figures: dict[str, dict[_Table, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(con, "study_figures"):
        key = (row["attribute"], row["reference"], row["labeler"], row["labeler_version"])
        figures[row["study"]][key].append(row)
    models: dict[str, list[Row]] = defaultdict(list)
    for row in rows(con, "study_models"):
        models[row["study"]].append(row)
    return tuple(
        Study(
            id=row["study"],
            title=words.plain(row["title"]),
            citation=words.plain(row["citation"]),
            licence=words.plain(row["licence"]),
            source=words.plain(row["source"]),
            note=None if row["note"] is None else words.plain(row["note"]),
            planned=row["planned"],
            missing=row["missing"],
            pictures=row["planned"] - row["missing"],
            tables=tuple(
                _table(key, found, models[row["study"]])
                for key, found in sorted(figures[row["study"]].items())
            ),
        )
        for row in rows(con, "studies")
    )


def _table(key: _Table, found: Sequence[Row], models: Sequence[Row]) -> StudyTable:
    by_cell: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for row in found:
        by_cell[(row["model"], row["condition"])][row["metric"]] = row
    seen = {condition for _, condition in by_cell}
    conditions = sorted(seen, key=lambda c: (_CONDITIONS.index(c) if c in _CONDITIONS else 9, c))
    attribute, reference, labeler, version = key
    return StudyTable(
        attribute_title=words.attribute(attribute),
        reference_title=words.reference(reference),
        labeler=words.plain(f"{labeler} ({version})"),
        conditions=tuple(conditions),
        axis=axis_end(row["high"] for row in found if row["metric"] == "distance"),
        rows=tuple(
            StudyRow(
                model=words.plain(model["title"]),
                planned=model["planned"],
                missing=model["missing"],
                cells=tuple(_cell(c, by_cell.get((model["model"], c), {})) for c in conditions),
            )
            for model in models
        ),
    )


def _cell(condition: str, metrics: Mapping[str, Row]) -> StudyCell:
    distance, tvd = metrics.get("distance"), metrics.get("tvd")
    if distance is None:
        return StudyCell(condition, None, None, None, None, 0, "not part of the study")
    reason = None if distance["estimate"] is not None else words.reason(distance["reason"] or "no figure")
    return StudyCell(
        condition,
        distance["estimate"],
        distance["low"],
        distance["high"],
        None if tvd is None else tvd["estimate"],
        distance["n"],
        reason,
    )
