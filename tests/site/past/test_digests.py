"""A week in words, as feeds tell it: each sentence and number is found again in the tables, in both languages."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import duckdb
import pytest

from tests.site import world
from tests.site.pages.shown import asked, files, words
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection

WHY = "70 % complete on <b>Sunday</b>"
HELD = "2026-11-16"


@pytest.fixture(scope="module")
def con(six_weeks: Store) -> Con:
    made = world.load(six_weeks)
    world.withhold(made, "chatdraw", WHY, week=HELD)
    return made


@pytest.fixture(scope="module")
def pages(con: Con) -> dict[str, str]:
    return files(con, "changes")


def told(pages: dict[str, str], language: str = "") -> dict[str, str]:
    """Return week → what the feed of all models says of it, in the order of the feed."""
    listed = re.findall(
        r'<updated>([\d-]+)T[^<]*</updated>\s*<link [^>]*#main"/>\s*<content type="text">(.*?)</content>',
        pages[f"{language}changes/feed.xml"],
        re.DOTALL,
    )
    return {week: " ".join(html.unescape(said).split()) for week, said in listed}


def weeks(con: Con) -> list[str]:
    return [str(row["week"]) for row in asked(con, "SELECT DISTINCT week FROM slots ORDER BY week")]


def test_feeds_tell_of_each_week_the_latest_first_and_both_kinds_in_the_same_words(
    con: Con, pages: dict[str, str]
) -> None:
    for language in ("", "fr/"):
        said = told(pages, language)
        assert [*said] == weeks(con)[::-1]
        items = json.loads(pages[f"{language}changes/feed.json"])["items"]
        assert said == {
            item["date_published"][:10]: " ".join(item["content_text"].split())
            for item in items
            if item["url"].endswith("#main")
        }


def test_what_is_said_of_requests_is_in_the_tables(con: Con, pages: dict[str, str]) -> None:
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


def test_who_is_new_replaced_or_withheld_is_told_in_that_week_alone(con: Con, pages: dict[str, str]) -> None:
    def of(text: str, language: str = "") -> list[str]:
        return [week for week, said in told(pages, language).items() if text in said]

    lives = {
        row["model"]: (str(row["first"]), str(row["last"]))
        for row in asked(con, "SELECT model, min(week) AS first, max(week) AS last FROM slots GROUP BY model")
    }
    replaced = {"sim-next": "sim-retired"}
    start = weeks(con)[0]
    for model, (first, _) in lives.items():
        told_in = [first] if first > start else []
        assert of(f"{model} is asked for the first time.") == ([] if model in replaced else told_in)
        assert of(f"{model} replaced {replaced.get(model)}.") == (told_in if model in replaced else [])
    assert lives["sim-next"][0] > lives["sim-retired"][1]
    assert of("retired.") == of("replaced sim-retired.")  # not told twice
    assert of(f"chatdraw is withheld in this week: {WHY}") == [HELD]
    assert of(html.unescape("chatdraw est écarté cette semaine"), "fr/") == [HELD]
    assert all("<b>Sunday" not in page for page in pages.values())


def test_the_page_of_changes_says_of_events_what_feeds_say_of_their_weeks(pages: dict[str, str]) -> None:
    for language in ("", "fr/"):
        page, feed = pages[f"{language}changes/index.html"], told(pages, language)
        (replaced,) = re.findall(r'<article class="replaced">\s*<h3><a [^>]*>(.*?)</a>', page)
        assert page.index(replaced) < page.index('id="events"')
        listed = page.partition('id="events"')[2]
        events = [words(f"<main>{said}</main>") for said in re.findall(r"<dd>(.*?)</dd>", listed, re.DOTALL)]
        assert len(events) == 2  # one is new, one was withheld
        for said in (f"{replaced}.", *events):
            assert len([week for week, of in feed.items() if said in of]) == 1, said


def test_weeks_between_two_that_were_asked_are_shown_as_gaps(tmp_path: Path, pages: dict[str, str]) -> None:
    assert "a gap." not in words(pages["changes/index.html"])
    world.fill(
        open_store(tmp_path), weeks=6, asked={0, 2, 3, 5}, replicates=2, only=("sim-classic", "sim-drift")
    )
    (tmp_path / "plans/week=2026-11-02/model=sim-drift.json").unlink()
    con = world.load(open_store(tmp_path))
    whole = (
        "No model was asked in the week of 26 October 2026: a gap.",
        "No model was asked in the week of 16 November 2026: a gap.",
    )
    own = "sim-drift was not asked from the week of 26 October 2026 to that of 2 November 2026: a gap."
    changed, home = (
        words(files(con, kind)[path])
        for kind, path in (("changes", "changes/index.html"), ("home", "index.html"))
    )
    assert [said in changed for said in (*whole, own)] == [True, True, True]
    assert [said in home for said in (*whole, own)] == [False, True, False]  # of this month
    assert own in words(files(con, "model")["models/sim-drift/index.html"])
    assert own not in words(files(con, "model")["models/sim-classic/index.html"])
    french = words(files(con, "changes")["fr/changes/index.html"])
    for said in (
        "Lacune : aucun modèle n’a été interrogé la semaine du 26 octobre 2026.",
        "Lacune : sim-drift n’a pas été interrogé de la semaine du 26 octobre 2026 à celle du 2 novembre 2026.",
    ):
        assert said in french.replace("\N{NO-BREAK SPACE}", " ")
