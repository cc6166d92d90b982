"""Commands of the operator: demo, run, publish, rebuild, unlock. Dagster is imported where one is about to use it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.filesize import decimal

from assets.generation.partition import plan_partition
from assets.generation.providers.registry import make_provider
from assets.generation.workplace import Listener, Workplace
from assets.labeling.gold.sampling import PICTURES
from assets.labeling.gold.simulated import simulated_gold
from assets.labeling.partition import ready
from assets.labeling.status import PartitionState, partition_states
from assets.leaderboard.published import latest
from orchestration.commands.editions import bar, check_line, counting, headline, page_address, withheld
from orchestration.commands.forecasts import confirm, dry_run, may_spend
from orchestration.commands.status import billed_line
from orchestration.console import Tally, note, say
from orchestration.gate import look
from orchestration.resources import bare_workplace, make_workplace
from orchestration.settings import CHECKOUT, SHIPPED, Settings, load_settings
from warehouse.errors import RefusedError, UsageError
from warehouse.weeks import current_week, parse_week, span
from warehouse.yamlfile import read_yaml

if TYPE_CHECKING:
    from orchestration import weekly


#: Simulated models whose pictures simulated people rate, in how many of the demo's last weeks, and of which suite.
RATED_MODELS, RATED_WEEKS, RATED_SUITE = 2, 4, "occupations"


def demo(count: int | None = None) -> int:
    """Run the main job on the shipped simulated models and the (last) weeks of the demo file, and say where to look."""
    settings = load_settings()
    weeks = read_yaml(CHECKOUT / "orchestration" / "demo.yaml", "demo.yaml")
    asked_weeks = span(str(weeks["first_week"]), str(weeks["last_week"]))[-(count or 0) :]
    last = asked_weeks[-1]
    place = make_workplace(settings)
    simulated = [entry.name for entry in place.models if make_provider(entry.provider).simulated]
    if not simulated:
        raise UsageError(
            f"{settings.models.name} has no simulated model switched on; the demo asks those alone"
        )
    wanted = [
        (entry.name, week) for week in asked_weeks for entry in place.active(week) if entry.name in simulated
    ]
    complete = f"Nothing to ask: {len(wanted)} of {len(wanted)} partitions are complete."
    if may_spend(place, simulated):
        raise RefusedError(
            f"the demo spends no money, and labelers of the simulated models in {settings.models.name} cost some; "
            "ask those with cliche run"
        )
    before = latest(place.store)
    say(f"{len(simulated)} simulated models, {len(asked_weeks)} weeks, {len(wanted)} partitions")
    if before is None:
        _first_page(settings, place, [partition for partition in wanted if partition[1] == asked_weeks[0]])
    ran, code = _ask(settings, place, wanted)
    idle = not ran.run and not ran.problems
    if idle and before is not None and before.week >= last:
        say(f"{complete} Edition {before.id} is current.")
    else:
        if idle:
            say(complete)
        if not ran.problems:
            _rate(place, wanted)
        from orchestration import weekly

        edition = weekly.publish(place, settings, last, note=note, wait=False)  # waits for no live model
        say(check_line(place))
        say(f"Edition {edition} is current.")
    for sentence in headline(place):
        say(f"  {sentence}")
    say()
    say(f"Page:  {page_address(place)}")
    serve, cliche = ("make serve", ".venv/bin/cliche") if SHIPPED == CHECKOUT else ("cliche serve", "cliche")
    say(f"Look:  {serve:<36} then http://127.0.0.1:8000")
    say(f"Ask:   {cliche} sql -f who_is_the_ceo")
    say('Next:  README, "Ask real models"')
    return code


def _first_page(settings: Settings, place: Workplace, wanted: Sequence[tuple[str, str]]) -> None:
    """Ask and publish the first week: a page to look at while the others are asked."""
    from orchestration import weekly

    ran, _ = _ask(settings, place, wanted)
    if ran.run and not ran.problems:
        weekly.publish(place, settings, wanted[0][1], note=note, wait=False)
        say(f"Page of the first week, to look at meanwhile:  {page_address(place)}")


def _rate(place: Workplace, wanted: Sequence[tuple[str, str]]) -> None:
    """Have pictures of the last weeks rated by simulated people, so that the demo's pages show corrected figures."""
    weeks = sorted({week for _, week in wanted})[-RATED_WEEKS:]
    models = [model for model, week in wanted if week == weeks[-1]][:RATED_MODELS]
    for week in weeks:
        asked = [model for model in models if (model, week) in wanted]
        try:
            sample, state = simulated_gold(place.store, week, asked, PICTURES // RATED_WEEKS, [RATED_SUITE])
        except UsageError as error:  # of models whose pictures show nobody
            note(f"nothing for people to rate: {error}")
            return
        say(
            f"Gold set {sample.gold_set}: {state.pictures:,} pictures of {' and '.join(asked)}, rated by two "
            f"simulated people and, where they differ ({state.differing:,}), by a third"
        )


def run(week: str | None, models: Sequence[str], *, dry: bool, yes: bool, submit: bool = False) -> int:
    """Ask, label and load the week's partitions, or have workers do so (`submit`); publish if every model is complete.

    Before money is spent for models of whom nothing was asked in the week yet, it is asked whether to; `yes` says so.
    """
    settings = load_settings()
    place = make_workplace(settings, Listener(told=note))
    week = _monday(week)
    chosen = [place.model(name) for name in models] or place.active(week)
    names, wanted = [entry.name for entry in chosen], [(entry.name, week) for entry in chosen]
    if idle := [entry.name for entry in chosen if entry not in place.active(week)]:
        raise UsageError(
            f"{', '.join(idle)} is not active in the week {week}: see from and until in models.yaml"
        )
    if not wanted:
        raise UsageError(f"no model of {settings.models.name} is active in the week {week}")
    if dry:
        return dry_run(place, week, names)
    confirm(place, week, names, yes=yes)
    if submit:
        from orchestration.cluster.week import submit_week

        return submit_week(settings, place, wanted, page_address)
    ran, code = _ask(settings, place, wanted)
    if not ran.run and not ran.problems:
        say(f"Nothing to ask: {len(wanted)} of {len(wanted)} partitions are complete.")
    gate = look(place, settings, week)
    newest = latest(place.store)
    if not gate.is_open:
        say(f"Not published: {gate.why_closed()}.")
    elif newest is None or newest.week <= week:
        from orchestration import weekly

        edition = weekly.publish(place, settings, week, note=note)
        say(check_line(place))
        held = withheld(place, week)
        _say_withheld(held)
        say(f"Edition {edition} is current: {page_address(place)}")
        code = code or int(bool({*held} & {*names}))
    return code


def _say_withheld(models: Sequence[str]) -> None:
    if models:
        say(f"Withheld, for the critical checks that failed: {', '.join(models)}.")


def publish(week: str | None) -> int:
    """Check, score and publish a week that may be published."""
    from orchestration import weekly

    settings = load_settings()
    place = make_workplace(settings, Listener(told=note))
    before = latest(place.store)
    week = _monday(week or (before.week if before else None))
    edition = weekly.publish(place, settings, week, note=note)
    same = " as before: nothing changed" if before is not None and before.id == edition else ""
    say(check_line(place))
    if newest := latest(place.store):
        _say_withheld(withheld(place, newest.week))
    say(f"Edition {edition} is current{same}: {page_address(place)}")
    return 0


def send(address: str) -> int:
    """Send what is published to where readers are: a folder or a bucket."""
    from orchestration.uploading.destinations import destination
    from orchestration.uploading.upload import upload

    settings = load_settings()
    missing = [f"no {name}" for name in ("name", "contact") if not getattr(settings.publisher, name)]
    if missing:
        raise UsageError(
            f"{settings.home / 'cliche.yaml'}: publisher has {' and '.join(missing)}, and a public site says whose it "
            "is; write, for example, publisher: {name: Jane Doe, contact: jane@example.org}"
        )
    place = bare_workplace(settings)
    with place.store.lease("upload", purpose=f"send the site to {address}"):
        to = destination(address, place.store.url)
        with bar("sending") as step:
            sent = upload(place.store, to, step)
    lost = f" {sent.missing:,} thumbnails are missing from the store." if sent.missing else ""
    done = f"{sent.objects:,} objects sent ({decimal(sent.bytes)})"
    say(
        f"{to.url} shows edition {sent.edition}: {done if sent.objects else 'nothing to send, all was there'}.{lost}"
    )
    return 0


def rebuild() -> int:
    """Build the warehouse anew from the store alone: no configuration is read."""
    from assets.metrics.week import score_all
    from warehouse.database.rebuild import rebuild as rebuild_warehouse

    settings = load_settings()
    place = bare_workplace(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    with counting("rebuilding") as step:
        rows = rebuild_warehouse(
            place.store, settings.warehouse, progress=step, finish=lambda con: score_all(con, place)
        )
    say(f"{settings.warehouse}: {sum(rows.values()):,} rows in {len(rows)} tables")
    return 0


def unlock(name: str | None) -> int:
    """List leases, or take one away; free what dead runs hold in Dagster's pools."""
    from orchestration.instance import bury_dead_runs, open_instance

    settings = load_settings()
    place = bare_workplace(settings)
    with open_instance(settings.dagster_home, settings.postgres) as instance:
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
    from orchestration import weekly

    place.store.check_writable()
    known = ready(place, wanted)
    tally = Tally(_slots_to_ask(place, known))
    place = replace(place, listener=tally.listener())
    try:
        with nullcontext() if all(state.complete for state in known) else tally.shown():
            ran = weekly.run_partitions(place, settings, wanted, note)
    except KeyboardInterrupt:
        # As the store knows it: what the processes told last may not have been heard.
        after = partition_states(place.store, ((week, model) for model, week in wanted), place.labelers)
        kept = sum(now.outcomes["ok"] - then.outcomes["ok"] for now, then in zip(after, known, strict=True))
        say(f"stopped: {kept:,} pictures kept, 0 lost, {_billed(place, known, after)}. Run again to go on.")
        raise
    for (model, week), why in ran.problems.items():
        note(f"cliche: {model}, week {week}: {why}")
    return ran, ran.exit_code


def _billed(place: Workplace, before: Sequence[PartitionState], after: Sequence[PartitionState]) -> str:
    """Return how many calls of this run may have been billed without an answer."""
    paid = {entry.name for entry in place.models if make_provider(entry.provider, entry.connection).paid}
    if not paid & {state.model for state in after}:
        return "no call was billed"
    then, now = (
        {
            (state.model, call.slot_key, call.attempt)
            for state in states
            if state.model in paid
            for call in state.trouble.maybe_billed
        }
        for states in (before, after)
    )
    lost = len(now - then)
    return f"{billed_line(lost)} (listed in cliche status)" if lost else "no answer was lost"


def _slots_to_ask(place: Workplace, states: Sequence[PartitionState]) -> int:
    """Return how many slots are open, counting those of partitions that are not planned yet."""
    unplanned = {state.model: state.week for state in reversed(states) if not state.planned}
    fresh = {
        model: len(plan_partition(place, model, week, freeze=False)[0].slots)
        for model, week in unplanned.items()
    }
    return sum(state.open if state.planned else fresh[state.model] for state in states)
