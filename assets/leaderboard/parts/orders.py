"""Whether the order of a board holds if its figure is measured in another way, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.query import Row, rows

#: What names a table of a board: suite, attribute, reference, condition, simulated, track.
Table = tuple[str, str, str, str, bool, str]
#: What names a table of a study: study, attribute, reference, labeler, labeler_version.
StudyTableKey = tuple[str, ...]
_STUDY_TABLE = ("study", "attribute", "reference", "labeler", "labeler_version")
_WAYS: Mapping[str, str] = {
    "mean_absolute": "by the mean absolute distance",
    "pooled": "with all prompts together",
    "one_prompt_left_out": "without any one prompt",
}


def orders(con: duckdb.DuckDBPyConnection, week: date) -> Mapping[Table, str]:
    """Return a sentence or two for each table of a board that tells models apart; empty for others."""
    found: dict[Table, list[Row]] = defaultdict(list)
    for row in rows(con, "orders", {"week": week.isoformat()}):
        suite = f"{row['suite']}@{row['suite_major']}"
        place = (suite, row["attribute"], row["reference"], row["condition"], row["simulated"], row["track"])
        found[place].append(row)
    return defaultdict(str, {place: _said(ways) for place, ways in found.items()})


def study_orders(con: duckdb.DuckDBPyConnection) -> Mapping[StudyTableKey, Mapping[str, str]]:
    """Return the same for each table of a study and each condition of its own that tells models apart."""
    found: dict[StudyTableKey, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(con, "study_orders"):
        found[tuple(row[name] for name in _STUDY_TABLE)][row["condition"]].append(row)
    said = {
        table: {condition: _said(ways) for condition, ways in conditions.items()}
        for table, conditions in found.items()
    }
    return defaultdict(dict, said)


def _said(ways: Sequence[Row]) -> str:
    """Return in which ways all pairs that are told apart keep their order, and in which some do not."""
    holds = [_way(row) for row in ways if not row["told_apart_turned"]]
    turns = [
        f"{words.number(row['told_apart_turned'])} of {words.number(row['told_apart'])} {_way(row)}"
        for row in ways
        if row["told_apart_turned"]
    ]
    said = [f"Models that are told apart here keep their order {_listed(holds)}."] if holds else []
    if turns:
        said.append(f"Of pairs told apart, the opposite order have {_listed(turns)}.")
    return " ".join(said)


def _way(row: Row) -> str:
    if row["variant"] == "other_reference":
        return f"against {words.reference(row['other'])}"
    if row["variant"] == "other_labeler":
        return f"by the labels of {words.plain(row['other'])} where it read both"
    if row["variant"] == "one_prompt_left_out" and row["told_apart_turned"]:
        return f"without the prompt {words.plain(row['other'])}"
    return _WAYS[row["variant"]]


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
