"""All pictures of the last four weeks that one model drew for one prompt, with what was read in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.reading import Cell, PromptPictures
from assets.leaderboard.page import words
from assets.leaderboard.views.cells import CellPage, CellWeek, Detail, Outcomes, PromptHead
from assets.leaderboard.views.kind import Crumb, Sheet
from assets.leaderboard.views.message import model_title, say
from assets.leaderboard.views.query import Row

_NOBODY = Outcomes(0, 0, 0, 0, 0)
_QUOTED = 400


def sheets(prompt: PromptPictures, said: Mapping[tuple[str, str], Row]) -> Iterator[Sheet]:
    """Yield the page of each model that was asked a prompt; `said` is what models wrote, by prompt and model."""
    head = showing.head(prompt)
    crumbs = (
        Crumb(showing.ADDRESS, showing.TITLE),
        Crumb(head.address, say("“%(prompt)s”", prompt=showing.cut(head.text, 60))),
    )
    for cell in prompt.cells:
        model = model_title(words.plain(cell.model))
        yield Sheet(
            showing.address_of(prompt.id, cell.model),
            say("“%(prompt)s”, drawn by %(model)s", prompt=head.short, model=model),
            _page(prompt, cell, head, said.get((prompt.id, cell.model), {})),
            crumbs=crumbs,
            index=False,
            template="cell",
        )


def _page(prompt: PromptPictures, cell: Cell, head: PromptHead, said: Mapping[str, object]) -> CellPage:
    details = tuple(_details(prompt, cell))
    return CellPage(
        head=head,
        row=showing.row(prompt, cell, 0),
        counted=len(cell.counted),
        uncounted=tuple(
            (showing.why_not(why), count)
            for why, count in Counter(one.why for one in cell.pictures if one.why).most_common()
        ),
        weeks=tuple(
            CellWeek(
                week,
                cell.weeks.get(week, _NOBODY),
                tuple(showing.thumb(prompt, one) for one in cell.pictures if one.week == week),
            )
            for week in reading.weeks_of(prompt.week)
        ),
        attributes=tuple(prompt.attributes),
        labelers=tuple(dict.fromkeys(one.labeler for one in details if one.labeler)),
        details=details,
        refusals=_texts(said.get("refusals")),
        rewritten=_texts(said.get("rewritten")),
        queries=_queries(prompt, cell),
    )


def _details(prompt: PromptPictures, cell: Cell) -> Iterator[Detail]:
    """Yield what each labeler read in each picture."""
    for picture in cell.pictures:
        for one in picture.readings or (
            {"labeler": "", "labeler_version": "", "attributes": (), "found": ()},
        ):
            found = dict(zip(one["attributes"], one["found"], strict=True))
            yield Detail(
                number=picture.number,
                week=picture.week,
                sha256=picture.sha256,
                ext=picture.ext,
                slot_key=picture.slot_key,
                attempt=picture.attempt,
                labeler=f"{one['labeler']} {one['labeler_version']}".strip(),
                found=tuple(_found(found.get(name)) for name in prompt.attributes),
            )


def _found(value: str | None) -> str:
    return "–" if value is None else showing.cut(value, 40)


def _texts(found: object) -> tuple[str, ...]:
    """Return different texts, cut."""
    return (
        tuple(dict.fromkeys(showing.cut(text, _QUOTED) for text in found)) if isinstance(found, list) else ()
    )


def _queries(prompt: PromptPictures, cell: Cell) -> tuple[str, ...]:
    """Return the queries that find the share and the pictures in the tables."""
    of = f"prompt = {_quoted(prompt.id)} AND model = {_quoted(cell.model)}"
    first, last = reading.first_week(prompt.week), prompt.week
    return (
        f"FROM window_scores\nWHERE {of}\n  AND week = DATE '{last}' AND metric = 'share'",
        f"FROM slot_outcomes LEFT JOIN labels USING (week, model, slot_key)\nWHERE {of}\n"
        f"  AND week BETWEEN DATE '{first}' AND DATE '{last}'",
    )


def _quoted(text: str) -> str:
    return "'" + words.plain(text).replace("'", "''") + "'"
