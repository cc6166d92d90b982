"""Which columns of the leaderboard stay empty for models, and what filling them would cost; nothing is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from assets.gateway.models_file import ModelEntry
from assets.gateway.money.costs import price_on
from assets.generation.providers.registry import make_provider
from assets.generation.workplace import Workplace
from assets.labeling.forecast import pictures_of
from assets.labeling.registry import LABELERS_FILE, make_labeler, shipped_labelers
from assets.leaderboard.columns.needs import ColumnNeed, asked_of, needs
from assets.suites.loader import load_suites
from assets.suites.selections import load_selections
from orchestration.doctor.finding import Finding
from warehouse.weeks import utc_now

UNREAD = "reads only"


def look_at_columns(place: Workplace, models: Iterable[ModelEntry]) -> Iterator[Finding]:
    """Yield why columns of real models stay empty, once for all models that lack the same.

    Only a labeler that cannot read what is asked is a warning: the pictures are paid for.
    """
    alike, headline = defaultdict[str, list[str]](list), load_selections(load_suites())["headline"]
    suites, labelers = {**load_suites(), **place.suites}, {**shipped_labelers(), **place.labelers}
    many = sum(sum(prompts.values()) for prompts in asked_of(headline, suites).values())
    for entry in models:
        if make_provider(entry.provider, entry.connection).simulated:
            continue
        parts, asks_more = defaultdict[str, list[str]](list), False
        for need in needs(entry, suites, labelers, headline):
            late = f"from week {need.weeks} on" if need.weeks else "empty, too few pictures"
            unread = _unread(place, entry, need)
            why = {"not_asked": "empty, not asked", "few_pictures": late, "not_read": unread}
            if need.reason is not None:
                parts[why[need.reason]].append(f'"{need.column.title.text}"')
                asks_more |= need.reason != "not_read" and need.more
        line = "; ".join(f"{', '.join(titles)}: {state}" for state, titles in parts.items())
        price = price_on(entry.price, utc_now().date())
        usd = f", ${many * price.per_image_usd:,.2f} at its price" if price else ""
        line += f"; `headline` asks {many:,} pictures per week for all columns{usd}" if asks_more else ""
        if line:
            alike[line].append(entry.name)
    for line, names in alike.items():
        yield Finding("warn" if UNREAD in line else "ok", ", ".join(names), line)


def _unread(place: Workplace, entry: ModelEntry, need: ColumnNeed) -> str:
    """Return what its labeler reads, and one that reads what a column needs: of models.yaml, else one to paste."""
    read = ", ".join(make_labeler(entry.labeler, place.labelers).attributes()).replace("_", " ")
    known = {"models.yaml": place.labelers, LABELERS_FILE: shipped_labelers()}
    where, name = next((of, own) for of in known for own in known[of] if own in need.labelers)
    price = price_on(known[where][name].price, utc_now().date())
    usd = price.per_image_usd * pictures_of(entry, place.suites, known[where][name]).left if price else 0
    return f"empty, {entry.labeler} {UNREAD} {read} ({name} of {where} reads all, about ${usd:,.2f} per week)"
