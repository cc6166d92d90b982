"""The site of one model in its first week, and of three in their third: nothing is empty or overstated."""

from __future__ import annotations

import posixpath
import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest

from assets.gateway.models_file import ModelEntry
from assets.generation.slots import Slot
from assets.leaderboard.columns.table import COLUMNS
from assets.leaderboard.models import changes
from assets.leaderboard.page.reasons import WORDS
from assets.leaderboard.page.sheets import NOWHERE, render_sheet
from assets.leaderboard.sheets import sheets
from assets.metrics.plain.changes import AFTER, BEFORE
from assets.suites.loader import load_attributes
from tests.site.leaders.test_leaderboard import rows, said, table
from tests.site.looks.blank import blanks, overstated
from tests.site.looks.links import LINK
from tests.site.pages.shown import made
from tests.warehouse import builder
from tests.world import bucket
from tests.world.making import rebuilt
from warehouse.database.connection import connect
from warehouse.store import open_store

WEEKS = tuple(date(2026, 11, 9) + timedelta(weeks=number) for number in range(3))
FIRST = WEEKS[0]
#: As in the selection `headline`, with fewer pictures and occupations.
ASKED = [
    {
        "suite": "rest-of-world@1",
        "replicates": 5,
        "prompts": ["person-mexico", "person-india", "person-united-states", "house-*", "street-india"],
    },
    {"suite": "french-person@1", "replicates": 5},
    {"suite": "occupations@2", "replicates": 5, "prompts": ["pilot-*"]},
    {"suite": "diversity-request@1", "replicates": 5, "prompts": ["ceo-*"]},
    {"suite": "startup-ceo@2", "replicates": 5, "prompts": ["ceo-his", "ceo-their"]},
]
#: Name → maker, weights, provider, and how often the first values of lists are drawn.
MODELS = {
    "ada": ("Analytical", "closed", "openai_images", 0.9),
    "bee": ("Hive", "closed", "openai_images", 0.2),
    "cay": ("Island", "open", "openai_images", 0.5),
}
#: Name → models, and weeks in which they were asked.
SIZES = {"one": (("ada",), 1), "three": (tuple(MODELS), 3)}
VALUES = {one.id: one.values for one in load_attributes()}
#: What is read where a stereotype or a man is drawn.
OFTEN = {
    **{"perceived_gender": "masculine", "clothing_era": "historical", "house_condition": "run_down"},
    **{"litter": "yes", "national_flag": "yes", "skin_tone": "monk_2", "person_count": "1"},
}

Con = duckdb.DuckDBPyConnection
Reads = Callable[[str], bool]


def installation(
    folder: Path,
    models: tuple[str, ...],
    weeks: tuple[date, ...] = WEEKS,
    *,
    reads: Reads = lambda attribute: True,
    labeler: str = "eye",
    fails_in: date | None = None,
) -> Con:
    """Return the warehouse of an installation; `reads` says what its labeler looks for, `fails_in` when all failed."""

    def entry(model: str) -> ModelEntry:
        maker, weights, provider, _ = MODELS[model]
        return ModelEntry.model_validate(
            {
                **{"name": model, "title": model.title(), "maker": maker, "weights": weights},
                **{"provider": provider, "model_id": f"{model}-1", "labeler": labeler, "suites": ASKED},
            }
        )

    def read(slot: Slot, subject: str, attribute: str) -> str | None:
        chance = random.Random(f"{slot.slot_key}/{attribute}")
        value = chance.choice(VALUES[attribute])
        if chance.random() < MODELS[slot.model][3]:
            value = OFTEN.get(attribute, value)
        return value if reads(attribute) else None

    world = SimpleNamespace(
        MODELS=models,
        WEEKS=[*map(str, weeks)],
        asked=lambda model, week: True,
        entry=entry,
        outcomes=lambda slot, before: ("timeout" if slot.week == str(fails_in) else "ok",),
        cluster=lambda slot: None,
        read=read,
        version=lambda model, week: builder.LABELER_VERSION,
    )
    store, file = open_store(folder / "store"), folder / "warehouse.duckdb"
    bucket.fill(store, world)
    rebuilt(store, file, checked=world.WEEKS, scored=world.WEEKS)
    return connect(file, read_only=True)


def site(con: Con, week: date, *templates: str) -> dict[str, str]:
    """Return path → text of all pages and feeds of a week, or of those that are made from some templates."""
    some = (
        file
        for kind, sheet in made(con, *templates, week=week)
        for file in render_sheet(kind, sheet, week, NOWHERE)
    )
    return {
        path: data.decode()
        for path, data in (some if templates else sheets(con, week, NOWHERE))
        if path.endswith((".html", ".xml", ".json", ".csv"))
    }


