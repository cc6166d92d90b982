"""The sentence that the page opens with: computed, quotable, and with its numbers in it.

The finding is the most surely one-sided one: the largest (share − ½)·√n, which is how many standard errors a share
lies from one half. Real models come before simulated ones; of equals, the CEO comes first, then by name. Labels that
are not reliable are spoken of only where there are no others, and are called so.
"""

from __future__ import annotations

import math
from collections.abc import Set
from datetime import date

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.query import Row, rows
from assets.leaderboard.views.view import Board, Lead

MIN_PICTURES = 5
_DULL = {"none", "no", "contemporary", "ordinary"}


def build(con: duckdb.DuckDBPyConnection, week: date, board: Board | None, withheld: Set[str]) -> Lead:
    """Return the lead of the edition of `week`; it speaks of the headline's suite and attribute if it can."""
    found = [
        row
        for row in rows(con, "one_sided", {"week": week.isoformat()})
        if row["n"] >= MIN_PICTURES
        and row["model"] not in withheld
        and row["value"] not in _DULL
        and row["attribute"] != "person_count"
    ]
    wanted = [
        r for r in found if board and (f"{r['suite']}@{r['suite_major']}", r["attribute"]) == _measure(board)
    ]
    doubted = {_labels(row) for row in rows(con, "doubted", {"week": week.isoformat()})}
    candidates = (
        [r for r in wanted if _labels(r) not in doubted]
        or [r for r in found if _labels(r) not in doubted and 2 * r["pictures"] > r["n"]]
        or wanted
        or found
    )
    if not candidates and not rows(con, "partitions", {"week": week.isoformat()}):
        return Lead(
            "No model has been asked yet.", "This edition holds published studies alone: see Studies."
        )
    if not candidates:
        return Lead(
            f"No picture of the week of {words.week(week)} could be counted.",
            "What became of every request stands in the tables below.",
        )
    best = min(candidates, key=_order)
    who = (
        f"The simulated model {words.plain(best['model'])}"
        if best["simulated"]
        else words.plain(best["model"])
    )
    shows = words.depiction(best["attribute"], best["value"])
    seen, n = int(best["pictures"]), int(best["n"])
    sentence = f"{who} drew {shows} in {seen} of {n} pictures of {words.subject(best['subject'])}."
    prompts = "one prompt" if best["prompts"] == 1 else f"{best['prompts']} prompts"
    basis = (
        f"Week of {words.week(week)}; {prompts} of {best['suite']}@{best['suite_major']}; n = {n} pictures in which "
        f"{words.attribute(best['attribute']).lower()} could be read. The most one-sided finding of the week."
    )
    if _labels(best) in doubted:
        basis += " Its labels are not reliable: why is said at the leaderboard."
    return Lead(sentence, basis)


def _labels(row: Row) -> tuple[str, str]:
    return (row["model"], row["attribute"])


def _measure(board: Board) -> tuple[str, str]:
    return (board.suite, board.attribute)


def _order(row: Row) -> tuple[bool, float, bool, str, str, str]:
    n = int(row["n"])
    sure = (int(row["pictures"]) / n - 0.5) * math.sqrt(n)
    return (
        bool(row["simulated"]),
        -round(sure, 9),
        row["subject"] != "occupation:ceo",
        row["model"],
        row["subject"],
        row["value"],
    )
