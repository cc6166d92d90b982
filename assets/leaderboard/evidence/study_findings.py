"""What published studies found most clearly, by a rule that is said beside it: one finding of all, and one of each.

A finding is a row of what a study's page shows first, for one model: of an attribute with two named values that have
no order, at least five pictures that count, asked for with nothing added and by prompts that name neither a gender
nor one of the values. Labels by people come first, then studies whose pictures may be shown and were imported, then
the CEO, whom most readers ask for; then the share whose 95 % interval ends furthest from equal parts, by the largest
distance possible, in whole percent; of equals the row of most pictures, of the newest study, by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import duckdb

from assets.leaderboard.cells.showing import NEEDED, cut
from assets.leaderboard.evidence.pictures import GRID
from assets.leaderboard.evidence.ranked import CEO
from assets.leaderboard.evidence.study_figures import StudyWords
from assets.leaderboard.evidence.study_galleries import CELL
from assets.leaderboard.evidence.study_readings import Shows
from assets.leaderboard.licenses import address_of, may_show
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, say_n, title
from assets.leaderboard.views.query import Row, View, by, rows

FOLDER = "studies/"
#: Pictures of a card.
STRIP = 6
_EVEN, _QUOTED = 0.5, 100
_LINK = re.compile(r"https://[A-Za-z0-9./_~%?=&#@:+,-]{1,300}")
#: Words for values as studies write them.
_WOMAN, _MAN = {"feminine", "female", "woman", "women", "f"}, {"masculine", "male", "man", "men", "m"}


def lead(con: duckdb.DuckDBPyConnection) -> View | None:
    """Return the finding that opens a home of studies, with its pictures; None if no study has any."""
    shows = Shows(con)
    found = min((one for row in rows(con, "studies") for one in _found(row, shows)), key=_place, default=None)
    return found and _with_pictures(found, by(rows(con, "study_pictures"), "study"), GRID)


def cards(con: duckdb.DuckDBPyConnection) -> list[View]:
    """Return a card for each imported study: its own finding, or what it holds; pictures where the license allows."""
    shows, pictures, made = Shows(con), by(rows(con, "study_pictures"), "study"), []
    for row in rows(con, "studies"):
        card, found = head(row), min(_found(row, shows), key=_place, default=None)
        card.finding = found and _with_pictures(found, pictures, STRIP)
        some = pictures[card.study][:STRIP] if card.shown else ()
        card.grid = (found and card.finding.grid) or [_picture(one) for one in some]
        card.why = None if card.grid else _why(row)
        made.append(card)
    return sorted(made, key=lambda one: (not one.shown, one.by_people == 0, -one.pictures, one.study))


def head(row: Row) -> View:
    """Return what is said of a study wherever it is shown."""
    source, _, commit = words.plain(row["source"]).partition(" at ")
    pictures, free = row["planned"] - row["missing"] - row["unpublished"], may_show(row["license"])
    named = {name: words.plain(row[name]) for name in ("title", "citation", "license")}
    return View(
        **{**row, **named, "source": source},
        address=f"{FOLDER}{row['study']}/",
        commit=commit[:12],
        link=source if _LINK.fullmatch(source) else None,
        license_url=address_of(row["license"]),
        free=free,
        pictures=pictures,
        shown=free and pictures > 0,
    )


def _why(row: Row) -> Message:
    """Return why a study has no pictures here."""
    if row["unpublished"]:
        return say("Labels alone: the pictures were not imported.")
    if not may_show(row["license"]):
        return say("The license is not known to allow it: no picture is shown.")
    return say("None of its pictures was found.")


def _found(row: Row, shows: Shows) -> Iterator[View]:
    """Yield every row of a study that may be a finding, with the value that most of its pictures show."""
    of_study = head(row)
    for show in shows.of.get(row["study"], ()):
        if show.numeric or show.whole or show.grouped_by == "condition":
            continue
        people = any(table.by_people for table in show.tables)
        for table in show.tables:
            by_people = table.by_people or (table.consensus and people)
            for line in (line for of in table.lines for line in of):
                prompts = shows.prompts[row["study"], show.position, line.row]
                value = max(table.support, key=lambda value: line.of[value].k)
                clear = line.n >= NEEDED and line.of[value].low > _EVEN
                plainly = all(one["plainly"] and not one["asks"] for one in prompts)
                if clear and plainly and len(table.support) == 2 and not table.ordinal and not table.rater:
                    figures = _figures(show, line, value, prompts, shows.words)
                    yield View(study_of=of_study, labeler=table.key, by_people=by_people, **figures)


def _figures(
    show: View, line: View, value: str, prompts: Sequence[Row], names_of: StudyWords
) -> dict[str, object]:
    """Return what is counted in a row: `drawn` are all of its pictures, `n` those that count."""
    subjects = {one["subject"] for one in prompts}
    return {
        **vars(line),
        **vars(line.of[value]),
        "position": show.position,
        "attribute": show.attribute,
        "value": value,
        "same": names_of.same(show.study, show.attribute, value),
        "what": names_of.pictures(show.study, show.attribute, value),
        "expected": _EVEN,
        "reach": (line.of[value].low - _EVEN) / (1 - _EVEN),
        "subject": subjects.pop() if len(subjects) == 1 else None,
        "text": (prompts[0]["text"] or prompts[0]["prompt_title"]) if len(prompts) == 1 else None,
        "cells": {(line.model, one["prompt"], one["condition"]) for one in prompts},
    }


def _place(finding: View) -> tuple[object, ...]:
    """Return what findings are sorted by."""
    of = finding.study_of
    named = (of.study, finding.model, finding.position, finding.row, finding.labeler)
    first = (not finding.by_people, not of.shown, finding.subject != CEO)
    return *first, -round(100 * finding.reach), -finding.n, -(of.year or 0), *named


def _sentence(finding: View) -> Message:
    """Return a finding as one sentence; what does not count is said, too."""
    given = {"drawn": finding.drawn, "n": finding.n, "pictures": _pictures(finding), "said": _said(finding)}
    if finding.drawn == finding.n:
        return say("Of %(drawn)s %(pictures)s, %(said)s.", **given)
    return say("Of %(drawn)s %(pictures)s, %(n)s count: %(said)s.", **given)


def _pictures(finding: View) -> Message:
    given = {"model": finding.model_title, "year": str(finding.study_of.year)}
    dated, many = finding.study_of.year is not None, finding.subject and words.several(finding.subject)
    if many:
        given["about"] = title(many)
        undated = say("%(about)s that %(model)s drew", **given)
        return say("%(about)s that %(model)s drew in %(year)s", **given) if dated else undated
    given["prompt"] = cut(finding.text, _QUOTED) if finding.text else finding.label
    undated = say("pictures that %(model)s drew for “%(prompt)s”", **given)
    return say("pictures that %(model)s drew for “%(prompt)s” in %(year)s", **given) if dated else undated


def _said(finding: View) -> Message:
    named, k = finding.same or finding.value.lower(), finding.k
    if named in _WOMAN | _MAN:
        women, men = say_n("%(n)s woman", "%(n)s women", k), say_n("%(n)s man", "%(n)s men", k)
        seen = women if named in _WOMAN else men
        by_program = say("a program saw %(seen)s", seen=seen)
        return say("people saw %(seen)s", seen=seen) if finding.by_people else by_program
    given = {"k": k, "value": words.plain(finding.value)}
    by_program = say("a program labeled %(k)s as “%(value)s”", **given)
    return say("people labeled %(k)s as “%(value)s”", **given) if finding.by_people else by_program


def _with_pictures(finding: View, pictures: Mapping[str, Sequence[Row]], most: int) -> View:
    """Return a finding with its sentence, and some of the pictures that it counts, where they may be shown."""
    of, grid = finding.study_of, []
    for row in pictures[of.study] if of.shown else ():
        for said in row["readings"] or () if tuple(row[name] for name in CELL) in finding.cells else ():
            read = (said["attribute"], (said["labeler"], said["labeler_version"]))
            if read == (finding.attribute, finding.labeler) and said["value"] in finding.of:
                grid.append(_picture(row, finding.what if said["value"] == finding.value else None))
    grid.sort(key=lambda one: one.sha256)  # of several prompts as of one, in no order
    return View(**vars(of) | vars(finding) | {"grid": grid[:most], "sentence": _sentence(finding)})


def _picture(row: Row, word: Message | None = None) -> View:
    return View(sha256=row["image_sha256"], words=[word] if word else (), framed=word is not None)
