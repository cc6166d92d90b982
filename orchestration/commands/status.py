"""`cliche status`: how far each model is in a week, what it cost, what is wrong, what publishing waits for.

Belongs here: words and tables. Does not belong here: the states (`labeling.status`), trouble (`generation.trouble`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.table import Table

from assets.generation.plan import read_plan
from assets.generation.records import GROUPS
from assets.generation.workplace import Workplace
from assets.labeling.status import PartitionState
from assets.leaderboard.edition import latest
from orchestration.commands.anchors import drift_lines
from orchestration.commands.editions import page_address
from orchestration.commands.forecasts import spent_line, with_book
from orchestration.console import OUT, say
from orchestration.gate import look
from orchestration.resources import make_workplace
from orchestration.settings import load_settings
from warehouse.store import Holder
from warehouse.weeks import current_week, iso_label, parse_week

_COLUMNS = ("model", "images", "answers", "unlabelled", "open", "cost", "cap")


def status(week: str | None) -> int:
    """Say how far each model is in a week, what it cost and what is wrong, and what publishing waits for."""
    settings = load_settings()
    place = make_workplace(settings)
    week = parse_week(week).isoformat() if week else current_week()
    gate = look(place, settings, week)
    newest = latest(place.store)
    say(f"week {week} ({iso_label(week)}), published at the latest {gate.deadline:%A %Y-%m-%d %H:%M} UTC")
    table = Table(box=None, pad_edge=False)
    for name in _COLUMNS:
        table.add_column(name, justify="left" if name == "model" else "right")
    caps = {entry.name: entry.cap_usd for entry in place.models}
    for model, state in gate.states.items():
        table.add_row(model, *_progress(state, caps.get(model)))
    OUT.print(table)
    holders = dict(place.store.leases())
    for model, state in gate.states.items():
        for line in _trouble(place, state, holders.get(f"generate-{week}-{model}")):
            say(line)
    if any(state.cost_usd or state.trouble.maybe_billed for state in gate.states.values()):
        say(spent_line(with_book(place, week), week))
    for line in drift_lines(place.store, week):
        say(line)
    if newest is not None:
        say(f"Edition {newest.id} is current: {page_address(place)}")
    if not gate.states:
        say("No model is active in this week.")
    elif not gate.is_open:
        say(f"Not published: {gate.why_closed()}.")
    return 0


def _progress(state: PartitionState, cap_usd: float | None) -> tuple[str, ...]:
    if not state.planned:
        return ("not asked", "", "", "", "", "")
    ok = state.outcomes["ok"]
    answers = sum(state.outcomes[outcome] for outcome, group in GROUPS.items() if group == "answer")
    return (
        f"{ok:,}/{state.slots:,}",
        f"{answers:,} refused",
        f"{state.unlabelled:,}",
        f"{state.open:,}",
        f"${state.cost_usd:,.2f}",
        f"of ${cap_usd:,.2f}" if cap_usd is not None else "",
    )


def _trouble(place: Workplace, state: PartitionState, holder: Holder | None) -> Iterator[str]:
    """Yield what is to be said of a partition beside its row."""
    trouble, model = state.trouble, state.model
    if holder is not None:
        yield f"{model} is being asked now (pid {holder.pid} on {holder.host} since {holder.since})"
    if trouble.waiting and state.open:
        yield f"{model}: {trouble.waiting}"
    if trouble.stopped_by and state.open:
        yield f"{model} was stopped: {trouble.stopped_by}"
    if state.labeler_stopped_by:
        yield f"{model}: its labeler was stopped: {state.labeler_stopped_by}"
    if trouble.unmapped:
        yield f"{model}: {_calls(trouble.unmapped, 'answer')} unmapped, the newest: {trouble.unmapped_line}"
    if trouble.cost_ratio is not None and trouble.cost_ratio.wrong:
        yield f"{model}: {trouble.cost_ratio.line()}"
    if trouble.maybe_billed:
        in_flight = " (or are in flight)" if holder is not None else ""
        yield f"{model}: {billed_line(len(trouble.maybe_billed))} without an answer{in_flight}:"
        prompts = _prompts(place, state)
        for call in trouble.maybe_billed:
            amount = f"counted as ${call.usd:,.4f}" if call.usd is not None else "not counted yet"
            yield (
                f"  {prompts.get(call.slot_key, 'a slot')} ({call.slot_key[:12]}), attempt {call.attempt}: "
                f"{call.why}, {_moment(call.at)}, {amount}"
            )


def billed_line(calls: int) -> str:
    """Return how many calls may have been billed."""
    return f"{_calls(calls, 'call')} may have been billed"


def _calls(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment is not None else "at an unknown time"


def _prompts(place: Workplace, state: PartitionState) -> Mapping[str, str]:
    plan = read_plan(place.store, state.week, state.model)
    return {slot.slot_key: slot.prompt for slot in plan.slots} if plan else {}
