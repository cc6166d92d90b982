"""The front page: its finding, its questions and its table say what the published tables hold, in both languages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace

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


@pytest.fixture(scope="module")
def con(filled_store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    with world.load(filled_store) as con:
        yield con


@pytest.fixture(scope="module")
def english(con: duckdb.DuckDBPyConnection) -> str:
    return files(con, "home")["index.html"]


def test_it_opens_with_the_strongest_finding_and_twelve_of_its_pictures(
    con: duckdb.DuckDBPyConnection, english: str
) -> None:
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
    counted = re.search(r"([\d,]+)\s+of n = ([\d,]+) pictures: (\d+)%", words(f"<main>{first}</main>"))
    assert counted
    k, n, percent = (int(found.replace(",", "")) for found in counted.groups())
    assert (n, k) == (row["n"], row["k"])
    assert abs(percent - 100 * row["estimate"]) <= 1
    assert finding.model in first
    shown = first.count("<img ")
    assert shown == min(12, n)
    assert first.count('class="framed"') <= min(k, shown)
    if k in (0, n):
        assert first.count('class="framed"') == (shown if k else 0)


def test_changes_of_the_window_are_counted_aloud(con: duckdb.DuckDBPyConnection, english: str) -> None:
    said = re.search(r"(No change was|1 change was|\d+ changes were) detected this month", words(english))
    assert said
    opened = asked(
        con,
        "SELECT DISTINCT model, suite, suite_major, condition, attribute FROM changes "
        "WHERE week BETWEEN $week - INTERVAL 21 DAY AND $week "
        "AND NOT list_has_any(causes, ['labeler_drift', 'all_models', 'suite'])",
        week=WEEK,
    )
    assert (said[1] == "No change was") == (not opened)


def test_each_question_leads_to_the_prompt_whose_pictures_it_shows(english: str) -> None:
    tiles = english[english.index('class="tiles"') : english.index('class="more"')].split("<li>\n<h3>")[1:]
    assert 1 <= len(tiles) <= len(QUESTIONS)
    for tile in tiles:
        address = re.search(r'href="(prompts/[^"]+)index.html"', tile)
        assert address
        wanted = [f"prompts/{prompt}/" for _, prompts in QUESTIONS for prompt in prompts]
        assert address[1] in wanted
        assert tile.count("<img ") >= 1


def test_the_table_counts_women_and_refusals_of_each_model(
    con: duckdb.DuckDBPyConnection, english: str
) -> None:
    rows = re.findall(r'<tr><th scope="row"><a href="models/([^/]+)/index.html">.*?</tr>', english, re.DOTALL)
    models = {row["model"] for row in asked(con, "SELECT DISTINCT model FROM plans")}
    assert set(rows) == models
    assert len(rows) == len(models)  # each in one table
    for row in asked(con, "SELECT DISTINCT model, simulated FROM plans"):
        at = english.index(f'href="models/{row["model"]}/index.html"')
        assert (at > english.index('<h2 id="simulated">')) == row["simulated"]


def test_it_is_small_and_french_is_french(con: duckdb.DuckDBPyConnection) -> None:
    made = files(con, "home")
    assert set(made) == {"index.html", "fr/index.html"}
    for page in made.values():
        assert len(gzip.compress(page.encode())) <= 25_000
        assert page.count("<h1") == 1
    assert "Qui est PDG\N{NARROW NO-BREAK SPACE}?" in made["fr/index.html"]
    assert "Who is the CEO" not in made["fr/index.html"]


def test_without_a_figure_it_says_so() -> None:
    assert NEEDED > 1
    with connect(None) as empty:
        make_tables(empty)
        pages = files(empty, "home")
    assert "No share of the last four weeks lies clearly off" in words(pages["index.html"])


def test_of_one_prompt_of_several_the_headline_says_so_and_the_prompt_stands_beside_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """A subject that has another prompt: the sentence to be quoted has the prompt in it, the headline has not."""
    finding = strongest(con, WEEK)
    assert finding is not None
    (text,) = [
        row["text"]
        for row in asked(con, "SELECT DISTINCT text FROM prompts WHERE prompt = $p", p=finding.prompt)
    ]
    for alone, counted in ((True, "that"), (False, "for one prompt")):
        brief, whole = (
            tongue("en").say(sentence(replace(finding, alone=alone), brief=brief)) for brief in (True, False)
        )
        assert (brief == whole) == alone
        assert (f"“{text}”" in whole) != alone
        assert text not in brief
        assert counted in brief
        assert str(finding.n) in brief
    assert "pour une même consigne" in tongue("fr").say(sentence(replace(finding, alone=False), brief=True))
    for page in files(con, "home").values():
        assert text in words(page)
