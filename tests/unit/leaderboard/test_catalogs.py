"""The catalogs: nothing is missing, nothing is guessed, nothing is English by mistake, and typography is French."""

from __future__ import annotations

import re
from datetime import date

import pytest
from babel.messages.catalog import Catalog, Message

from assets.leaderboard.page.catalog import read, texts, unsaid
from assets.leaderboard.page.languages import ENGLISH, LANGUAGES, tongue
from assets.leaderboard.views.message import Percent, say, say_n, title

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
#: What is the same in French and in English.
SAME = {
    *("Corrections", "Rest of World, 2023", "conversation", "original"),
    *("Baum", "Raza", "SAAC, TRSS Research", "d’Aloisio et al."),  # names
    *("Contreras, Aymara", "Friedrich et al., Fair Diffusion", "Jaiswal et al., T2I-BiasBench"),
    *("Gorijavolu et al., Academic Surgical Congress", "Jones-Carr et al., Academic Surgical Congress"),
    *("Luccioni et al., Stable Bias",),
    *(
        "%(change)s points",
        "%(n)s point",
        "%(n)s points",
        "%(one)s, %(other)s",
        "%(signed)s point",
        "%(signed)s points",
        "%(suite)s, %(condition)s",
        "Question",
        "Source",
        "%(note)s, version %(major)s",
    ),
    *("2023", "Points", "Versions", "licence"),
    *("moustache", "moustaches", "sombrero", "sombreros", "turban", "turbans"),
}
PLACE = re.compile(r"%\((\w+)\)[a-z]|%%")


def strings(message: Message) -> list[tuple[str, str]]:
    """(English, other language) of each form of a message."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[min(form, 1)], text) for form, text in enumerate(message.string)]


def all_of(language: str) -> list[tuple[str, str]]:
    return [pair for message in read(language) if message.id for pair in strings(message)]


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalog_says_all_texts_and_no_other(language: str) -> None:
    here = {message.id for message in read(language) if message.id}
    assert {message.id for message in texts() if message.id} == here, "run make texts"
    assert unsaid(read(language)) == []
    assert len(here) > 50


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_stays_english_without_being_listed(language: str) -> None:
    same = {english for english, said in all_of(language) if english == said}
    assert same == SAME


@pytest.mark.parametrize("language", OTHERS)
def test_values_keep_their_places(language: str) -> None:
    for english, said in all_of(language):
        assert sorted(set(PLACE.findall(english)) - {"n"}) == sorted(set(PLACE.findall(said)) - {"n"}), (
            english
        )


def test_french_has_its_typography() -> None:
    for _, said in all_of("fr"):
        assert not re.search(r" [:;?!%»](?!\()", said), said
        assert not re.search(r"[^\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}%s][;?!»]", said), said
        assert not re.search(r"[\w)»]:(?!//)", said), said
        assert not re.search(r"«(?!\N{NO-BREAK SPACE})|['\"]", said), said


def test_a_missing_a_guessed_and_an_empty_text_are_noticed() -> None:
    catalog = Catalog(locale="fr")
    catalog.add("Said", "Dit")
    catalog.add("Guessed", "Deviné", flags=("fuzzy",))
    catalog.add("Not said", "")
    catalog.add(("One", "Many"), ("Un", ""))
    assert unsaid(catalog) == ["Guessed", "Not said", "One"]


def test_messages_are_said_with_their_values() -> None:
    english, french = tongue("en"), tongue("fr")
    said = say("Week of %(week)s", week=date(2026, 11, 1))
    assert english.say(said) == "Week of 1 November 2026"
    assert french.say(said) == "Semaine du 1er\N{NO-BREAK SPACE}novembre 2026".replace(
        "\N{NO-BREAK SPACE}", " "
    )
    within = say("Week of %(week)s", week=say_n("%(n)s page", "%(n)s pages", 12345))
    assert english.say(within) == "Week of 12,345 pages"
    assert english.say(say("%(a)s %(b)s", a=Percent(0.24), b="50% <b>")) == "24% 50% <b>"
    assert french.say(title("nobody’s name")) == "nobody’s name"


@pytest.mark.parametrize(
    ("share", "english", "french"),
    [
        (0.0, "0%", "0 %"),
        (0.0001, "< 1%", "< 1 %"),
        (0.005, "< 1%", "< 1 %"),
        (0.24, "24%", "24 %"),
        (0.9999, "> 99%", "> 99 %"),
        (1.0, "100%", "100 %"),
    ],
)
def test_a_share_is_said_in_percent(share: float, english: str, french: str) -> None:
    for language, said in (("en", english), ("fr", french)):
        assert tongue(language).percent(share).replace("\N{NO-BREAK SPACE}", " ") == said


def test_numbers_have_the_separators_of_their_language() -> None:
    assert tongue("en").number(1234567) == "1,234,567"
    assert tongue("fr").number(1234567) == "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567"
    assert (tongue("en").decimal(0.5), tongue("fr").decimal(0.5)) == ("0.50", "0,50")
    assert tongue("fr").short_day(date(2026, 8, 1)) == "1er août"
    assert tongue("fr").percent_range(0.17, 0.31).startswith("de 17")
