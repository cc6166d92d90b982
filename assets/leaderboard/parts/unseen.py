"""Not seen is not zero: where the planned slots of a week went, so that each row adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.query import rows
from assets.leaderboard.views.view import NotSeen

Key = tuple[str, str, str]  # suite@major, attribute, condition
_COLUMNS = {"not_applicable": "no_person", "cannot_tell": "cannot_tell", "invalid": "invalid"}


def not_seen(con: duckdb.DuckDBPyConnection, week: date) -> dict[Key, list[NotSeen]]:
    """Return, for each (suite, attribute, condition), one row a model, sorted by model.

    A picture without any label row is `not_assessed`; so each row's parts add up to `planned`.
    """
    parameters = {"week": week.isoformat()}
    labels: dict[tuple[str, str, str, str], dict[str, dict[str, int]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(int))
    )
    for row in rows(con, "label_counts", parameters):
        column = "counted" if row["in_support"] else _COLUMNS.get(row["value"], "other")
        if row["value"] != "not_assessed":
            key = (row["model"], f"{row['suite']}@{row['suite_major']}", row["attribute"], row["condition"])
            labels[key][row["scale"]][column] += int(row["pictures"])
    lost = _lost(con, parameters)
    found: dict[Key, list[NotSeen]] = defaultdict(list)
    for row in rows(con, "not_seen", parameters):
        suite = f"{row['suite']}@{row['suite_major']}"
        scales = labels.get((row["model"], suite, row["attribute"], row["condition"]), {})
        counts = scales[min(scales)] if scales else {}
        ended = lost.get((row["model"], suite, row["attribute"], row["condition"]), {})
        found[(suite, row["attribute"], row["condition"])].append(
            NotSeen(
                model=words.plain(row["model"]),
                simulated=bool(row["simulated"]),
                planned=row["planned"],
                refused=row["refused"],
                failed=row["failed"],
                not_needed=row["not_needed"],
                no_person=counts.get("no_person", 0),
                cannot_tell=counts.get("cannot_tell", 0),
                other=counts.get("other", 0),
                invalid=counts.get("invalid", 0),
                not_assessed=max(0, row["pictures"] - sum(counts.values())),
                counted=counts.get("counted", 0),
                refused_as=words.lost(ended.get(True, {})),
                failed_as=words.lost(ended.get(False, {})),
            )
        )
    return found


def _lost(
    con: duckdb.DuckDBPyConnection, parameters: Mapping[str, object]
) -> dict[tuple[str, str, str, str], dict[bool, dict[str, int]]]:
    """Return, by (model, suite, attribute, condition) and whether it is the model's own answer, slots by outcome."""
    found: dict[tuple[str, str, str, str], dict[bool, dict[str, int]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for row in rows(con, "lost", parameters):
        key = (row["model"], f"{row['suite']}@{row['suite_major']}", row["attribute"], row["condition"])
        found[key][bool(row["refused"])][row["outcome"]] = int(row["slots"])
    return found
