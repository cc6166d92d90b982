"""Alerts about what was published and labeled: checks, changes, labelers that moved, damage and care of the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from assets.labeling.anchors.sets import drifts
from assets.leaderboard.models import changes as shown
from assets.leaderboard.page.languages import ENGLISH, tongue
from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.view import WEEKS_BACK, View
from warehouse.integrity import record
from warehouse.weeks import shift, span

_ELSEWHERE = "attempts__completeness"  # has an alert of its own


def checks(view: View) -> Iterator[Alert]:
    """Yield critical checks that failed in the week of the newest edition; those that kept it back fail their run."""
    if view.newest is None:
        return
    week = view.newest.week
    for row in view.rows("check_results", [week]):
        if row["status"] != "pass" and row["severity"] == "critical" and row["check_name"] != _ELSEWHERE:
            why = f"{row['message']} ({row['check_name']})"
            yield alert("check_failed", row["model"] or "", week, detail=row["check_name"], why=why)


def changes(view: View) -> Iterator[Alert]:
    """Yield changes that were reported in the last weeks of the newest edition, those of a suite and week together."""
    if view.newest is None:
        return
    newest = view.newest.week
    series: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in view.rows("changes", span(shift(newest, -WEEKS_BACK), newest)):
        about = (str(row["week"]), row["model"], f"{row['suite']}@{row['suite_major']}")
        series.setdefault(about, []).append(row)
    english = tongue(ENGLISH)
    for (week, model, suite), of in sorted(series.items(), key=itemgetter(0)):
        surest = max(of, key=shown.sure)
        more = f" (and {len(of) - 1} more of {suite})" if len(of) > 1 else ""
        also = ", ".join(english.say(shown.CAUSES[code]) for code in surest["causes"])
        why = f"{english.say(shown.headline(surest))}{more}{also and f'; also around that date: {also}'}"
        yield alert("drift", model, week, detail=suite, why=why)


def labelers(view: View) -> Iterator[Alert]:
    """Yield labelers that read anchors otherwise than before, until a person accepts it."""
    for one in drifts(view.place.store, view.present):
        if one.open:
            yield alert(
                "labeler_drift",
                f"{one.labeler}@{one.labeler_version}",
                one.week,
                detail=f"{one.anchor_set} {one.attribute}",
                moved=f"{one.moved:,}",
                pictures=f"{one.pictures:,}",
                attribute=one.attribute,
                anchors=one.anchor_set,
                since=one.baseline_week,
            )


def damage(view: View) -> Iterator[Alert]:
    """Yield what the last whole reading of the store found; an object that does not read is found by any finder."""
    last = record.last(record.READ, view.settings.home, view.place.store.url, view.settings.postgres)
    if last is not None and last.problems:
        yield alert("store_damaged", why=f"last read whole: {record.line(record.READ, last)}")


def gone(view: View) -> Iterator[Alert]:
    """Yield weeks that the newest edition holds, and whose plans the store has no more."""
    for week, models in view.lost.items():
        why = f"the store has no plan of {', '.join(models)} any more, and the newest edition holds their pictures"
        yield alert("store_damaged", "", week, detail="plan", why=why)


def care(view: View) -> Iterator[Alert]:
    """Yield that the last backup, or the last whole reading of the store, is older than the settings allow.

    Where there was none, days count from the first week whose pictures nobody can make again.
    """
    of, first = (view.settings.home, view.place.store.url, view.settings.postgres), view.once_only_since
    for kind, what, days in (
        ("backup_old", record.BACKUP, view.settings.alerts.backup_days),
        ("store_unread", record.READ, view.settings.alerts.verify_days),
    ):
        last = record.last(what, *of)
        since = last.at if last else first and datetime.fromisoformat(first)
        if not since or view.now - since.replace(tzinfo=UTC) <= timedelta(days=days):
            continue
        why = f"the last one ended on {since:%Y-%m-%d %H:%M} UTC"
        if last is None:
            why = f"there was none since {first}, the first week whose pictures nobody can make again"
        yield alert(kind, why=why, days=f"{days:g}")