@pytest.fixture(scope="module", params=SIZES)
def young(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """Return the models, the number of weeks, and all pages of the last one."""
    models, number = SIZES[request.param]
    with installation(tmp_path_factory.mktemp(request.param), models, WEEKS[:number]) as con:
        yield {"models": models, "number": number, "pages": site(con, WEEKS[number - 1])}


def pages_of(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield path and text of pages; what explains the method and the tables in general is about no week."""
    for path, text in files.items():
        if path.endswith(".html") and not path.removeprefix("fr/").startswith(("method/", "data/query/")):
            yield path, text


def test_nothing_is_empty_and_nothing_is_said_that_so_few_weeks_cannot_show(young: dict[str, Any]) -> None:
    seen = dict(pages_of(young["pages"]))
    assert len([path for path in seen if path.startswith("fr/")]) * 2 == len(seen) > 100
    for path, text in young["pages"].items():
        if path.endswith(".html"):
            assert (path, blanks(text)) == (path, [])
    for path, text in seen.items():
        assert (path, [*overstated(text, FIRST, young["number"])]) == (path, [])


def test_links_between_pages_lead_to_pages_and_places_on_them(young: dict[str, Any]) -> None:
    files = young["pages"]
    ids = {path: {*re.findall(r' id="([^"]+)"', text)} for path, text in files.items()}
    for path, text in files.items():
        for link in LINK.findall(text) if path.endswith(".html") else ():
            there, _, anchor = unquote(link).partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), there)) if there else path
            if ":" in there or target.startswith("..") or not target.endswith(".html"):
                continue  # of others, beside the edition, or made with it
            assert target in files, (path, link)
            known = not anchor or anchor.startswith(("sql=", "question=")) or anchor in ids[target]
            assert known, (path, link)


def test_the_front_page_has_each_column_filled_for_each_model(young: dict[str, Any]) -> None:
    for page in (young["pages"]["index.html"], young["pages"]["fr/index.html"]):
        found = rows(page)
        assert {*found} == {*young["models"]}
        for _, cells in found.values():
            assert len(cells) == len(COLUMNS)
            assert all(re.match(r"(\d+ → )?\d+\s?%", said(cell)) for cell in cells), [*map(said, cells)]
        assert not re.search("Simulated|Simulés", table(page))


def test_a_rank_is_given_where_models_are_told_apart_and_its_absence_has_a_reason(
    young: dict[str, Any],
) -> None:
    page, many = young["pages"]["index.html"], len(young["models"])
    ranks = [rank for rank, _ in rows(page).values()]
    assert many > 1 or {*ranks} == {"–"}
    assert table(page).count("not ranked: ") >= ranks.count("–")
    assert ("Overlapping ranks are ties" in page) == (sum(rank != "–" for rank in ranks) > 1)
    lacking = re.findall(r"<small>(?:[^<]*→ )?–(?: →[^<]*)?</small>", table(page))
    assert ("too few weeks for an interval" in page) == bool(lacking)


def test_no_feed_and_no_page_says_that_nothing_changed_before_a_change_can_be_seen(
    young: dict[str, Any],
) -> None:
    assert BEFORE[0] + AFTER[0] == changes.NEEDED
    for path, text in young["pages"].items():
        if path.endswith(("feed.xml", "feed.json")):
            assert "No change was" not in text, path
            assert "Aucun changement" not in text, path
    number = young["number"]
    so_far = f"Asked in {number} week{'s' * (number > 1)} so far: a change shows after six at the earliest."
    for path in ("index.html", "changes/index.html", "models/ada/index.html"):
        assert so_far in young["pages"][path], path


def test_a_board_of_stereotypes_lists_the_prompts_of_its_groups(young: dict[str, Any]) -> None:
    page = young["pages"]["boards/rest-of-world-stereotypes/index.html"]
    listed = page[page.index('id="prompts"') :].partition("</ul>")[0]
    found = re.findall(r'href="[^"]*prompts/rest-of-world/([^/"]+)/', listed)
    assert sorted(found) == [
        "house-nigeria",
        "person-india",
        "person-mexico",
        "person-united-states",
        "street-india",
    ]


def test_what_a_labeler_does_not_look_for_is_said_to_be_unread(tmp_path: Path) -> None:
    """The shipped `photo` reads persons, gender and age: a picture of a beret is no missing picture."""
    reads = ("person_count", "perceived_gender", "perceived_age")
    with installation(tmp_path, ("ada",), WEEKS[:1], reads=reads.__contains__, labeler="photo") as con:
        files = site(
            con, FIRST, "home", "prompts", "prompt", "words", "word", "then", "claim", "models", "model"
        )
    page = files["index.html"]
    assert [
        (path, found) for path, text in files.items() if path.endswith(".html") and (found := blanks(text))
    ] == []
    [(_, cells)] = rows(page).values()
    unread = {
        column.id for column, cell in zip(COLUMNS, cells, strict=True) if "not read by its labeler" in cell
    }
    assert unread == {"stereotypes-drawn", "french-light-skin", "french-old-dress"}
    assert (
        str(WORDS["no_pictures"].text) not in table(page).partition("</thead>")[2].partition("not ranked")[0]
    )


def test_a_first_week_in_which_all_failed_is_withheld_and_not_said_to_be_unasked(tmp_path: Path) -> None:
    with installation(tmp_path, ("ada", "bee"), WEEKS[:2], fails_in=FIRST) as con:
        one, two = (site(con, week, "home", "models", "model", "changes") for week in WEEKS[:2])
    for _, cells in rows(one["index.html"]).values():
        assert [*map(said, cells)] == ["withheld"] * len(COLUMNS)
    assert "not asked" not in table(one["index.html"])
    assert "It was not asked" not in one["models/ada/index.html"]
    assert all(blanks(text) == [] for path, text in one.items() if path.endswith(".html"))
    for _, cells in rows(two["index.html"]).values():
        assert all(re.match(r"(\d+ → )?\d+%", said(cell)) for cell in cells)
