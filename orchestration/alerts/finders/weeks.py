"""Alerts about a week: not begun, late, incomplete, not published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from assets.gateway.records import GROUPS
from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.view import View
from orchestration.gate import deadline
from warehouse.loading.plan_rows import FLOOR

_EDGE = 1e-9  # as in the check attempts__completeness
_ANSWERED = [outcome for outcome, group in GROUPS.items() if group in {"success", "answer"}]


def not_started(view: View) -> Iterator[Alert]:
    """Yield the models of this week that were not begun, or the week, if none was; and past weeks without any."""
    for week in view.weeks:
        active = [entry.name for entry in view.place.active(week)]
        planned = view.planned.get(week, set())
        if not active or week in view.lost or not view.after(week, view.settings.alerts.start_hours):
            continue
        if not planned:
            over = "; it is over and stays a gap" if week < view.present else ""
            yield alert("run_not_started", "", week, why=f"none of {len(active)} models was asked{over}")
        elif week == view.present:  # of a past week, models.yaml may say another thing now than it did then
            for name in sorted({*active} - planned):
                yield alert("run_not_started", name, week, why="it was not asked yet, and others were")


def late(view: View) -> Iterator[Alert]:
    """Yield a week that is not complete short of its deadline."""
    hours = view.settings.alerts.late_hours
    for week, gate in view.gates.items():
        if not gate.is_open and gate.deadline - view.now <= timedelta(hours=hours):
            waiting = "; ".join(f"{model} {why}" for model, why in sorted(gate.waiting.items()))
            yield alert("week_late", "", week, hours=f"{hours:g}", why=waiting)


def incomplete(view: View) -> Iterator[Alert]:
    """Yield models with too few answers once nothing more is to come: all slots settled, or the deadline passed."""
    entries = {entry.name: entry for entry in view.place.models}
    for week, gate in view.gates.items():
        for model, state in gate.states.items():
            if not state.planned or (state.open and not gate.passed):
                continue
            floor = entries[model].completeness_floor if model in entries else FLOOR
            planned = state.slots - state.outcomes["not_needed"]
            answered = sum(state.outcomes[outcome] for outcome in _ANSWERED)
            if answered < floor * planned - _EDGE or not planned:
                counts = {"answered": f"{answered:,}", "planned": f"{planned:,}"}
                share = f"{100 * answered // planned if planned else 0}"
                yield alert("completeness_low", model, week, **counts, share=share, floor=f"{100 * floor:g}")


def not_published(view: View) -> Iterator[Alert]:
    """Yield weeks whose deadline has passed for some hours and that no edition holds."""
    settings, newest = view.settings, view.newest
    for week in view.weeks:
        if newest is not None and newest.week >= week:
            continue
        closes = deadline(week, settings.deadline_hours)
        is_over = view.now >= closes + timedelta(hours=settings.alerts.publish_hours)
        if is_over and (view.planned.get(week) or view.place.active(week)):
            current = newest.id if newest is not None else "none"
            yield alert("not_published", "", week, deadline=f"{closes:%A %Y-%m-%d %H:%M}", newest=current)
