"""Why a model has no figure in a column or for a prompt: from the outcomes of what it was asked, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import duckdb

from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.columns import over_time
from assets.leaderboard.columns.over_time import Found
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.reasons import counted, reason
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, rows

Con = duckdb.DuckDBPyConnection
_EMPTY = ("model", "figure", "suite", "prompt", "selection", "attribute", "condition")


class Why(NamedTuple):
    """Why there is no figure: a code, what it says, and its k (of `few_pictures` the most of one prompt)."""

    code: str
    said: Message
    k: int = 0


@dataclass(frozen=True)
class Missing:
    """What explains that a model has no figure."""

    withheld: Mapping[str, str]  # model → why
    empty: Mapping[tuple[object, ...], Row]  # columns of `_EMPTY` → row of `empty_figures`

    def why(self, column: Column, cells: Found, of: ModelFacts) -> Why | None:
        """Return why there is no figure of now, or of one of two conditions; None if there is."""
        for condition in reversed(column.conditions):
            figures = cells.get((of.model, condition), ())
            row = figures[-1] if figures and figures[-1]["week"] == of.last_week else None
            if row is not None and row["estimate"] is not None:
                continue
            if of.model in self.withheld or (row and row["reason"] == "withheld"):
                return Why("withheld", say("withheld"))
            if found := self.of_column(column, of.model, condition):
                return found
            code = "not_asked" if row is None else row["reason"]
            return Why(code, reason(code))
        return None

    def of_column(self, column: Column, model: str, condition: str | None = None) -> Why | None:
        """Return what `empty_figures` says of a model in a column: under one condition, or the first that it has."""
        conditions = [condition] if condition else reversed(column.conditions)
        found = (self._found(vars(column.of) | {"model": model, "condition": one}) for one in conditions)
        return next((one for one in found if one), None)

    def of_prompt(self, prompt: PromptPictures, model: str) -> Message | None:
        """Return why a prompt has no share of what is asked of it."""
        asked, declared = prompt.question, prompt.declared[0]
        if asked is None:
            return None
        found = self._found(
            {
                **{"model": model, "figure": "share", "suite": declared["suite"], "prompt": prompt.id},
                **{"selection": None, "attribute": asked.attribute, "condition": declared["condition"]},
            }
        )
        return found and found.said

    def _found(self, asked: Mapping[str, object]) -> Why | None:
        row = self.empty.get(tuple(asked[name] for name in _EMPTY))
        if row is None:
            return None
        said = counted(*(row[name] for name in ("reason", "k", "n", "labeler", "attribute")))
        return Why(row["reason"], said, row["k"])


def missing(con: Con, week: date) -> Missing:
    """Return what explains that models have no figure in a week."""
    of_week = {"week": week.isoformat()}
    return Missing(
        {row["model"]: row["reason"] for row in rows(con, "withheld_models", of_week)},
        {tuple(row[name] for name in _EMPTY): row for row in rows(con, "empty_figures", of_week)},
    )


def empty(con: Con, week: date, models: Sequence[ModelFacts]) -> Mapping[str, list[tuple[Column, Why]]]:
    """Return model → the columns in which it has no figure in a week, and why."""
    why_not, figures = missing(con, week), over_time.read(con, week, [column.of for column in COLUMNS])
    return {
        one.model: [
            (column, found)
            for column, cells in zip(COLUMNS, figures, strict=True)
            if (found := why_not.why(column, cells, one))
        ]
        for one in models
    }


def in_words(found: Iterable[Row], model: str, prompts: Collection[str]) -> str:
    """Return in a line which columns a model has no figure in, and why; empty if it has one in each.

    Args:
        found: rows of the view `empty_figures` of a week.
        model: whose.
        prompts: that it was planned to be asked in that week, as `<suite>/<prompt>`.
    """
    why = Missing({}, {tuple(row[name] for name in _EMPTY): row for row in found if row["turn"] == 1})
    columns: dict[str, list[str]] = {}
    english = tongue("en")
    for column in COLUMNS:
        asked = (
            column.prompt in prompts
            if column.prompt
            else any(one.startswith(f"{column.suite}/") for one in prompts)
        )
        one = why.of_column(column, model) if asked else Why("not_asked", reason("not_asked"))
        if one is not None:
            columns.setdefault(english.say(one.said), []).append(english.say(column.title))
    return "; ".join(f"{', '.join(titles)}: {said}" for said, titles in columns.items())
