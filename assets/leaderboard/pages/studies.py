"""Published studies, a page each: who made it, what was read in its pictures, how sure, and these where it allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import duckdb

from assets.leaderboard.cells.showing import Thumb, cut
from assets.leaderboard.evidence.study_figures import StudyWords, boards, cell_id, changes, condition
from assets.leaderboard.evidence.study_readings import counts, numbers, published
from assets.leaderboard.licenses import may_show
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say, title
from assets.leaderboard.views.query import Row, View, by, rows
from assets.suites.comparisons import in_order

ADDRESS, TITLE = "studies/", say("Published studies")
#: Pictures of a page, at most: it stays below 300 kB.
MOST = 600
#: Queries of `sql/page/study_….sql`.
_READ = ("attributes", "published", "means", "agreement", "counts", "pictures")
_LINK = re.compile(r"https://[A-Za-z0-9./_~%?=&#@:+,-]{1,300}")


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    del week  # a study is no weekly series
    listed = rows(con, "studies")
    if not listed:
        return
    of = {name: by(rows(con, f"study_{name}"), "study") for name in _READ}
    names_of = StudyWords(con, [row for rows_of in of["counts"].values() for row in rows_of])
    far, changed = (
        boards(con, names_of, {row["study"]: row["baseline"] for row in listed}),
        changes(con, names_of),
    )
    studies = []
    for row in listed:
        study = row["study"]
        view = _page(row, {name: rows_of[study] for name, rows_of in of.items()}, names_of)
        view.boards, view.changes = tuple(far[study]), tuple(changed[study])
        studies.append(view)
        yield Sheet(
            view.address,
            title(view.title),
            view,
            crumbs=(Crumb(ADDRESS, TITLE),),
            description=say("Pictures and labels that others published, counted in the same way."),
            template="study",
        )
    yield Sheet(ADDRESS, TITLE, View(studies=studies))


def _page(row: Row, of: Mapping[str, Sequence[Row]], names_of: StudyWords) -> View:
    source, _, commit = words.plain(row["source"]).partition(" at ")
    free, baseline = may_show(row["license"]), row["baseline"]
    agreement = {one["attribute"]: one for one in of["agreement"]}
    together, tables = counts(of["counts"], names_of, agreement, baseline)
    units = {one["attribute"]: one["unit"] for one in of["attributes"]}
    as_printed = sum(not one["differs"] for one in of["published"])
    return View(
        id=row["study"],
        address=f"{ADDRESS}{row['study']}/",
        title=words.plain(row["title"]),
        citation=words.plain(row["citation"]),
        license=words.plain(row["license"]),
        source=source,
        commit=commit[:12],
        link=source if _LINK.fullmatch(source) else None,
        note=row["note"] and words.plain(row["note"]),
        planned=row["planned"],
        pictures=row["planned"] - row["missing"] - row["unpublished"],
        missing=row["missing"],
        labels_alone=row["unpublished"] > 0,
        as_printed=(as_printed, len(of["published"])),
        published=tuple(published(of["published"])),
        numbers=tuple(numbers(of["means"], names_of, units, baseline)),
        raters=together,
        tables=tables,
        galleries=tuple(_galleries(of["pictures"], names_of, baseline)) if free else (),
    )


def _galleries(pictures: Sequence[Row], names_of: StudyWords, baseline: str | None) -> Iterator[View]:
    """Yield the pictures of each model by prompt and condition, those that are shown picked at random."""
    cells = {(row["model"], row["prompt"], row["condition"]) for row in pictures}
    most = max(1, MOST // max(1, len(cells)))
    conditions = in_order({row["condition"] for row in pictures}, baseline)
    plainly = sorted(pictures, key=lambda row: -conditions.index(row["condition"]))  # the last one stays
    asked = {row["prompt"]: row["text"] or row["prompt_title"] or row["prompt"] for row in plainly}
    for _, of_model in groupby(pictures, key=lambda row: row["model"]):
        grids = []
        ordered = sorted(of_model, key=lambda row: (row["prompt"], conditions.index(row["condition"])))
        of_cell = groupby(ordered, key=lambda row: (row["prompt"], row["condition"]))
        for (prompt, under), of_prompt in of_cell:
            of = [*of_prompt]
            grids.append(
                View(
                    cell=cell_id(of[0]["model"], prompt) if under == conditions[0] else None,
                    prompt=cut(asked[prompt]),
                    condition=condition(under),
                    thumbs=[_thumb(number, one, names_of) for number, one in enumerate(of[:most])],
                    n=len(of),
                )
            )
        yield View(model=words.plain(of[0]["title"]), grids=grids)


def _thumb(number: int, row: Row, names_of: StudyWords) -> Thumb:
    read = (row["readings"] or [None])[0]
    word = names_of.value(row["study"], read["attribute"], read["value"]) if read else None
    return Thumb(number, row["image_sha256"], word)


KIND = PageKind("studies", _build, ("study",))
