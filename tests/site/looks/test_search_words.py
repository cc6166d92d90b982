"""What readers search for is found on the pages that show it, among the first, in their language."""

from __future__ import annotations

import json
import unicodedata
from posixpath import normpath

import pytest

_INDIA = ("prompts/rest-of-world/person-india/", "findings/sim-classic.rest-of-world.person-india.")
_BERET = ("prompts/french-person/", "words/french-person-en-fr/", "boards/french-person-stereotypes/")
_CEO = ("prompts/startup-ceo/", "findings/sim-classic.startup-ceo.")
#: What is typed, in which language, and the pages of which one must be among the first.
SEARCHED = (
    ("turban", "en", _INDIA),
    ("turban", "fr", _INDIA),
    ("beret", "en", _BERET),
    ("béret", "fr", _BERET),
    ("license", "en", ("about/",)),
    ("licence", "fr", ("about/",)),
    ("women CEO", "en", _CEO),
    ("femme PDG", "fr", _CEO),
    ("white", "en", ("2023/french-white/",)),
    ("blanc", "fr", ("2023/french-white/",)),
    ("Nigeria", "en", ("prompts/rest-of-world/house-nigeria/", "2023/nigerian-house/")),
)
FIRST = 8


def plain(text: str) -> str:
    """Return a text as the script of the search compares it."""
    bare = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    return bare.replace("’", "'").lower()


def found(pages: dict[str, str], wanted: str, language: str) -> list[str]:
    """Return addresses in the order of the script: by titles, then the shortest address."""
    folder = f"{'fr/' if language == 'fr' else ''}search/"
    whole, words = plain(wanted), plain(wanted).split()
    ranked = []
    for page in json.loads(pages[f"{folder}index.json"]):
        head = plain(page["title"])
        text = plain(" ".join(page[name] for name in ("title", "kind", "about", "also", "address")))
        if all(word in text for word in words):
            rank = (
                3 if head.startswith(whole) else 2 if whole in head else all(word in head for word in words)
            )
            ranked.append((-int(rank), len(page["address"]), normpath(folder + page["address"])))
    return [address for *_, address in sorted(ranked)]


@pytest.mark.parametrize(("wanted", "language", "there"), SEARCHED)
def test_what_is_searched_is_among_the_first(
    readers_pages: dict[str, str], wanted: str, language: str, there: tuple[str, ...]
) -> None:
    seen = [address.removeprefix("fr/") for address in found(readers_pages, wanted, language)[:FIRST]]
    assert any(address.startswith(there) for address in seen), seen
