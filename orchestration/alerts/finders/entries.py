"""Alerts about entries of models.yaml: money, prices, models that end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.gateway.money.budget import SET_IN
from assets.gateway.money.charges import entry_scope, month_scope, week_scope
from assets.gateway.money.costs import OLD_AFTER_DAYS, price_on
from assets.gateway.money.ledger import SpendingLedger
from assets.labeling.status import is_at_cap, is_retired
from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.view import View
from orchestration.doctor.services import END_DAYS, last_week, shutdown


class _Cap(NamedTuple):
    """A cap of this week or month; `set_in` says where it is set, as the line of whom it stopped does."""

    about: str
    week: str
    scope: str
    usd: float | None
    set_in: str


def _caps(view: View) -> list[_Cap]:
    place, week, today = view.place, view.present, view.now.date()
    entries = [
        *((entry.name, entry.name, "model", entry.cap_usd) for entry in place.active(week)),
        *((f"labeler {name}", name, "labeler", one.cap_usd) for name, one in place.labelers.items()),
    ]
    return [
        _Cap("all models", week, week_scope(week), place.caps.week_usd, SET_IN["week"]),
        _Cap(f"month {today:%Y-%m}", "", month_scope(today), place.caps.month_usd, SET_IN["month"]),
        *(
            _Cap(about, week, entry_scope(week, name, kind), usd, SET_IN[kind].format(name=name))
            for about, name, kind, usd in entries
        ),
    ]


def budget(view: View) -> Iterator[Alert]:
    """Yield caps of this week and month that stopped somebody, and those of which the share that is set is spent.

    Nothing is written to the ledger.
    """
    caps = _caps(view)
    reached = {one.about: one for one in _at_cap(view, caps)}
    yield from reached.values()
    if all(cap.usd is None for cap in caps):
        return
    place = replace(view.place, ledger=SpendingLedger(None))
    place.fill_ledger(view.present, view.now.date())
    for cap in caps:
        usd = place.ledger.total(cap.scope).usd
        if cap.usd is None or cap.about in reached or usd < view.settings.alerts.budget_share * cap.usd:
            continue
        why = f"${usd:,.2f} of ${cap.usd:,.2f} are spent ({100 * usd / cap.usd:.0f} %)"
        yield alert("budget", cap.about, cap.week, why=why)


def _at_cap(view: View, caps: Sequence[_Cap]) -> Iterator[Alert]:
    """Yield the caps by which slots or pictures of this week are open, with all whom each stopped."""
    stopped: dict[str, tuple[str, list[str]]] = {}
    gate = view.gates.get(view.present)
    for model, state in gate.states.items() if gate else ():
        for why, number, left in (
            (state.stopped_by, state.open, f"{state.open:,} of {state.slots:,} slots"),
            (state.labeler_stopped_by, state.unlabelled, f"{state.unlabelled:,} pictures to label"),
        ):
            if number and is_at_cap(why):
                reason = str(why).partition(": ")[2]
                about = next((cap.about for cap in caps if cap.set_in in reason), "a run")
                stopped.setdefault(about, (reason, []))[1].append(f"{model} {left}")
    for about, (reason, lefts) in stopped.items():
        yield alert("at_cap", about, view.present, why=reason, left=", ".join(lefts))


def old_prices(view: View) -> Iterator[Alert]:
    """Yield entries in use whose price was looked up long ago; what costs nothing is left out."""
    today = view.now.date()
    for entry in _in_use(view):
        price = price_on(entry.price, today)
        days = (today - price.date).days if price is not None else 0
        if price is not None and days > OLD_AFTER_DAYS and (price.per_image_usd or price.per_million_usd):
            yield alert("price_old", entry.name, detail=str(price.date), date=price.date, days=days)


def ends(view: View) -> Iterator[Alert]:
    """Yield models that were retired, or end within 60 days as models.yaml says, where nothing follows them."""
    today = view.now.date()
    succeeded = {one.succeeds for one in view.place.models}
    retired = {
        model: state.stopped_by
        for gate in view.gates.values()
        for model, state in gate.states.items()
        if is_retired(state.stopped_by)
    }
    for entry in _in_use(view):
        if entry.name in retired:
            yield alert("model_ends", entry.name, detail="retired", why=retired[entry.name])
            continue
        if entry.shutdown_date is not None and (entry.shutdown_date - today).days <= END_DAYS:
            line = shutdown(entry.name, entry.shutdown_date, today).line
            yield alert("model_ends", entry.name, detail=str(entry.shutdown_date), why=line)
        elif isinstance(entry, ModelEntry):
            for end in last_week(entry, succeeded, today):
                yield alert("model_ends", entry.name, detail=str(entry.until_week), why=end.line)


def _in_use(view: View) -> Sequence[ModelEntry | LabelerEntry]:
    """Return the models of this week, and the labelers of models.yaml that read their pictures."""
    active = view.place.active(view.present)
    names = {name for entry in active for name in (entry.labeler, *entry.also_labelers)}
    return [*active, *(entry for name, entry in view.place.labelers.items() if name in names)]
