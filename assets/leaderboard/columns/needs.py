"""What keeps columns of the leaderboard empty for a model, whatever its pictures show: what is asked, what is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.gateway.money.costs import price_on
from assets.labeling.registry import make_labeler
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.metrics.plain.cells import PICTURES, WINDOW
from assets.suites.analysis import shipped
from assets.suites.schema import Suite
from assets.suites.selections import Selection, asks, planned_prompts
from warehouse.weeks import utc_now

Lack = Literal["not_asked", "not_read", "few_pictures"]
#: Suite, as `<id>@<major>` → prompt, without its suite → pictures per week.
Asked = Mapping[str, Mapping[str, int]]
Suites = Mapping[str, Suite]
Labelers = Mapping[str, LabelerEntry]
Groups = defaultdict[tuple[str, str], list[int]]


@dataclass(frozen=True)
class ColumnNeed:
    """What a column needs of a model."""

    column: Column
    reason: (
        Literal["not_asked", "not_read", "few_pictures"] | None
    )  # the first that has to be fixed; None: none
    weeks: (
        int | None
    )  # that the fewest pictures of a figure take, at least; None if its weeks never hold them
    asked: int  # pictures of its prompts per week
    more: int  # that `headline` asks of them per week
    usd: float | None  # that those cost at the entry's price
    attributes: tuple[str, ...]  # that are read for it
    labelers: tuple[str, ...]  # that read all of them


def needs(entry: ModelEntry, suites: Suites, labelers: Labelers, headline: Selection) -> list[ColumnNeed]:
    """Return the need of each column; `labelers` are those of models.yaml and any others to choose from, by name."""
    price = price_on(entry.price, utc_now().date())
    reads = make_labeler(entry.labeler, labelers).attributes()
    asked, best = (asked_of(one, suites) for one in (entry.suites, headline))
    return needs_of(asked, reads, suites, labelers, best, price.per_image_usd if price else None)


def needs_of(
    asked: Asked,
    reads: Collection[str],
    suites: Suites,
    labelers: Labelers,
    headline: Asked,
    usd: float | None,
) -> list[ColumnNeed]:
    """Return the same without a models file, of what a plan asks and of the attributes that its labeler reads."""
    readers = {name: {*make_labeler(name, labelers).attributes()} for name in labelers}
    found = []
    for column in COLUMNS:
        (own, wanted), (best, others) = (_groups(column, one, suites) for one in (asked, headline))
        wanted = wanted or others
        weeks = max((ceil(PICTURES / max(counts)) for counts in own.values()), default=0)
        unasked = {condition for condition, _ in own} != {*column.conditions}
        unread = bool(wanted) and not {*wanted} & {*reads}
        reason: Lack | None
        reason = "not_asked" if unasked else "not_read" if unread else "few_pictures" if weeks > 1 else None
        now, then = (sum(map(sum, groups.values())) for groups in (own, best))
        more, late = max(0, then - now), weeks if 0 < weeks <= WINDOW else None
        able = tuple(name for name, can in readers.items() if {*wanted} <= can)
        found.append(
            ColumnNeed(column, reason, late, now, more, None if usd is None else usd * more, wanted, able)
        )
    return found


def asked_of(selection: Selection, suites: Suites) -> Asked:
    """Return what a selection asks per week."""
    prompts = {one: planned_prompts(one, suites[one.suite]) for one in selection}
    return {one.suite: {prompt.id: asks(one, prompt) for prompt in of} for one, of in prompts.items()}


def _groups(column: Column, asked: Asked, suites: Suites) -> tuple[Groups, tuple[str, ...]]:
    """Return the pictures of a column's prompts by condition and declared subject, and what is read in them.

    A figure needs a prompt with enough pictures in each group.
    """
    groups, declared = Groups(list), shipped().declared
    wanted: tuple[str, ...] = (column.attribute,) if column.attribute else ()
    for suite in (suites[label] for label in asked if suites[label].id == column.suite):
        subjects: Collection[str] | None = None
        if column.figure == "stereotypes":
            pairs = [one for one in declared.stereotypes if one.suite == suite.label and not one.statistic]
            subjects, wanted = {one.group for one in pairs}, tuple({one.attribute: 0 for one in pairs})
        elif column.selection == "mostly-men":
            subjects = {name for one in declared.typed if one.suite == suite.label for name in one.male}
        for prompt in suite.prompts:
            named = column.prompt in (None, suite.prompt_id(prompt)) and prompt.condition in column.conditions
            many = asked[suite.label].get(prompt.id, 0)
            if many and named and (subjects is None or prompt.subject in subjects):
                groups[prompt.condition, prompt.subject if subjects else ""].append(many)
    return groups, wanted
