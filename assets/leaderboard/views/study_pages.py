"""What pages of published studies show."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assets.leaderboard.views.cells import Thumb
from assets.leaderboard.views.message import Message

#: Licenses under which anybody may show pictures, whatever for; any other text is none of them.
_FREE = re.compile(
    r"MIT|BSD[ -][23][ -]Clause|Apache([ -]License)?[ -]2\.0|CC0([ -]1\.0)?|Public domain"
    r"|CC[ -]BY([ -]SA)?([ -]\d\.\d)?",
    re.IGNORECASE,
)


def may_show(licence: str) -> bool:
    """Return whether a study's license lets pictures be shown; of one that is not known they are not."""
    return _FREE.fullmatch(licence.strip()) is not None


@dataclass(frozen=True)
class StudyCount:
    """How many pictures of a model under a condition show each value, of those that show any; and the others."""

    model: str
    condition: str
    counts: tuple[int, ...]
    n: int
    others: tuple[tuple[Message, int], ...]


@dataclass(frozen=True)
class StudyCounts:
    """What one labeler read of an attribute."""

    title: Message
    labeler: str
    by_people: bool
    values: tuple[Message, ...]
    rows: tuple[StudyCount, ...]


@dataclass(frozen=True)
class StudyGrid:
    """Pictures of a model for a prompt under a condition, `n` in all, those that are shown picked at random."""

    prompt: str
    condition: str
    thumbs: tuple[Thumb, ...]
    n: int


@dataclass(frozen=True)
class StudyGallery:
    """The pictures of a model."""

    model: str
    grids: tuple[StudyGrid, ...]


@dataclass(frozen=True)
class StudyPage:
    """Somebody else's pictures and labels, counted as the study's own files have them."""

    id: str
    address: str
    title: str
    citation: str
    licence: str
    source: str
    link: str | None  # the source, where it is an address
    note: str | None
    planned: int
    pictures: int
    missing: int
    labels_alone: bool
    free: bool  # its license lets pictures be shown
    tables: tuple[StudyCounts, ...]
    galleries: tuple[StudyGallery, ...]


@dataclass(frozen=True)
class StudyList:
    """All studies."""

    studies: tuple[StudyPage, ...]
