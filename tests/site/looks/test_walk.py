"""Thirty questions of readers are answered in two clicks from the front page, in both languages."""

from __future__ import annotations

import html
import re
from fnmatch import fnmatch

import pytest

from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.sheets import path_of
from tests.site.looks.figures import links_of
from tests.site.looks.walk import CLICKS, WAYS, Way


def said(page: str) -> str:
    """Return all that a page says, and what its drawings do."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<body") :]))
    return re.sub(r"\s+([.,)])", r"\1", " ".join(text.split()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", [way for way in WAYS if not way.beside], ids=lambda way: way.question)
def test_a_reader_finds_the_answer(readers_pages: dict[str, str], way: Way, language: str) -> None:
    pages, path = readers_pages, path_of("", language)
    assert len(way.links) <= CLICKS
    for end in way.links:
        wanted = f"{'fr/' if language == 'fr' else ''}{end}index.html"
        found = [one for one in links_of(path, pages[path]) if fnmatch(one, wanted)]
        assert found, f"{path} has no link to {wanted}"
        path = found[0]
    text = said(pages[path])
    assert re.search(way.english if language == "en" else way.french, text), text


def test_there_are_thirty_questions_and_more() -> None:
    assert sum(not way.beside for way in WAYS) >= 30
