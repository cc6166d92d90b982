"""What a page shows, as plain frozen data: the view models that every page and template is made from.

Shares are in 0…1, distances in the unit of DESIGN's `distance`, counts are pictures or slots as their name says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from assets.leaderboard.views.part import ShownPart
from assets.leaderboard.views.study_view import Study


@dataclass(frozen=True)
class CountedShare:
    """A count with its denominator. `share` is None where nothing was counted."""

    count: int
    n: int

    @property
    def share(self) -> float | None:
        """Return count / n, or None for n = 0."""
        return self.count / self.n if self.n else None


@dataclass(frozen=True)
class Point:
    """One week of a line; `value` is None where there is no figure, and the line has a gap there."""

    week: date
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True)
class RankRange:
    """A rank: from `low` to `high`, of `of` models that are ranked."""

    low: int
    high: int
    of: int


@dataclass(frozen=True)
class Corrected:
    """A distance without the labeler's errors, as estimated from `gold` pictures that people rated."""

    distance: float
    low: float
    high: float
    gold: int


@dataclass(frozen=True)
class BoardRow:
    """One model on one board. `status` says in words why `distance` is None, or what else is to be known.

    `distance` is the figure of the board, whatever its metric.
    """

    model: str
    distance: float | None
    low: float | None
    high: float | None
    n: int
    refused: CountedShare | None
    pictures: int
    status: str | None
    notes: tuple[str, ...]
    line: tuple[Point, ...]
    as_of: date | None = None  # the week of the figure where it is an earlier one (retired models)
    reliable: bool | None = None  # False: the labels are not reliable; None: not verified
    prompts: tuple[float, float] | None = (
        None  # interval over prompts like these; low and high are of these alone
    )
    place: RankRange | None = None  # None: there is no rank, and `unranked` or `status` says why
    unranked: str | None = None  # why there is no rank, where `status` does not say it
    bounds: tuple[float, float] | None = None  # of the distance, whatever the unseen answers would have shown
    too_few: bool = False  # of one prompt alone, with fewer pictures than a figure that can be relied on
    corrected: Corrected | None = None  # None: the labels of the figure are not verified
    not_corrected: str | None = None  # why people's answers correct nothing, where it is people who err
    label_error: str | None = None  # in words: wrong in another way than the other models' labels
    asked: bool = True  # this week; without an answer there is no rate of refusals all the same
    withheld: bool = False  # this week


@dataclass(frozen=True)
class BoardGroup:
    """Models that may be in one table: one track, and simulated ones by themselves."""

    track: str
    simulated: bool
    rows: tuple[BoardRow, ...]
    cautions: tuple[str, ...] = ()  # why labels behind figures of this table are not reliable
    order: str = ""  # whether the order holds if the figure is measured in another way, in words

    @property
    def ranked(self) -> bool:
        """Return whether any model of this table has a rank."""
        return any(row.place for row in self.rows)


@dataclass(frozen=True)
class NotSeen:
    """Where the planned slots of one model went, for one attribute; the counts add up to `planned`.

    `refused_as` and `failed_as` say in words how those slots ended.
    """

    model: str
    simulated: bool
    planned: int
    refused: int
    failed: int
    not_needed: int
    no_person: int
    cannot_tell: int
    other: int  # declared values outside the support, such as `ambiguous`
    invalid: int
    not_assessed: int
    counted: int
    refused_as: str = ""
    failed_as: str = ""


@dataclass(frozen=True)
class Board:
    """One comparison: (suite, attribute, reference, condition), with a table for each kind of model."""

    id: str
    suite: str  # "<id>@<major>"
    condition: str
    attribute: str
    attribute_title: str
    reference: str
    reference_title: str
    metric: str  # distance or stereotype_share
    sources: tuple[str, ...]
    stereotypes: tuple[str, ...]  # in words, what a board of declared stereotypes counts
    axis: float  # right end of every drawn interval of this board
    marks: tuple[float, ...]  # values that are written at an axis from 0 to there
    groups: tuple[BoardGroup, ...]
    not_seen: tuple[NotSeen, ...]
    headline: bool

    @property
    def figure_title(self) -> str:
        """Return what the figures of the board are."""
        if self.metric == "stereotype_share":
            return f"Share of {self.reference_title}"
        return f"Distance from {self.reference_title}"


