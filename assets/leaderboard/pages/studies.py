"""Published studies, a page each: who made it, what was read in its pictures, and these where its license allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

import duckdb

from assets.leaderboard.cells.showing import caption, cut
from assets.leaderboard.page import words
from assets.leaderboard.views.cells import Thumb
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say, title
from assets.leaderboard.views.query import Row, rows
from assets.leaderboard.views.study_pages import (
    StudyCount,
    StudyCounts,
    StudyGallery,
    StudyGrid,
    StudyList,
    StudyPage,
    may_show,
)

ADDRESS, TITLE = "studies/", say("Published studies")
#: Pictures of a page, at most: it stays below 300 kB.
MOST = 600
_LINK = re.compile(r"https://[A-Za-z0-9./_~%?=&#@:+,-]{1,300}")


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    del week  # a study is no weekly series
    counts = _by_study(rows(con, "study_counts"))
    pictures = _by_study(rows(con, "study_pictures"))
    studies = tuple(
        _page(row, counts.get(row["study"], []), pictures.get(row["study"], []))
        for row in rows(con, "studies")
    )
    for study in studies:
        yield Sheet(
            study.address,
            title(study.title),
            study,
            crumbs=(Crumb(ADDRESS, TITLE),),
            description=say("Pictures and labels that others published, counted in the same way."),
            template="study",
        )
    if studies:
        yield Sheet(ADDRESS, TITLE, StudyList(studies))


def _by_study(found: Sequence[Row]) -> dict[str, list[Row]]:
    return {study: [*of] for study, of in groupby(found, key=lambda row: row["study"])}


def _page(row: Row, counts: Sequence[Row], pictures: Sequence[Row]) -> StudyPage:
    source, free = words.plain(row["source"]), may_show(row["licence"])
    keyed = groupby(counts, key=lambda one: (one["attribute"], one["labeler"], one["labeler_version"]))
    return StudyPage(
        id=row["study"],
        address=f"{ADDRESS}{row['study']}/",
        title=words.plain(row["title"]),
        citation=words.plain(row["citation"]),
        licence=words.plain(row["licence"]),
        source=source,
        link=source if _LINK.fullmatch(source) else None,
        note=words.plain(row["note"]) if row["note"] else None,
        planned=row["planned"],
        pictures=row["planned"] - row["missing"] - row["unpublished"],
        missing=row["missing"],
        labels_alone=row["unpublished"] > 0,
        free=free,
        tables=tuple(_table(attribute, [*of]) for (attribute, _, _), of in keyed),
        galleries=tuple(_galleries(pictures)) if free else (),
    )


def _table(attribute: str, found: Sequence[Row]) -> StudyCounts:
    values = {row["value"]: row["position"] for row in found if row["in_support"]}
    ordered = sorted(values, key=lambda value: values[value])
    first = found[0]
    return StudyCounts(
        title(words.attribute(attribute)),
        words.plain(f"{first['labeler']} {first['labeler_version']}"),
        by_people=first["labeler_kind"] == "person",
        values=tuple(caption(attribute, value) for value in ordered),
        rows=tuple(
            _count([*of], ordered)
            for _, of in groupby(found, key=lambda row: (row["model"], row["condition"]))
        ),
    )


def _count(found: Sequence[Row], values: Sequence[str]) -> StudyCount:
    pictures = {row["value"]: row["pictures"] for row in found}
    return StudyCount(
        words.plain(found[0]["title"]),
        words.plain(found[0]["condition"]),
        tuple(pictures[value] for value in values),
        sum(pictures[value] for value in values),
        tuple(
            (title(words.value(row["value"])), row["pictures"])
            for row in found
            if not row["in_support"] and row["pictures"]
        ),
    )


def _galleries(pictures: Sequence[Row]) -> Iterator[StudyGallery]:
    cells = {(row["model"], row["prompt"], row["condition"]) for row in pictures}
    most = max(1, MOST // max(1, len(cells)))
    for _, of_model in groupby(pictures, key=lambda row: row["model"]):
        grids = []
        of_cell = groupby(of_model, key=lambda row: (row["prompt"], row["condition"]))
        for (prompt, condition), found in of_cell:
            of = [*found]
            grids.append(
                StudyGrid(
                    cut(of[0]["prompt_title"] or prompt),
                    words.plain(condition),
                    tuple(_thumb(number, one) for number, one in enumerate(of[:most])),
                    len(of),
                )
            )
        yield StudyGallery(words.plain(of[0]["title"]), tuple(grids))


def _thumb(number: int, row: Row) -> Thumb:
    read = (row["readings"] or [None])[0]
    return Thumb(number, row["image_sha256"], caption(read["attribute"], read["value"]) if read else None)


KIND = PageKind("studies", _build, ("study",))
