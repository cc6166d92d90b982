"""Published studies on the page: models × conditions, never a weekly series, with what is missing said.

Belongs here: view models of studies. Does not belong here: their import (`assets.studies`), their scores
(`assets.metrics`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import duckdb

from assets.leaderboard import words
from assets.leaderboard.charts import axis_end
from assets.leaderboard.query import Row, rows
from assets.leaderboard.view import Study, StudyCell, StudyRow, StudyTable

_KINDS = {
    "person": "labels by people",
    "vision_model": "labels by a vision model",
    "local_model": "labels by a local model",
}
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
    cells = {(row["model"], row["condition"]): row for row in found}
    seen = {condition for _, condition in cells}
    conditions = sorted(
        seen, key=lambda c: (_CONDITIONS.index(c) if c in _CONDITIONS else len(_CONDITIONS), c)
    )
    attribute, reference, labeler, version = key
    kind = _KINDS.get(found[0]["labeler_kind"], words.spaced(found[0]["labeler_kind"] or "labeler"))
    return StudyTable(
        attribute_title=words.attribute(attribute),
        reference_title=words.reference(reference),
        labeler=words.plain(f"{kind}: {labeler} ({version})"),
        conditions=tuple(conditions),
        axis=axis_end(row["high"] for row in found),
        rows=tuple(
            StudyRow(
                model=words.plain(model["title"]),
                planned=model["planned"],
                missing=model["missing"],
                cells=tuple(_cell(c, cells.get((model["model"], c))) for c in conditions),
            )
            for model in models
        ),
    )


def _cell(condition: str, row: Row | None) -> StudyCell:
    if row is None:
        return StudyCell(condition, None, None, None, None, None, 0, "Not part of the study")
    return StudyCell(
        condition,
        row["distance"],
        row["low"],
        row["high"],
        row["tvd"],
        row["tvd_floor"],
        row["n"] or 0,
        None if row["distance"] is not None else words.reason(row["reason"] or "no figure"),
    )
