"""Shares by people's eyes, beside those by the labeler: where people labeled pictures of a model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells.showing import many
from assets.leaderboard.models import names
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import rows


@dataclass(frozen=True)
class SeenShare:
    """A share of a suite by the labeler, and by people; `reason` says why people's is not known, or its interval."""

    suite: Message
    what: Message
    by_labeler: float
    n: int
    by_people: float | None
    low: float | None
    high: float | None
    reason: Message | None
    labeled: int
    simulated: bool


def read(con: duckdb.DuckDBPyConnection, week: date) -> Mapping[str, list[SeenShare]]:
    """Return the shares of each model that people labeled pictures of; of two that lack the same, the first."""
    parameters = {"week": week.isoformat()}
    simulated = {row["attribute"] for row in rows(con, "rated", parameters) if row["simulated"]}
    found: dict[str, list[SeenShare]] = defaultdict(list)
    missing = set()
    for row in rows(con, "by_people", parameters):
        if row["estimate"] is None:
            part = tuple(
                row[name] for name in ("model", "suite", "suite_major", "condition", "turn", "attribute")
            )
            if part in missing:
                continue
            missing.add(part)
        known = row["estimate"] is not None
        found[row["model"]].append(
            SeenShare(
                suite=names.asked(row["suite"], row["suite_major"], row["condition"]),
                what=many(row["attribute"], row["value"]) if known else names.attribute(row["attribute"]),
                by_labeler=row["k"] / row["n"],
                n=row["n"],
                by_people=row["estimate"],
                low=row["low"],
                high=row["high"],
                reason=reason(row["reason"]) if row["reason"] else None,
                labeled=row["gold_n"],
                simulated=row["attribute"] in simulated,
            )
        )
    return found
