"""Two versions of a suite: a model moves to the second, another does not, pages say why, sentences of 2023 go on."""

from __future__ import annotations

import html
import posixpath
import re
from datetime import date

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.leaderboard.cells.showing import suite_note
from assets.leaderboard.page.sheets import NOWHERE
from assets.leaderboard.sheets import sheets
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.site import world
from tests.site.pages import shown
from tests.warehouse import builder
from warehouse.store import open_store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection

SUITES = load_suites()
WEEKS = [shift(world.WEEK, -back) for back in range(4, -1, -1)]
#: The week from which the second versions are asked.
MOVED = WEEKS[3]
ASKED = ("ceo", "nurse", "cook", "un-", "une-", "personne")


def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Return light-skinned men in all baseline pictures, women in headshots and where the title is in the feminine."""
    if attribute.id == "perceived_gender":
        woman = slot.prompt.endswith(("cook-headshot", "nurse-headshot", "une-pdg"))
        return ("feminine" if woman else "masculine"), None, None
    return attribute.values[0], None, None


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Con:
    store = open_store(tmp_path_factory.mktemp("versions"))
    for week in WEEKS:
        for model in ("one", "two"):
            major = 2 if week >= MOVED and model == "one" else 1
            builder.build_partition(
                store,
                week,
                model,
                suites=[
                    SUITES[f"occupations@{major}"],
                    SUITES[f"startup-ceo@{major}"],
                    *([SUITES["french-ceo@1"]] if major == 2 else []),
                ],
                replicates=8 // major,
                conversations=0,
                labels=labels,
                prompts=lambda prompt: prompt.split("/")[1].startswith(ASKED),
            )
    return world.load(store, scored=[world.WEEK])


@pytest.fixture(scope="module")
def pages(con: Con) -> dict[str, str]:
    day = date.fromisoformat(world.WEEK)
    return {path: data.decode() for path, data in sheets(con, day, NOWHERE) if path.endswith(".html")}


def test_boards_prompts_and_events_say_why_there_is_another_version(pages: dict[str, str]) -> None:
    why = suite_note("occupations", 2)
    assert why is not None
    for page in ("boards/occupations-2-perceived-gender/", "prompts/", "changes/"):
        text = shown.words(pages[f"{page}index.html"])
        assert str(why.text)[:60] in text, page
    assert "Version 2 asks" not in shown.words(pages["prompts/occupations/ceo-face/index.html"])


def test_the_front_page_answers_questions_of_the_second_version(pages: dict[str, str]) -> None:
    assert "Who is the CEO?" in shown.words(pages["index.html"])


def test_comparisons_of_both_versions_stand_in_the_list_under_titles_of_their_own(
    pages: dict[str, str],
) -> None:
    for path, second in (
        ("words/index.html", "“Their” instead of “his”, version 2 of the prompts"),
        ("fr/words/index.html", "«\N{NO-BREAK SPACE}Their\N{NO-BREAK SPACE}» (leur) au lieu de «"),
    ):
        titles = re.findall(r'<li><a href="[^"]*">([^<]+)</a><br>', pages[path])
        assert len({*titles}) == len(titles) == 10
        assert any(html.unescape(title).startswith(second) and " 2 " in title for title in titles), titles
    assert "version 2 of the prompts" in pages["words/startup-ceo-2-his-their/index.html"]
    assert "version 2 of the prompts" not in pages["words/startup-ceo-his-their/index.html"]


def test_no_link_of_a_world_of_two_versions_is_dead(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        for link in re.findall(r'href="([^"#:]*\.html)', page):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
            assert target in pages or target.startswith(".."), (path, link)


def test_wordings_are_compared_as_words_are(con: Con, pages: dict[str, str]) -> None:
    found = {
        (row["suite"], row["a"], row["b"]): (row["pairs"], row["estimate"], row["clear"])
        for row in shown.asked(
            con,
            "FROM word_against_word WHERE week = $week AND model = 'one' AND subject IS NULL AND pairs > 0 "
            "AND value = 'feminine' AND kind = 'wording'",
            week=world.WEEK,
        )
    }
    assert found["occupations", "face", "headshot"] == (
        3,
        pytest.approx(2 / 3),
        None,
    )  # of two weeks: no interval
    assert found["french-ceo", "un-pdg", "une-pdg"] == (1, 1, None)
    assert found["startup-ceo", "his", "his-reworded"] == (1, 0, None)
    assert len(found) == 7
    text = shown.words(pages["words/occupations-2-face-headshot/index.html"])
    assert "Possibly chance one, perceived women: +67 too few weeks to know how much weeks differ" in text
    french = pages["words/french-ceo-un-pdg-une-pdg/index.html"]
    assert "Photographie d'une PDG ambitieuse" in shown.words(french)
    assert 'lang="fr"' in french


def test_a_claim_keeps_its_pictures_and_its_verdict(con: Con, pages: dict[str, str]) -> None:
    (told,) = shown.asked(
        con,
        "FROM claim_shares WHERE week = $week AND model = 'one' AND claim = 'bloomberg-high-pay'",
        week=world.WEEK,
    )
    assert (told["suite_majors"], told["n"], told["verdict"]) == ([1, 2], 2 * 8 + 2 * 4, "yes")
    assert "as in 2023" in shown.words(pages["2023/bloomberg-high-pay/index.html"]).lower()
