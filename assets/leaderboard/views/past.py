"""What pages of past weeks show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assets.leaderboard.views.cells import Outcomes, PromptHead, Thumb
from assets.leaderboard.views.message import Quarter


@dataclass(frozen=True)
class SheetWeek:
    """A week on a contact sheet: `n` pictures, of which some are shown, and how requests ended."""

    week: date
    thumbs: tuple[Thumb, ...]
    n: int
    outcomes: Outcomes


@dataclass(frozen=True)
class ContactSheet:
    """What a model drew for a prompt in a quarter."""

    head: PromptHead
    model: str
    simulated: bool
    quarter: Quarter
    pictures: int
    weeks: tuple[SheetWeek, ...]


@dataclass(frozen=True)
class SheetRow:
    """A contact sheet in the list of a model's."""

    address: str
    brief: str
    language: str
    pictures: int


@dataclass(frozen=True)
class ModelQuarter:
    """The contact sheets of a model and quarter."""

    model: str
    simulated: bool
    quarter: Quarter
    prompts: tuple[SheetRow, ...]
