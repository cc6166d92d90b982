"""Figures of studies: gaps with ranks, what a condition changed; and what studies call things."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import duckdb

from assets.leaderboard.cells.showing import caption, many
from assets.leaderboard.models import names
from assets.leaderboard.models.boards import axis_end, by_rank, tells_apart, ticks
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.message import Message, say, title, verbatim
from assets.leaderboard.views.query import Row, View, by, rows
from assets.suites.comparisons import in_order

#: Under which conditions studies ask; one that is not here is shown as the study calls it.
_CONDITIONS: Mapping[str, Message] = {"baseline": say("with nothing added"), **names.CONDITIONS}
#: What counts name that no study declares.
_APART = frozenset({"invalid", "not_assessed", "missing"})
_CHANCE = say("may be chance")
#: Which labeler of an attribute a row is of.
_whose = itemgetter("study", "attribute", "labeler", "labeler_version")


class StudyWords:
    """What studies call attributes, values, models and labelers; or what we do, where it means ours."""

    def __init__(self, con: duckdb.DuckDBPyConnection, readings: Iterable[Row]) -> None:
        """Read the names of all studies; `readings` are rows with every labeler of a study, and its kind."""
        self._titles = {
            (row["study"], row["attribute"]): words.plain(row["title"])
            for row in rows(con, "study_attributes")
        }
        self._same: dict[tuple[str, str, str], tuple[str | None, str | None]] = {
            (row["study"], row["attribute"], row["value"]): (row["same_attribute"], row["same_value"])
            for row in rows(con, "study_values")
        }
        self._compared = {(study, ours) for (study, _, _), (ours, _) in self._same.items() if ours}
        self._models = {
            (row["study"], row["model"]): words.plain(row["title"]) for row in rows(con, "study_models")
        }
        self.baselines = {row["study"]: row["baseline"] for row in rows(con, "studies")}
        self._people = {_whose(row) for row in readings if row["labeler_kind"] == "person"}
        self._raters = Counter((study, attribute) for study, attribute, *_ in self._people)
        self.models = Counter(study for study, _ in self._models)

    def ours(self, study: str, name: str) -> str | None:
        """Return the attribute of this project that a study's is said to be, or that it is itself; else None."""
        if (study, name) in self._compared:
            return name
        same = {ours for (of, own, _), (ours, _) in self._same.items() if (of, own) == (study, name) and ours}
        return same.pop() if len(same) == 1 else None

    def attribute(self, study: str, name: str) -> Message:
        """Return the title of an attribute."""
        ours = self.ours(study, name)
        return names.attribute(ours) if ours else title(self._titles.get((study, name), words.plain(name)))

    def value(self, study: str, attribute: str, value: str) -> Message:
        """Return the word for a picture with a value."""
        ours, same = self._same.get((study, attribute, value), (None, None))
        if ours and same:
            return caption(ours, same)
        as_here = value in _APART or (study, attribute) in self._compared
        return caption(attribute, value) if as_here else verbatim(words.plain(value))

    def same(self, study: str, attribute: str, value: str) -> str | None:
        """Return the value of this project that means the same; None where none is said to."""
        _, same = self._same.get((study, attribute, value), (None, None))
        return same

    def pictures(self, study: str, attribute: str, value: str) -> Message:
        """Return what many pictures with a value show."""
        ours, same = self._same.get((study, attribute, value), (None, None))
        return many(ours, same) if ours and same else self.value(study, attribute, value)

    def model(self, row: Row) -> str:
        """Return the title of the model that a row is of."""
        return self._models[row["study"], row["model"]]

    def reader(self, row: Row) -> dict[str, Any]:
        """Return the labeler that a row is of, whether it is a person, and whether that is one of several."""
        person = _whose(row) in self._people
        return {
            "labeler": words.plain(f"{row['labeler']} {row['labeler_version']}"),
            "by_people": person,
            "rater": person and self._raters[row["study"], row["attribute"]] > 1,
        }


