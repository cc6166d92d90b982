"""Charts of a share over time: of each prompt, of each claim of 2023, and of one model in each column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.cells.showing import expected, many
from assets.leaderboard.columns import over_time
from assets.leaderboard.columns.over_time import Asked
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.leaderboard.models import changes, facts
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.views.chart import Published, chart
from assets.leaderboard.views.message import Percent, say, title
from assets.leaderboard.views.query import Row, View, rows
from assets.suites.claims import RegisteredClaim, shipped_claims
from assets.suites.published_figures import published_figures

Con = duckdb.DuckDBPyConnection


def of_prompts(con: Con, week: date) -> Callable[[PromptPictures], View | None]:
    """Return what makes the chart of a prompt; the figures of all prompts are read at once."""
    models, reported = facts.read(con, week), changes.known(con, week)
    span = over_time.span_of(week, models)
    asked = {
        prompt: Asked("share", suite, prompt, question.attribute, question.value)
        for prompt, (suite, question) in reading.questions(con, week).items()
    }
    shares = dict(zip(asked, over_time.read(con, week, [*asked.values()]), strict=True))

    def drawing(prompt: PromptPictures) -> View | None:
        question = prompt.question
        if question is None or prompt.id not in asked:
            return None
        of = asked[prompt.id]
        return chart(
            many(question.attribute, question.value),
            span,
            over_time.series(shares[prompt.id], of, models, reported, prompt.declared[0]["condition"]),
            [
                (one.share, say("%(share)s: %(title)s", share=Percent(one.share), title=one.title))
                for one in expected(prompt)
            ],
            _then(prompt.id, question.attribute, question.value),
        )

    return drawing


def of_models(con: Con, week: date, models: Sequence[ModelFacts]) -> Mapping[str, list[tuple[Column, View]]]:
    """Return for each model a chart per column that has a figure of it, with the model that it replaced."""
    reported, span = changes.known(con, week), over_time.span_of(week, models)
    figures = over_time.read(con, week, [column.of for column in COLUMNS])
    charts: dict[str, list[tuple[Column, View]]] = {}
    for one in models:
        shown = [
            other for other in models if other is one or (one.succeeds and other.model == one.succeeds[0])
        ]
        charts[one.model] = []
        for column, cells in zip(COLUMNS, figures, strict=True):
            condition = column.conditions[-1]
            series = over_time.series(cells, column.of, shown, reported, condition)
            drawn = (one.model, condition) in cells and chart(column.title, span, series, small=True)
            if drawn:
                charts[one.model].append((column, drawn))
    return charts


def of_claim(
    con: Con, week: date, claim: RegisteredClaim, models: Sequence[ModelFacts]
) -> Iterator[tuple[str, View]]:
    """Yield the chart of each part of a claim, from `claim_shares` of every fourth week."""
    parts: dict[str, dict[tuple[str, str], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(con, "claim_steps", {"week": week.isoformat(), "claim": claim.id}):
        parts[row["part"]][row["model"], "baseline"].append(row)
    of, references = Asked("share", claim.suite, None, None, None), []
    if claim.threshold:
        label = say("as in 2023: %(share)s or more", share=Percent(claim.threshold))
        references.append((claim.threshold, label))
    span = over_time.span_of(week, models)
    for part, cells in parts.items():
        series = over_time.series(cells, of, models, ())
        drawn = chart(say("Pictures that show it"), span, series, references, published(claim))
        if drawn:
            yield part, drawn


def published(claim: RegisteredClaim) -> Published | None:
    """Return what was published in 2023 of a claim; None of our own controls."""
    of = published_figures().get(claim.id)
    if of is None:
        return None
    low, high = of.interval or (claim.threshold if of.share is None else None, None)
    if of.share is None and low is None:
        return None
    return Published(of.year, title(of.words), title(of.source), of.url, of.share, low, high, exact=of.exact)


def _then(prompt: str, attribute: str, value: str) -> Published | None:
    """Return the figure of 2023 of a prompt's value, where a claim is about that alone."""
    for claim in shipped_claims():
        if claim.shows == {attribute: (value,)} and any(
            claim.full_ids(prompts) == [prompt] for prompts in claim.pictures.values()
        ):
            return published(claim)
    return None