@dataclass(frozen=True)
class Lead:
    """The sentence that opens the page, what it rests on, and how many changes the month had."""

    sentence: str
    basis: str
    changes: str


@dataclass(frozen=True)
class ShownLabel:
    """One label under a picture."""

    attribute: str
    value: str


@dataclass(frozen=True)
class SamplePicture:
    """One sample picture; `sha256` and `ext` name its original bytes."""

    sha256: str
    ext: str
    width: int
    height: int
    prompt: str
    text: str
    revised: str | None
    readings: tuple[ShownLabel, ...]
    alt: str


@dataclass(frozen=True)
class Gallery:
    """Sample pictures of one model, all of one week. `convention` says how a drawing is to be read."""

    model: str
    simulated: bool
    week: date
    pictures: tuple[SamplePicture, ...]
    convention: str | None


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation. `ended` says in words why there is no picture; None where there is one."""

    number: int
    asked: str
    said: str | None  # what the model wrote beside or instead of a picture
    picture: SamplePicture | None
    ended: str | None


@dataclass(frozen=True)
class Conversation:
    """One confrontation: the turns in their order."""

    prompt: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Conversations:
    """A few conversations with one model, all of one week."""

    model: str
    simulated: bool
    week: date
    conversations: tuple[Conversation, ...]


@dataclass(frozen=True)
class Event:
    """Something that happened to the series, in words."""

    week: date
    text: str


@dataclass(frozen=True)
class Change:
    """A change of a share or of refusals over weeks, as it was known when it was found."""

    id: str
    since: date
    earliest: date  # 95 % range of `since`
    latest: date
    opened: date
    sentence: str
    points: str
    n_before: int
    n_after: int
    log10_e: float
    evidence: str
    kind: str
    doubt: str  # what explains it better than the model; empty if nothing does
    checks: tuple[str, ...]
    about: tuple[object, ...]  # changes with the same are one change, seen in several values


@dataclass(frozen=True)
class SuiteFact:
    """A suite in use: exact version and content hash."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class LabelerFact:
    """Which labeler version an attribute was read by, and in which weeks."""

    attribute: str
    labeler: str
    labeler_version: str
    first_week: date
    last_week: date


@dataclass(frozen=True)
class Download:
    """A file to remove, in one or more formats; `about` is empty for plain tables."""

    name: str
    about: str
    links: tuple[tuple[str, str], ...]  # (format, address relative to the page)


@dataclass(frozen=True)
class Page:
    """Everything that the page of one edition shows."""

    edition: str
    week: date
    weeks: tuple[date, ...]
    code_version: str
    replaces: str | None
    lead: Lead
    boards: tuple[Board, ...]
    galleries: tuple[Gallery, ...]
    conversations: tuple[Conversations, ...]
    events: tuple[Event, ...]
    studies: tuple[Study, ...]
    suites: tuple[SuiteFact, ...]
    labelers: tuple[LabelerFact, ...]
    downloads: tuple[Download, ...]
    store_read: str | None = (
        None  # when the store was last read whole, and what that found; in no content hash
    )
    unverified: str | None = None  # whose labels nobody verified
    parts: Mapping[str, ShownPart] = field(default_factory=dict)  # those that `parts` finds, by id
    changes: tuple[Change, ...] = ()
    shifts: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # board id → which change it could see

    def parts_after(self, id_: str) -> tuple[ShownPart, ...]:
        """Return the parts that follow a section, each with those that follow it, in their order."""
        return tuple(
            shown
            for name, one in self.parts.items()
            if one.part.after == id_
            for shown in (*([one] if one.data else []), *self.parts_after(name))
        )

    def pictures(self) -> Iterator[SamplePicture]:
        """Yield every picture that the page shows; one may come twice."""
        for gallery in self.galleries:
            yield from gallery.pictures
        for of_model in self.conversations:
            for conversation in of_model.conversations:
                yield from (turn.picture for turn in conversation.turns if turn.picture)
