"""`cliche status`: how far each model is, what it cost, what is wrong. `cliche watch`: one look for alerts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from assets.gateway.money.charges import entry_scope, month_scope, week_scope
from assets.gateway.records import GROUPS
from assets.generation.plan import read_plan
from assets.generation.workplace import Workplace
from assets.labeling.asked.spending import is_paid
from assets.labeling.status import LabelerState, PartitionState, labeler_states
from assets.leaderboard.published import Edition, latest, read_manifest, table_rows
from orchestration.commands.anchors import drift_lines
from orchestration.commands.editions import page_address
from orchestration.commands.forecasts import (
    look_ahead,
    lost_lines,
    month_ahead,
    month_line,
    spent_line,
    with_ledger,
)
from orchestration.console import OUT, note, say, say_lines, table
from orchestration.gate import Gate, look
from orchestration.resources import make_workplace
from orchestration.settings import Settings, load_settings
from orchestration.unwritable import told_in_one_line
from warehouse.errors import ClicheError
from warehouse.integrity import record
from warehouse.printable import counted
from warehouse.store import Holder
from warehouse.store.holders import clock
from warehouse.weeks import current_week, iso_label, parse_week, utc_now

_SMALL_USD = 0.01  # below it, cents say nothing
#: What `--json` says of a model's week.
_STATE = (
    *("planned", "complete", "slots", "open", "unlisted", "unlabelled", "declined", "outcomes"),
    *("stopped_by", "labeler", "labeler_stopped_by", "cost_usd", "label_cost_usd"),
)


def status(week: str | None) -> int:
    """Say how far each model and labeler is in a week, what it cost, what is wrong, what publishing waits for."""
    settings, place, gate = _look(week)
    week = gate.week
    newest = latest(place.store)
    say(f"week {week} ({iso_label(week)}), published at the latest {gate.deadline:%A %Y-%m-%d %H:%M} UTC")
    place = with_ledger(place, week)
    labelers = labeler_states(place.store, week, [*gate.states], place.labelers)
    listed = table("model", "images", "answers", "unlabeled", "open", "cost", "cap")
    caps = {entry.name: entry.cap_usd for entry in place.models}
    for model, state in gate.states.items():
        cost = place.ledger.total(entry_scope(week, model)).usd
        listed.add_row(model, *_progress(state), *_money(cost, caps.get(model), planned=state.planned))
    for one in labelers:
        listed.add_row(*_labeler_row(place, week, one))
    OUT.print(listed)
    holders = dict(place.store.leases())
    for model, state in gate.states.items():
        say_lines(
            _trouble(place, state, *(holders.get(f"{what}-{week}-{model}") for what in ("generate", "label")))
        )
    for one in labelers:  # once for all models whose pictures it reads
        if one.stopped_by:
            say(f"labeler {one.name} was stopped: {one.stopped_by}")
        elif one.trouble:
            left = counted(one.left, "picture")
            say(f"labeler {one.name} has {left} left: {one.trouble}; run again to go on")
    if place.ledger.total(week_scope(week)).usd or any(s.trouble.maybe_billed for s in gate.states.values()):
        say("\n".join([spent_line(place, week), *lost_lines(place, week)]))
    if week == current_week() and (month_usd := month_ahead(place)) is not None:
        say(month_line(place, month_usd))
    say_lines(drift_lines(place.store, week))
    if newest is not None:
        say(f"Edition {newest.id} is current: {page_address(place)}")
        say_lines(_empty_columns(place, newest, [*gate.states]))
    of = (settings.home, place.store.url, settings.postgres)
    say(f"Store last read whole: {record.line(record.READ, record.last(record.READ, *of))}")
    say(f"Last backup: {record.line(record.BACKUP, record.last(record.BACKUP, *of))}")
    if not gate.states:
        say("No model is active in this week.")
    elif not gate.is_open:
        say(f"Not published: {gate.why_closed()}.")
    return 0


def status_json(week: str | None) -> int:
    """Print what `status` says, and more, for programs."""
    settings, place, gate = _look(week)
    document = _document(settings, with_ledger(place, gate.week), gate)
    sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")
    return 0


def _look(week: str | None) -> tuple[Settings, Workplace, Gate]:
    settings = load_settings()
    place = make_workplace(settings)
    week = parse_week(week).isoformat() if week else current_week()
    return settings, place, look(place, settings, week)


def _document(settings: Settings, place: Workplace, gate: Gate) -> dict[str, Any]:
    """Return a week as `--json` prints it; the ledger is filled."""
    week, newest, caps = gate.week, latest(place.store), {entry.name: entry.cap_usd for entry in place.models}
    of = (settings.home, place.store.url, settings.postgres)
    last, backup = record.last(record.READ, *of), record.last(record.BACKUP, *of)
    held = table_rows(place.store, newest.id, "withheld", [newest.week]) if newest else []
    return {
        "week": week,
        "iso_week": iso_label(week),
        "deadline": gate.deadline.isoformat(),
        "publishable": gate.is_open,
        "waiting": gate.waiting,
        "models": [
            {
                "name": model,
                **{name.replace("labelled", "labeled"): getattr(state, name) for name in _STATE},
                "cap_usd": caps.get(model),
            }
            for model, state in gate.states.items()
        ],
        "labelers": [
            asdict(one) for one in labeler_states(place.store, week, [*gate.states], place.labelers)
        ],
        "spent": {
            "week_usd": place.ledger.total(week_scope(week)).usd,
            "month_usd": place.ledger.total(month_scope(utc_now().date())).usd,
            "month_ahead_usd": month_ahead(place) if week == current_week() else None,
            "lost_usd": sum(charge.usd for charge in place.lost_charges(week)),
            "caps": settings.caps.model_dump(),
        },
        "forecast": _forecast(place, gate),
        "runs": {name: asdict(holder) for name, holder in sorted(place.store.leases())},
        "queue": _queue(settings),
        "edition": _edition(place, newest) if newest else None,
        "withheld": [{"model": row["model"], "reason": row["reason"]} for row in held],
        "store_read": last._asdict() if last else None,
        "backup": backup._asdict() if backup else None,
    }


def _empty_columns(place: Workplace, newest: Edition, models: Sequence[str]) -> Iterator[str]:
    """Yield which columns of the leaderboard have no figure of a model in an edition, and why."""
    from assets.leaderboard.columns.missing import in_words

    found = table_rows(place.store, newest.id, "empty_figures", [newest.week])
    for model in models:
        plan = read_plan(place.store, newest.week, model)
        if plan and (said := in_words(found, model, plan.prompts())):
            yield f"  {model} has no figure in {said}"


def _edition(place: Workplace, newest: Edition) -> dict[str, Any]:
    """Return what was published last, when, and which of its checks did not pass."""
    checks = table_rows(place.store, newest.id, "check_results", [newest.week])
    kept = ("check_name", "severity", "model", "message")
    return {
        **{name: getattr(newest, name) for name in ("id", "week", "replaces")},
        "created_at": read_manifest(place.store, newest.id)["created_at"],
        "page": page_address(place),
        "checks": [{name: row[name] for name in kept} for row in checks if row["status"] != "pass"],
    }


def _forecast(place: Workplace, gate: Gate) -> list[dict[str, Any]] | None:
    """Return what is left to ask of the present week; None for another week, or where a price is missing."""
    if gate.week != current_week():
        return None
    try:
        forecasts = look_ahead(place, gate.week, [entry.name for entry in place.active(gate.week)])
    except ClicheError:
        return None
    kept = ("name", "kind", "calls", "minutes", "usd")
    return [{name: getattr(one, name) for name in kept} for one in forecasts]


def _queue(settings: Settings) -> dict[str, int] | None:
    """Return how many runs of Dagster's wait or go on, by status; None where it has no records that can be read."""
    if not settings.has_records:
        return None
    from orchestration.instance import instance_of, unfinished

    try:
        with told_in_one_line(settings.home):
            return unfinished(instance_of(settings))
    except ClicheError as error:
        note(f"cliche: {error}")
        return None


