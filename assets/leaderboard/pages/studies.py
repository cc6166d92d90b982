"""Published studies, a page each: who made it, what was read in its pictures, how sure, and these where it allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

import duckdb

from assets.leaderboard.cells.showing import cut
from assets.leaderboard.evidence.study_conditions import changes
from assets.leaderboard.evidence.study_figures import (
    StudyWords,
    boards,
    by_whom,
    cell_id,
    condition,
)
from assets.leaderboard.page import words
from assets.leaderboard.views.cells import Thumb
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say, title
from assets.leaderboard.views.query import Row, by, rows
from assets.leaderboard.views.study_pages import (
    StudyCount,
    StudyCounts,
    StudyGallery,
    StudyGrid,
    StudyList,
    StudyPage,
    StudyShare,
    may_show,
)
from assets.suites.comparisons import in_order

ADDRESS, TITLE = "studies/", say("Published studies")
#: Pictures of a page, at most: it stays below 300 kB.
MOST = 600
_LINK = re.compile(r"https://[A-Za-z0-9./_~%?=&#@:+,-]{1,300}")


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    del week  # a study is no weekly series
    listed = rows(con, "studies")
    if not listed:
        return
    counts, pictures = by(rows(con, "study_counts"), "study"), by(rows(con, "study_pictures"), "study")
    people = {by_whom(row) for of in counts.values() for row in of if row["labeler_kind"] == "person"}
    baselines = {row["study"]: row["baseline"] for row in listed}
    said = StudyWords(con)
    titles = {(row["study"], row["model"]): words.plain(row["title"]) for row in rows(con, "study_models")}
    far, changed = boards(con, said, titles, baselines), changes(con, said, titles, people)
    studies = tuple(
        replace(
            _page(row, counts[row["study"]], pictures[row["study"]], said),
            boards=tuple(far[row["study"]]),
            changes=tuple(changed[row["study"]]),
        )
        for row in listed
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
    yield Sheet(ADDRESS, TITLE, StudyList(studies))


def _page(row: Row, counts: Sequence[Row], pictures: Sequence[Row], said: StudyWords) -> StudyPage:
    source, free = words.plain(row["source"]), may_show(row["license"])
    keyed = groupby(counts, key=lambda one: (one["attribute"], one["labeler"], one["labeler_version"]))
    return StudyPage(
        id=row["study"],
        address=f"{ADDRESS}{row['study']}/",
        title=words.plain(row["title"]),
        citation=words.plain(row["citation"]),
        license=words.plain(row["license"]),
        source=source,
        link=source if _LINK.fullmatch(source) else None,
        note=words.plain(row["note"]) if row["note"] else None,
        planned=row["planned"],
        pictures=row["planned"] - row["missing"] - row["unpublished"],
        missing=row["missing"],
        labels_alone=row["unpublished"] > 0,
        free=free,
        tables=tuple(_table(attribute, [*of], said, row["baseline"]) for (attribute, _, _), of in keyed),
        galleries=tuple(_galleries(pictures, said, row["baseline"])) if free else (),
    )


def _table(attribute: str, found: Sequence[Row], said: StudyWords, baseline: str | None) -> StudyCounts:
    values = {row["value"]: row["position"] for row in found if row["in_support"]}
    ordered = sorted(values, key=lambda value: values[value])
    first = found[0]
    conditions = in_order({row["condition"] for row in found}, baseline)
    found = sorted(found, key=lambda row: (row["title"], row["model"], conditions.index(row["condition"])))
    return StudyCounts(
        said.attribute(first["study"], attribute),
        words.plain(f"{first['labeler']} {first['labeler_version']}"),
        by_people=first["labeler_kind"] == "person",
        values=tuple(said.value(first["study"], attribute, value) for value in ordered),
        rows=tuple(
            _count([*of], ordered, said)
            for _, of in groupby(found, key=lambda row: (row["model"], row["condition"]))
        ),
    )


def _count(found: Sequence[Row], values: Sequence[str], said: StudyWords) -> StudyCount:
    by_value = {row["value"]: row for row in found}
    return StudyCount(
        words.plain(found[0]["title"]),
        condition(found[0]["condition"]),
        tuple(
            StudyShare(*(by_value[value][name] for name in ("pictures", "share", "low", "high")))
            for value in values
        ),
        sum(by_value[value]["pictures"] for value in values),
        tuple(
            (said.value(row["study"], row["attribute"], row["value"]), row["pictures"])
            for row in found
            if not row["in_support"] and row["pictures"]
        ),
    )


def _galleries(pictures: Sequence[Row], said: StudyWords, baseline: str | None) -> Iterator[StudyGallery]:
    cells = {(row["model"], row["prompt"], row["condition"]) for row in pictures}
    most = max(1, MOST // max(1, len(cells)))
    conditions = in_order({row["condition"] for row in pictures}, baseline)
    plainly = sorted(pictures, key=lambda row: -conditions.index(row["condition"]))  # the last one stays
    asked = {row["prompt"]: row["text"] or row["prompt_title"] or row["prompt"] for row in plainly}
    for _, of_model in groupby(pictures, key=lambda row: row["model"]):
        grids = []
        ordered = sorted(of_model, key=lambda row: (row["prompt"], conditions.index(row["condition"])))
        of_cell = groupby(ordered, key=lambda row: (row["prompt"], row["condition"]))
        for (prompt, under), found in of_cell:
            of = [*found]
            grids.append(
                StudyGrid(
                    cell_id(of[0]["model"], prompt) if under == conditions[0] else None,
                    cut(asked[prompt]),
                    condition(under),
                    tuple(_thumb(number, one, said) for number, one in enumerate(of[:most])),
                    len(of),
                )
            )
        yield StudyGallery(words.plain(of[0]["title"]), tuple(grids))


def _thumb(number: int, row: Row, said: StudyWords) -> Thumb:
    read = (row["readings"] or [None])[0]
    word = said.value(row["study"], read["attribute"], read["value"]) if read else None
    return Thumb(number, row["image_sha256"], word)


KIND = PageKind("studies", _build, ("study",))
