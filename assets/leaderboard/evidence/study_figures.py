"""What pages of studies show of their figures: gaps from yardsticks with ranks; and what studies call things."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from assets.leaderboard.cells.showing import caption, many
from assets.leaderboard.models import names
from assets.leaderboard.models.boards import tells_apart
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.charts import axis_end, ticks
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, by, rows
from assets.leaderboard.views.study_pages import StudyBoard, StudyGap
from assets.suites.comparisons import in_order

#: Under which conditions studies ask; one that is not here is shown as the study calls it.
_CONDITIONS: Mapping[str, Message] = {"baseline": say("with nothing added"), **names.CONDITIONS}
#: What counts name that no study declares.
_APART = frozenset({"invalid", "not_assessed", "missing"})


class StudyWords:
    """What the attributes and values of studies are called: as the study does, or as ours where it says so."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._titles = {
            (row["study"], row["attribute"]): words.plain(row["title"])
            for row in rows(con, "study_attributes")
        }
        self._same = {
            (row["study"], row["attribute"], row["value"]): (row["same_attribute"], row["same_value"])
            for row in rows(con, "study_values")
        }
        self._compared = {(study, ours) for (study, _, _), (ours, _) in self._same.items() if ours}

    def ours(self, study: str, name: str) -> str | None:
        """Return the attribute of this project that a study's is said to be, or that it is itself; else None."""
        if (study, name) in self._compared:
            return name
        found = {
            ours for (of, own, _), (ours, _) in self._same.items() if (of, own) == (study, name) and ours
        }
        return found.pop() if len(found) == 1 else None

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
        return caption(attribute, value) if as_here else title(words.plain(value))

    def pictures(self, study: str, attribute: str, value: str) -> Message:
        """Return what many pictures with a value show."""
        ours, same = self._same.get((study, attribute, value), (None, None))
        return many(ours, same) if ours and same else self.value(study, attribute, value)


def cell_id(model: str, prompt: str) -> str:
    """Return the place on the page of what a model drew for a prompt."""
    return f"{words.plain(model)}--{words.plain(prompt)}"


def condition(name: str) -> Message:
    """Return what a condition is called."""
    return _CONDITIONS.get(name) or title(words.plain(name))


#: Study, attribute, labeler and version of labelers that are people → whether they are one of several.
People = Mapping[tuple[str, str, str, str], bool]


def whose(row: Row) -> tuple[str, str, str, str]:
    """Return study, attribute, labeler and version."""
    return row["study"], row["attribute"], row["labeler"], row["labeler_version"]


def raters(rows_of: Iterable[Row]) -> People:
    """Return the people among the labelers of these rows."""
    people = {whose(row) for row in rows_of if row["labeler_kind"] == "person"}
    many = Counter((study, attribute) for study, attribute, _, _ in people)
    return {key: many[key[0], key[1]] > 1 for key in people}


def boards(
    con: duckdb.DuckDBPyConnection,
    said: StudyWords,
    titles: Mapping[tuple[str, str], str],
    baselines: Mapping[str, str | None],
    people: People,
) -> Mapping[str, Sequence[StudyBoard]]:
    """Return study → how far its models are from each yardstick, under each condition; models are (study, model).

    A study of one model has none: there is nothing to compare.
    """
    found: dict[str, list[StudyBoard]] = defaultdict(list)
    models = Counter(study for study, _ in titles)
    columns = ("study", "attribute", "yardstick", "labeler", "labeler_version")
    for key, every in by(rows(con, "study_gaps"), *columns).items():
        study, attribute, yardstick, labeler, version = key
        if models[study] < 2:
            continue
        axis = axis_end(row[end] for row in every for end in ("high", "estimate"))
        for under in in_order({row["condition"] for row in every}, baselines[study]):
            here = sorted((row for row in every if row["condition"] == under), key=_by_rank)
            found[study].append(
                StudyBoard(
                    attribute=said.attribute(study, attribute),
                    yardstick=names.reference(yardstick),
                    condition=condition(under),
                    labeler=words.plain(f"{labeler} {version}"),
                    by_people=whose(every[0]) in people,
                    rater=people.get(whose(every[0]), False),
                    axis=axis,
                    marks=ticks(axis),
                    rows=tuple(_gap(row, titles[study, row["model"]]) for row in here),
                    below=tuple(tells_apart(here[0])),
                )
            )
    return found


def _by_rank(row: Row) -> tuple[bool, bool, int, int, float, str]:
    low, high, none = row["rank_low"], row["rank_high"], row["estimate"] is None
    return low is None, none, low or 0, high or 0, row["estimate"] or 0.0, row["model"]


def _gap(row: Row, name: str) -> StudyGap:
    ranked = row["rank_low"] is not None
    why = row["reason"] or row["rank_reason"]
    return StudyGap(
        model=name,
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        n=row["n"],
        rank=(row["rank_low"], row["rank_high"], row["ranked_of"]) if ranked else None,
        holds=row["holds"],
        unranked=reason(why) if why and not ranked else None,
    )
