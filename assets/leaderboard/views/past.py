"""What pages of past weeks show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assets.leaderboard.views.cells import Outcomes, ValueShare
from assets.leaderboard.views.message import Message


@dataclass(frozen=True)
class WeekRow:
    """A prompt in the list of what a model drew in a week; `share` counts the framed value."""

    address: str
    brief: str
    language: str
    share: ValueShare | None
    outcomes: Outcomes


@dataclass(frozen=True)
class WeekSuite:
    """The prompts of a suite."""

    title: Message
    rows: tuple[WeekRow, ...]


@dataclass(frozen=True)
class ModelWeek:
    """What a model drew in a week: how all its requests ended, then every prompt."""

    model: str
    simulated: bool
    week: date
    outcomes: Outcomes
    suites: tuple[WeekSuite, ...]
