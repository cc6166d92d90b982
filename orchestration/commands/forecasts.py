"""What a run will take, said before it: the dry run, and the one question before money is spent."""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

import typer

from assets.gateway.batches import batch_api
from assets.gateway.money.charges import month_scope, week_scope
from assets.gateway.money.ledger import SpendingLedger
from assets.generation.forecast import Forecast, forecast, most_usd
from assets.generation.partition import plan_partition
from assets.generation.plan import read_plan
from assets.generation.providers.registry import make_provider
from assets.generation.workplace import Workplace
from assets.labeling.asked.asking import Asking
from assets.labeling.asked.guard import asking_of
from assets.labeling.asked.spending import is_paid
from assets.labeling.forecast import (
    ToLabel,
    anchors_left,
    anchors_of,
    label_forecast,
    labelers_of,
    pictures_left,
    pictures_of,
)
from assets.labeling.partition import ready
from assets.labeling.records import RemoteLabeler
from assets.labeling.registry import make_labeler
from assets.labeling.status import partition_state
from assets.suites.selections import asks, planned_prompts
from orchestration.console import OUT, say, say_lines, table
from orchestration.doctor.columns import look_at_columns
from warehouse.errors import ClicheError, RefusedError
from warehouse.printable import counted
from warehouse.weeks import current_week, shift, span, utc_now

_SMALL_USD = 0.1  # below it, cents say too little


def with_ledger(place: Workplace, week: str) -> Workplace:
    """Return the surroundings with a ledger in memory that says what the store says: nothing is written."""
    place = replace(place, ledger=SpendingLedger(None))
    place.fill_ledger(week)
    return place


def look_ahead(place: Workplace, week: str, models: Sequence[str]) -> list[Forecast]:
    """Return what a run will take, a forecast each for its models and for the labelers that are asked, anchors too.

    The ledger is filled for the week. Nothing is asked and nothing is written.
    """
    forecasts: list[Forecast] = []
    to_label = defaultdict[str, ToLabel](ToLabel)
    for model in models:
        plan, provider = plan_partition(place, model, week, freeze=False)
        state = partition_state(place.store, week, model, place.labelers)
        forecasts.append(
            forecast(
                place.store,
                place.ledger,
                place.model(model),
                week,
                paid=provider.paid,
                slots=len(plan.slots),
                calls=state.open if state.planned else len(plan.slots),
                batches=batch_api(provider) is not None,
                today=utc_now().date(),
            )
        )
        for entry in labelers_of(plan.labeler, plan.also_labelers, place.labelers):
            to_label[entry.name] += pictures_left(place.store, plan, _asked(place, entry.name))
    anchors = {name: anchors_left(place.store, _asked(place, name), week) for name in to_label}
    return [*forecasts, *_labels(place, week, to_label, anchors)]


def _labels(
    place: Workplace, week: str, to_label: Mapping[str, ToLabel], anchors: Mapping[str, ToLabel]
) -> Iterator[Forecast]:
    """Yield what so many pictures and anchors take of labelers."""
    for name, pictures in to_label.items():
        yield label_forecast(
            place.ledger,
            place.labelers[name],
            week,
            pictures=pictures,
            anchors=anchors[name],
            today=utc_now().date(),
        )


def _asked(place: Workplace, name: str) -> RemoteLabeler:
    return cast(RemoteLabeler, make_labeler(name, place.labelers))


def dry_run(place: Workplace, week: str, models: Sequence[str]) -> int:
    """Say pictures, calls, minutes and dollars of each model and labeler, with its cap beside them."""
    ready(place, [(model, week) for model in models])
    place = with_ledger(place, week)
    forecasts = look_ahead(place, week, models)
    listed = table(f"week {week}", "pictures", "calls", "minutes", "dollars", "cap")
    for one in forecasts:
        listed.add_row(
            f"{one.name} (labels)" if one.kind == "labeler" else one.name,
            f"{one.asks - one.anchors:,} + {one.anchors:,} anchors" if one.anchors else f"{one.asks:,}",
            f"{one.calls:,}",
            "-" if one.minutes is None else f"{math.ceil(round(one.minutes, 6)):,}",
            f"{'about ' if one.estimate and one.usd else ''}{one.usd:,.2f}",
            _cap(one.cap_usd) if one.paid else "",
        )
    total = sum(one.usd for one in forecasts)
    about = "about " if any(one.estimate and one.usd for one in forecasts) else ""
    paid = any(one.paid for one in forecasts)
    listed.add_row("all", "", "", "", f"{about}{total:,.2f}", _cap(place.caps.week_usd) if paid else "")
    OUT.print(listed)
    say_lines(_about_money(place, week, forecasts))
    say_lines(f"{one.what}: {one.line}." for one in look_at_columns(place, map(place.model, models)))
    say("References, suites and models are valid. Nothing was asked.")
    return 0


