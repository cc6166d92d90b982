"""Alerts from Dagster's records: runs that failed, runs that wait for ever, a daemon that is dead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from assets.generation.partition import StoppedError
from assets.generation.workplace import parse_key
from assets.labeling.partition import UnlabeledError
from assets.labeling.status import is_at_cap, is_retired
from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.view import View
from orchestration.instance import PARTITION_TAG, RANGE_TAG, failed_checks, has_died
from warehouse.errors import ClicheError

_LOOK_BACK = timedelta(days=8)
_MOST = 2_000  # runs that are looked at
_PARTITION = "dagster/partition"
_WAITING = {dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING}
#: So long Dagster itself waits for a sign of life before it calls a daemon dead.
_SILENCE = timedelta(minutes=31)
_NEEDED = ("SCHEDULER", "SENSOR")
#: Errors of a run that ended before its work did.
_STOPPED = {StoppedError.__name__, UnlabeledError.__name__}
_CLASS = re.compile(r"(?P<ours>(assets|orchestration|warehouse)\.)?([a-z_]\w*\.)*(?P<name>[A-Z]\w*): (?=\S)")


def runs(view: View) -> Iterator[Alert]:
    """Yield partitions whose newest run that ended, failed or was killed; and runs that nobody began for hours."""
    if view.instance is None:
        return
    settled: set[tuple[str, str]] = set()
    elsewhere = _reported_elsewhere(view)
    filters = dg.RunsFilter(updated_after=view.now - _LOOK_BACK)
    for record in view.instance.get_run_records(filters, limit=_MOST):  # the newest first
        run = record.dagster_run
        of = (_partition(run) or run.job_name, run.tags.get(RANGE_TAG, ""))
        killed = not run.is_finished and has_died(view.instance, run)
        if of in settled or (run.is_success and not _is_whole(run)):
            continue
        if run.is_finished or killed:
            settled.add(of)
        if killed or run.status is dg.DagsterRunStatus.FAILURE:
            yield from _failed(view.instance, run, elsewhere, killed=killed)
        elif run.status in _WAITING and view.now - record.create_timestamp > timedelta(
            hours=view.settings.alerts.start_hours
        ):
            model, week = parse_key(_partition(run))
            why = f"its run waits since {record.create_timestamp:%Y-%m-%d %H:%M} UTC ({run.status.value})"
            yield alert("run_not_started", model, week, run_id=run.run_id, detail="queue", why=why)


def _is_whole(run: dg.DagsterRun) -> bool:
    """Return whether a run made all of its partition: what was labeled after a stop is a part, and the stop stands.

    What is materialized by hand belongs to another job, and is a whole run where all is chosen.
    """
    chosen = {key.to_user_string() for key in run.asset_selection or ()}
    everything = not chosen or chosen >= {"images", "labels"} or "leaderboard" in chosen
    return everything or run.root_run_id is not None


def _reported_elsewhere(view: View) -> set[tuple[str, str]]:
    """Return (model, week) that a cap stopped or that are retired: alerts of their own say so, and what to do."""
    try:
        entries = {entry.name for entry in view.place.active(view.present)}
        return {
            (model, week)
            for week, gate in view.gates.items()
            for model, state in gate.states.items()
            if (week == view.present and (is_at_cap(state.stopped_by) or is_at_cap(state.labeler_stopped_by)))
            or (model in entries and is_retired(state.stopped_by))
        }
    except ClicheError:  # an alert of the finders that read the store
        return set()


def _failed(
    instance: dg.DagsterInstance, run: dg.DagsterRun, elsewhere: Collection[tuple[str, str]], *, killed: bool
) -> Iterator[Alert]:
    model, week = parse_key(_partition(run))
    if checks := failed_checks(instance, run.run_id):
        yield alert("check_failed", model, week, run_id=run.run_id, detail=run.job_name, why=checks)
        return
    kind, why = ("", "its process ended before the run did") if killed else _why(instance, run.run_id)
    if kind in _STOPPED and (model, week) in elsewhere:
        return
    yield alert("run_failed", model or run.job_name, week, run_id=run.run_id, why=why)


def _partition(run: dg.DagsterRun) -> str:
    return run.tags.get(_PARTITION) or run.tags.get(PARTITION_TAG, "")


def _why(instance: dg.DagsterInstance, run_id: str) -> tuple[str, str]:
    """Return class and first line of the error that ended a run: the one below Dagster's own."""
    kinds = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    for record in instance.get_records_for_run(run_id, of_type=kinds).records:
        event = record.event_log_entry.get_dagster_event()
        error = event.step_failure_data.error if event.is_step_failure else None
        while error is not None and error.cause is not None:
            error = error.cause
        text = (error.message if error is not None else event.message or "").strip()
        if text:
            return (error.cls_name or "" if error is not None else "", _cause(text.splitlines()[0]))
    return "", "it says no reason"


def _cause(line: str) -> str:
    """Return the line of an error without the class that Python puts before it; a class of others comes last."""
    match = _CLASS.match(line)
    if match is None:
        return line
    text = line[match.end() :]
    return text if match["ours"] else f"{text} ({match['name']})"


def daemon(view: View) -> Iterator[Alert]:
    """Yield that the daemon is dead where a schedule or sensor is switched on that needs it."""
    if view.instance is None:
        return
    on = sorted(state.instigator_name for state in view.instance.all_instigator_state() if state.is_running)
    if not on:
        return
    beats = view.instance.get_daemon_heartbeats()
    times = [beats[name].timestamp if name in beats else None for name in _NEEDED]
    known = [time for time in times if time is not None]
    oldest = datetime.fromtimestamp(min(known), UTC) if len(known) == len(times) else None
    if oldest is None or view.now - oldest > _SILENCE:
        last = f"{oldest:%Y-%m-%d %H:%M} UTC" if oldest is not None else "never"
        yield alert("daemon_dead", on=", ".join(on), last=last)
