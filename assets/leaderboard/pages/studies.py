"""Published studies, a page each: who made it, what was read in its pictures, how sure, and these where it allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.evidence.study_figures import boards, changes
from assets.leaderboard.evidence.study_findings import cards
from assets.leaderboard.evidence.study_galleries import Galleries
from assets.leaderboard.evidence.study_readings import CSV, Shows, as_rows, on_page, published
from assets.leaderboard.licenses import may_show
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet, csv_file
from assets.leaderboard.views.message import say, title
from assets.leaderboard.views.query import Row, View, by, rows

ADDRESS, TITLE = "studies/", say("Published studies")
#: Pictures of a page, at most: it stays below 300 kB.
MOST = 600
#: Queries of `sql/page/study_….sql`.
_READ = ("published", "agreement", "pictures")
_FILE = "shows.csv"
_LINK = re.compile(r"https://[A-Za-z0-9./_~%?=&#@:+,-]{1,300}")


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    del week  # a study is no weekly series
    listed = rows(con, "studies")
    if not listed:
        return
    of = {name: by(rows(con, f"study_{name}"), "study") for name in _READ}
    shows = Shows(con)
    far, changed = (
        boards(con, shows.words, {row["study"]: row["baseline"] for row in listed}),
        changes(con, shows.words),
    )
    for row in listed:
        study = row["study"]
        view = _page(row, {name: rows_of[study] for name, rows_of in of.items()}, shows)
        view.boards, view.changes = tuple(far[study]), tuple(changed[study])
        yield Sheet(
            view.address,
            title(view.title),
            view,
            crumbs=(Crumb(ADDRESS, TITLE),),
            description=say("Pictures and labels that others published, counted in the same way."),
            files=(csv_file(_FILE, CSV, as_rows(shows.of[study])),) if view.shows else (),
            template="study",
        )
    yield Sheet(ADDRESS, TITLE, View(cards=cards(con)))


def _page(row: Row, of: Mapping[str, Sequence[Row]], every: Shows) -> View:
    source, _, commit = words.plain(row["source"]).partition(" at ")
    free, baseline = may_show(row["license"]), row["baseline"]
    agreement = {one["attribute"]: one for one in of["agreement"]}
    shows = on_page(every.of.get(row["study"], ()))
    for show in shows:
        ours = every.words.ours(show.study, show.attribute) or show.attribute
        show.agreement = agreement.get(ours) if any(table.raters for table in show.tables) else None
    galleries = Galleries(of["pictures"] if free else (), every.words, baseline, MOST)
    of_rows = tuple(galleries.of_rows(shows, every.prompts))
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
        free=free,
        labels_alone=row["unpublished"] > 0,
        as_printed=(as_printed, len(of["published"])),
        published=tuple(published(of["published"])),
        shows=shows,
        csv=f"{ADDRESS}{row['study']}/{_FILE}",
        galleries=(*of_rows, *galleries.of_models()),
    )


KIND = PageKind("studies", _build, ("study",))