def _progress(state: PartitionState) -> tuple[str, ...]:
    if not state.planned:
        return ("not asked", "", "", "")
    ok = state.outcomes["ok"]
    answers = sum(state.outcomes[outcome] for outcome, group in GROUPS.items() if group == "answer")
    return (f"{ok:,}/{state.slots:,}", f"{answers:,} refused", f"{state.unlabelled:,}", f"{state.open:,}")


def _money(cost_usd: float, cap_usd: float | None, *, planned: bool = True) -> tuple[str, str]:
    """Return what an entry cost, and its own cap."""
    if not planned and not cost_usd:
        return ("", "")
    places = 4 if 0 < cost_usd < _SMALL_USD else 2
    return (f"${cost_usd:,.{places}f}", f"of ${cap_usd:,.2f}" if cap_usd is not None else "")


def _labeler_row(place: Workplace, week: str, one: LabelerState) -> tuple[str, ...]:
    """Return the row of a labeler; its cost is that of all its calls of the week, the anchors' too."""
    entry = place.labelers.get(one.name)
    cost = place.ledger.total(entry_scope(week, one.name, "labeler")).usd
    return (
        f"labeler {one.name}",
        f"{one.pictures - one.left:,}/{one.pictures:,}",
        f"{one.declined:,} declined" if entry else "",
        f"{one.left:,}",
        "",
        *(_money(cost, entry.cap_usd) if entry and is_paid(entry) else ("", "")),
    )


