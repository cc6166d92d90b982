"""All pictures of the last four weeks that one model drew for one prompt, with what was read in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.one_cell import page_of
from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, Sheet
from assets.leaderboard.views.message import model_title, say
from assets.leaderboard.views.query import Row


def sheets(
    prompt: PromptPictures,
    said: Mapping[tuple[str, str], Row],
    past: Mapping[tuple[str, str], Sequence[date]],
) -> Iterator[Sheet]:
    """Yield the page of each model that was asked a prompt.

    By prompt and model: `said` is what models wrote, `past` the weeks whose pictures have a page of their own, the
    newest first.
    """
    head = showing.head(prompt)
    crumbs = (
        Crumb(showing.ADDRESS, showing.TITLE),
        Crumb(head.address, say("“%(prompt)s”", prompt=showing.cut(head.text, 60))),
    )
    for cell in prompt.cells:
        model, key = model_title(words.plain(cell.model)), (prompt.id, cell.model)
        yield Sheet(
            showing.address_of(prompt.id, cell.model),
            say("“%(prompt)s”, drawn by %(model)s", prompt=head.short, model=model),
            page_of(
                prompt, cell, head, said.get(key, {}), reading.weeks_of(prompt.week), tuple(past.get(key, ()))
            ),
            crumbs=crumbs,
            index=False,
            template="cell",
        )
