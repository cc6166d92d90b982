"""What pages of findings show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assets.leaderboard.views.message import Message
from assets.leaderboard.views.then import ReadPicture


@dataclass(frozen=True)
class FindingView:
    """A finding with its pictures.

    Attributes:
        sentence: to be quoted.
        headline: that without the prompt's text, to be read beside it.
        shown: the value that is framed, of many pictures.
        worth: how many pictures the counted ones are worth; None where each counts.
        bounds: least and largest share whatever the unseen answers would have shown; None where few are unseen.
        against: that in words, with how far the interval is from it.
        doubts: what else may explain it.
        sensitive: whether its suite is marked so: pictures are covered until asked for, and on no card.
        grid: some of the counted pictures, at random.
        pictures: address of the page with all of them; None if there is none.
    """

    slug: str
    address: str
    sentence: Message
    headline: Message
    model: str
    simulated: bool
    key: Mapping[str, object]
    text: str
    language: str
    attribute: Message
    shown: Message
    k: int
    n: int
    share: float
    low: float
    high: float
    worth: Message | None
    bounds: tuple[float, float] | None
    expected: float
    against: Message
    doubts: tuple[Message, ...]
    sensitive: bool
    grid: tuple[ReadPicture, ...]
    pictures: str | None
    prompt_page: str | None
    first_week: date
    week: date


@dataclass(frozen=True)
class FindingList:
    """The clearest findings of an edition, real models first.

    `compared` shares were held against something, `clear` of them lie off it.
    """

    findings: tuple[FindingView, ...]
    compared: int
    clear: int

    def of(self, *, simulated: bool) -> tuple[FindingView, ...]:
        """Return those of real or of simulated models."""
        return tuple(one for one in self.findings if one.simulated == simulated)
