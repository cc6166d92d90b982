"""Pages of published studies: counts as labels have them, pictures only where the license allows, thumbnails made."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from assets.generation.workplace import Listener, Workplace
from assets.leaderboard.asset import complete_studies
from assets.leaderboard.licenses import may_show
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.words import signed
from tests.site import world
from tests.site.pages.shown import files, words
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection

ADDRESS = "studies/raza2025/index.html"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def con(empty: Store) -> Con:
    return world.load(empty, studies=True)


def test_the_page_counts_what_the_labels_say(con: Con) -> None:
    page = files(con, "study")[ADDRESS]
    counted: Counter[tuple[str, str, str]] = Counter()
    for model, condition, value in con.execute(
        "SELECT m.title, s.condition, l.value FROM study_labels AS l JOIN study_slots AS s USING (study, slot_key) "
        "JOIN study_models AS m USING (study, model)"
    ).fetchall():
        counted[model, condition, value] += 1
    section = page[page.index('id="shows"') : page.index("</section>")]
    rows = re.findall(r'<th scope="row" lang="en">([^<]+)</th>(.*?)</tr>', section)
    assert len(rows) == 4, "two subjects and two models, as asked with nothing added"
    of_prompts = con.execute(
        "SELECT m.title, f.value, f.estimate, f.low, f.high, f.k, f.n FROM figures AS f "
        "JOIN study_models AS m USING (study, model) WHERE figure = 'share' AND f.condition = 'baseline'"
    ).fetchall()
    percent, whole = tongue("en").percent, tongue("en").whole
    for model, value, share, low, high, k, n in of_prompts:
        place = ("feminine", "masculine").index(value)
        told = f"{percent(share)} {whole(low)}–{whole(high)} {k} of {n}"
        cells = [
            words(f"<main>{cell}</main>")
            for name, row in rows
            if name == model
            for cell in row.split("</td>")[place : place + 1]
        ]
        assert told in cells
    women = counted["Painter A", "baseline", "feminine"], counted["Painter B", "baseline", "feminine"]
    assert sum(k for _, value, *_, k, _ in of_prompts if value == "feminine") == sum(women)
    said = words(page)
    for text in (
        "Raza, S. (2025).",
        "License: CC BY 4.0.",
        "Source: https://example.org/raza",
        "78 of 80 pictures",
    ):
        assert text in said
    assert "Missing: 2;" in said


def test_gaps_and_ranks_are_those_of_the_tables_in_both_languages(con: Con) -> None:
    pages = files(con, "study")
    said = {path: words(page) for path, page in pages.items() if path.endswith("index.html")}
    boards = con.execute(
        "SELECT m.title, f.estimate, f.low, f.high, f.n, r.rank_low, r.rank_high, b.models FROM figures AS f "
        "JOIN board_ranks AS r USING (study, condition, attribute, yardstick, labeler, labeler_version, model) "
        "JOIN boards AS b USING (study, condition, attribute, yardstick, labeler, labeler_version) "
        "JOIN study_models AS m USING (study, model) WHERE f.figure = 'gap' AND f.low IS NOT NULL"
    ).fetchall()
    assert len(boards) == 4
    assert all(row[5] for row in boards)
    for before, of in (("", "of"), ("fr/", "sur")):
        text = said[f"{before}{ADDRESS}"]
        for title, *figures, n, first, last, ranked in boards:
            figure, low, high = (round(100 * one) for one in figures)
            place = str(first) if first == last else f"{first}–{last}"
            assert f"{title} {place} {of} {ranked} {figure} {low}–{high} {n} " in text


def test_what_a_condition_changes_is_that_of_the_table_in_both_languages(con: Con) -> None:
    con.execute("UPDATE words SET clear = true WHERE model = 'painter-a' AND subject IS NOT NULL")
    pages = files(con, "study")
    found = con.execute(
        "SELECT m.title, w.share_a, w.share_b, w.low, w.high, w.clear, w.n_a, w.n_b, w.subject, w.k_a, w.k_b "
        "FROM words AS w INNER JOIN study_models AS m USING (study, model) WHERE value = 'feminine'"
    ).fetchall()
    assert len(found) == 2 * 3
    for language, path, of, to, chance in (
        ("en", ADDRESS, "of", "to", "may be chance"),
        ("fr", f"fr/{ADDRESS}", "sur", "à", "peut être dû au hasard"),
    ):
        own, start = tongue(language), "de " if language == "fr" else ""
        section = pages[path].partition('id="conditions"')[2].partition("<h2")[0]
        rows = dict(re.findall(r'<th scope="row" lang="en">([^<]+)</th>(.*?)</tr>', section, re.DOTALL))
        listed = re.findall(r"<li>(.*?)</li>", section, re.DOTALL)
        for name, before, after, low, high, clear, n_before, n_after, subject, k, k_after in found:
            ends = f"({start}{signed(low)} {to} {signed(high)})"
            if subject is None:
                text = words(f"<main>{rows[name]}</main>")
                told = f"{own.percent(before)} → {own.percent(after)} {ends}"
                assert " ".join(told.split()) in text, name
                assert text.endswith(f"{n_before} → {n_after}")
                assert (chance in text) is not clear
            else:
                here = [one for one in (words(f"<main>{item}</main>") for item in listed) if name in one]
                assert any(ends in one and re.search(rf"{k} (images )?{of} {n_before}\b", one) and
                           f"{k_after} {of} {n_after}" in one for one in here) is bool(clear)  # fmt: skip
        assert len(listed) == 2
        if language == "fr":
            assert "may be chance" not in section


def test_its_pictures_are_there_with_what_was_read_in_them(con: Con) -> None:
    page = files(con, "study")[ADDRESS]
    read = dict(con.execute("SELECT image_sha256, value FROM study_labels").fetchall())
    _, _, galleries = page.partition('id="pictures"')
    shown = re.findall(r'thumbnails/../([0-9a-f]{64})-160\.webp"[^>]* alt="(\w+)"></li>', galleries)
    places = re.findall(r'<a href="#([^"]+)">\d+</a>', page)
    assert len(places) == 4
    for place in places:  # one click from a row to exactly its pictures
        model, _, prompt = place.partition("--")
        grid = galleries.partition(f'id="{place}"')[2].partition("</ul>")[0]
        of_row = con.execute(
            "SELECT image_sha256 FROM study_slots WHERE model = ? AND prompt = ? AND condition = 'baseline' "
            "AND image_sha256 IS NOT NULL",
            [model, prompt],
        ).fetchall()
        assert {*re.findall(r"([0-9a-f]{64})-160", grid)} == {sha256 for (sha256,) in of_row}
    assert {sha256: {"woman": "feminine", "man": "masculine"}[word] for sha256, word in shown} == read
    grids = re.findall(r"(\d+) of (\d+) pictures</span></h4>", page)
    assert sum(int(n) for _, n in grids) == len(shown) == 78
    assert all(few == n for few, n in grids)


@pytest.mark.parametrize(
    "licence", ["CC BY-NC 4.0", "CC BY-ND 4.0", "unknown", "All rights reserved", "MITx", ""]
)
def test_without_a_free_license_no_picture_is_shown(con: Con, licence: str) -> None:
    con.execute("UPDATE studies SET license = $licence", {"licence": licence})
    pages = files(con, "study")
    assert "thumbnails/" not in pages[ADDRESS]
    assert "not known to allow showing them" in words(pages[ADDRESS])
    assert "Rien n’indique que sa licence" in html.unescape(pages[f"fr/{ADDRESS}"])
    assert not may_show(licence)


@pytest.mark.parametrize(
    "licence", ["MIT", "CC BY 4.0", "CC-BY-SA-4.0", "CC0", "Apache-2.0", " public domain "]
)
def test_free_licenses_are_known(licence: str) -> None:
    assert may_show(licence)


def test_a_large_study_shows_some_of_each_and_says_how_many(
    con: Con, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.leaderboard.evidence.study_galleries.MOST", 24)
    page = files(con, "study")[ADDRESS]
    assert {few for few, _ in re.findall(r"(\d+) of (\d+) pictures</span></h4>", page)} == {"3"}
    assert page.partition('id="pictures"')[2].count("<img ") == 24
    again = files(con, "study")[ADDRESS]
    assert again == page


def test_studies_are_listed_and_without_any_there_is_no_list(con: Con) -> None:
    listed = files(con, "studies")["studies/index.html"]
    assert 'href="raza2025/index.html"' in listed
    assert "78 pictures · labels by people: 78" in words(listed)
    con.execute("DELETE FROM studies")
    assert files(con, "studies") == {}


def test_thumbnails_of_a_study_are_made_once(con: Con, tmp_path: Path) -> None:
    store = open_store(tmp_path / "other")
    data = world.picture("one")
    sha256, lost = sha256_hex(data), "ab" * 32
    store.put_if_absent(keys.image(sha256, "png"), data)
    con.execute(
        "UPDATE study_slots SET image_sha256 = CASE WHEN model = 'painter-a' THEN $there ELSE $lost END "
        "WHERE image_sha256 IS NOT NULL",
        {"there": sha256, "lost": lost},
    )
    lines: list[str] = []
    place = Workplace(
        store=store,
        warehouse=tmp_path / "none",
        suites={},
        models=(),
        code_version="test",
        workers=1,
        listener=Listener(told=lines.append),
    )
    complete_studies(con, place)
    made = [*store.list("thumbnails/")]
    assert keys.thumbnail(sha256) in made
    assert "thumbnails/study=raza2025/made-cdcdcdcdcdcdcdcd.json" in made
    assert [line for line in lines if "no thumbnail of picture abababababab" in line]
    lines.clear()
    complete_studies(con, place)
    assert lines == []
    con.execute("UPDATE studies SET license = 'unknown', definition_sha256 = repeat('ef', 32)")
    complete_studies(con, place)
    assert [*store.list("thumbnails/")] == made
