"""A week in words: each sentence and number of the list is found again in the tables, in both languages."""

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
    return files(con, "changes")


def told(pages: dict[str, str], language: str = "") -> dict[str, str]:
    """Return week → what the page of changes says of it, in the order of the list."""
    listed = re.findall(
        r'<dt id="w([^"]+)">[^<]+</dt><dd>(.*?)</dd>', pages[f"{language}changes/index.html"], re.DOTALL
    )
    return {week: words(f"<main>{said}</main>") for week, said in listed}


def weeks(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [str(row["week"]) for row in asked(con, "SELECT DISTINCT week FROM slots ORDER BY week")]


def test_the_page_of_changes_tells_of_each_week_the_latest_first(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    for language in ("", "fr/"):
        assert [*told(pages, language)] == weeks(con)[::-1]
        assert all(told(pages, language).values())


def test_what_is_said_of_requests_is_in_the_tables(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    for week in weeks(con):
        found = [
            row
            for row in asked(
                con,
                "SELECT model, count(*) AS n, count(*) FILTER (WHERE outcome = 'ok') AS pictures, "
                "count(*) FILTER (WHERE outcome LIKE 'refused%') AS refused FROM slot_outcomes "
                "WHERE week = $week GROUP BY model",
                week=week,
            )
            if (week, row["model"]) != (HELD, "chatdraw")
        ]
        n, pictures, refused = (sum(row[name] for row in found) for name in ("n", "pictures", "refused"))
        said = told(pages)[week]
        assert f"{len(found)} models were asked; {n} requests, {pictures} pictures." in said
        sentence = re.search(r"(\d+) requests? (?:was|were) refused", said)
        assert (int(sentence[1]) if sentence else 0) == refused
        french = told(pages, "fr/")[week]
        assert str(n) in french
        assert str(pictures) in french


def test_who_is_new_retired_or_withheld_is_told_in_that_week_alone(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    def of(text: str, language: str = "") -> list[str]:
        return [week for week, said in told(pages, language).items() if text in said]

    lives = {
        row["model"]: (str(row["first"]), str(row["last"]))
        for row in asked(con, "SELECT model, min(week) AS first, max(week) AS last FROM slots GROUP BY model")
    }
    start = weeks(con)[0]
    for model, (first, _) in lives.items():
        assert of(f"{model} is asked for the first time") == ([first] if first > start else [])
    assert of(f"chatdraw is withheld in this week: {WHY}") == [HELD]
    assert of(html.unescape("chatdraw est écarté cette semaine"), "fr/") == [HELD]
    assert all("<b>Sunday" not in page for page in pages.values())


def test_the_newest_week_has_the_sentence_that_the_edition_opens_with(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    findings = files(con, "finding")
    for language in ("", "fr/"):
        home = files(con, "home")[f"{language}index.html"]
        address = re.findall(r'href="(findings/[^"/]+/index.html)"', home)[0]
        (title,) = re.findall(r"<title>(.*?) · Cliché</title>", findings[f"{language}{address}"])
        sentence = " ".join(html.unescape(title).split())
        assert [week for week, said in told(pages, language).items() if sentence in said] == [world.WEEK]


def test_feeds_say_of_a_week_what_the_page_of_changes_says(pages: dict[str, str]) -> None:
    entries = re.findall(r"<entry>(.*?)</entry>", pages["changes/feed.xml"], re.DOTALL)
    compared = 0
    for entry in entries:
        day = date.fromisoformat(re.findall(r"<updated>(.{10})", entry)[0])
        if "<title>Week of " not in entry:
            continue
        lines = html.unescape(re.findall(r'<content type="text">(.*?)</content>', entry, re.DOTALL)[0]).split(
            "\n"
        )
        said = told(pages)[str(day)]
        for line in lines:
            assert " ".join(line.split()) in said
            compared += 1
    assert compared > 10
