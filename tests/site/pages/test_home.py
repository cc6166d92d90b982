"""The front page: its finding, its questions and its table say what the published tables hold, in both languages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.leaderboard.cells.showing import NEEDED
from assets.leaderboard.evidence.finding_words import sentence
from assets.leaderboard.evidence.ranked import strongest
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.pages.home import QUESTIONS
from tests.site import world
from tests.site.pages.shown import WEEK, asked, files, words
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def con(filled_store: Store) -> Iterator[Con]:
    with world.load(filled_store) as con:
        yield con


@pytest.fixture(scope="module")
def english(con: Con) -> str:
    return files(con, "home")["index.html"]


def test_it_opens_with_the_strongest_finding_and_twelve_of_its_pictures(con: Con, english: str) -> None:
    finding = strongest(con, WEEK)
    assert finding is not None
    first = english[english.index('class="first"') : english.index("</section>")]
    (row,) = asked(
        con,
        "SELECT k, n, estimate FROM figures WHERE week = $week AND model = $model AND prompt = $prompt "
        "AND attribute = $attribute AND figure = 'share' AND value = $value",
        week=WEEK,
        model=finding.model,
        prompt=finding.prompt,
        attribute=finding.attribute,
        value=finding.value,
    )
    counted = re.search(r"(\d+)% \d+–\d+ .*All ([\d,]+) pictures", words(f"<main>{first}</main>"))
    assert counted
    percent, n = (int(found.replace(",", "")) for found in counted.groups())
    assert (n, round(100 * row["estimate"])) == (row["n"], percent)
    k = row["k"]
    assert finding.model in first
    shown = first.count("<img ")
    assert shown == min(12, n)
    assert first.count('class="framed"') <= min(k, shown)
    if k in (0, n):
        assert first.count('class="framed"') == (shown if k else 0)


def test_changes_of_the_month_are_said_each_in_a_line(con: Con, english: str) -> None:
    opened = asked(
        con,
        "SELECT DISTINCT model, suite, suite_major, condition, attribute, changed_week FROM changes "
        "WHERE week BETWEEN $week - INTERVAL 21 DAY AND $week",
        week=WEEK,
    )
    month = english[english.index('id="this-month"') :]
    said = re.findall(r'<li><a href="changes/index.html">(.*?)</a>', month[: month.index("</section>")])
    assert len(said) == len(opened)
    for row in opened:
        assert any(line.startswith(f"{row['model']}: ") for line in said)


def test_each_question_leads_to_the_prompt_whose_pictures_it_shows(english: str) -> None:
    tiles = english[english.index('class="tiles"') : english.index('class="more"')].split("<li>\n<h3>")[1:]
    assert 1 <= len(tiles) <= len(QUESTIONS)
    for tile in tiles:
        address = re.search(r'href="(prompts/[^"]+)index.html"', tile)
        assert address
        wanted = [f"prompts/{prompt}/" for _, prompts in QUESTIONS for prompt in prompts]
        assert address[1] in wanted
        assert tile.count("<img ") >= 1


def test_it_is_small_and_french_is_french(con: Con) -> None:
    made = files(con, "home")
    assert set(made) == {"index.html", "fr/index.html", "leaderboard.csv"}
    for page in (made["index.html"], made["fr/index.html"]):
        assert len(gzip.compress(page.encode())) <= 25_000
        assert page.count("<h1") == 1
    assert "Qui est PDG\N{NARROW NO-BREAK SPACE}?" in made["fr/index.html"]
    assert "Who is the CEO" not in made["fr/index.html"]


def test_before_any_model_was_asked_it_says_so() -> None:
    assert NEEDED > 1
    with connect(None) as empty:
        make_tables(empty)
        pages = files(empty, "home")
    assert "No model has been asked yet." in words(pages["index.html"])
    assert "Leaderboard" not in pages["index.html"].partition("<main")[2]


def test_a_headline_is_short_and_a_sentence_to_quote_names_its_prompt(con: Con) -> None:
    """Of a subject with another prompt: the sentence to be quoted has the prompt in it, the headline has not."""
    finding = strongest(con, WEEK)
    assert finding is not None
    (text,) = [
        row["text"]
        for row in asked(con, "SELECT DISTINCT text FROM prompts WHERE prompt = $p", p=finding.prompt)
    ]
    for alone in (True, False):
        finding.alone = alone
        brief, whole = (tongue("en").say(sentence(finding, brief=brief)) for brief in (True, False))
        assert (f"“{text}”" in whole) != alone
        assert f" by {finding.model}" in brief
        assert text not in brief
        assert len(brief) < len(whole)
        assert str(finding.n) in brief
    for path, page in files(con, "home").items():
        assert path.endswith(".csv") or text in words(page)
