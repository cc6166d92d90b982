"""Commands of the operator: demo, run, publish, status, rebuild, unlock.

Belongs here: what is said and which exit code follows. Does not belong here: the work itself (`orchestration.weekly`
and the steps under `assets`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

import yaml
from rich.table import Table

from assets.generation.asset import plan_partition
from assets.generation.plan import check_frozen
from assets.generation.prices import price_on
from assets.generation.providers.registry import make_provider
from assets.generation.records import GROUPS
from assets.generation.workplace import Workplace
from assets.labeling.status import PartitionState, partition_state
from assets.leaderboard.edition import latest
from assets.metrics.week import score_all
from orchestration import weekly
from orchestration.commands.editions import check_line, counting, headline, page_address
from orchestration.console import OUT, Tally, note, say
from orchestration.gate import look
from orchestration.instance import bury_dead_runs, open_instance
from orchestration.resources import bare_workplace, make_workplace
from orchestration.settings import CHECKOUT, Settings, load_settings
from warehouse.errors import UsageError
from warehouse.rebuild import rebuild as rebuild_warehouse
from warehouse.weeks import current_week, iso_label, parse_week, span, utc_now


def demo() -> int:
    """Run the main job on the shipped simulated models and the weeks of the demo file, and say where to look."""
    settings = load_settings()
    weeks = yaml.safe_load((CHECKOUT / "orchestration" / "demo.yaml").read_text(encoding="utf-8"))
    first, last = str(weeks["first_week"]), str(weeks["last_week"])
    place = make_workplace(settings)
    simulated = [entry.name for entry in place.models if make_provider(entry.provider).simulated]
    if not simulated:
        raise UsageError(
            f"{settings.models.name} has no simulated model switched on; the demo asks those alone"
        )
    wanted = [
        (entry.name, week)
        for week in span(first, last)
        for entry in place.active(week)
        if entry.name in simulated
    ]
    before = latest(place.store)
    say(f"{len(simulated)} simulated models, {len(span(first, last))} weeks, {len(wanted)} partitions")
    ran, code = _ask(settings, place, wanted)
    if not ran.run and not ran.problems and before is not None and before.week >= last:
        say(
            f"Nothing to ask: {len(wanted)} of {len(wanted)} partitions are complete. "
            f"Edition {before.id} is current."
        )
    else:
        if not ran.run and not ran.problems:
            say(f"Nothing to ask: {len(wanted)} of {len(wanted)} partitions are complete.")
        edition = weekly.publish(
            place, settings, last, note=note, wait=False
        )  # the demo waits for no live model
        say(check_line(place))
        say(f"Edition {edition} is current.")
    for sentence in headline(place):
        say(f"  {sentence}")
    say()
    say(f"Page:  {page_address(place)}")
    say("Look:  make serve                          then http://127.0.0.1:8000")
    say("Ask:   .venv/bin/cliche sql -f who_is_the_ceo")
    say('Next:  README, "Ask real models"')
    return code


def run(week: str | None, models: Sequence[str], *, dry_run: bool) -> int:
    """Ask, label and load the week's partitions; publish if every model is complete."""
    settings = load_settings()
    place = make_workplace(settings)
    week = _monday(week)
    chosen = [place.model(name) for name in models] or place.active(week)
    wanted = [(entry.name, week) for entry in chosen]
    idle = [entry.name for entry in chosen if entry not in place.active(week)]
    if idle:
        raise UsageError(
            f"{', '.join(idle)} is not active in the week {week}: see from and until in models.yaml"
        )
    if not wanted:
        raise UsageError(f"no model of {settings.models.name} is active in the week {week}")
    if dry_run:
        return _dry_run(place, week, wanted)
    ran, code = _ask(settings, place, wanted)
    if not ran.run and not ran.problems:
        say(f"Nothing to ask: {len(wanted)} of {len(wanted)} partitions are complete.")
    gate = look(place, settings, week)
    newest = latest(place.store)
    if not gate.is_open:
        say(f"Not published: {gate.why_closed()}.")
    elif newest is None or newest.week <= week:
        edition = weekly.publish(place, settings, week, note=note)
        say(check_line(place))
        say(f"Edition {edition} is current: {page_address(place)}")
    return code


def publish(week: str | None) -> int:
    """Check, score and publish a week that may be published."""
    settings = load_settings()
    place = make_workplace(settings)
    before = latest(place.store)
    week = _monday(week or (before.week if before else None))
    edition = weekly.publish(place, settings, week, note=note)
    same = before is not None and before.id == edition
    say(check_line(place))
    say(f"Edition {edition} is current{' as before: nothing changed' if same else ''}: {page_address(place)}")
    return 0


