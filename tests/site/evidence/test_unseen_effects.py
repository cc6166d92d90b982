"""What pages say of answers that nobody saw beside a change is what its row of the table holds, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.words import signed
from tests.site import words_world as effects
from tests.site import world
from tests.site.evidence.test_unseen import told as of_rank
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked, words
from warehouse.store import open_store

Row = dict[str, object]
#: Columns of a clear change of which much is unseen, and of changes of which nothing is to be said.
PLANTED = (
    *("0.1, 0.003, 0.1, 0.3", "0.1, 0.75, 0.1, 0.3", "0.1, 0.76, -0.3, -0.1", "0.1, NULL, 0.1, 0.3"),
    *("0.1, NULL, -0.1, 0.3", "0.02, NULL, 0.1, 0.3"),
)
ANY = ("nobody saw", "personne n’a vues")


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Return a world whose changes of shares say all that can be said, in turn."""
    made = effects.loaded_world(tmp_path_factory.mktemp("unseen"))
    for place, values in enumerate(PLANTED):
        names_of = ("unseen_share", "tipping_share", "low", "high")
        given = ", ".join(
            f"{name} = {value}" for name, value in zip(names_of, values.split(", "), strict=True)
        )
        made.execute(
            f"UPDATE window_effects SET {given} WHERE estimate IS NOT NULL "
            f"AND metric IN ('share', 'caricature_rate') AND rowid % {len(PLANTED)} = {place}"
        )
    return made


def note(row: Row, language: str) -> str:
    """Return what is said of a change, derived from its row alone; "" where nothing is."""
    unseen, tipping, low, high = (row[name] for name in ("unseen_share", "tipping_share", "low", "high"))
    assert isinstance(low, float)
    assert isinstance(high, float)
    if not isinstance(unseen, float) or unseen <= 0.02 or low <= 0 <= high:
        return ""
    english = language == "en"
    if tipping is None:
        return "clear whatever the answers" if english else "net quoi qu’aient pu montrer"
    assert isinstance(tipping, float)
    share = tongue(language).percent(tipping).replace("\N{NO-BREAK SPACE}", " ")
    said = (
        f"not clear any more if {share} of the" if english else f"n’est plus net dès que {share} des réponses"
    )
    warns = "read with care: " if english else "à lire avec prudence : "
    return warns + said if tipping <= 0.75 else said


def same(text: str, expected: str) -> None:
    """Assert that a text says what is expected, and nothing else of unseen answers."""
    plain = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert expected in plain
    assert any(one in plain for one in ANY) == bool(expected), (plain, expected)
    assert ("with care" in plain or "avec prudence" in plain) == (
        "care" in expected or "prudence" in expected
    )


def test_a_page_of_one_word_says_of_each_change_what_its_row_holds(con: duckdb.DuckDBPyConnection) -> None:
    found = asked(con, "SELECT * FROM window_effects WHERE week = $week AND subject IS NULL", week=WEEK)
    rows = {
        (f"words/{r['suite']}-{r['a']}-{r['b']}/", r["model"], r["attribute"], r["value_name"]): r
        for r in found
        if r["metric"] == "share" and r["suite_major"] == 1
    }
    seen: set[str] = set()
    pages = {path: page for path, page in shown.files(con, "word").items() if path.endswith("index.html")}
    for path, page in pages.items():
        language, before, address = path.removesuffix("index.html").rpartition("fr/")
        language = "fr" if before else "en"
        articles = re.findall(r'<article class="effect" ([^>]*)>(.*?)</article>', page, re.DOTALL)
        said = []
        for marks, text in articles:
            key = re.findall(r'data-\w+="([^"]*)"', marks)
            expected = note(rows[(address, *key)], language)
            same(words(f"<main>{text}</main>"), expected)
            said.append(expected)
        assert ("were refused or could not be read" in page or "n’ont pas pu être lues" in page) == any(said)
        seen |= {one[:18] for one in said}
    assert len(seen) == 7  # three forms in two languages, and nothing


