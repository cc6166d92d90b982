"""A first look: the pictures of real models that have too few for a figure, question by question, counted in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from math import ceil

import duckdb

from assets.labeling.registry import shipped_labelers
from assets.leaderboard.cells import reading
from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.cells.showing import NEEDED, address_of, head, thumbs
from assets.leaderboard.columns.missing import Missing, Why
from assets.leaderboard.columns.table import Column
from assets.leaderboard.evidence import finding_words
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say_n, title
from assets.leaderboard.views.query import View
from assets.suites.loader import load_suites
from assets.suites.selections import asks, load_selections, planned_prompts

#: Pictures of a row; the others are a click away.
MOST = 12
#: The selection that fills every column, and what its weeks help against.
WHOLE, FILLED = "headline", frozenset({"not_asked", "few_pictures", "no_subject", "cannot_tell", "refused"})


def read(
    con: duckdb.DuckDBPyConnection,
    week: date,
    questions: Sequence[tuple[Message, Sequence[str]]],
    models: Sequence[ModelFacts],
    missing: Missing,
) -> View:
    """Return what these models drew for each question, a row per model, and the clearest row as a finding, if any.

    A question that nobody was asked is left out.
    """
    wanted = [name for _, names in questions for name in names]
    drawn, shown = {one.id: one for one in reading.read(con, week, wanted)}, []
    for question, names in questions:
        there = [drawn[name] for name in names if name in drawn]
        rows = [row for one in models if (row := _row(there, one, missing)) is not None]
        if rows:
            of_rows = {name for row in rows for name in row.prompts}
            heads = [head(prompt) for prompt in there if prompt.id in of_rows]
            shown.append(View(title=question, prompts=heads, rows=rows))
    several = (row for question in shown for row in question.rows if _strength(row)[0] > 1)
    clearest = max(several, key=_strength, default=None)
    shown.sort(key=lambda question: clearest not in question.rows)
    return View(
        models=len(models),
        pictures=sum(one.ended.pictures for one in models),
        questions=shown,
        finding=clearest,
    )


def _row(prompts: Sequence[PromptPictures], of: ModelFacts, missing: Missing) -> View | None:
    """Return what a model drew for the prompts of a question that ask the same of a picture; None: it was not asked.

    The value that most pictures show is counted; without one that counts, `said` is why.
    """
    asked = [(prompt, cell) for prompt in prompts for cell in prompt.cells if cell.model == of.model]
    if not asked:
        return None
    first = asked[0][0]
    same = [(prompt, cell) for prompt, cell in asked if _attribute(prompt) == _attribute(first)]
    seen = Counter(picture.value for _, cell in same for picture in cell.counted if picture.value)
    value, k = seen.most_common(1)[0] if seen else (None, 0)
    pictures = [
        (address_of(prompt.id, of.model), replace(thumb, framed=thumb.counted and picture.value == value))
        for prompt, cell in same
        for picture in sorted(cell.pictures, key=lambda picture: picture.place)
        for thumb in thumbs(prompt, [picture])
    ]
    refused = sum(outcomes["refused"] for _, cell in same for outcomes in cell.weeks.values())
    row = View(
        model=of.model,
        prompts=[prompt.id for prompt, _ in same],
        sensitive=any(head(prompt).sensitive for prompt, _ in same),
        thumbs=pictures[:MOST],
        more=max(0, len(pictures) - MOST),
        **{"k": k, "n": seen.total(), "drawn": sum(len(cell.pictures) for _, cell in same)},
        **{"attribute": _attribute(first), "value": value},
        **{"subject": first.declared[0]["subject"], "text": first.declared[0]["text"]},
        refused=say_n("%(n)s refused", "%(n)s refused", refused) if refused and pictures else None,
    )
    row.said = _counted(row) if value else missing.of_prompt(first, of.model)
    row.headline = finding_words.sentence(row, brief=True) if value else None
    return row


def _attribute(prompt: PromptPictures) -> str | None:
    return prompt.question.attribute if prompt.question else None


def _counted(row: View) -> Message:
    what = title(words.depiction(row.attribute, row.value))
    if row.n == row.drawn:
        return say_n(
            "%(n)s of %(of)s shows %(what)s", "%(n)s of %(of)s show %(what)s", row.k, of=row.n, what=what
        )
    return say_n(
        "of %(drawn)s pictures, %(of)s counted: %(n)s shows %(what)s",
        "of %(drawn)s pictures, %(of)s counted: %(n)s show %(what)s",
        row.k,
        drawn=row.drawn,
        of=row.n,
        what=what,
    )


def _strength(row: View) -> tuple[float, int]:
    """Return how many more pictures show the value than do not, and of how many."""
    return 2 * row.k - row.n, row.n


def needs(empty: Mapping[str, Sequence[tuple[Column, Why]]], models: Sequence[ModelFacts]) -> list[View]:
    """Return what columns still need: which, of which models, why they are empty, and what fills them.

    `weeks` more as now, of `now_usd`, or a week of all, of `usd`: at what pictures of these models cost so far; None
    where that is not known, or does not help.
    """
    groups: dict[tuple[object, ...], View] = {}
    for one in models:
        for column, why in empty[one.model]:
            if why.code != "withheld":
                weeks = _weeks(why.k, one) if why.code == "few_pictures" else None
                new = View(why=why, weeks=weeks, models=[one], columns=[])
                groups.setdefault((repr(why.said), weeks, one.model), new).columns.append(column.title)
    together: dict[tuple[object, ...], View] = {}
    for (*about, _), group in groups.items():
        same = together.setdefault((*about, repr(group.columns)), View(**vars(group) | {"models": []}))
        same.models += group.models
    for group in together.values():
        more = any(weekly(one) < week_of(WHOLE) for one in group.models)  # than they are asked now
        group.week = more and group.why.code in FILLED
        group.usd = usd(group.models, lambda one: week_of(WHOLE))
        each = usd(group.models, weekly)
        group.now_usd = each and each * (group.weeks or 0)
        group.label_usd = _least_label_usd() * sum(map(weekly, group.models))
    return [*together.values()]


def weekly(of: ModelFacts) -> float:
    """Return how many requests a week of a model was, in the last four."""
    return float(of.ended.planned / min(of.weeks, reading.WEEKS))


def _weeks(k: int, of: ModelFacts) -> int | None:
    """Return in how many more weeks as now there will be enough of one prompt; None: not within a window."""
    each = k / min(of.weeks, reading.WEEKS)
    more = ceil((NEEDED - k) / each) if each else reading.WEEKS
    return more if more < reading.WEEKS else None


@cache
def _least_label_usd() -> float:
    """Return dollars per picture of the cheapest labeler to paste; each reads every column."""
    return min(price.per_image_usd for one in shipped_labelers().values() for price in one.price)


def usd(models: Sequence[ModelFacts], pictures: Callable[[ModelFacts], float]) -> float | None:
    """Return what so many pictures of each model cost together; None where the cost of one is not known."""
    if any(one.cost.each is None for one in models):
        return None
    return float(sum(one.cost.each * pictures(one) for one in models))


@cache
def week_of(selection: str) -> int:
    """Return how many pictures per week a shipped selection asks for."""
    suites = load_suites()
    return sum(
        asks(one, prompt)
        for one in load_selections(suites)[selection]
        for prompt in planned_prompts(one, suites[one.suite])
    )
