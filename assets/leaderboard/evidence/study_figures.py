"""What pages of studies show of their figures: gaps from yardsticks with ranks; and what studies call things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

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
#: What studies label that is no attribute of ours.
_WORDS: Mapping[tuple[str, str | None], Message] = {
    ("race", None): say("Perceived race"),
    ("race", "asian"): say("Asian person"),
    ("race", "black"): say("Black person"),
    ("race", "hispanic"): say("Hispanic person"),
    ("race", "white"): say("White person"),
    ("race", "mixed"): say("mixed"),
    ("gender", "both"): say("women and men"),
}


class StudyWords:
    """What the attributes and values of studies are called: as ours, where the study says that they mean the same."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._same = {
            (row["study"], row["attribute"], row["value"]): (row["same_attribute"], row["same_value"])
            for row in rows(con, "study_values")
        }

    def attribute(self, study: str, name: str) -> Message:
        """Return the title of an attribute."""
        same = {ours for (of, own, _), (ours, _) in self._same.items() if (of, own) == (study, name) and ours}
        return _WORDS.get((name, None)) or names.attribute(same.pop() if len(same) == 1 else name)

    def value(self, study: str, attribute: str, value: str) -> Message:
        """Return the word for a picture with a value."""
        ours, same = self._same.get((study, attribute, value), (None, None))
        if ours and same:
            return caption(ours, same)
        return _WORDS.get((attribute, value)) or caption(attribute, value)

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


def by_whom(row: Row) -> tuple[str, str, str]:
    """Return study, labeler and version."""
    return row["study"], row["labeler"], row["labeler_version"]


def boards(
    con: duckdb.DuckDBPyConnection,
    said: StudyWords,
    titles: Mapping[tuple[str, str], str],
    baselines: Mapping[str, str | None],
) -> Mapping[str, Sequence[StudyBoard]]:
    """Return study → how far its models are from each yardstick, under each condition; models are (study, model)."""
    found: dict[str, list[StudyBoard]] = defaultdict(list)
    columns = ("study", "attribute", "yardstick", "labeler", "labeler_version")
    for key, every in by(rows(con, "study_gaps"), *columns).items():
        study, attribute, yardstick, labeler, version = key
        axis = axis_end(row[end] for row in every for end in ("high", "estimate"))
        for under in in_order({row["condition"] for row in every}, baselines[study]):
            here = sorted((row for row in every if row["condition"] == under), key=_by_rank)
            found[study].append(
                StudyBoard(
                    attribute=said.attribute(study, attribute),
                    yardstick=names.reference(yardstick),
                    condition=condition(under),
                    labeler=words.plain(f"{labeler} {version}"),
                    by_people=every[0]["labeler_kind"] == "person",
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