def test_a_page_of_a_model_says_the_same_of_its_clear_changes(con: duckdb.DuckDBPyConnection) -> None:
    found = asked(con, "SELECT * FROM window_effects WHERE week = $week AND subject IS NULL", week=WEEK)
    compared = 0
    for path, page in shown.files(con, "model").items():
        language, model = ("fr" if path.startswith("fr/") else "en"), path.split("/")[-2]
        section = page.partition('id="words"')[2].partition("<h2")[0]
        for row in re.findall(r"<tr><th(.*?)</tr>", section, re.DOTALL)[1:]:
            text = words(f"<main><p{row}</main>")
            ends = {"en": "({low} to {high})", "fr": "(de {low} à {high})"}[language]
            of_row = {
                note(one, language)
                for one in found
                if one["model"] == model
                and one["metric"] in ("share", "caricature_rate")
                and one["low"] is not None
                and ends.format(low=signed(one["low"]), high=signed(one["high"])) in text
            }
            assert of_row, text
            compared += 1
            plain = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
            assert any(one in plain and bool(one) == any(said in plain for said in ANY) for one in of_row), (
                plain,
                of_row,
            )
    assert compared > 4


ADDRESS = "studies/raza2025/index.html"


@pytest.mark.parametrize("values", PLANTED)
def test_a_page_of_a_study_says_of_a_change_what_its_row_holds(tmp_path: Path, values: str) -> None:
    study = small(tmp_path)
    names_of = ("unseen_share", "tipping_share", "low", "high")
    given = ", ".join(f"{name} = {value}" for name, value in zip(names_of, values.split(", "), strict=True))
    study.execute("UPDATE study_effects SET unseen_share = NULL, tipping_share = NULL")
    one = "metric = 'share' AND value_name = 'feminine' AND subject IS NULL AND model = 'painter-a'"
    study.execute(f"UPDATE study_effects SET {given} WHERE {one}")
    (row,) = asked(study, f"SELECT * FROM study_effects WHERE {one}")
    pages = shown.files(study, "study")
    for language, path in (("en", ADDRESS), ("fr", f"fr/{ADDRESS}")):
        section = pages[path].partition('id="means"')[2].partition("<h2")[0]
        rows = dict(re.findall(r'<th scope="row" lang="en">([^<]+)</th>(.*?)</tr>', section, re.DOTALL))
        for name, text in rows.items():
            same(words(f"<main>{text}</main>"), note(row, language) if name == "Painter A" else "")


@pytest.mark.parametrize(
    "turned", ["gamma = 2.6", "gamma = 10", "gamma = NULL", "bound_rank_low = NULL, bound_rank_high = NULL"]
)
def test_a_page_of_a_study_says_of_a_rank_what_its_row_holds(tmp_path: Path, turned: str) -> None:
    study = small(tmp_path)
    study.execute(
        "UPDATE study_ranks SET rank_low = 1, rank_high = 1, ranked_of = 2, reason = NULL, gamma = NULL, "
        "bound_rank_low = NULL, bound_rank_high = NULL"
    )
    one = "model = 'painter-a' AND condition = 'baseline'"
    study.execute(f"UPDATE study_ranks SET bound_rank_low = 1, bound_rank_high = 2 WHERE {one}")
    study.execute(f"UPDATE study_ranks SET {turned} WHERE {one}")
    (row,) = asked(study, f"SELECT *, NULL AS tipping_share FROM study_ranks WHERE {one}")
    pages = shown.files(study, "study")
    for language, path in (("en", ADDRESS), ("fr", f"fr/{ADDRESS}")):
        expected = of_rank(row, tongue(language))
        section = pages[path].partition('id="ranks"')[2].partition("<h2")[0]
        boards = section.split("<h3>")[1:]
        for number, board in enumerate(boards):
            rows = re.findall(
                r'<th scope="row" role="rowheader" lang="en">([^<]+)</th>(.*?)</tr>', board, re.DOTALL
            )
            for name, text in rows:
                plain = words(f"<main>{text}</main>").replace("\N{NARROW NO-BREAK SPACE}", " ")
                plain = plain.replace("\N{NO-BREAK SPACE}", " ")
                mine = expected if (name, number) == ("Painter A", 0) else []
                assert all(part in plain for part in mine), (plain, mine)
                assert bool(mine) == any(part in plain for part in ("unseen", "undone", "non vues", "défait"))
            explained = any(
                part in board for part in ("Unseen answers have no", "Les réponses non vues n’ont")
            )
            assert explained == (bool(expected) and number == 0)


def small(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return the smallest warehouse that has a study."""
    store = open_store(folder / "store")
    world.fill(store, weeks=1, replicates=1, only=("sim-classic",))
    return world.load(store, studies=True)