def _about_money(place: Workplace, week: str, forecasts: Sequence[Forecast]) -> list[str]:
    """Return what was spent already and which caps will end the run early."""
    if not any(one.paid for one in forecasts):
        return []
    about = "about: an estimate, because tokens decide what these cost; the others are priced per picture."
    lines = [about] if any(one.estimate and one.usd for one in forecasts) else []
    lines += [spent_line(place, week), *lost_lines(place, week)]
    for one in forecasts:
        if one.first_alone:
            lines.append(
                f"{one.name}: no call at its price has been settled, so its first batch holds one request; the others "
                "follow when it has ended, which may take a day."
            )
        if one.short:
            lines.append(
                f"{one.name}: the cap of ${one.cap_usd:,.2f} ends it early, ${one.left_usd:,.2f} are left of it"
            )
    total = sum(one.usd for one in forecasts)
    for cap, scope, what in (
        (place.caps.week_usd, week_scope(week), "week"),
        (place.caps.month_usd, month_scope(utc_now().date()), "month"),
    ):
        if cap is not None and total > (left := max(0.0, cap - place.ledger.total(scope).usd)):
            ends = f"ends the run early, ${left:,.2f} are left of it."
            lines.append(f"The cap of the {what} (${cap:,.2f}) {ends}")
    if place.caps.run_usd is not None and total > place.caps.run_usd:
        lines.append(f"The cap of a run (${place.caps.run_usd:,.2f}) ends it early.")
    return lines


def spent_line(place: Workplace, week: str) -> str:
    """Return what was spent for the week and in the present month, each with its cap; the ledger is filled."""
    parts = []
    for scope, cap, what in (
        (week_scope(week), place.caps.week_usd, f"for the week {week}"),
        (month_scope(utc_now().date()), place.caps.month_usd, "this month"),
    ):
        of = f" of ${cap:,.2f}" if cap is not None else ""
        parts.append(f"${place.ledger.total(scope).usd:,.2f}{of} {what}")
    return f"Spent so far: {', '.join(parts)}."


def month_ahead(place: Workplace) -> float | None:
    """Return the dollars that the present month will reach; None if nothing costs money, or a price is missing.

    What was spent so far, what the present week still takes, and a whole week for each Monday that is left, within the
    caps of entries and weeks. The ledger is filled for the present week.
    """
    week, today = current_week(), utc_now().date()
    names = [entry.name for entry in place.active(week)]
    later = [monday for monday in span(shift(week, 1), shift(week, 5)) if monday[:7] == f"{today:%Y-%m}"]
    if not may_spend(place, [entry.name for of in (week, *later) for entry in place.active(of)]):
        return None
    try:
        left = sum(_within(one.usd, one.left_usd) for one in look_ahead(place, week, names))
        weeks = [sum(_within(one.usd, one.cap_usd) for one in whole_week(place, of)) for of in later]
    except ClicheError:
        return None
    cap, spent = place.caps.week_usd, place.ledger.total(week_scope(week)).usd
    left = _within(left, None if cap is None else max(0.0, cap - spent))
    return place.ledger.total(month_scope(today)).usd + left + sum(_within(usd, cap) for usd in weeks)


def _within(usd: float, cap_usd: float | None) -> float:
    return usd if cap_usd is None else min(usd, cap_usd)


