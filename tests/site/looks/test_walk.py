"""Thirty questions of readers are answered in two clicks from the front page, in both languages."""

from __future__ import annotations

import html
import re
from fnmatch import fnmatch
from typing import NamedTuple

import pytest

from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.sheets import path_of
from tests.site.looks.figures import CLICKS, links_of


class Way(NamedTuple):
    """A question, ends of the addresses of the links that are clicked, and what answers, in English and in French."""

    question: str
    links: tuple[str, ...]
    english: str
    french: str


_HIS = "prompts/startup-ceo/ceo-his/"
#: The first ten questions are those of a reader's review; figures in answers are left to the tests of each page.
WAYS = (
    Way(
        "Who draws the fewest women as CEO?",
        (f"{_HIS}sim-classic/",),
        r"0 of \d+ perceived women",
        r"0 sur \d+",
    ),
    Way(
        "Does the new model draw fewer old bearded Indian men than the one before?",
        ("2023/", "2023/indian-old-beard/"),
        r"Sim Retired \d+% to .*?Sim Successor",
        r"Sim Retired \d+.% jusqu’au .*?Sim Successor",
    ),
    Way(
        "What changed since my last visit?",
        ("changes/",),
        r"Sim Successor replaced Sim Retired.*?Sim Drift: perceived women up",
        r"Sim Successor a remplacé Sim Retired.*?Sim Drift .*?hausse",
    ),
    Way(
        "How sure is the headline?",
        ("findings/sim-classic.*/",),
        r"95% interval.*?What else may explain it",
        r"intervalle à 95.%.*?Les autres explications",
    ),
    Way("How do I cite a figure?", ("about/",), r"How to cite .*?@misc", r"Comment citer .*?@misc"),
    Way(
        "Are these models real?",
        (),
        r"They say nothing about any real model",
        r"ne disent rien d’aucun modèle réel",
    ),
    Way(
        "What is it in reality?",
        (_HIS,),
        r"US labor statistics 2025, 33%",
        r"statistiques américaines .*?33.%",
    ),
    Way(
        "Is a French person still white, and from the 18th century?",
        ("2023/",),
        r"40 of 40.*?Sim Classic .*?as in 2023.*?earlier century",
        r"40 sur 40.*?Sim Classic .*?comme en 2023",
    ),
    Way("Who runs this?", ("about/",), r"Who publishes this .*?demo", r"Qui publie .*?Démonstration"),
    Way(
        "A Mexican person: what did Rest of World find, and where is that written?",
        ("2023/", "2023/mexican-sombrero/"),
        r"usually in a sombrero.*?Rest of World, October 2023.*?Sim Classic as in 2023",
        r"sombrero.*?Rest of World, octobre 2023.*?Sim Classic comme en 2023",
    ),
    Way(
        "What share of women did real models draw as nurses, and who counted?",
        ("others/",),
        r"Women among nurses .*?Baum ?, June 2023 .*?40 of 40.*?Raza",
        r"Les femmes parmi le personnel infirmier .*?Baum ?, juin 2023 .*?40 sur 40.*?Raza",
    ),
    Way(
        "What happened this month?",
        (),
        r"New: Sim Successor replaced Sim Retired.*?This month .*?Sim Drift: perceived women up",
        r"Nouveau.: Sim Successor a remplacé Sim Retired.*?Ce mois-ci .*?Sim Drift",
    ),
    Way(
        "Which model for an inclusive campaign?",
        (),
        r"Asked for diversity .*?Sim Successor .*?\d+ → \d+%",
        r"Diversité demandée .*?Sim Successor .*?\d+ → \d+",
    ),
    Way(
        "Who refuses most?",
        (),
        r"Refused .*?Sim Cautious \d\d% \d+–\d+",
        r"Refus .*?Sim Cautious \d\d.% \d+–\d+",
    ),
    Way(
        "The Nigerian house of 2023, today?",
        ("2023/", "2023/nigerian-house/"),
        r"Sim Classic (as in 2023|cannot tell) \d+% \d+–\d+ (\d+) of",
        r"Sim Classic (comme en 2023|indéterminable) \d+.% \d+–\d+",
    ),
    Way(
        "The CEO in a keffiyeh of 2023, today?",
        ("2023/", "2023/apology-keffiyeh/"),
        r"Sim Rewriter .*?\d+ of \d+",
        r"Sim Rewriter .*?\d+ sur \d+",
    ),
    Way("May I use this picture?", ("about/",), r"May I use a picture\? .*?CC0", r"Puis-je .*?CC0"),
    Way(
        "What is a model’s history?",
        ("models/sim-drift/",),
        r"Over time .*?Stereotypes drawn lower is better",
        r"Au fil du temps .*?Stéréotypes dessinés",
    ),
    Way(
        "Where are the data?", ("data/query/",), r"On your own computer .*?cliche\.duckdb", r"cliche\.duckdb"
    ),
    Way(
        "Who labels?",
        ("method/", "method/labels/"),
        r"Perceived gender drawing \d-\w+ .*? not yet",
        r"Genre perçu drawing \d-\w+ .*? pas encore",
    ),
    Way(
        "What are a model’s worst prompts?",
        ("models/sim-classic/",),
        r"Its most one-sided results .*?(\d+) of \1 \w+",
        r"Ses résultats les plus tranchés .*?(\d+) sur \1",
    ),
    Way(
        "What does asking for diversity change?",
        ("words/", "words/diversity-request-baseline-controlled/"),
        r"With a request for diversity .*?[+−]\d+ \(",
        r"En demandant de la diversité .*?[+−]\d+ \(",
    ),
    Way(
        "Does “their” draw more women than “his”?",
        ("words/", "words/startup-ceo-his-their/"),
        r"Possibly chance .*?Sim Rewriter, perceived women: \S+ \(",
        r"Peut-être dû au hasard .*?Sim Rewriter, .*?: \S+ \(",
    ),
    Way(
        "Do French prompts draw otherwise?",
        ("words/", "words/french-person-en-fr/"),
        r"instead of “a French person” .*?\(−\d+ to \+\d+\)",
        r"au lieu de .*?\(de −\d+ à \+\d+\)",
    ),
    Way(
        "How does the new model differ from the one that it replaced?",
        ("boards/models/sim-retired/sim-successor/",),
        r"Women as CEO .*?\d+% \d+–\d+ \d+% \d+–\d+ \+\d+",
        r"Femmes PDG .*?\d+.% \d+–\d+ \d+.% \d+–\d+ \+\d+",
    ),
    Way("What does a distance mean?", ("method/",), r"What a distance says 0 means", r"0.: les images"),
    Way(
        "Which finding comes first, by what rule?",
        ("findings/", "method/"),
        r"Which finding comes first The one whose interval",
        r"Celui dont la borne",
    ),
    Way(
        "Which models cannot be told apart?",
        ("boards/rest-of-world-stereotypes/",),
        r"Sim Successor 1 of 3 .*?Overlapping ranks are ties",
        r"Sim Successor 1 sur 3 .*?ex aequo",
    ),
    Way(
        "Where do the prompts come from?",
        ("prompts/",),
        r"Lee et al\. 2023, HEIM, Bloomberg",
        r"HEIM, Bloomberg",
    ),
    Way(
        "What counts as white?", ("method/",), r"steps 1 to 3 of 10 on the Monk scale", r"degrés 1 à 3 sur 10"
    ),
    Way("How did this week go?", ("status/",), r"Requests of this week", r"Requêtes de la semaine"),
    Way(
        "What changed in the method?",
        ("method/",),
        r"What changed in how we measure .*?First version",
        r"First version",
    ),
)


def said(page: str) -> str:
    """Return all that a page says, and what its drawings do."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<body") :]))
    return re.sub(r"\s+([.,)])", r"\1", " ".join(text.split()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.question)
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
    assert len(WAYS) >= 30
