"""What published studies found most clearly, by a rule that is said beside it: one finding of all, and one of each.

A finding is a row of what a study's page shows first, for one model: of an attribute with two named values that have
no order, at least five pictures that count, asked for with nothing added and by prompts that name neither a gender
nor one of the values. Labels by people come first, then studies whose pictures may be shown and were imported; then
the share whose 95 % interval ends furthest from equal parts, by the largest distance possible, in whole percent. Of
equals the CEO comes first, then the row of most pictures, of the newest study, by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from assets.leaderboard.cells.showing import NEEDED, cut
from assets.leaderboard.evidence.pictures import GRID
from assets.leaderboard.evidence.ranked import CEO
from assets.leaderboard.evidence.study_figures import StudyWords
from assets.leaderboard.evidence.study_readings import Shows
from assets.leaderboard.licenses import address_of, may_show
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, say_n, title
from assets.leaderboard.views.query import Row, View, by, rows

FOLDER = "studies/"
#: Pictures of a card.
STRIP = 6
_EVEN, _QUOTED = 0.5, 100
#: Words for values as studies write them.
_WOMAN, _MAN = {"feminine", "female", "woman", "women", "f"}, {"masculine", "male", "man", "men", "m"}


def lead(con: duckdb.DuckDBPyConnection) -> View | None:
    """Return the finding that opens a home of studies, with its pictures; None if no study has any."""
    shows, listed = Shows(con), rows(con, "studies")
    found = min((one for row in listed for one in _found(row, shows)), key=_place, default=None)
    return found and _with_pictures(con, found, GRID)


def cards(con: duckdb.DuckDBPyConnection) -> list[View]:
    """Return a card for each imported study: its own finding, or what it holds; pictures where the license allows."""
    shows, listed = Shows(con), rows(con, "studies")
    pictures = by(rows(con, "study_pictures"), "study")
    made = []
    for row in listed:
        found = min(_found(row, shows), key=_place, default=None)
        card = _head(row)
        card.finding = found and _with_pictures(con, found, STRIP)
        card.grid = card.finding.grid if card.finding else ()
        if card.shown and not card.grid:
            card.grid = [
                View(sha256=one["image_sha256"], words=(), framed=False)
                for one in pictures[row["study"]][:STRIP]
            ]
        card.why = None if card.grid else _why(row)
        made.append(card)
    return sorted(made, key=lambda one: (not one.shown, one.by_people == 0, -one.pictures, one.study))


def _head(row: Row) -> View:
    """Return what is said of a study wherever it is shown."""
    source = words.plain(row["source"]).partition(" at ")[0]
    pictures = row["planned"] - row["missing"] - row["unpublished"]
    return View(
        study=row["study"],
        address=f"{FOLDER}{row['study']}/",
        title=words.plain(row["title"]),
        year=row["year"],
        license=words.plain(row["license"]),
        license_url=address_of(row["license"]),
        source=source,
        link=source if source.startswith("https://") else None,
        planned=row["planned"],
        pictures=pictures,
        models=row["models"],
        by_people=row["labels_by_people"],
        by_programs=row["labels_by_programs"],
        shown=may_show(row["license"]) and pictures > 0,
    )


def _why(row: Row) -> Message:
    """Return why a study has no pictures here."""
    if row["unpublished"]:
        return say("Labels alone: the pictures were not imported.")
    if not may_show(row["license"]):
        return say("The license is not known to allow it: no picture is shown.")
    return say("None of its pictures is there.")


def _found(row: Row, shows: Shows) -> Iterator[View]:
    """Yield every row of a study that may be a finding, with the value that most of its pictures show."""
    head = _head(row)
    for show in shows.of.get(row["study"], ()):
        if show.numeric or show.whole or show.grouped_by == "condition":
            continue
        people = any(table.by_people for table in show.tables)
        for table in show.tables:
            if len(table.support) != 2 or table.ordinal or table.rater:
                continue
            said = {
                "study_of": head,
                "labeler": table.key,
                "by_people": table.by_people or (table.consensus and people),
            }
            for line in (line for of in table.lines for line in of):
                prompts = shows.prompts[row["study"], show.position, line.row]
                if line.n >= NEEDED and all(one["plainly"] and not one["asks"] for one in prompts):
                    value = max(table.support, key=lambda value: line.of[value].k)
                    if line.of[value].low > _EVEN:
                        yield _finding(show, line, value, prompts, said, shows.words)


def _finding(
    show: View,
    line: View,
    value: str,
    prompts: Sequence[Row],
    said: Mapping[str, object],
    names_of: StudyWords,
) -> View:
    figure = line.of[value]
    subjects = {one["subject"] for one in prompts}
    finding = View(
        position=show.position,
        row=line.row,
        model=line.model,
        model_title=line.model_title,
        attribute=show.attribute,
        value=value,
        shown=names_of.pictures(show.study, show.attribute, value),
        k=figure.k,
        n=line.n,
        drawn=line.pictures,
        share=figure.share,
        low=figure.low,
        high=figure.high,
        expected=_EVEN,
        reach=(figure.low - _EVEN) / (1 - _EVEN),
        subject=subjects.pop() if len(subjects) == 1 else None,
        text=(prompts[0]["text"] or prompts[0]["prompt_title"]) if len(prompts) == 1 else None,
        label=line.label,
        **said,
    )
    finding.sentence = _sentence(finding, names_of.same(show.study, show.attribute, value))
    return finding


def _place(finding: View) -> tuple[object, ...]:
    """Return what findings are sorted by."""
    of = finding.study_of
    named = (of.study, finding.model, finding.position, finding.row, finding.labeler)
    first = (not finding.by_people, not of.shown, -round(100 * finding.reach))
    return *first, finding.subject != CEO, -finding.n, -(of.year or 0), *named


def _sentence(finding: View, same: str | None) -> Message:
    """Return a finding as one sentence; what does not count is said, too."""
    given = {
        "drawn": finding.drawn,
        "n": finding.n,
        "pictures": _pictures(finding),
        "said": _said(finding, same),
    }
    if finding.drawn == finding.n:
        return say("Of %(drawn)s %(pictures)s, %(said)s.", **given)
    return say("Of %(drawn)s %(pictures)s, %(n)s count: %(said)s.", **given)


def _pictures(finding: View) -> Message:
    given = {"model": finding.model_title, "year": str(finding.study_of.year)}
    dated = finding.study_of.year is not None
    if many := finding.subject and words.several(finding.subject):
        given["about"] = title(many)
        if dated:
            return say("%(about)s that %(model)s drew in %(year)s", **given)
        return say("%(about)s that %(model)s drew", **given)
    given["prompt"] = cut(finding.text, _QUOTED) if finding.text else finding.label
    if dated:
        return say("pictures that %(model)s drew for “%(prompt)s” in %(year)s", **given)
    return say("pictures that %(model)s drew for “%(prompt)s”", **given)


def _said(finding: View, same: str | None) -> Message:
    named, k = same or finding.value.lower(), finding.k
    if named in _WOMAN | _MAN:
        seen = (
            say_n("%(n)s woman", "%(n)s women", k) if named in _WOMAN else say_n("%(n)s man", "%(n)s men", k)
        )
        return (
            say("people saw %(seen)s", seen=seen)
            if finding.by_people
            else say("a program saw %(seen)s", seen=seen)
        )
    given = {"k": k, "value": words.plain(finding.value)}
    if finding.by_people:
        return say("people labeled %(k)s as “%(value)s”", **given)
    return say("a program labeled %(k)s as “%(value)s”", **given)


def _with_pictures(con: duckdb.DuckDBPyConnection, finding: View, most: int) -> View:
    """Return a finding with some of the pictures that it counts, where they may be shown, and the place of all."""
    of = finding.study_of
    labeler, version = finding.labeler
    wanted = {"study": of.study, "position": finding.position, "row": finding.row, "model": finding.model}
    seen = rows(con, "study_seen", {**wanted, "labeler": labeler, "version": version}) if of.shown else []
    grid = [
        View(sha256=one["image_sha256"], words=[finding.shown] if framed else (), framed=framed)
        for one in seen[:most]
        for framed in [one["value"] == finding.value]
    ]
    return View(**vars(of) | vars(finding) | {"grid": grid})
