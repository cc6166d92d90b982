"""What can be searched: the pages of an edition by title and description, and the lists that lead to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assets.leaderboard.views.kind import Sheet
from assets.leaderboard.views.message import Message, say

#: Address of a list → what a page of it is.
_KINDS: Mapping[str, Message] = {
    "findings/": say("Finding"),
    "2023/": say("Sentence of 2023"),
    "models/": say("Model"),
    "prompts/": say("Prompt"),
    "boards/": say("Comparison of models"),
    "words/": say("Comparison of prompts"),
}
_OTHER = say("Page")


@dataclass(frozen=True)
class FoundPage:
    """A page as a search shows it, and what else finds it: its title in every language comes with these."""

    title: Message
    kind: Message
    about: Message | None
    address: str
    searched: tuple[Message, ...]


@dataclass(frozen=True)
class SearchPage:
    """All pages that search engines may list, and each list with the number of its pages."""

    pages: tuple[FoundPage, ...]
    lists: tuple[tuple[str, Message, int], ...]


def search_page(sheets: Iterable[Sheet]) -> SearchPage:
    """Return what is searched of the pages of an edition."""
    shown = [sheet for sheet in sheets if sheet.index]
    inside = Counter(folder for sheet in shown if (folder := _folder(sheet)) != sheet.address)
    lists = {sheet.address: sheet.title for sheet in shown if sheet.address in _KINDS}
    return SearchPage(
        tuple(
            FoundPage(sheet.title, _kind(sheet), sheet.description, sheet.address, sheet.searched)
            for sheet in shown
        ),
        tuple(
            (folder, lists[folder], inside[folder]) for folder in _KINDS if folder in lists and inside[folder]
        ),
    )


def _folder(sheet: Sheet) -> str:
    return f"{sheet.address.partition('/')[0]}/"


def _kind(sheet: Sheet) -> Message:
    folder = _folder(sheet)
    return _KINDS[folder] if folder in _KINDS and folder != sheet.address else _OTHER
