"""Rows of `changes` as a warehouse has them, for tests of what is said of them."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb

from tests.warehouse import builder

_WEEK = date.fromisoformat(builder.WEEK)


def report(con: duckdb.DuckDBPyConnection, **replaced: object) -> None:
    """Add a change of the share of perceived women, from 5 to 40 of 100 pictures; columns are replaced by values."""
    row = {
        "week": _WEEK,
        "model": "sim-one",
        "track": "model",
        "simulated": True,
        "suite": "occupations",
        "suite_major": 1,
        "condition": "baseline",
        "turn": 1,
        "prompt": None,
        "attribute": "perceived_gender",
        "labeler": builder.LABELER,
        "labeler_version": builder.LABELER_VERSION,
        "value": "feminine",
        **dict.fromkeys(("changed_week", "earliest_week", "latest_week"), _WEEK - timedelta(weeks=1)),
        **{"before_k": 5, "before_n": 100, "after_k": 40, "after_n": 100},
        **{"size": 0.35, "low": 0.25, "high": 0.45, "se": 0.04, "dispersion": 1.0, "df": 12.0},
        **{"critical": 6.0, "series": 1200, "common": False, "causes": []},
        **replaced,
    }
    con.execute(
        f"INSERT INTO changes ({', '.join(row)}) VALUES ({', '.join('?' for _ in row)})", [*row.values()]
    )