def whole_week(place: Workplace, week: str) -> list[Forecast]:
    """Return what a week to come takes of its models and their labelers, if all is asked."""
    today, forecasts = utc_now().date(), list[Forecast]()
    to_label = defaultdict[str, ToLabel](ToLabel)
    for entry in place.active(week):
        if make_provider(entry.provider, entry.connection).paid:
            slots = sum(
                asks(selection, prompt)
                for selection in entry.suites
                for prompt in planned_prompts(selection, place.suites[selection.suite])
            )
            forecasts.append(
                forecast(
                    place.store, place.ledger, entry, week, paid=True, slots=slots, calls=slots, today=today
                )
            )
        for one in labelers_of(entry.labeler, entry.also_labelers, place.labelers):
            to_label[one.name] += pictures_of(entry, place.suites, one)
    anchors = {name: anchors_of(place.store, place.labelers[name]) for name in to_label}
    return [*forecasts, *_labels(place, week, to_label, anchors)]


def month_line(place: Workplace, usd: float) -> str:
    """Return what the present month will reach, beside its cap."""
    cap = place.caps.month_usd
    if cap is None:
        return f"This month will reach ${usd:,.2f}."
    if usd > cap:
        return f"This month would reach ${usd:,.2f}: its cap of ${cap:,.2f} ends it early."
    return f"This month will reach ${usd:,.2f} of ${cap:,.2f}."


def lost_lines(place: Workplace, week: str) -> list[str]:
    """Return what of the money was spent for calls whose answers were lost; nothing if none was."""
    lost = place.lost_charges(week)
    if not lost:
        return []
    calls = "1 call whose answer was" if len(lost) == 1 else f"{len(lost):,} calls whose answers were"
    usd = sum(charge.usd for charge in lost)
    return [f"Of it, at most ${usd:,.2f} for {calls} lost."]


def _cap(usd: float | None) -> str:
    return "none" if usd is None else f"{usd:,.2f}"


def confirm(place: Workplace, week: str, models: Sequence[str], *, yes: bool) -> None:
    """Ask once before money is spent for models of whom nothing was asked in the week yet."""
    fresh = [model for model in models if read_plan(place.store, week, model) is None]
    if yes or not may_spend(place, fresh):
        return
    ready(place, [(model, week) for model in models])
    place = with_ledger(place, week)
    forecasts = look_ahead(place, week, models)
    amount = most_usd(forecasts, place.caps, place.ledger, week, utc_now().date())
    confirm_amount(amount, min(amount, sum(one.usd for one in forecasts)), yes=yes)


def confirm_amount(amount: float, expected: float | None = None, *, yes: bool) -> None:
    """Ask once before so many dollars may be spent; `expected` is less, where that much is not expected.

    Raises:
        RefusedError: if the answer is no, or there is no terminal and `yes` was not given.
    """
    if yes or amount <= 0:
        return
    places = 2 if amount >= _SMALL_USD else 4
    likely = "" if expected is None or expected >= amount else f" (about ${expected:,.{places}f} expected)"
    up_to = f"up to ${amount:,.{places}f}{likely}"
    if not sys.stdin.isatty():
        raise RefusedError(f"this would spend {up_to}; no terminal to confirm, so pass --yes")
    if not typer.confirm(f"This will spend {up_to}; go on?", err=True):
        raise RefusedError("nothing was asked and nothing was spent")


def confirmed(place: Workplace, study: str, labeler: str, left: ToLabel, *, yes: bool) -> Asking:
    """Return how a labeler is asked about a study, after its price was said and one question about it."""
    week, today, entry = current_week(), utc_now().date(), place.labelers[labeler]
    asking = asking_of(place, entry, week)  # it fills the ledger
    one = label_forecast(place.ledger, entry, week, pictures=left, anchors=ToLabel(), today=today)
    most = most_usd([one], place.caps, place.ledger, week, today)
    if most:
        calls = f"{counted(left.left, 'picture')} in {counted(left.calls, 'call')}"
        say(f"{study}: {calls} by {labeler}, about ${min(one.usd, most):,.4f}, at most ${most:,.4f}")
        confirm_amount(most, min(one.usd, most), yes=yes)
    return asking


def may_spend(place: Workplace, models: Sequence[str]) -> bool:
    """Return whether any of these models or their labelers costs money."""
    return any(
        make_provider(entry.provider, entry.connection).paid
        or any(map(is_paid, labelers_of(entry.labeler, entry.also_labelers, place.labelers)))
        for entry in map(place.model, models)
    )
