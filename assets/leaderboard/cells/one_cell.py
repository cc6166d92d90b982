"""Everything that one model drew for a prompt in some weeks, as its page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assets.leaderboard.cells import showing
from assets.leaderboard.cells.reading import Cell, PromptPictures
from assets.leaderboard.page import words
from assets.leaderboard.views.cells import CellPage, CellWeek, Detail, Outcomes, PromptHead

NOBODY = Outcomes(0, 0, 0, 0, 0)
_QUOTED = 400


def page_of(
    prompt: PromptPictures,
    cell: Cell,
    head: PromptHead,
    said: Mapping[str, object],
    weeks: Sequence[date],
) -> CellPage:
    """Return the pictures of a cell by week, with all labels.

    `said` is its row of `prompt_words`; `weeks` are shown, the newest first.
    """
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
                cell.weeks.get(week, NOBODY),
                tuple(showing.thumbs(prompt, (one for one in cell.pictures if one.week == week))),
            )
            for week in weeks
        ),
        attributes=tuple(prompt.attributes),
        labelers=tuple(dict.fromkeys(one.labeler for one in details if one.labeler)),
        details=details,
        refusals=_texts(said.get("refusals")),
        rewritten=_texts(said.get("rewritten")),
        queries=_queries(prompt, cell, weeks),
    )


def _details(prompt: PromptPictures, cell: Cell) -> Iterator[Detail]:
    """Yield what each labeler read in each picture that is shown."""
    for picture in cell.pictures:
        if picture.sha256 is None:
            continue
        nothing = {"labeler": "", "labeler_version": "", "attributes": (), "found": ()}
        for number, one in enumerate(picture.readings or (nothing,)):
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
                first=number == 0,
            )


def _found(value: str | None) -> str:
    return "–" if value is None else showing.cut(value, 40)


def _texts(found: object) -> tuple[str, ...]:
    """Return different texts, cut."""
    return (
        tuple(dict.fromkeys(showing.cut(text, _QUOTED) for text in found)) if isinstance(found, list) else ()
    )


def _queries(prompt: PromptPictures, cell: Cell, weeks: Sequence[date]) -> tuple[str, ...]:
    """Return the queries that find the share of a window and the pictures in the tables."""
    of = f"prompt = {_quoted(prompt.id)} AND model = {_quoted(cell.model)}"
    first, last = min(weeks), prompt.week
    window = f"FROM figures\nWHERE {of}\n  AND week = DATE '{last}' AND figure = 'share'"
    pictures = (
        f"FROM slot_outcomes LEFT JOIN labels USING (week, model, slot_key)\nWHERE {of}\n"
        f"  AND week BETWEEN DATE '{first}' AND DATE '{last}'"
    )
    return (window, pictures) if first < last else (pictures,)


def _quoted(text: str) -> str:
    return "'" + words.plain(text).replace("'", "''") + "'"
