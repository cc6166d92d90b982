"""Contact sheets: every picture of a quarter, week by week; made again where a week is corrected or a new one comes."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from posixpath import normpath

import duckdb
import pytest

from assets.leaderboard.edition import publish
from assets.leaderboard.past.index import PastEntry, entries_of, folders_of
from assets.leaderboard.past.quarters import days_of, quarters
from assets.leaderboard.published import read_manifest
from assets.leaderboard.views.message import Quarter
from orchestration.verifying.archive import past
from orchestration.verifying.report import VerifyReport, silent
from tests.site import world
from warehouse import keys
from warehouse.database.published import open_published
from warehouse.store import Store, open_store

QUARTER, RUNNING = "2026-Q3", "2026-Q4"
BEFORE = "2026-11-16"


@pytest.fixture(scope="module")
def con(first: Path) -> duckdb.DuckDBPyConnection:
    return world.load(open_store(first))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with four weeks, two of them of a quarter that is over; all but the last are published."""
    folder = tmp_path_factory.mktemp("quarters") / "store"
    store = open_store(folder)
    world.fill(store, weeks=10, replicates=3, only=("imago-2", "sim-classic"), asked=(0, 1, 8, 9))
    publish(world.load(store), store, week=BEFORE, code_version="1")
    return folder


@pytest.fixture
def store(first: Path, tmp_path: Path) -> Store:
    shutil.copytree(first, tmp_path / "store")
    return open_store(tmp_path / "store")


def entries(store: Store, edition: str) -> dict[str, PastEntry]:
    return {one.period: one for one in entries_of(read_manifest(store, edition))}


def test_a_quarter_goes_on_until_its_last_week() -> None:
    weeks = ["2026-09-21", "2026-09-28", "2026-10-05"]
    assert [*quarters(weeks[:2])] == [QUARTER]
    assert [*quarters(weeks)] == [QUARTER, "2026-Q4"]
    assert [Quarter(QUARTER).goes_on(date.fromisoformat(week)) for week in weeks] == [True, False, False]
    assert [str(day) for day in days_of(QUARTER, weeks)] == weeks[:2]
    assert [str(day) for day in days_of("2026-10-05", weeks)] == weeks[2:]
    assert quarters([]) == {}


def test_a_sheet_has_every_picture_of_its_weeks_and_leads_to_their_pages(store: Store) -> None:
    folders = folders_of([*entries(store, f"{BEFORE}.1").values()])
    tables = open_published(Path(store.url) / keys.SITE_DATABASE)
    try:
        drawn = tables.execute(
            "SELECT model, prompt, strftime(week, '%Y-%m-%d'), list(image_sha256) FROM slot_outcomes "
            "WHERE image_sha256 IS NOT NULL AND week < DATE '2026-10-01' GROUP BY ALL"
        ).fetchall()
    finally:
        tables.close()
    assert len(drawn) > 8
    for model, prompt, week, pictures in drawn:
        key = f"{folders[QUARTER][model]}prompts/{prompt}/index.html"
        text = store.get(key).decode()
        section = text[text.index(f'id="w{week}"') :]
        section = section[: section.index("</section>")]
        assert sorted(re.findall(r"/([0-9a-f]{64})-96", section)) == sorted(pictures)
        assert f"Pictures: {len(pictures)}." in section
        (link,) = re.findall(r'href="([^"]+)"', section)
        target = (Path(store.url) / key).parent / link
        assert (
            target.resolve()
            == Path(store.url, folders[week][model], "prompts", prompt, "index.html").resolve()
        )
        assert (section.count("<small>simulated</small>") == len(pictures)) is (model == "sim-classic")
        listed = store.get(f"{folders[QUARTER][model]}index.html").decode()
        assert f'href="prompts/{prompt}/index.html"' in listed


def test_the_next_week_makes_sheets_of_its_quarter_alone_and_a_corrected_week_those_of_its_own(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    stated, before = entries(store, f"{BEFORE}.1"), {*store.list(keys.PAST)}
    publish(con, store, week=world.WEEK, code_version="2")
    now = entries(store, f"{world.WEEK}.1")
    assert now[QUARTER] == stated[QUARTER]
    assert {key.split("/")[1] for key in {*store.list(keys.PAST)} - before} == {
        world.WEEK,
        RUNNING,
        "indexes",
    }
    key = f"{folders_of([*now.values()])[RUNNING]['imago-2']}prompts/occupations/ceo/index.html"
    sheet = store.get(key).decode()
    assert re.findall(r'id="w([\d-]+)"', sheet)[-2:] == [BEFORE, world.WEEK]
    assert store.get(
        f"{folders_of([*stated.values()])[RUNNING]['imago-2']}index.html"
    )  # the edition before has its own
    page = f"{keys.edition_prefix(f'{world.WEEK}.1')}prompts/occupations/ceo/imago-2/index.html"
    (link,) = re.findall(r'href="([^"]+)">4th quarter of 2026 so far on one sheet', store.get(page).decode())
    assert normpath(f"{page.rpartition('/')[0]}/{link}") == key
    revised = world.load(store)
    world.withhold(revised, "sim-classic", "held back by a test", week="2026-09-28")
    revised.execute("DELETE FROM week_hashes")
    publish(revised, store, week=world.WEEK, code_version="2")
    last = entries(store, f"{world.WEEK}.2")
    assert {period for period in last if last[period] != now[period]} == {"2026-09-28", QUARTER}
    assert last[QUARTER].folders["imago-2"] == now[QUARTER].folders["imago-2"]
    assert last[QUARTER].folders["sim-classic"] != now[QUARTER].folders["sim-classic"]


def test_sheets_are_made_again_when_an_edition_is_verified(store: Store) -> None:
    root, manifest = Path(store.url), read_manifest(store, f"{BEFORE}.1")
    tables = open_published(root / keys.SITE_DATABASE)
    try:
        past.compare_made(tables, root, manifest, report := VerifyReport("x"), silent)
        assert (report.differences, report.notes) == ([], [])
        without = manifest | {"pages": [one for one in manifest["pages"] if one["period"] != QUARTER]}
        past.compare_made(tables, root, without, report := VerifyReport("x"), silent)
        assert report.differences == ["pages of past weeks are not of the weeks of the edition"]
    finally:
        tables.close()
    key = next(key for key in store.list(f"{keys.PAST}{QUARTER}/") if key.endswith("/ceo/index.html"))
    path = root / key
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"<main", b"<Main", 1))
    past.compare_files(root, manifest, report := VerifyReport("x"), silent, extras=True)
    assert report.differences == [f"{key} has another hash than the manifest says"]
