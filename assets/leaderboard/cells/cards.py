"""A prompt as a card: a few of its pictures, and between which shares its value lies."""

from __future__ import annotations

from collections.abc import Sequence

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.reading import Cell, PromptPictures
from assets.leaderboard.views.cells import PromptCard

#: Pictures of a prompt that are shown.
FEW = 7
_BRIEF = 90


def card(prompt: PromptPictures) -> PromptCard:
    """Return a prompt with pictures of real models, or of simulated ones where there are no others."""
    cells = showing.first_kind(prompt.cells)
    shares = [share.share for share in showing.framed(prompt, cells) if share.share is not None]
    head = showing.head(prompt)
    return PromptCard(
        head=head,
        brief=showing.cut(head.text, _BRIEF),
        thumbs=tuple(showing.thumb(prompt, picture) for picture in _some(cells)),
        simulated=cells[0].simulated,
        models=len(cells),
        low=min(shares, default=None),
        high=max(shares, default=None),
    )


def _some(cells: Sequence[Cell]) -> list[reading.CellPicture]:
    every = (picture for cell in cells for picture in cell.counted)
    return sorted(every, key=lambda picture: picture.place)[:FEW]
