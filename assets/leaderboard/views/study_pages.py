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


def may_show(license: str) -> bool:
    """Return whether a study's license lets pictures be shown; of one that is not known they are not."""
    return _FREE.fullmatch(license.strip()) is not None


@dataclass(frozen=True)
class PublishedRow:
    """A figure as the authors printed it, and as the imported labels give it; `differs` is why it is another."""

    name: str
    printed: str
    ours: str
    differs: str | None


@dataclass(frozen=True)
class StudyPublished:
    """Figures that the authors printed in one place."""

    title: str
    where: str
    rows: tuple[PublishedRow, ...]


@dataclass(frozen=True)
class NumbersRow:
    """What the numbers of a model's pictures say."""

    model: str
    condition: Message
    median: float
    mean: float
    n: int


@dataclass(frozen=True)
class StudyNumbers:
    """Numbers of an attribute, by one labeler, or (None) the mean of a picture's labelers."""

    title: Message
    unit: str | None
    labeler: str | None
    rows: tuple[NumbersRow, ...]


@dataclass(frozen=True)
class StudyShare:
    """How many pictures show a value, and its share with an interval: the mean over prompts."""

    count: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class StudyCount:
    """Shares of the values that count, and how many pictures show each value, or none that counts."""

    model: str
    condition: Message
    shares: tuple[StudyShare, ...]
    counted: tuple[tuple[Message, int], ...]
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
class RaterMean:
    """The mean of raters' shares, which has no interval, for a model under a condition."""

    model: str
    condition: Message
    shares: tuple[float | None, ...]
    pictures: tuple[int, int]  # of the rater with fewest, and with most


@dataclass(frozen=True)
class StudyRaters:
    """What several people read of an attribute: the mean of their shares, how far they agree, and each of them."""

    title: Message
    values: tuple[Message, ...]
    rows: tuple[RaterMean, ...]
    alpha: float | None
    kappa: float | None
    agreed_on: int  # pictures of which two gave a value that counts
    each: tuple[StudyCounts, ...]


@dataclass(frozen=True)
class StudyGap:
    """How far a model is from a yardstick, or why nobody can say; its rank from `low` to `high` of `of`.

    `holds` is whether all that pages say of the rank holds whatever unseen answers would have shown; None without a
    rank.
    """

    model: str
    estimate: float | None
    low: float | None
    high: float | None
    n: int
    rank: tuple[int, int, int] | None
    holds: bool | None
    unranked: Message | None


@dataclass(frozen=True)
class StudyBoard:
    """The models of a study under one condition."""

    attribute: Message
    yardstick: Message
    condition: Message
    labeler: str
    by_people: bool
    rater: bool  # one of several people
    axis: float
    marks: tuple[float, ...]
    rows: tuple[StudyGap, ...]
    below: tuple[Message, ...]  # which difference it tells apart


@dataclass(frozen=True)
class StudyMove:
    """A share before and after, and its change with the ends of its interval as signed points.

    `said` is that it may be chance, or why there is no share.
    """

    before: float | None
    after: float | None
    change: str
    low: str
    high: str
    said: Message | None


@dataclass(frozen=True)
class StudyMean:
    """What changed in the pictures of a model, of `n` before and after."""

    model: str
    n: tuple[int, int]
    shares: tuple[StudyMove | None, ...]  # of each value; of two values the first


@dataclass(frozen=True)
class StudyDifference:
    """What changed for one prompt: pictures of how many show something under each of two conditions."""

    model: str
    cell: str  # where its pictures are on the page
    prompt: str
    what: Message
    before: tuple[int, int]
    after: tuple[int, int]
    move: StudyMove


@dataclass(frozen=True)
class StudyChanges:
    """What a condition changed, as one labeler read the pictures: on average over prompts, and for single ones.

    `clear` are those of `compared` changes of single prompts that are clear by Holm's method, over the prompts of one
    model and value; `missing` more have no pictures on one side.
    """

    attribute: Message
    labeler: str
    by_people: bool
    rater: bool  # one of several people
    before: Message
    after: Message
    values: tuple[Message, ...]
    rows: tuple[StudyMean, ...]
    clear: tuple[StudyDifference, ...]
    compared: int
    missing: int


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
    license: str
    source: str
    commit: str | None
    link: str | None  # the source, where it is an address
    note: str | None
    planned: int
    pictures: int
    missing: int
    labels_alone: bool
    free: bool  # its license lets pictures be shown
    published: tuple[StudyPublished, ...]
    numbers: tuple[tuple[StudyNumbers, tuple[StudyNumbers, ...]], ...]  # with those of each rater
    raters: tuple[StudyRaters, ...]
    tables: tuple[StudyCounts, ...]  # of attributes that one of a kind read
    galleries: tuple[StudyGallery, ...]
    boards: tuple[StudyBoard, ...] = ()
    changes: tuple[StudyChanges, ...] = ()

    @property
    def as_printed(self) -> tuple[int, int]:
        """Return how many published figures come out as printed, and how many there are."""
        rows = [row for one in self.published for row in one.rows]
        return sum(row.differs is None for row in rows), len(rows)


@dataclass(frozen=True)
class StudyList:
    """All studies."""

    studies: tuple[StudyPage, ...]