def status(week: str | None) -> int:
    """Say how far each model is in a week, and what publishing waits for."""
    settings = load_settings()
    place = make_workplace(settings)
    week = _monday(week)
    gate = look(place, settings, week)
    newest = latest(place.store)
    say(f"week {week} ({iso_label(week)}), published at the latest {gate.deadline:%A %Y-%m-%d %H:%M} UTC")
    table = Table(box=None, pad_edge=False)
    for name in ("model", "images", "answers", "unlabelled", "open", "cost"):
        table.add_column(name, justify="left" if name == "model" else "right")
    for model, state in gate.states.items():
        table.add_row(model, *_progress(state))
    OUT.print(table)
    for model, state in gate.states.items():
        if state.stopped_by and state.open:
            say(f"{model} was stopped: {state.stopped_by}")
        if state.outcomes["unknown_charge"]:
            say(
                f"{model}: {state.outcomes['unknown_charge']} calls may have been billed; their answers were lost"
            )
    if newest is not None:
        say(f"Edition {newest.id} is current: {page_address(place)}")
    if not gate.states:
        say("No model is active in this week.")
    elif not gate.is_open:
        say(f"Not published: {gate.why_closed()}.")
    return 0


def rebuild() -> int:
    """Build the warehouse anew from the store alone: no configuration is read."""
    settings = load_settings()
    place = bare_workplace(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    with counting("rebuilding") as step:
        rows = rebuild_warehouse(
            place.store,
            settings.warehouse,
            progress=step,
            finish=lambda con: score_all(con, place),
        )
    say(f"{settings.warehouse}: {sum(rows.values()):,} rows in {len(rows)} tables")
    return 0


def unlock(name: str | None) -> int:
    """List leases, or take one away; free what dead runs hold in Dagster's pools."""
    settings = load_settings()
    place = bare_workplace(settings)
    with open_instance(settings.dagster_home) as instance:
        freed = bury_dead_runs(instance)
    if freed:
        say(f"Pool slots of dead runs freed: {len(freed)}.")
    if name is not None:
        holder = place.store.break_lease(name)
        if holder is None:
            raise UsageError(f'no lease "{name}"; cliche unlock lists those there are')
        say(f"{name} was held by pid {holder.pid} on {holder.host} since {holder.since}; it is free now.")
        return 0
    held = place.store.leases()
    for lease, holder in held:
        say(f"{lease}   pid {holder.pid} on {holder.host} since {holder.since} ({holder.purpose})")
    if not held:
        say("Nothing is locked.")
    return 0


def _monday(week: str | None) -> str:
    return parse_week(week).isoformat() if week else current_week()


def _ask(settings: Settings, place: Workplace, wanted: Sequence[tuple[str, str]]) -> tuple[weekly.Ran, int]:
    """Run partitions with progress bars; say what went wrong; return the exit code too."""
    place.store.check_writable()
    known = [partition_state(place.store, week, model, place.labelers) for model, week in wanted]
    tally = Tally(_slots_to_ask(place, known))
    place = replace(place, listener=tally.listener())
    try:
        with nullcontext() if all(state.complete for state in known) else tally.shown():
            ran = weekly.run_partitions(place, settings, wanted, note)
    except KeyboardInterrupt:
        lost = tally.outcomes["unknown_charge"]
        billed = (
            f"{lost} calls may have been billed (listed in cliche status)" if lost else "no call was billed"
        )
        say(f"stopped: {len(tally.kept):,} pictures kept, 0 lost, {billed}. Run again to go on.")
        raise
    for (model, week), why in ran.problems.items():
        note(f"cliche: {model}, week {week}: {why}")
    return ran, ran.exit_code


def _slots_to_ask(place: Workplace, states: Sequence[PartitionState]) -> int:
    """Return how many slots are open, counting those of partitions that are not planned yet."""
    fresh: dict[str, int] = {}  # slots of a model in a week that is not planned yet
    for state in states:
        if not state.planned and state.model not in fresh:
            fresh[state.model] = len(plan_partition(place, state.model, state.week, freeze=False)[0].slots)
    return sum(state.open if state.planned else fresh[state.model] for state in states)


def _dry_run(place: Workplace, week: str, wanted: Sequence[tuple[str, str]]) -> int:
    table = Table(box=None, pad_edge=False)
    for name in (f"week {week}", "asks", "calls", "minutes", "dollars"):
        table.add_column(name, justify="left" if name.startswith("week") else "right")
    total = 0.0
    check_frozen(place.store, place.suites)
    for model, _ in wanted:
        plan, _provider = plan_partition(place, model, week, freeze=False)
        state = partition_state(place.store, week, model, place.labelers)
        calls = state.open if state.planned else len(plan.slots)
        entry = place.model(model)
        minutes = f"{calls / entry.requests_per_minute:,.0f}" if entry.requests_per_minute else "-"
        price = price_on(entry.price, utc_now().date())
        dollars = calls * price.per_image_usd if price else 0.0
        total += dollars
        table.add_row(model, f"{len(plan.slots):,}", f"{calls:,}", minutes, f"{dollars:,.2f}")
    table.add_row("all", "", "", "", f"{total:,.2f}")
    OUT.print(table)
    say("References, suites and models are valid. Nothing was asked.")
    return 0


def _progress(state: PartitionState) -> tuple[str, ...]:
    if not state.planned:
        return ("not asked", "", "", "", "")
    ok = state.outcomes["ok"]
    answers = sum(state.outcomes[outcome] for outcome, group in GROUPS.items() if group == "answer")
    return (
        f"{ok:,}/{state.slots:,}",
        f"{answers:,} refused",
        f"{state.unlabelled:,}",
        f"{state.open:,}",
        f"${state.cost_usd:,.2f}",
    )
