"""Questions of readers, and the way to each answer: `python -m tests.site.looks.walk HOME` walks them in a browser.

Each way begins at the front page and clicks on links; `test_walk.py` follows them in the pages of a small world. Here
they are walked in a home's newest edition (made with `cliche demo` and the study raza2025). Printed are the clicks, the
seconds until the last page is loaded, and the words that answer. The first ten questions are those of a reader's
review. After them, 300 random figures are followed to their pictures, in the files, and held against the tables.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.sheets import path_of
from tests.site.looks.figures import astray, shown_figures
from tests.site.looks.page import opened_browser
from warehouse import keys
from warehouse.database.published import open_published

CLICKS, MANY = 2, 300


class Way(NamedTuple):
    """A question, ends of the addresses of the links that are clicked, and what answers, in English and in French.

    `beside`: the answer lies outside of the edition's own pages, or needs a study.
    """

    question: str
    links: tuple[str, ...]
    english: str
    french: str
    beside: bool = False


_HIS = "prompts/startup-ceo/ceo-his/"
#: The ends of addresses are of pages of the demo's edition; figures in answers are left to the tests of each page.
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
    Way(
        "What do real models draw for nurses?",
        ("studies/", "studies/raza2025/"),
        r"DALL·E 3 .*?A nurse at work, with nothing added \d+ of \d+ pictures",
        r"DALL·E 3 .*?A nurse at work, sans rien d’ajouté \d+ (images )?sur \d+",
        beside=True,
    ),
    Way(
        "What did a model draw in a week of September?",
        ("models/sim-drift/", "pages/2026-Q3/sim-drift/*"),
        r"3rd quarter of 2026",
        r"3e trimestre",
        beside=True,
    ),
    Way(
        "Was this edition replaced?",
        ("site/*editions/",),
        r"\d{4}-\d\d-\d\d\.\d",
        r"\d{4}-\d\d-\d\d\.\d",
        beside=True,
    ),
)
#: The first link of a page to an address, in whichever language, as a reader who looks for it finds it.
_LINK = """end => {
  const wanted = new RegExp(end.replaceAll(".", "\\\\.").replaceAll("*", ".*") + "index\\\\.html$");
  const found = [...document.links].find(one => wanted.test(one.href.split("#")[0]));
  found?.setAttribute("data-next", "");
  return Boolean(found);
}"""


def walk(browser: Any, store: Path, edition: str, way: Way, language: str) -> tuple[int, float, str | None]:
    """Return the clicks, the seconds and the words that answer a question; None if they are not on the last page."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    began = time.perf_counter()
    page.goto((store / keys.edition_prefix(edition) / path_of("", language)).as_uri())
    for number, end in enumerate(way.links):
        if not page.evaluate(_LINK, end):
            page.close()
            return number, time.perf_counter() - began, None
        page.click("[data-next]")
        page.wait_for_load_state()
    seconds = time.perf_counter() - began
    said = re.search(
        way.english if language == "en" else way.french, " ".join(page.inner_text("body").split())
    )
    page.close()
    return len(way.links), seconds, said and said[0]


def followed(store: Path, edition: str) -> int:
    """Follow random figures of an edition to their pictures; return how many go astray."""
    folder = store / keys.edition_prefix(edition)
    english = [page for page in folder.rglob("index.html") if not page.is_relative_to(folder / "fr")]
    pages = {page.relative_to(folder).as_posix(): page.read_text(encoding="utf-8") for page in english}
    figures = [*shown_figures(pages)]
    chosen = random.Random(14).sample(figures, min(MANY, len(figures)))
    con = open_published(store / keys.SITE_DATABASE)
    wrong = [
        (one, why) for one in chosen if (why := astray(con, date.fromisoformat(edition[:10]), one, pages))
    ]
    con.close()
    for one, why in wrong:
        print(f"{one.page}: {one}: {why}")
    print(f"{len(chosen)} of {len(figures)} figures followed to their pictures, {len(wrong)} go astray")
    return len(wrong)


def main(home: Path) -> int:
    """Walk all ways in both languages and follow figures; return how much does not end with an answer."""
    store = (home / "store").resolve()
    edition = json.loads((store / keys.LATEST_EDITION).read_bytes())["edition"]
    lost = 0
    for browser in opened_browser(os.environ["CLICHE_CHROMIUM"]):
        for language in LANGUAGES:
            for way in WAYS:
                clicks, seconds, said = walk(browser, store, edition, way, language)
                lost += said is None or clicks > CLICKS
                answer = (said or "NO ANSWER")[:90]
                print(f"{language} | {way.question} | {clicks} | {seconds:.2f} | {answer}")
    return lost + followed(store, edition)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])) > 0)
