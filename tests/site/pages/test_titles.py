"""Pages call models as people do: titles from the tables, never the names of entries, in both languages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.leaderboard.page.sheets import NOWHERE
from assets.leaderboard.sheets import sheets, titles_of
from tests.site import world
from tests.site.pages.shown import WEEK, asked, files
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection

HOSTILE = "</title><script>document.title='owned'</script>\N{RIGHT-TO-LEFT OVERRIDE}{{7*7}}%(n)s"
#: What is no text for people: addresses, statements, keys of a citation.
_CODE = re.compile(r"<(code|pre|style|script)\b.*?</\1>|<[^>]+>", re.DOTALL)


@pytest.fixture
def con(six_weeks: Store) -> Iterator[Con]:
    con = world.load(six_weeks)
    con.execute("UPDATE model_titles SET title = 'Titel ' || upper(replace(model, '-', ' '))")
    yield con
    con.close()


def models(con: Con) -> list[str]:
    return [row["model"] for row in asked(con, "SELECT DISTINCT model FROM plans ORDER BY model")]


def test_no_page_says_the_name_of_an_entry_and_every_title_is_said_in_both_languages(con: Con) -> None:
    names = models(con)
    wrong, titles = set(), {"en": set(), "fr": set()}
    name = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![\w-])")
    for path, data in sheets(con, WEEK, NOWHERE):
        if not path.endswith((".html", ".xml", ".json", ".svg")):
            continue
        text = data.decode()
        if path.endswith(".html"):
            said = [
                found[1] or found[2] or ""
                for found in re.finditer(r'\s(?:alt|title|aria-label|content)="([^"]*)"|<title>([^<]*)', text)
            ]
            text = html.unescape(" ".join([_CODE.sub(" ", text), *said]))
        elif path.endswith(".json"):
            text = re.sub(r'"(?:url|id|home_page_url|feed_url|address)": *"[^"]*"', "", text)
        else:
            text = _CODE.sub(" ", text)
        wrong |= {(path.split("/")[0 if path[:3] != "fr/" else 1], found) for found in name.findall(text)}
        titles["fr" if path.startswith("fr/") else "en"] |= set(re.findall(r"Titel [A-Z0-9 ]+\b", text))
    assert wrong == set()
    for said in titles.values():
        assert {f"Titel {name.replace('-', ' ').upper()}" for name in names} <= {one.strip() for one in said}


def test_the_title_is_that_of_the_latest_plan(con: Con) -> None:
    (name, *_) = models(con)
    con.execute(
        "UPDATE model_titles SET title = 'Old' WHERE model = $m AND week < $w", {"m": name, "w": WEEK}
    )
    assert titles_of(con, WEEK)[name].startswith("Titel ")
    (before,) = asked(
        con, "SELECT max(week) AS week FROM model_titles WHERE model = $m AND week < $w", m=name, w=WEEK
    )
    assert titles_of(con, before["week"])[name] == "Old"


def test_two_models_with_one_title_keep_their_names_behind_it(con: Con) -> None:
    one, other, *rest = models(con)
    con.execute(
        "UPDATE model_titles SET title = 'Twin' WHERE model IN ($one, $other)", {"one": one, "other": other}
    )
    found = titles_of(con, WEEK)
    assert (found[one], found[other]) == (f"Twin ({one})", f"Twin ({other})")
    assert all("(" not in found[name] for name in rest)


def test_an_edition_without_titles_shows_names(con: Con) -> None:
    con.execute("DELETE FROM model_titles")
    assert titles_of(con, WEEK) == {}
    listed = files(con, "models")["models/index.html"]
    assert all(f">{name}<" in listed for name in models(con))


def test_a_hostile_title_is_text(con: Con) -> None:
    con.execute("UPDATE model_titles SET title = $title || model", {"title": HOSTILE})
    seen = 0
    for path, data in sheets(con, WEEK, NOWHERE):
        text = data.decode() if path.endswith((".html", ".xml", ".json", ".svg", ".csv")) else ""
        assert "<script>document" not in text, path
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text, path
        assert "49" not in re.findall(r"\{\{.{0,5}", text)
        seen += "{{7*7}}%(n)s" in text
    assert seen > 20
