"""Which columns of the leaderboard stay empty for models, and what filling them would cost; nothing is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.gateway.money.costs import price_on
from assets.generation.providers.registry import make_provider
from assets.generation.workplace import Workplace
from assets.labeling.forecast import pictures_of
from assets.labeling.registry import make_labeler, with_questions
from assets.leaderboard.columns.needs import Need, asked_of, needs
from assets.suites.loader import load_suites
from assets.suites.selections import Selection, load_selections
from orchestration.doctor.finding import Finding, Level
from orchestration.settings import SHIPPED
from warehouse.weeks import utc_now
from warehouse.yamlfile import read_yaml

#: Labelers to paste from.
LABELERS = "models/labelers.yaml"


@cache
def shipped_labelers() -> Mapping[str, LabelerEntry]:
    """Return the labelers to paste from, by name."""
    entries = map(LabelerEntry.model_validate, read_yaml(SHIPPED / LABELERS, LABELERS)["labelers"])
    return with_questions([*entries], load_suites(), where=LABELERS)


def look_at_columns(place: Workplace, models: Sequence[ModelEntry]) -> Iterator[Finding]:
    """Yield why columns of real models stay empty, once for all that lack the same.

    Only a labeler that cannot read what is asked is a warning: the pictures are paid for.
    """
    alike, headline = (
        defaultdict[tuple[Level, str], list[str]](list),
        load_selections(load_suites())["headline"],
    )
    suites, labelers = {**load_suites(), **place.suites}, {**shipped_labelers(), **place.labelers}
    for entry in models:
        if not make_provider(entry.provider, entry.connection).simulated:
            found = needs(entry, suites, labelers, headline)
            if unread := [need for need in found if need.reason == "not_read"]:
                alike["warn", _unread(place, entry, unread)].append(entry.name)
            if late := [need for need in found if need.reason in {"not_asked", "few_pictures"}]:
                alike["ok", _late(entry, late, headline)].append(entry.name)
    yield from (Finding(level, ", ".join(names), line) for (level, line), names in alike.items())


def _unread(place: Workplace, entry: ModelEntry, found: Sequence[Need]) -> str:
    """Return which columns its labeler cannot fill, and one that can: of models.yaml, else one to paste."""
    read = ", ".join(make_labeler(entry.labeler, place.labelers).attributes()).replace("_", " ")
    known = {"models.yaml": place.labelers, LABELERS: shipped_labelers()}
    where, name = next(
        (of, own) for of in known for own in known[of] if all(own in one.labelers for one in found)
    )
    price = price_on(known[where][name].price, utc_now().date())
    usd = price.per_image_usd * pictures_of(entry, place.suites, known[where][name]).left if price else 0
    columns = ", ".join(f'"{need.column.title.text}"' for need in found)
    reader = f"{name} of {where} reads them, about ${usd:,.2f} per week"
    return f"{columns}: empty, {entry.labeler} reads only {read}; {reader}"


def _late(entry: ModelEntry, found: Sequence[Need], headline: Selection) -> str:
    """Return which columns what it is asked fills later or never, and what the selection for all of them costs."""
    by_when = defaultdict[str, list[str]](list)
    for need in found:
        when = f"from week {need.weeks} on" if need.weeks else "empty, too few pictures"
        when = "empty, not asked" if need.reason == "not_asked" else when
        by_when[when].append(f'"{need.column.title.text}"')
    columns = "; ".join(f"{', '.join(titles)}: {when}" for when, titles in by_when.items())
    if not any(need.more for need in found):
        return columns
    many = sum(sum(prompts.values()) for prompts in asked_of(headline, load_suites()).values())
    price = price_on(entry.price, utc_now().date())
    usd = f", ${many * price.per_image_usd:,.2f} at its price" if price else ""
    return f"{columns}; `headline` asks {many:,} pictures per week for them{usd}"