def cell_id(model: str, prompt: str) -> str:
    """Return the place on the page of what a model drew for a prompt."""
    return f"{words.plain(model)}--{words.plain(prompt)}"


def condition(name: str) -> Message:
    """Return what a condition is called."""
    return _CONDITIONS.get(name) or verbatim(words.plain(name))


def boards(con: duckdb.DuckDBPyConnection, names_of: StudyWords) -> Mapping[str, Sequence[View]]:
    """Return study → how far its models are from each yardstick, under each condition.

    A study of one model has none: there is nothing to compare.
    """
    boards_of: dict[str, list[View]] = defaultdict(list)
    columns = ("study", "attribute", "yardstick", "labeler", "labeler_version")
    for (study, attribute, yardstick, *_), every in by(rows(con, "study_gaps"), *columns).items():
        if names_of.models[study] < 2:
            continue
        axis = axis_end(row[end] for row in every for end in ("high", "estimate"))
        for under in in_order({row["condition"] for row in every}, names_of.baselines[study]):
            here = sorted((row for row in every if row["condition"] == under), key=by_rank)
            boards_of[study].append(
                View(
                    attribute=names_of.attribute(study, attribute),
                    yardstick=names.reference(yardstick),
                    condition=condition(under),
                    axis=axis,
                    marks=ticks(axis),
                    rows=[_gap(row, names_of) for row in here],
                    below=[*tells_apart(here[0])],
                    **names_of.reader(every[0]),
                )
            )
    return boards_of


def _gap(row: Row, names_of: StudyWords) -> View:
    why = None if row["rank_low"] is not None else row["reason"] or row["rank_reason"]
    return View(**row | {"model": names_of.model(row), "unranked": reason(why) if why else None})


def changes(con: duckdb.DuckDBPyConnection, names_of: StudyWords) -> Mapping[str, Sequence[View]]:
    """Return study → what its conditions changed, as each labeler read the pictures.

    Rows are means over prompts; `clear` are those of `compared` changes of single prompts that are clear by Holm's
    method, over the prompts of one model and value; `missing` more have no pictures on one side.
    """
    changes_of: dict[str, list[View]] = defaultdict(list)
    columns = ("study", "attribute", "labeler", "labeler_version", "a", "b")
    for (study, attribute, _, _, before, after), every in by(rows(con, "study_words"), *columns).items():
        values = [*dict.fromkeys(row["value"] for row in every)]
        shown = values[:1] if len(values) == 2 else values  # the second of two mirrors the first
        single = [row for row in every if row["subject"] is not None and row["value"] in shown]
        compared = [row for row in single if row["estimate"] is not None]
        means = by((row for row in every if row["subject"] is None), "model")
        changes_of[study].append(
            View(
                attribute=names_of.attribute(study, attribute),
                before=condition(before),
                after=condition(after),
                values=[names_of.pictures(study, attribute, value) for value in shown],
                rows=[_mean(of, shown, names_of) for of in means.values()],
                clear=tuple(_single(row, names_of) for row in compared if row["clear"]),
                compared=len(compared),
                missing=len(single) - len(compared),
                **names_of.reader(every[0]),
            )
        )
    return changes_of


def _mean(means: Sequence[Row], values: Sequence[str], names_of: StudyWords) -> View:
    of = {row["value"]: View(**row, said=_doubt(row)) for row in means}
    n = means[0]["n_a"], means[0]["n_b"]
    return View(model=names_of.model(means[0]), n=n, shares=[of.get(value) for value in values])


def _doubt(row: Row) -> Message | None:
    """Return why there is no change, or that it may be chance."""
    if row["estimate"] is None:
        return reason(row["reason"])
    return None if row["clear"] else _CHANCE


def _single(row: Row, names_of: StudyWords) -> View:
    named = {
        "model": names_of.model(row),
        "cell": cell_id(row["model"], row["prompt"]),
        "prompt": words.plain(row["text"] or row["prompt_title"]),
        "what": names_of.pictures(row["study"], row["attribute"], row["value"]),
    }
    return View(**row | named)
