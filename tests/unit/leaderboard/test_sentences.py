"""Headlines agree in number and have their articles, over no, one, two and all pictures, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest

from assets.leaderboard.evidence import finding_words
from assets.leaderboard.page import words
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.views.query import View
from assets.suites.analysis import shipped
from assets.suites.loader import load_suites

WEEK = date(2026, 11, 23)
#: (with the value, could be read, drawn)
COUNTS = ((0, 9, 9), (1, 9, 9), (2, 9, 9), (9, 9, 9), (0, 9, 11), (1, 9, 11), (2, 9, 11), (9, 9, 11))
SUBJECTS = sorted({prompt.subject for suite in load_suites().values() for prompt in suite.prompts}, key=str)
#: What findings are about: gender against parity, and declared stereotypes.
VALUES = sorted(
    {("perceived_gender", value) for value in ("feminine", "masculine")}
    | {(pair.attribute, pair.value) for pair in shipped().declared.stereotypes}
)


def sentences(language: str) -> Iterator[tuple[int, str]]:
    """Yield how many pictures have the value, and the sentence: of each subject, and of each value."""
    own = tongue(language)
    some = [(subject, VALUES[0]) for subject in SUBJECTS] + [("occupation:ceo", value) for value in VALUES]
    for (subject, (attribute, value)), (count, n, drawn), brief in product(some, COUNTS, (True, False)):
        finding = View(
            **{"week": WEEK, "first_week": date(2026, 11, 2), "model": "m", "simulated": False},
            **{"prompt": "occupations/ceo", "text": "a CEO", "subject": subject, "alone": True},
            **{"attribute": attribute, "value": value, "k": count, "n": n, "drawn": drawn},
        )
        yield count, own.say(finding_words.sentence(finding, brief=brief))


def test_english_verbs_agree() -> None:
    for count, said in sentences("en"):
        verb = "shows" if count in (0, 1) else "show"
        assert f" {verb} " in said, said
        assert not re.search(r"\b(a|an) (a|an)\b|\ba (?!uni)[aeiou]|\ban [^aeiouAEIOUh]", said), said


def test_french_verbs_agree_and_have_their_articles() -> None:
    for count, said in sentences("fr"):
        verb = "montrent" if count > 1 else "montre"
        assert re.search(
            rf" {verb} (?:toutes )?(une? |des |le |la |les |l’|de |plus|deux|trois|personne|quelque|d’)", said
        ), said
        assert not re.search(r"\b(de|à) (un|une|le|les|des)\b(?! )|\bde (le|les|des|un|une)\b", said), said
        assert not re.search(r"\bd’(?=[^aeiouéèêâîôûyhœAEIOUÉÈÊHŒ«])|\b[dl]e (?=[aeiouéèê])", said), said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_values_have_words_of_one_and_of_many(language: str) -> None:
    own = tongue(language)
    for attribute, value in VALUES:
        for said in (words.depiction(attribute, value), words.pictures(attribute, value)):
            assert own.say(said).strip()
