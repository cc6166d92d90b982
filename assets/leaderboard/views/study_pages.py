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
class StudyShare:
    """How many pictures show a value, and its share with an interval: the mean over prompts."""

    count: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class StudyCount:
    """How many pictures of a model under a condition show each value, of those that show any; and the others."""

    model: str
    condition: Message
    counts: tuple[StudyShare, ...]
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
class StudyDistance:
    """How far a model is from a reference, or why nobody can say; its rank from `low` to `high` of `of`."""

    model: str
    distance: float | None
    low: float | None
    high: float | None
    strip: tuple[float, float, float] | None  # ends of the interval and the figure, in percent of the axis
    n: int
    why: Message | None
    rank: tuple[int, int, int] | None
    unranked: Message | None
    bounds: tuple[float, float] | None  # of the distance, whatever the pictures that nobody saw would show
    of_rank: tuple[Message, ...]  # how far it rests on slots that nobody saw


@dataclass(frozen=True)
class StudyDistances:
    """The models of a study under one condition."""

    attribute: Message
    reference: Message
    condition: Message
    labeler: str
    by_people: bool
    axis: float
    marks: tuple[float, ...]
    rows: tuple[StudyDistance, ...]
    below: Message | None  # what such notes mean


@dataclass(frozen=True)
class StudyDifference:
    """Pictures of how many show something under each of two conditions; `p` is corrected for all looks."""

    model: str
    cell: str  # where its pictures are on the page
    prompt: str
    what: Message
    before: tuple[int, int]
    after: tuple[int, int]
    p: float


@dataclass(frozen=True)
class StudyDifferences:
    """What is more than chance, of so many differences; all tests of the attribute are corrected together.

    `chi_square`, `exact` and `lenient` are how many would be by another test: uncorrected, or if one finding in twenty
    may be false. `needed` of `of` pictures must show what none showed before for a difference to be more than chance.
    """

    attribute: Message
    labeler: str
    by_people: bool
    before: Message
    after: Message
    tests: int
    tested: int
    untested: int  # without pictures on one side
    chi_square: int
    exact: int
    lenient: int
    needed: int | None
    of: int
    rows: tuple[StudyDifference, ...]


@dataclass(frozen=True)
class StudyMove:
    """A figure before and after, the ends of its change's interval, and what is said of it: chance, or why none.

    `points` are the ends of a share's change as signed points; a distance has none.
    """

    before: float | None
    after: float | None
    change: tuple[float, float] | None
    points: tuple[str, str] | None
    said: Message | None


@dataclass(frozen=True)
class StudyMean:
    """What changed in the pictures of a model, of `n` before and after; None where it was not asked both ways."""

    model: str
    n: tuple[int, int]
    distances: tuple[StudyMove | None, ...]  # from each reference
    shares: tuple[StudyMove | None, ...]  # of each value; of two values the first


@dataclass(frozen=True)
class StudyMeans:
    """What a condition changed on average over prompts, as one labeler read the pictures."""

    attribute: Message
    labeler: str
    by_people: bool
    before: Message
    after: Message
    references: tuple[Message, ...]
    values: tuple[Message, ...]
    rows: tuple[StudyMean, ...]


@dataclass(frozen=True)
class StudyGrid:
    """Pictures of a model for a prompt under a condition, `n` in all, those that are shown picked at random."""

    cell: str | None  # of the first grid of a prompt
    prompt: str
    condition: Message
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
    distances: tuple[StudyDistances, ...] = ()
    means: tuple[StudyMeans, ...] = ()
    differences: tuple[StudyDifferences, ...] = ()


@dataclass(frozen=True)
class StudyList:
    """All studies."""

    studies: tuple[StudyPage, ...]
