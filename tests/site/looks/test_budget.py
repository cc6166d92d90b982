"""A budget of words for each kind of page."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from statistics import mean

import pytest

from assets.leaderboard.page.languages import LANGUAGES
from tests.site.looks.blank import main_of

#: Kind → words of a page on average, at most, in English and in French.
BUDGETS = {
    "": (510, 585),
    "2023/": (480, 520),
    "2023/*": (160, 175),
    "about/": (172, 177),
    "boards/": (110, 120),
    "boards/*": (150, 160),
    "changes/": (150, 160),
    "data/query/": (590, 610),
    "findings/": (320, 370),
    "findings/*": (167, 190),
    "method/": (760, 760),
    "method/labels/": (320, 350),
    "models/": (20, 20),
    "models/*": (250, 280),
    "others/": (400, 480),
    "prompts/": (150, 200),
    "prompts/*/*": (145, 175),
    "prompts/*/*/*": (115, 130),
    "status/": (95, 97),
    "words/": (50, 55),
    "words/*": (110, 140),
}


def words_of(page: str) -> int:
    """Count words between head and foot: no drawing, no rows of tables, no statement, no prompt in its own words."""
    text = re.sub(r"<(svg|tbody|pre|q|script)\b.*?</\1>", "", main_of(page), flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return sum(any(one.isalpha() for one in word) for word in text.split())


def kind_of(path: str) -> str:
    """Return the kind of an address, with stars for what is one of many."""
    address = path.removeprefix("fr/").removesuffix("index.html")
    if address in BUDGETS:
        return address
    top, *rest = address.split("/")
    return f"{top}/{'/'.join('*' for _ in rest[:-1])}"


@pytest.fixture(scope="module")
def counts(readers_pages: dict[str, str]) -> dict[tuple[str, str], list[int]]:
    found = defaultdict(list)
    for path, page in readers_pages.items():
        if path.endswith(".html"):
            language = "fr" if path.startswith("fr/") else "en"
            found[kind_of(path), language].append(words_of(page))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", BUDGETS)
def test_pages_keep_to_their_budget(
    counts: dict[tuple[str, str], list[int]], kind: str, language: str
) -> None:
    assert 0 < mean(counts[kind, language]) <= BUDGETS[kind][[*LANGUAGES].index(language)]


def test_every_kind_of_page_has_a_budget(counts: dict[tuple[str, str], list[int]]) -> None:
    """Those of search, of editions and of two models side by side have few words of their own."""
    assert {kind for kind, _ in counts} - {*BUDGETS} == {"search/", "boards/*/*/*"}


def test_what_is_no_word_is_not_counted() -> None:
    page = (
        "<main><h1>Two words</h1><svg>no</svg><q>no</q><table><tbody><tr><td>no</table></tbody> 95% –</main>"
    )
    assert words_of(page) == 2
