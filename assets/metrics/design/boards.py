"""The boards that a models file makes: which models, prompts and pictures of each stand beside each other."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assets.gateway.models_file import ModelEntry
from assets.metrics.design.prospects import BoardDesign
from assets.suites.schema import Attribute, Prompt, Suite
from assets.suites.selections import asks, planned_prompts

#: The attribute that boards are planned for, and the suite whose attributes a board without a suite has.
ATTRIBUTE = "perceived_gender"
TYPICAL = "occupations@2"
#: The provider of drawn pictures, by its name: making the others would import the SDK of each.
SIMULATED = "simulated"


@dataclass(frozen=True)
class PlannedPart:
    """What one model is asked of one suite under one condition; `prompts` with how often each is asked in a week."""

    entry: ModelEntry
    suite: Suite
    condition: str
    prompts: tuple[tuple[Prompt, int], ...]

    @property
    def board(self) -> str:
        """Return the name of the board: the suite, and what keeps its models apart from others."""
        apart = {
            self.condition: self.condition != "baseline",
            "system": self.entry.track == "system",
            SIMULATED: self.entry.provider == SIMULATED,
        }
        return ", ".join([self.suite.label, *(name for name, is_so in apart.items() if is_so)])

    @property
    def pictures(self) -> int:
        """Return how many pictures that is per week."""
        return sum(times for _, times in self.prompts)

    @property
    def replicates(self) -> list[int]:
        """Return how many pictures each prompt that shows the planned attribute has; conversations count once."""
        return [
            times // max(1, len(prompt.turns))
            for prompt, times in self.prompts
            if ATTRIBUTE in prompt.attributes
        ]

    @property
    def series(self) -> int:
        """Return how many series that is."""
        named = {name for prompt, _ in self.prompts for name in prompt.attributes}
        return series_of(attribute for attribute in self.suite.attributes if attribute.id in named)


def planned_parts(entry: ModelEntry, suites: Mapping[str, Suite]) -> Iterator[PlannedPart]:
    """Yield what a model is asked each week, by suite and condition."""
    for selection in entry.suites:
        suite = suites[selection.suite]
        chosen = [(prompt, asks(selection, prompt)) for prompt in planned_prompts(selection, suite)]
        for condition in dict.fromkeys(prompt.condition for prompt, _ in chosen):
            these = tuple(one for one in chosen if one[0].condition == condition)
            yield PlannedPart(entry, suite, condition, these)


def board_design(parts: Sequence[PlannedPart], weeks: int, series: int) -> BoardDesign | None:
    """Return the design of one board's parts, medians where they differ; None where nobody shows the attribute."""
    boards = [part.replicates for part in parts if part.replicates]
    if not boards:
        return None
    prompts = statistics.median_low([len(replicates) for replicates in boards])
    replicates = statistics.median_low([times for replicates in boards for times in replicates])
    return BoardDesign(len(boards), prompts, replicates, weeks, series)


def series_of(attributes: Iterable[Attribute]) -> int:
    """Return how many series a model has in a suite and condition: a share of each value or band, and the refusals."""
    return sum(len(attribute.bands or attribute.values) for attribute in attributes) + 1
