"""Alerts about entries of models.yaml: money, prices, models that end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.gateway.money.charges import entry_scope, month_scope, week_scope
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.money.prices import OLD_AFTER_DAYS, price_on
from assets.gateway.records import Outcome
from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.view import View
from orchestration.doctor.services import END_DAYS, last_week, shutdown


def budget(view: View) -> Iterator[Alert]:
    """Yield caps of this week and month of which the share that is set is spent; nothing is written to the ledger."""
    place, week, today = view.place, view.present, view.now.date()
    caps = [
        ("all models", week, week_scope(week), place.caps.week_usd),
        (f"month {today:%Y-%m}", "", month_scope(today), place.caps.month_usd),
        *((entry.name, week, entry_scope(week, entry.name), entry.cap_usd) for entry in place.active(week)),
        *(
            (f"labeler {name}", week, entry_scope(week, name, "labeler"), entry.cap_usd)
            for name, entry in place.labelers.items()
        ),
    ]
    if all(cap is None for *_, cap in caps):
        return
    place = replace(place, ledger=SpendingLedger(None))
    place.fill_ledger(week, today)
    for about, of_week, scope, cap in caps:
        usd = place.ledger.total(scope).usd
        if cap is not None and usd >= view.settings.alerts.budget_share * cap:
            share = f"{100 * usd / cap:.0f}"
            yield alert("budget", about, of_week, usd=f"{usd:,.2f}", cap=f"{cap:,.2f}", share=share)


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
        if (state.stopped_by or "").startswith(f"{Outcome.MODEL_RETIRED}: ")
    }
    for entry in _in_use(view):
        if entry.name in retired:
            yield alert("model_ends", entry.name, detail="retired", why=retired[entry.name])
            continue
        if entry.shutdown_date is not None and (entry.shutdown_date - today).days <= END_DAYS:
            said = shutdown(entry.name, entry.shutdown_date, today).line
            yield alert("model_ends", entry.name, detail=str(entry.shutdown_date), why=said)
        elif isinstance(entry, ModelEntry):
            for found in last_week(entry, succeeded, today):
                yield alert("model_ends", entry.name, detail=str(entry.until_week), why=found.line)


def _in_use(view: View) -> Sequence[ModelEntry | LabelerEntry]:
    """Return the models of this week, and the labelers of models.yaml that read their pictures."""
    active = view.place.active(view.present)
    names = {name for entry in active for name in (entry.labeler, *entry.also_labelers)}
    return [*active, *(entry for name, entry in view.place.labelers.items() if name in names)]
