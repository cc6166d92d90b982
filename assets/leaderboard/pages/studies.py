"""Published studies, a page each: who made it, what was read in its pictures, how sure, and these where it allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.evidence.study_figures import boards, changes
from assets.leaderboard.evidence.study_findings import FOLDER, cards, head
from assets.leaderboard.evidence.study_galleries import Galleries
from assets.leaderboard.evidence.study_readings import CSV, Shows, as_rows, on_page, published
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet, csv_file
from assets.leaderboard.views.message import say, title
from assets.leaderboard.views.query import Row, View, by, rows

ADDRESS, TITLE = FOLDER, say("Published studies")
#: Pictures of a page, at most: it stays below 300 kB.
MOST = 600
#: Queries of `sql/page/study_….sql`.
_READ = ("published", "agreement", "pictures")
_FILE = "shows.csv"


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
    view = head(row)
    agreement = {one["attribute"]: one for one in of["agreement"]}
    shows = on_page(every.of.get(row["study"], ()))
    for show in shows:
        ours = every.words.ours(show.study, show.attribute) or show.attribute
        show.agreement = agreement.get(ours) if any(table.raters for table in show.tables) else None
    galleries = Galleries(of["pictures"] if view.free else (), every.words, row["baseline"], MOST)
    of_rows = tuple(galleries.of_rows(shows, every.prompts))
    view.note = row["note"] and words.plain(row["note"])
    view.labels_alone = row["unpublished"] > 0
    view.as_printed = (sum(not one["differs"] for one in of["published"]), len(of["published"]))
    view.published = tuple(published(of["published"]))
    view.shows, view.csv = shows, f"{view.address}{_FILE}"
    view.galleries = (*of_rows, *galleries.of_models())
    return view


KIND = PageKind("studies", _build, ("study",))
