"""What pages show of what one word changes in the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assets.leaderboard.views.cells import Thumb
from assets.leaderboard.views.message import Message


@dataclass(frozen=True)
class WordSide:
    """The pictures on one side: how many are counted, which share shows the value, and some of them at random.

    `address` is the page of all of them, where they are of one prompt.
    """

    n: int
    share: float
    thumbs: tuple[Thumb, ...]
    address: str | None


@dataclass(frozen=True)
class WordEffect:
    """What became of one value in the pictures of one model. `change`, `low` and `high` are signed points.

    Without an interval `low` and `high` are empty; `notes` say why, and that labels cannot be believed.
    """

    model: str
    simulated: bool
    attribute: str
    value: str
    said: Message  # of many pictures with the value
    clear: bool
    change: str
    low: str
    high: str
    a: WordSide
    b: WordSide
    pairs: int
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class WordMissing:
    """A model without a figure, and why."""

    model: str
    simulated: bool
    why: Message


@dataclass(frozen=True)
class WordPage:
    """One comparison: the clear effects first. Texts are None where each side has several."""

    first_week: date
    title: Message
    text_a: str | None
    text_b: str | None
    language_a: str
    language_b: str
    more: int  # pairs of prompts beside the one that is shown
    sensitive: bool
    key: Mapping[str, object]  # what its figures have in the table `words`
    effects: tuple[WordEffect, ...]
    missing: tuple[WordMissing, ...]

    def of(self, *, simulated: bool) -> tuple[WordEffect, ...]:
        """Return the effects of real or of simulated models."""
        return tuple(effect for effect in self.effects if effect.simulated == simulated)


@dataclass(frozen=True)
class WordCard:
    """A comparison in the list."""

    address: str
    title: Message
    clear: int
    effects: int
    why: Message | None = None  # why there is none that could be clear


@dataclass(frozen=True)
class WordPages:
    """The list of comparisons."""

    first_week: date
    cards: tuple[WordCard, ...]
