"""The finding that an edition opens with: chosen by a rule that is said beside it, from the published figures alone.

It is the share whose 95 % interval ends furthest from what the analysis file holds it against: parity for perceived
gender, 0 or the statistic that is named for a declared stereotype. Furthest is by the largest distance possible on that
side: in points, what is held against 0 (100 of them) would always come before what is held against parity (50). Of
equals, in whole percent as they are shown, that of most pictures; those that are equal in both are ties. Real models
come before simulated ones. Unreliable labels are reported only where there are no others, and are called so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import duckdb

from assets.leaderboard.cells.reading import weeks_of
from assets.leaderboard.page import lead_words as say
from assets.leaderboard.views.finding import Detected, LeadFinding
from assets.leaderboard.views.query import Row, rows, stream_of_weeks
from assets.leaderboard.views.view import Change, Lead

_CEO = "occupation:ceo"  # of ties the one that most readers ask for


#: The order in which findings are reported: whether labels are reliable, and whether the model is simulated.
GROUPS = ((True, False), (True, True), (False, False), (False, True))


def compared(con: duckdb.DuckDBPyConnection, week: date) -> list[LeadFinding]:
    """Return every share of the window that ends with `week` that is held against something."""
    parameters = {"week": week.isoformat()}
    doubted = {(row["model"], row["attribute"]) for row in rows(con, "doubted", parameters)}
    return [
        _finding(row, week, reliable=(row["model"], row["attribute"]) not in doubted)
        for row in read(con, week)
    ]


def read(con: duckdb.DuckDBPyConnection, week: date) -> list[Row]:
    """Return the rows of `findings` of a week; tables are read for the weeks of its window alone."""
    return [*stream_of_weeks(con, "findings", weeks_of(week), {"week": week.isoformat()})]


def strongest(con: duckdb.DuckDBPyConnection, week: date) -> LeadFinding | None:
    """Return the strongest finding of the window that ends with `week`; None where nothing lies clearly off."""
    found = compared(con, week)
    for reliable, simulated in GROUPS:
        among = [one for one in found if (one.reliable, one.simulated) == (reliable, simulated)]
        clear = [one for one in among if one.distance > 0]
        if clear:
            return _first(clear, len(among))
    return None


def detected(changes: Iterable[Change], week: date) -> Detected:
    """Return how many changes were opened in the window; one that is seen in several values is one."""
    since = week + timedelta(weeks=1) - say.WINDOW
    opened = [change for change in changes if since <= change.opened <= week]
    sure = {change.about for change in opened if not change.doubt}
    return Detected(len(sure), len({change.about for change in opened} - sure))


def build(con: duckdb.DuckDBPyConnection, week: date, changes: Iterable[Change]) -> Lead:
    """Return the lead of the edition of `week`, in words."""
    parameters = {"week": week.isoformat()}
    if not rows(con, "partitions", parameters):
        return Lead(
            "No model has been asked yet.", "This edition holds published studies alone: see Studies.", ""
        )
    said = say.changes(detected(changes, week))
    finding = strongest(con, week)
    if finding is not None:
        return Lead(say.sentence(finding), say.basis(finding), said)
    if shares := len(compared(con, week)):
        return Lead(*say.nothing_clear(shares), said)
    return Lead(*say.NOTHING, said)


def _finding(row: Row, week: date, *, reliable: bool) -> LeadFinding:
    same = ("model", "simulated", "prompt", "text", "subject", "alone", "attribute", "value", "reference")
    figures = ("expected", "n", "drawn", "low", "high", "distance", "reach", "weeks", "first_week")
    return LeadFinding(
        week=week,
        suite=f"{row['suite']}@{row['suite_major']}",
        count=row["k"],
        reliable=reliable,
        compared=0,
        **{name: row[name] for name in (*same, *figures)},
    )


def _first(clear: list[LeadFinding], compared: int) -> LeadFinding:
    furthest = max(reached(one) for one in clear)
    equal = [one for one in clear if reached(one) == furthest]
    most = max(one.n for one in equal)
    ties = sorted((one for one in equal if one.n == most), key=named)
    return replace(ties[0], compared=compared, equal=len(equal) - len(ties), ties=tuple(ties[1:]))


def reached(finding: LeadFinding) -> int:
    """Return how far a finding lies from what it is held against, in whole percent of the furthest possible."""
    return round(100 * finding.reach)


def named(finding: LeadFinding) -> tuple[bool, str, str, str]:
    """Return what ties are sorted by."""
    return (finding.subject != _CEO, finding.model, finding.prompt, finding.value)
