"""Ranks and pairs of studies beside what the audit query `study_ranks` finds in the labels.

Belongs here: the comparison, for the tests of small studies and of the real one. Does not belong here: any study.
"""

from __future__ import annotations

from typing import Any

import duckdb
from assets.metrics.ranks.table import VERDICTS

from warehouse.sqlfiles import sql

Row = dict[str, Any]
BOARD = ("study", "condition", "attribute", "reference", "labeler", "labeler_version")
PLACES = ("rank_low", "rank_high", "ranked_of", "cells", "planned_cells", "bound_rank_low", "bound_rank_high")
BOUNDS = ("bound_low", "bound_high")
ENDS = ("low", "high", "adjusted_low", "adjusted_high")


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """Return the rows of a query by column name."""
    found = con.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def same(one: float | None, other: float | None) -> bool:
    """Return whether two figures are both missing, or as good as equal."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-9


def audited(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return what the query finds."""
    return rows(con, sql("audit/study_ranks"))


def differing(con: duckdb.DuckDBPyConnection, again: list[Row]) -> list[tuple[str, ...]]:
    """Return the keys of rows of study_ranks and study_pairs that the query does not find, or finds otherwise.

    Args:
        con: a warehouse.
        again: of `audited`; every row must be of use.
    """
    ranks = {(*(row[name] for name in BOARD), row["model"]): row for row in rows(con, "FROM study_ranks")}
    pairs = {
        (*(row[name] for name in BOARD), row["model_a"], row["model_b"]): row
        for row in rows(con, "FROM study_pairs")
    }
    found = {(*(row[name] for name in BOARD), row["model"]): row for row in again}
    compared = {
        (*(row[name] for name in BOARD), row["model"], row["other"]): row for row in again if row["other"]
    }
    mirrored = {(*key[:-2], key[-1], key[-2]) for key in pairs}
    assert len(again) == len(compared) + sum(row["other"] is None for row in again)
    return [
        *(ranks.keys() ^ found.keys()),
        *((pairs.keys() | mirrored) ^ compared.keys()),
        *(key for key in ranks.keys() & found.keys() if not _same_rank(ranks[key], found[key])),
        *(
            key
            for key in pairs.keys() & compared.keys()
            if not _same_pair(pairs[key], compared[key], compared[(*key[:-2], key[-1], key[-2])])
        ),
    ]


def _same_rank(row: Row, again: Row) -> bool:
    return (
        all(row[name] == again[name] for name in PLACES)
        and all(same(row[name], again[name]) for name in BOUNDS)
        and (row["reason"] is None) == (again["rank_low"] is not None)
    )


def _same_pair(row: Row, again: Row, mirrored: Row) -> bool:
    said = 0 if again["adjusted_high"] < 0 else 1 if again["adjusted_low"] > 0 else 2
    return (
        row["cells"] == again["common"] == mirrored["common"]
        and row["holds_at_bounds"] == again["holds_at_bounds"] == mirrored["holds_at_bounds"]
        and same(row["unseen_share"], again["unseen_share"])
        and row["verdict"] == VERDICTS[said]
        and same(row["estimate"], again["difference"])
        and same(row["estimate"], -mirrored["difference"])
        and all(same(row[name], again[name]) for name in ENDS)
        and all(
            same(row[low], -mirrored[high]) and same(row[high], -mirrored[low])
            for low, high in (ENDS[:2], ENDS[2:])
        )
    )
