"""What the page of published shares shows: what others counted in pictures of real models, and what models draw now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assets.leaderboard.views.cells import ValueShare
from assets.leaderboard.views.message import Message
from assets.suites.published_figures import PublishedShare, PublishedWork


@dataclass(frozen=True)
class WorkThen:
    """What one work counted: who published it, what was asked in its words, and where exactly its numbers stand."""

    work: PublishedWork
    asked: str
    at: str
    shares: tuple[PublishedShare, ...]


@dataclass(frozen=True)
class ShareNow:
    """The share of one of our models, as the page of its prompt has it; `address` has its pictures."""

    model: str
    simulated: bool
    address: str
    share: ValueShare


@dataclass(frozen=True)
class OthersQuestion:
    """A question with all published shares, the oldest first, and those of the window.

    `prompt`, in `language`, is what our suites ask; `address` is its page, None where it was not asked.
    """

    id: str
    title: Message
    prompt: str
    language: str
    address: str | None
    then: tuple[WorkThen, ...]
    now: tuple[ShareNow, ...]

    def kinds(self) -> Iterator[tuple[bool, tuple[ShareNow, ...]]]:
        """Yield (whether they are simulated, models): real models first, simulated ones never among them."""
        for simulated in (False, True):
            if found := tuple(one for one in self.now if one.simulated == simulated):
                yield simulated, found


@dataclass(frozen=True)
class OthersPage:
    """All questions; `csv` is the address of the rows of all of them."""

    questions: tuple[OthersQuestion, ...]
    csv: str
