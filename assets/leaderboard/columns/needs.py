"""What keeps columns of the leaderboard empty for a model, whatever its pictures show: what is asked, what is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.labeling.registry import make_labeler
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.metrics.plain.cells import PICTURES, WINDOW
from assets.suites.analysis import shipped
from assets.suites.schema import Suite
from assets.suites.selections import Selection, asks, planned_prompts

#: Suite, as `<id>@<major>` → prompt, without its suite → pictures per week.
Asked = Mapping[str, Mapping[str, int]]
Suites = Mapping[str, Suite]
Groups = defaultdict[tuple[str, str], list[int]]


@dataclass(frozen=True)
class ColumnNeed:
    """What a column needs of a model."""

    column: Column
    #: The first that has to be fixed; None: none.
    reason: Literal["not_asked", "not_read", "few_pictures"] | None
    #: That the fewest pictures of a figure take, at least; None if its weeks never hold them.
    weeks: int | None
    more: bool  # whether `headline` asks for more pictures of its prompts
    labelers: tuple[str, ...]  # that read all that is read for it


def needs(
    entry: ModelEntry, suites: Suites, labelers: Mapping[str, LabelerEntry], headline: Selection
) -> Iterator[ColumnNeed]:
    """Yield the need of each column; `labelers` are those of models.yaml and any others to choose from, by name."""
    asked, best = (asked_of(one, suites) for one in (entry.suites, headline))
    reads = {*make_labeler(entry.labeler, labelers).attributes()}
    readers = {name: {*make_labeler(name, labelers).attributes()} for name in labelers}
    for column in COLUMNS:
        (own, wanted), (most, others) = (_groups(column, one, suites) for one in (asked, best))
        wanted = wanted or others
        weeks = max((ceil(PICTURES / max(counts)) for counts in own.values()), default=0)
        reason: Literal["not_asked", "not_read", "few_pictures"] | None
        if {condition for condition, _ in own} != {*column.conditions}:
            reason = "not_asked"
        elif wanted and not wanted & reads:
            reason = "not_read"
        else:
            reason = "few_pictures" if weeks > 1 else None
        now, then = (sum(map(sum, groups.values())) for groups in (own, most))
        able = tuple(name for name, can in readers.items() if wanted <= can)
        yield ColumnNeed(column, reason, weeks if 0 < weeks <= WINDOW else None, then > now, able)


def asked_of(selection: Selection, suites: Suites) -> Asked:
    """Return what a selection asks per week."""
    prompts = {one: planned_prompts(one, suites[one.suite]) for one in selection}
    return {one.suite: {prompt.id: asks(one, prompt) for prompt in of} for one, of in prompts.items()}


def _groups(column: Column, asked: Asked, suites: Suites) -> tuple[Groups, set[str]]:
    """Return the pictures of a column's prompts by condition and declared subject, and what is read in them.

    A figure needs a prompt with enough pictures in each group.
    """
    groups, declared = Groups(list), shipped().declared
    wanted = {column.attribute} if column.attribute else set[str]()
    for suite in (suites[label] for label in asked if suites[label].id == column.suite):
        subjects: Collection[str] | None = None
        if column.figure == "stereotypes":
            pairs = [one for one in declared.stereotypes if one.suite == suite.label and not one.statistic]
            subjects, wanted = {one.group for one in pairs}, {one.attribute for one in pairs}
        elif column.selection == "mostly-men":
            subjects = {name for one in declared.typed if one.suite == suite.label for name in one.male}
        for prompt in suite.prompts:
            named = column.prompt in (None, suite.prompt_id(prompt)) and prompt.condition in column.conditions
            many = asked[suite.label].get(prompt.id, 0)
            if many and named and (subjects is None or prompt.subject in subjects):
                groups[prompt.condition, prompt.subject if subjects else ""].append(many)
    return groups, wanted
