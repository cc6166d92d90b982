"""Questions of readers, and the way to each answer: `python -m tests.site.looks.walk HOME` walks them in a browser.

Each way begins at the front page of a home's newest edition (made with `cliche demo` and the study raza2025) and clicks
on links. Printed are the clicks, the seconds until the last page is loaded, and the words that answer. The first
thirteen questions are those of a reader's review, the others ours. After them, 300 random figures are followed to their
pictures, in the files, and held against the tables.
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

CLICKS, MANY = 3, 300


class Way(NamedTuple):
    """A question, ends of the addresses of the links that are clicked, and what answers, in English and in French."""

    question: str
    links: tuple[str, ...]
    english: str
    french: str


#: The ends of addresses are of pages of the demo's edition; figures in answers are left to the tests of each page.
WAYS = (
    Way(
        "Who draws the fewest women as CEO, how sure?",
        (),
        r"Women as CEO .*?Sim Classic .*?0% 0–6",
        r"Femmes PDG .*?Sim Classic .*?0.% 0–6",
    ),
    Way(
        "What changed this month?",
        (),
        r"New: Sim Successor replaced Sim Retired.*?This month .*?Sim Drift: perceived women up",
        r"Nouveau.: Sim Successor a remplacé Sim Retired.*?Ce mois-ci .*?Sim Drift",
    ),
    Way(
        "Show me the pictures behind that number",
        ("prompts/startup-ceo/ceo-his/sim-classic/",),
        r"(\d+) of \1 perceived men",
        r"(\d+) sur \1",
    ),
    Way(
        "The French person of 2023, today?",
        ("2023/",),
        r"2023 all \(40 of 40\).*?Sim Classic.*?as in 2023 100%",
        r"2023 .*?Sim Classic comme en 2023 100",
    ),
    Way(
        "The Nigerian house of 2023, today?",
        ("2023/", "2023/nigerian-house/"),
        r"Sim Classic simulated as in 2023 (\d+) of \1 pictures: 100%",
        r"Sim Classic simulé comme en 2023 .*?(\d+) images sur \1",
    ),
    Way(
        "The CEO in a keffiyeh of 2023, today?",
        ("2023/", "2023/apology-keffiyeh/"),
        r"Sim Rewriter simulated \d+ of \d+ pictures: \d+%",
        r"Sim Rewriter simulé \d+ images sur \d+",
    ),
    Way(
        "May I use this picture?",
        ("about/",),
        r"May I use a picture\? Pictures of simulated models .*? CC0",
        r"Puis-je réutiliser une image.*?CC0",
    ),
    Way("How do I cite?", ("about/",), r"How to cite .*?@misc", r"Comment citer .*?@misc"),
    Way(
        "What is a model’s history?",
        ("models/sim-drift/",),
        r"Over time Stereotypes drawn less is better",
        r"Au fil du temps Stéréotypes dessinés",
    ),
    Way(
        "How do I download the data?",
        ("data/query/",),
        r"On your own computer .*?cliche\.duckdb",
        r"cliche\.duckdb",
    ),
    Way(
        "Who labels?",
        ("method/", "method/labels/"),
        r"Perceived gender drawing 1-\w+ .*? not yet",
        r"Genre perçu drawing 1-\w+ .*? pas encore",
    ),
    Way(
        "Which model for an inclusive campaign?",
        (),
        r"Asked for diversity .*?Sim Successor .*?\d+ → \d+%",
        r"Diversité demandée .*?Sim Successor .*?\d+ → \d+",
    ),
    Way(
        "What are a model’s worst prompts?",
        ("models/sim-classic/",),
        r"Its most one-sided results .*?(\d+) of \1 pictures: perceived men",
        r"Ses résultats les plus tranchés .*?(\d+) images sur \1",
    ),
    Way("Who refuses most?", (), r"Sim Cautious .*?35% 29–40", r"Sim Cautious .*?35.% 29–40"),
    Way(
        "What does asking for diversity change?",
        ("words/", "words/diversity-request-baseline-controlled/"),
        r"With a request for diversity .*?[+−]\d+ points 95% interval",
        r"En demandant de la diversité .*?[+−]\d+ points intervalle à 95",
    ),
    Way(
        "Does “their” draw more women than “his”?",
        ("words/", "words/startup-ceo-his-their/"),
        r"Sim Rewriter simulated perceived women \S+ points 95% interval: .*? may be chance",
        r"Sim Rewriter simulé .*? points intervalle à 95.*? peut être dû au hasard",
    ),
    Way(
        "What do real models draw for nurses?",
        ("studies/", "studies/raza2025/"),
        r"DALL·E 3 .*?A nurse at work, with nothing added \d+ of \d+ pictures",
        r"DALL·E 3 .*?A nurse at work, sans rien d’ajouté \d+ (images )?sur \d+",
    ),
    Way(
        "How does the new model differ from the one that it replaced?",
        ("boards/models/sim-retired/sim-successor/",),
        r"Women as CEO .*?0% 0–6 51% 39–63 \+51",
        r"Femmes PDG .*?0.% 0–6 51.% 39–63 \+51",
    ),
    Way(
        "What did a model draw in a week of September?",
        ("models/sim-drift/", "pages/2026-Q3/sim-drift/*"),
        r"3rd quarter of 2026",
        r"3e trimestre",
    ),
    Way("What does a distance mean?", ("method/",), r"What a distance says 0 means", r"0 signifie"),
    Way(
        "Do French prompts draw otherwise?",
        ("words/", "words/french-person-en-fr/"),
        r"instead of “a French person” .*? points 95% interval",
        r"au lieu de .*? points intervalle à 95",
    ),
    Way(
        "Which finding comes first, by what rule?",
        ("findings/",),
        r"In the order of how far",
        r"Dans l’ordre de la distance",
    ),
    Way("Was this edition replaced?", ("site/*editions/",), r"\d{4}-\d\d-\d\d\.\d", r"\d{4}-\d\d-\d\d\.\d"),
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
        way.english if language == "en" else way.french, " ".join(page.inner_text("main").split())
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
