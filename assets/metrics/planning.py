"""Planning: which boards a models file makes, and what they will tell apart and find, before anything is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from statistics import median_low
from typing import NamedTuple

import numpy as np

from assets.gateway.models_file import ModelEntry
from assets.metrics.plain.boards import board
from assets.metrics.plain.cells import PICTURES, WINDOW
from assets.metrics.plain.changes import SOON, newest
from assets.metrics.plain.intervals import wilson
from assets.suites.analysis import shipped
from assets.suites.schema import Prompt, Suite
from assets.suites.selections import asks, planned_prompts

#: The attribute that gaps are planned for, and what keeps models of a suite apart.
ATTRIBUTE, _APART = "perceived_gender", {"controlled", "confronted", "system", "simulated"}
#: Assumed shares: of gaps (30 points from parity), and elsewhere one half, where shares vary most.
_OF_GAPS, _HALF = 0.8, 0.5
_SEED, _DRAWS, _MOST = 2023, 8, 4_000_000


class BoardDesign(NamedTuple):
    """A board: so many models, prompts (or declared pairs), pictures of each per week, and of all models per week."""

    board: str
    figure: str  # gap or stereotypes
    models: int
    prompts: int
    replicates: int
    pictures: int


def prospects(of: BoardDesign, weeks: int, series: int) -> dict[str, float | None]:
    """Return what a board shows in points, None where nothing, if weeks differ by their pictures alone.

    `share` is half of the interval of one prompt at one half; `apart` the difference of two models that is told apart;
    `change` and `change_one` the change in all prompts, or in one, that is found within eight weeks, of so many series
    that are looked at together; these three in four of five cases.
    """
    lot, gap, n = np.random.default_rng([_SEED, *of[2:5], weeks]), of.figure == "gap", of.replicates * WINDOW
    found = np.full((max(1, min(_DRAWS, _MOST // (of.models**2 * of.prompts))), 3), np.nan)
    for drawn in found:
        hits = lot.binomial(of.replicates, _OF_GAPS if gap else _HALF, (of.models, of.prompts, weeks))
        yardstick = np.full((of.prompts, 2), 0.5) if gap else None
        counts = np.stack([hits, of.replicates - hits], 2)
        drawn[0] = board(counts, np.full(hits.shape[:2], n), yardstick).resolution
        later = lot.binomial(of.replicates, _HALF, (*hits.shape[:2], weeks + SOON))
        for place, part in enumerate((later, later[:, :1]) if gap else (), 1):
            asked, start = np.full(part.shape, of.replicates), np.zeros(of.models, dtype=np.int64)
            drawn[place] = newest(part, asked, start, series, shipped().declared.looks)[1]
    low, high = wilson(n / 2, n)
    said = [100 * float(high - low) / 2 if n >= PICTURES else np.nan, *np.median(found, 0)]
    names = ("share", "apart", "change", "change_one")
    return {name: round(float(one), 1) if one < 100 else None for name, one in zip(names, said, strict=True)}


def planned_boards(
    entries: Iterable[ModelEntry], suites: Mapping[str, Suite]
) -> tuple[list[BoardDesign], int]:
    """Return the boards of a models file, of medians where models differ, and how many series are looked at."""
    asked: dict[tuple[str, str, str], list[tuple[Prompt, int]]] = defaultdict(list)
    for one in entries:
        for selection in one.suites:
            for prompt in planned_prompts(selection, suites[selection.suite]):
                apart = [part for part in (prompt.condition, one.track, one.provider) if part in _APART]
                key = (", ".join([selection.suite, *apart]), selection.suite, one.name)
                asked[key].append((prompt, asks(selection, prompt)))
    pictures, series, cells = Counter[str](), 0, defaultdict[tuple[str, str], list[list[int]]](list)
    for (name, label, _), part in asked.items():
        pictures[name] += sum(times for _, times in part)
        named = {attribute for prompt, _ in part for attribute in prompt.attributes}
        values = [len(one.bands or one.values) for one in suites[label].attributes if one.id in named]
        series += 1 + sum(number if number > 2 else 1 for number in values)  # one: refusals
        each = [(prompt, times // max(1, len(prompt.turns))) for prompt, times in part]
        pairs = [
            sum(n for prompt, n in each if prompt.subject == one.group and one.attribute in prompt.attributes)
            for one in shipped().declared.stereotypes
            if one.suite == label and one.statistic is None
        ]
        gaps = [n for prompt, n in each if ATTRIBUTE in prompt.attributes]
        for figure, counts in (("stereotypes", [n for n in pairs if n]), ("gap", gaps)):
            cells[name, figure] += [counts] if counts else []
    boards = []
    for (name, figure), models in cells.items():
        prompts, times = map(len, models), (number for counts in models for number in counts)
        if models:
            middle = median_low(prompts), median_low(times)
            boards.append(BoardDesign(name, figure, len(models), *middle, pictures[name]))
    return boards, series
