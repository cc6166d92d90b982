"""Published studies, a page each: who made it, what was read in its pictures, how sure, and these where it allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_FILE = "shows.csv"


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    del week  # a study is no weekly series
    listed = rows(con, "studies")
    if not listed:
        return
    printed, agreement, pictures = (
        by(rows(con, name), "study") for name in ("study_published", "study_agreement", "study_pictures")
    )
    shows = Shows(con)
    far, changed = boards(con, shows.words), changes(con, shows.words)
    for row in listed:
        study = row["study"]
        view = _page(row, shows, printed[study], agreement[study], pictures[study])
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


def _page(
    row: Row, every: Shows, printed: Sequence[Row], agreement: Sequence[Row], pictures: Sequence[Row]
) -> View:
    view, alpha = head(row), {one["attribute"]: one for one in agreement}
    view.shows, view.csv = on_page(every.of[row["study"]]), f"{view.address}{_FILE}"
    for show in view.shows:
        ours = every.words.ours(show.study, show.attribute) or show.attribute
        show.agreement = alpha.get(ours) if any(table.raters for table in show.tables) else None
    view.note = row["note"] and words.plain(row["note"])
    view.labels_alone = row["unpublished"] > 0
    view.as_printed = (sum(not one["differs"] for one in printed), len(printed))
    view.published = tuple(published(printed))
    galleries = Galleries(pictures if view.free else (), every.words, row["baseline"])
    view.galleries = [*galleries.of_rows(view.shows, every.prompts), *galleries.of_models()]
    return view


KIND = PageKind("studies", _build, ("study",))
