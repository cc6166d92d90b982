"""Pages of a kind as readers get them, for tests of what they say."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from assets.leaderboard import sheets
from assets.leaderboard.edition import publish
from assets.leaderboard.page.sheets import NOWHERE, SitePlace, render_sheet
from assets.leaderboard.pages.home import STATES
from assets.leaderboard.published import Edition
from assets.leaderboard.sheets import KINDS
from assets.leaderboard.views.kind import PageKind, Sheet
from tests.site import world
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection

WEEK = date.fromisoformat(world.WEEK)


def made(con: Con, *templates: str, week: date = WEEK) -> Iterator[tuple[PageKind, Sheet]]:
    """Yield the pages that are made from some templates, each with its kind; `home`: the front page in any state."""
    if "home" in templates:
        templates = (*templates, *STATES)
    for kind in KINDS:
        if {*templates} & {kind.id, *kind.beside}:
            for sheet in kind.build(con, week):
                if kind.template(sheet) in templates:
                    yield kind, sheet


def files(con: Con, template: str, site: SitePlace = NOWHERE) -> dict[str, str]:
    """Return path → text of all files of the pages that are made from a template."""
    return {
        path: data.decode()
        for kind, sheet in made(con, template)
        for path, data in render_sheet(kind, sheet, WEEK, site)
    }


def published(con: Con, store: Store, *of: str, week: str = world.WEEK, **given: Any) -> Edition:
    """Publish an edition with pages of some kinds alone, which costs a third of one with all."""
    some = [kind for kind in KINDS if kind.id in of]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "KINDS", some)
        return publish(con, store, week=week, **({"code_version": "1"} | given))


def words(page: str) -> str:
    """Return what a page says between its head and its foot, with plain spaces."""
    main = page[page.index("<main") : page.index("</main>")]
    text = html.unescape(re.sub(r"<[^>]+>", " ", main))
    return re.sub(r"\s+([.,)])", r"\1", " ".join(text.split()))


def asked(con: Con, statement: str, **parameters: Any) -> list[dict[str, Any]]:
    con.execute(statement, parameters)
    columns = [column[0] for column in con.description or []]
    return [dict(zip(columns, row, strict=True)) for row in con.fetchall()]
