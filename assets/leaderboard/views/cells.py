"""What pages of prompts and of their pictures show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from assets.leaderboard.views.chart import Chart
from assets.leaderboard.views.message import Message
from assets.suites.published_figures import CitedSource


@dataclass(frozen=True, slots=True)
class Thumb:
    """A picture and the word under it: what was read in it, or why it is not counted; None where nothing is asked.

    `number` is that of the picture on the page of all pictures.
    """

    number: int
    sha256: str
    word: Message | None
    framed: bool = False  # it shows the value that the page is about
    counted: bool = True


@dataclass(frozen=True)
class ValueShare:
    """How many of a model's pictures show a value. Without an interval there is no published share of the window.

    `worth` says how many they count as in the interval, where that is not each; bounds are the least and the largest
    share whatever answers that were not seen would have shown, where those are more than 5 %.
    """

    value: str
    said: Message  # of many pictures
    cell: str
    count: int
    n: int
    framed: bool
    low: float | None = None
    high: float | None = None
    worth: Message | None = None
    bound_low: float | None = None
    bound_high: float | None = None

    @property
    def share(self) -> float | None:
        """Return count / n, or None without a picture."""
        return self.count / self.n if self.n else None


@dataclass(frozen=True)
class Expected:
    """What a statistic expects of the framed value, and where it was published."""

    share: float
    title: Message
    url: str | None


@dataclass(frozen=True)
class Outcomes:
    """How the requests of a week, or of all of them, ended; the counts add up to `planned`."""

    planned: int
    pictures: int
    refused: int
    failed: int
    not_needed: int

    @property
    def answered(self) -> int:
        """Return how many were answered by the model itself."""
        return self.pictures + self.refused


@dataclass(frozen=True)
class PromptRow:
    """One model on the page of a prompt; `shares` begin with the framed value."""

    model: str
    simulated: bool
    address: str
    shares: tuple[ValueShare, ...]
    thumbs: tuple[Thumb, ...]
    pictures: int
    outcomes: Outcomes
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class OtherRow:
    """Counts of one model by another attribute; None where there is no share."""

    model: str
    simulated: bool
    address: str
    counts: tuple[int, ...] | None
    n: int


@dataclass(frozen=True)
class OtherTable:
    """Another attribute of a prompt's pictures."""

    attribute: str
    title: Message
    values: tuple[Message, ...]
    rows: tuple[OtherRow, ...]


@dataclass(frozen=True)
class Absent:
    """A model without a figure this week, and why."""

    model: str
    simulated: bool
    why: Message


@dataclass(frozen=True)
class PromptHead:
    """What a page says of its prompt."""

    id: str  # "<suite>/<prompt>"
    address: str
    text: str
    short: str  # the text, cut where it is long
    language: str
    suite: Message
    conversation: bool
    turns: tuple[str, ...]  # what is said after the prompt, in a conversation
    sensitive: bool
    attribute: str | None
    framed: Message | None  # the framed value, of many pictures
    first_week: date


@dataclass(frozen=True)
class PromptPage:
    """The page of a prompt: real models, then simulated ones."""

    head: PromptHead
    lead: Message | None
    chart: Chart | None
    expected: tuple[Expected, ...]
    rows: tuple[PromptRow, ...]
    others: tuple[OtherTable, ...]
    absent: tuple[Absent, ...]

    def of(self, *, simulated: bool) -> tuple[PromptRow, ...]:
        """Return the rows of real or of simulated models."""
        return tuple(row for row in self.rows if row.simulated == simulated)


@dataclass(frozen=True)
class PromptCard:
    """A prompt in the list of prompts: a few pictures, and between which shares the framed value lies."""

    head: PromptHead
    brief: str  # its text, cut where it is long
    thumbs: tuple[Thumb, ...]
    simulated: bool
    models: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SuiteCards:
    """The prompts of a version of a suite."""

    id: str
    title: Message
    note: Message | None
    sources: tuple[CitedSource, ...]
    cards: tuple[PromptCard, ...]


@dataclass(frozen=True)
class PromptList:
    """The list of all prompts."""

    first_week: date
    suites: tuple[SuiteCards, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """A picture as data files have it: which labeler gave which values, in the order of the page's attributes."""

    number: int
    week: date
    sha256: str
    ext: str
    slot_key: str
    attempt: int
    labeler: str
    found: tuple[str, ...]
    first: bool  # of those of its picture


@dataclass(frozen=True)
class CellWeek:
    """The pictures of one week."""

    week: date
    outcomes: Outcomes
    thumbs: tuple[Thumb, ...]


@dataclass(frozen=True)
class CellPage:
    """All pictures of the window that one model drew for one prompt."""

    head: PromptHead
    row: PromptRow
    counted: int
    uncounted: tuple[tuple[Message, int], ...]  # why, and how many
    weeks: tuple[CellWeek, ...]
    attributes: tuple[str, ...]
    labelers: tuple[str, ...]
    details: tuple[Detail, ...]
    refusals: tuple[str, ...]
    rewritten: tuple[str, ...]
    queries: tuple[str, ...]
