"""What keeps columns of the leaderboard empty for a model: what it is asked, and what its labeler reads.

What pictures show is not known here: a column that lacks nothing can still be empty.
"""

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
class Need:
    """What a column needs of a model.

    Attributes:
        reason: the first that has to be fixed; None: the first week can fill it.
        weeks: that the fewest pictures of a figure take, at least; None if its weeks never hold them.
        asked: pictures of its prompts per week; `more` is how many more `headline` asks, `usd` what those cost.
        attributes: what is read for it.
        labelers: those that read all of it.
    """

    column: Column
    reason: Lack | None
    weeks: int | None
    asked: int
    more: int
    usd: float | None
    attributes: tuple[str, ...]
    labelers: tuple[str, ...]


def needs(entry: ModelEntry, suites: Suites, labelers: Labelers, headline: Selection) -> list[Need]:
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
) -> list[Need]:
    """Return the same without a models file, of what a plan asks and of the attributes that its labeler reads."""
    readers = {name: {*make_labeler(name, labelers).attributes()} for name in labelers}
    found = []
    for column in COLUMNS:
        (own, wanted), (best, others) = (_groups(column, one, suites) for one in (asked, headline))
        wanted = wanted or others
        weeks = max((ceil(PICTURES / max(counts)) for counts in own.values()), default=0)
        reason: Lack | None = "few_pictures" if weeks > 1 else None
        if {condition for condition, _ in own} != {*column.conditions}:
            reason = "not_asked"
        elif wanted and not {*wanted} & {*reads}:
            reason = "not_read"
        now, then = (sum(map(sum, groups.values())) for groups in (own, best))
        more, late = max(0, then - now), weeks if 0 < weeks <= WINDOW else None
        able = tuple(name for name, can in readers.items() if {*wanted} <= can)
        found.append(Need(column, reason, late, now, more, None if usd is None else usd * more, wanted, able))
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
            typed = [one for one in declared.typed if one.suite == suite.label]
            subjects = {name for one in typed if one.attribute == column.attribute for name in one.male}
        for prompt in suite.prompts:
            named = column.prompt in (None, suite.prompt_id(prompt)) and prompt.condition in column.conditions
            many = asked[suite.label].get(prompt.id, 0)
            if many and named and (subjects is None or prompt.subject in subjects):
                groups[prompt.condition, prompt.subject if subjects else ""].append(many)
    return groups, wanted