def _trouble(
    place: Workplace, state: PartitionState, asking: Holder | None, labeling: Holder | None
) -> Iterator[str]:
    """Yield what is to be said of a partition beside its row."""
    trouble, model = state.trouble, state.model
    billed = trouble.lost(being_asked=asking is not None)
    if asking is not None:
        in_flight = len(trouble.maybe_billed) - len(billed)
        calls = f", {counted(in_flight, 'call')} in flight" if in_flight else ""
        yield f"{model} is being asked now (pid {asking.pid} on {asking.host} since {clock(asking.since)}{calls})"
    if labeling is not None:
        yield f"{model} is being labeled now (pid {labeling.pid} on {labeling.host} since {clock(labeling.since)})"
    if trouble.waiting and state.open and not state.at_cap:
        yield f"{model}: {trouble.waiting}"
    if trouble.stopped_by and state.open:
        yield f"{model} was stopped: {trouble.stopped_by}"
    if trouble.unmapped:
        yield f"{model}: {counted(trouble.unmapped, 'answer')} unmapped, the newest: {trouble.unmapped_line}"
    if (ratio := trouble.cost_ratio) is not None and ratio.wrong:
        entry = next((entry for entry in place.models if entry.name == model), None)
        if entry is None or place.costs(entry).price_id(utc_now().date()) == ratio.price_id:
            yield f"{model}: {ratio.line()}"
    if trouble.empty:
        yield f"{model}: {counted(trouble.empty, 'answer')} held no picture, no words and no reason (empty_answer)"
    if billed:
        yield f"{model}: {billed_line(len(billed))} without an answer:"
        plan = read_plan(place.store, state.week, model)
        prompts = {slot.slot_key: slot.prompt for slot in plan.slots} if plan else {}
        for call in billed:
            amount = f"counted as ${call.usd:,.4f}" if call.usd is not None else "counted at the most"
            moment = f"{call.at:%Y-%m-%d %H:%M} UTC" if call.at is not None else "at an unknown time"
            yield (
                f"  {prompts.get(call.slot_key, 'a slot')} ({call.slot_key[:12]}), attempt {call.attempt}: "
                f"{call.why}, {moment}, {amount}; {call.slot}"
            )


def billed_line(calls: int) -> str:
    """Return how many calls may have been billed."""
    return f"{counted(calls, 'call')} may have been billed"


def watch(*, test: bool = False) -> int:
    """Look once, send what is new, and say what holds; return 1 if an error holds or something could not be sent.

    With `test` every channel that is set is sent a test; nothing is recorded.
    """
    from orchestration.alerts.watch import look_once, send_test

    settings = load_settings()
    if test:
        results = send_test(settings)
        for name, problem in results.items():
            say(f"{'fail' if problem else 'ok':<5} {name}{f': {problem}' if problem else ''}")
        if not results:
            say("No channel is set; see docs/operations/alerts.md.")
        return ClicheError.exit_code if any(results.values()) or not results else 0
    instance = broken = None
    if settings.has_records:
        from orchestration.instance import instance_of

        try:
            instance = instance_of(settings)
        except ClicheError as error:
            broken = error
    done = look_once(settings, lambda: make_workplace(settings), datetime.now(UTC), instance, broken=broken)
    new = {one.key for one in done.new}
    for one in done.alerts:
        say(f"{one.of.severity:<8} {'new  ' if one.key in new else '     '} {one.title}: {one.text}")
        say(f"{'':14} {one.of.do} {settings.alerts.link(one.kind)}")
    for problem in done.problems:
        note(problem)
    summary = [f"{counted(len(done.alerts), 'alert')}, {len(new)} new." if done.alerts else "All is quiet."]
    if done.sent:
        summary.append(f"Sent: {', '.join(f'{n} to {name}' for name, n in done.sent.items())}.")
    if done.waiting:
        summary.append(f"Waiting: {', '.join(f'{n} for {name}' for name, n in done.waiting.items())}.")
    say(" ".join(summary))
    failed = done.problems or any(one.of.severity == "error" for one in done.alerts)
    return ClicheError.exit_code if failed else 0
