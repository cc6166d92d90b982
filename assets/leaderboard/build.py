"""The view of one edition, built from the warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import duckdb

from assets.leaderboard import parts
from assets.leaderboard.parts import (
    board_rows,
    boards,
    changes,
    conversations,
    facts,
    gallery,
    lead,
    study,
)
from assets.leaderboard.views.part import SECTIONS, Part, ShownPart
from assets.leaderboard.views.query import rows
from assets.leaderboard.views.view import Page


@cache
def found() -> tuple[Part, ...]:
    """Return the parts that modules of `parts` declare as `PART`, by the names of the modules."""
    names = sorted(module.name for module in iter_modules(parts.__path__))
    modules = [import_module(f"{parts.__name__}.{name}") for name in names]
    declared: tuple[Part, ...] = tuple(module.PART for module in modules if hasattr(module, "PART"))
    places = {*SECTIONS, *(part.id for part in declared)}
    for part in declared:
        if part.after not in places - {part.id}:
            raise ValueError(f"part {part.id} of the page is to follow {part.after}, which is not there")
    return declared


def build_page(
    con: duckdb.DuckDBPyConnection,
    *,
    week: str,
    edition: str,
    code_version: str,
    replaces: str | None = None,
    conventions: Mapping[str, str] | None = None,
    files: Iterable[str] = (),
) -> Page:
    """Return everything that the page of `week` shows; weeks after it are not looked at.

    Args:
        con: the warehouse, with its marts.
        week: ISO date of a Monday.
        edition: id of the edition, `<week>.<revision>`.
        code_version: version of the code that makes it.
        replaces: id of the edition that this one corrects, if any.
        conventions: labeler name → how its readings of drawings are to be understood.
        files: paths of the data files beside the page, relative to it.
    """
    day = date.fromisoformat(week)
    asked = [row["week"] for row in rows(con, "weeks", {"week": week})]
    weeks = boards.shown_weeks(day, asked[0] if asked else None)
    told = board_rows.read(con, day, weeks)
    all_boards = boards.build(con, day, weeks, told)
    versions = facts.labelers(con, day)
    changed = changes.build(con, day)
    return Page(
        edition=edition,
        week=day,
        weeks=weeks,
        code_version=code_version,
        replaces=replaces,
        lead=lead.build(con, day, changed),
        boards=all_boards,
        galleries=gallery.build(con, day, conventions or {}),
        conversations=conversations.build(con, day),
        events=facts.events(con, day, versions, changes.events(changed)),
        studies=study.build(con),
        suites=facts.suites(con, day),
        labelers=versions,
        downloads=facts.downloads(files),
        unverified=boards.unverified(told, day),
        parts={part.id: ShownPart(part, part.build(con, day)) for part in found()},
        changes=changed,
        shifts=changes.shifts(con, day, all_boards),
    )
