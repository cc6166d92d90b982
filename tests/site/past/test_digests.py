"""A week in words: each sentence and number of its page is found again in the tables, in both languages."""

from __future__ import annotations

import html
import re
from datetime import date

import duckdb
import pytest

from tests.site import world
from tests.site.pages.shown import asked, files, words
from warehouse.store import open_store

FEW = ("imago-2", "chatdraw", "sim-cautious", "sim-retired", "sim-next")
WHY = "70 % complete on <b>Sunday</b>"
HELD = "2026-11-16"


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    store = open_store(tmp_path_factory.mktemp("digests"))
    world.fill(store, weeks=5, replicates=5, only=FEW)
    made = world.load(store)
    world.withhold(made, "chatdraw", WHY, week=HELD)
    return made


@pytest.fixture(scope="module")
def pages(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return files(con, "digest")


def weeks(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [str(row["week"]) for row in asked(con, "SELECT DISTINCT week FROM slots ORDER BY week")]


def test_there_is_a_page_for_each_week_which_the_page_of_changes_lists(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    assert {path for path in pages if not path.startswith("fr/")} == {
        f"changes/{week}/index.html" for week in weeks(con)
    }
    listed = files(con, "changes")["changes/index.html"]
    assert re.findall(r'href="(\d{4}-\d\d-\d\d)/index.html"', listed) == weeks(con)[::-1]
    for before, week in zip(weeks(con), weeks(con)[1:], strict=False):
        assert f'href="../{before}/index.html"' in pages[f"changes/{week}/index.html"]
        assert f'href="../{week}/index.html"' in pages[f"changes/{before}/index.html"]


def test_what_is_said_of_requests_is_in_the_tables(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    for week in weeks(con):
        found = {
            row["model"]: (
                row["n"],
                row["pictures"],
                row["refused"],
                row["n"] - row["pictures"] - row["refused"],
            )
            for row in asked(
                con,
                "SELECT model, count(*) AS n, count(*) FILTER (WHERE outcome = 'ok') AS pictures, "
                "count(*) FILTER (WHERE outcome LIKE 'refused%') AS refused FROM slot_outcomes "
                "WHERE week = $week GROUP BY model",
                week=week,
            )
            if (week, row["model"]) != (HELD, "chatdraw")
        }
        page = pages[f"changes/{week}/index.html"]
        rows = re.findall(r'<tr><th scope="row"><a [^>]*>([^<]+)</a>.*?</th>(.*?)</tr>', page)
        assert {model: tuple(map(int, re.findall(r">(\d+)<", cells))) for model, cells in rows} == found
        n, pictures, refused = (sum(one[place] for one in found.values()) for place in range(3))
        said = words(page)
        assert f"{len(found)} models were asked; {n} requests, {pictures} pictures." in said
        sentence = re.search(r"(\d+) requests? (?:was|were) refused", said)
        assert (int(sentence[1]) if sentence else 0) == refused
        french = words(pages[f"fr/changes/{week}/index.html"])
        assert str(n) in french
        assert str(pictures) in french


def test_who_is_new_retired_or_withheld_is_told_in_that_week_alone(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    def told(text: str, language: str = "") -> list[str]:
        return [week for week in weeks(con) if text in words(pages[f"{language}changes/{week}/index.html"])]

    lives = {
        row["model"]: (str(row["first"]), str(row["last"]))
        for row in asked(con, "SELECT model, min(week) AS first, max(week) AS last FROM slots GROUP BY model")
    }
    start = weeks(con)[0]
    for model, (first, _) in lives.items():
        assert told(f"{model} is asked for the first time") == ([first] if first > start else [])
    assert told(f"chatdraw is withheld in this week: {WHY}") == [HELD]
    assert told(html.unescape("chatdraw est écarté cette semaine"), "fr/") == [HELD]
    assert all("<b>Sunday" not in page for page in pages.values())


def test_the_newest_week_has_the_sentence_that_the_edition_opens_with(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    for before in ("", "fr/"):
        home = files(con, "home")[f"{before}index.html"]
        title = html.unescape(re.findall(r"<title>(.*?) · Cliché</title>", home)[0])
        opens = [path for path, page in pages.items() if " ".join(title.split()) in words(page)]
        assert [path for path in opens if path.startswith("fr/") is bool(before)] == [
            f"{before}changes/{world.WEEK}/index.html"
        ]


def test_feeds_say_of_a_week_what_its_page_says(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    feed = files(con, "changes")["changes/feed.xml"]
    entries = re.findall(r"<entry>(.*?)</entry>", feed, re.DOTALL)
    compared = 0
    for entry in entries:
        day = date.fromisoformat(re.findall(r"<updated>(.{10})", entry)[0])
        if "<title>Week of " not in entry:
            continue
        lines = html.unescape(re.findall(r'<content type="text">(.*?)</content>', entry, re.DOTALL)[0]).split(
            "\n"
        )
        page = pages[f"changes/{day}/index.html"]
        for line in lines:
            assert " ".join(line.split()) in words(page)
            compared += 1
    assert compared > 10
