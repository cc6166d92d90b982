"""What pages of the sentences of 2023 show: then, and now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from assets.leaderboard.views.chart import Chart
from assets.leaderboard.views.message import Message


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """A picture, and what was read in it of what is in question; `framed`: it shows what the figure counts."""

    sha256: str
    words: tuple[Message, ...]
    framed: bool


@dataclass(frozen=True)
class ModelNow:
    """What one model draws now.

    Attributes:
        cell: names the share on all pages that show it.
        verdict: in words; None where no verdict is given: `why`, or the sentence names no share.
        also: whether at least half of the control shows it too.
        k: pictures that show all of it.
        worth: how many pictures they count as in the interval; None where each counts.
        unseen: answers that may have shown it: refused, or not read.
        low: lower end of its 95 % interval.
        bounds: least and largest share whatever these would have shown; None where 5 % or less are unseen.
        control: k and n of the control; None without one.
        links: pages with all pictures: address and text of the prompt.
    """

    model: str
    simulated: bool
    cell: str
    verdict: Message | None
    why: Message | None
    also: bool
    k: int
    n: int
    worth: Message | None
    unseen: int
    share: float | None
    low: float | None
    high: float | None
    bounds: tuple[float, float] | None
    control: tuple[int, int] | None
    beside: int | None
    grid: tuple[ReadPicture, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PartNow:
    """One part of a sentence's pictures: texts of its prompts with their languages, and models, real ones first.

    `not_asked` names those that were asked for none of its pictures.
    """

    id: str
    texts: tuple[tuple[str, str], ...]
    models: tuple[ModelNow, ...]
    not_asked: tuple[str, ...]

    def of(self, *, simulated: bool) -> tuple[ModelNow, ...]:
        """Return real or simulated models."""
        return tuple(model for model in self.models if model.simulated == simulated)


@dataclass(frozen=True)
class ClaimNow:
    """One sentence of 2023.

    Attributes:
        sentence: in our words.
        then: its words or figures of then.
        threshold: the share that its words stand for; None: no verdict is given.
        shows: what a picture must show, all of it.
        control: texts of the prompts that do not name the group.
    """

    id: str
    address: str
    sentence: Message
    source: Message
    url: str | None
    then: Message
    threshold: float | None
    shows: tuple[Message, ...]
    beside: tuple[Message, ...]
    control: tuple[tuple[str, str], ...]
    parts: tuple[PartNow, ...]

    def rows(self) -> Iterator[tuple[str, tuple[ModelNow | None, ...]]]:
        """Yield models, real ones first, with what each shows in each part; None where it was not asked."""
        found = [{one.model: one for one in part.models} for part in self.parts]
        names = {one.model: one.simulated for part in self.parts for one in part.models}
        for name in sorted(names, key=lambda name: (names[name], name)):
            yield name, tuple(of.get(name) for of in found)

    def ends(self) -> tuple[ModelNow, ...]:
        """Return the models of the highest and the lowest share, of the real ones if there are any."""
        for part in self.parts:
            shown = [
                one for one in part.of(simulated=False) or part.models if one.grid and one.share is not None
            ]
            if shown:
                ordered = sorted(shown, key=lambda one: (-(one.share or 0), -one.n, one.model))
                return tuple(ordered if len(ordered) < 2 else (ordered[0], ordered[-1]))
        return ()


@dataclass(frozen=True)
class Drew:
    """A picture in a conversation, with the prompt as the model wrote it anew, if it did."""

    read: ReadPicture
    revised: str | None


@dataclass(frozen=True)
class TalkTurn:
    """One turn: what was said to the model, what it wrote, and its picture, or why there is none."""

    number: int
    asked: str
    wrote: str | None
    drew: Drew | None
    ended: Message | None


@dataclass(frozen=True)
class Talk:
    """A conversation in full: one of `of` that the model had in that week, at random."""

    model: str
    simulated: bool
    week: date
    turns: tuple[TalkTurn, ...]


@dataclass(frozen=True)
class ThenPage:
    """All sentences, with a conversation."""

    claims: tuple[ClaimNow, ...]
    talk: Talk | None
    since: date


@dataclass(frozen=True)
class ClaimPage:
    """One sentence with its pictures."""

    claim: ClaimNow
    charts: Mapping[str, Chart | None]  # by part
    talks: tuple[Talk, ...]
    since: date
