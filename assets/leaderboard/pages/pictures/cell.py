"""All pictures of the last four weeks that one model drew for one prompt, with what was read in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.one_cell import page_of
from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, Sheet
from assets.leaderboard.views.message import model_title, say
from assets.leaderboard.views.query import Row


def sheets(prompt: PromptPictures, said: Mapping[tuple[str, str], Row]) -> Iterator[Sheet]:
    """Yield the page of each model that was asked a prompt; `said` is what models wrote, by prompt and model."""
    head = showing.head(prompt)
    crumbs = (
        Crumb(showing.ADDRESS, showing.TITLE),
        Crumb(head.address, say("“%(prompt)s”", prompt=showing.cut(head.text, 60))),
    )
    weeks = [week for week in reading.weeks_of(prompt.week) if week >= prompt.first_week]
    for cell in prompt.cells:
        model, key = model_title(words.plain(cell.model)), (prompt.id, cell.model)
        yield Sheet(
            showing.address_of(prompt.id, cell.model),
            say("“%(prompt)s”, drawn by %(model)s", prompt=head.short, model=model),
            page_of(prompt, cell, head, said.get(key, {}), weeks),
            crumbs=crumbs,
            index=False,
            template="cell",
        )
