"""Contact sheets: every picture of a quarter, week by week; made again where a week is corrected or a new one comes."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from posixpath import normpath

import duckdb
import pytest

from assets.leaderboard.page.sheets import SitePlace, render_sheet
from assets.leaderboard.past import quarters as made_of
from assets.leaderboard.past.index import PastEntry, entries_of, folders_of
from assets.leaderboard.past.quarters import quarters
from assets.leaderboard.published import read_manifest
from assets.leaderboard.views.message import Quarter
from tests.site import world
from tests.site.pages.shown import published, words
from tests.site.past.conftest import BEFORE
from warehouse import keys
from warehouse.store import Store, open_store

QUARTER, RUNNING = "2026-Q3", "2026-Q4"
CEO = "prompts/occupations/ceo/index.html"
BANNER = '<aside class="simulated"'


@pytest.fixture
def store(quarters_store: Path) -> Store:
    """Return the store itself, which the tests that want it only read."""
    return open_store(quarters_store)


def shared(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list(keys.PAST)}


def entries(store: Store, edition: str) -> dict[str, PastEntry]:
    return {one.period: one for one in entries_of(read_manifest(store, edition))}


def folders(store: Store, edition: str = f"{BEFORE}.1") -> dict[str, dict[str, str]]:
    found = folders_of([*entries(store, edition).values()])
    return {period: {**of} for period, of in found.items()}


def test_a_quarter_goes_on_until_its_last_week() -> None:
    weeks = ["2026-09-21", "2026-09-28", "2026-10-05"]
    days = [date.fromisoformat(week) for week in weeks]
    assert quarters(weeks[:2]) == {QUARTER: days[:2]}
    assert quarters(weeks) == {QUARTER: days[:2], RUNNING: days[2:]}
    assert [Quarter(QUARTER).goes_on(day) for day in days] == [True, False, False]
    assert [Quarter.of(day).name for day in days] == [QUARTER, QUARTER, RUNNING]
    assert quarters([]) == {}


def test_a_sheet_has_every_picture_of_its_weeks_and_says_how_many_requests_were_refused(
    store: Store, tables: duckdb.DuckDBPyConnection
) -> None:
    drawn = tables.execute(
        "SELECT model, prompt, strftime(week, '%Y-%m-%d'), "
        "coalesce(list(image_sha256) FILTER (WHERE image_sha256 IS NOT NULL), []), "
        "count(*) FILTER (WHERE is_refused) FROM slot_outcomes GROUP BY ALL"
    ).fetchall()
    assert {week for _, _, week, *_ in drawn} == {"2026-09-21", "2026-09-28", BEFORE}
    of, sheets = folders(store), set[str]()
    for model, prompt, week, pictures, refused in drawn:
        folder = of[Quarter.of(date.fromisoformat(week)).name][model]
        sheets.add(key := f"{folder}prompts/{prompt}/index.html")
        text = store.get(key).decode()
        section = text[text.index(f'id="w{week}"') :]
        section = section[: section.index("</section>")]
        assert sorted(re.findall(r"/([0-9a-f]{64})-160", section)) == sorted(pictures)
        assert f"Pictures: {len(pictures)}. Refused: {refused}." in section
        assert not pictures or ('pictures small sheet drawn"' in section) is (model == "sim-cautious")
        assert (BANNER in text) is (model == "sim-cautious")
    assert sum(refused for *_, refused in drawn) > 0
    every = {key for key in store.list(keys.PAST) if "/prompts/" in key and "/fr/" not in key}
    assert every == sheets


def test_a_list_of_a_model_counts_what_its_sheets_show(store: Store) -> None:
    for of_models in folders(store).values():
        for model, folder in of_models.items():
            listed = store.get(f"{folder}index.html").decode()
            rows = re.findall(r'<a href="(prompts/[^"]+)"><q .*?Pictures: (\d+)', listed)
            assert sorted(folder + link for link, _ in rows) == [*store.list(f"{folder}prompts/")]
            for link, said in rows:
                text = store.get(folder + link).decode()
                assert int(said) == text.count('<img src="')
                assert f"{said} pictures, in random order within each week." in words(text)
            assert (BANNER in listed) is model.startswith("sim-")


def test_a_sheet_of_many_pictures_shows_as_many_of_each_week_and_says_so(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_of, "MOST", 4)
    days = [date(2026, 9, 21), date(2026, 9, 28)]
    cut = 0
    for _, kind, sheet in made_of.sheets(tables, QUARTER, days, tmp_path):
        if kind is made_of.SHEET:
            page = next(data for _, data in render_sheet(kind, sheet, days[-1], SitePlace())).decode()
            for section in re.findall(r"<section.*?</section>", page, re.DOTALL):
                (n,) = map(int, re.findall(r"Pictures: (\d+)\.", section))
                assert section.count('<img src="') == min(n, 2)
                assert ("Shown: 2." in section) is (n > 2)
                cut += n > 2
    assert cut


def test_the_next_week_makes_sheets_of_its_quarter_alone_and_a_corrected_week_those_of_its_own(
    quarters_store: Path, later_store: Path, tmp_path: Path
) -> None:
    earlier = open_store(quarters_store)
    shutil.copytree(later_store, tmp_path / "store")
    store = open_store(tmp_path / "store")
    stated, before = entries(earlier, f"{BEFORE}.1"), shared(earlier)
    assert [*stated] == [QUARTER, RUNNING]
    now, after = entries(store, f"{world.WEEK}.1"), shared(store)
    assert [*now] == [QUARTER, RUNNING]
    assert now[QUARTER] == stated[QUARTER]
    assert {key: after[key] for key in before} == before  # the edition before has its own
    assert {
        key.removeprefix(keys.PAST_INDEXES).removeprefix(keys.PAST).split("/")[0]
        for key in after.keys() - before.keys()
    } == {RUNNING}
    revised = world.load(store)
    world.withhold(revised, "chatdraw", "held back by a test", week="2026-09-28")
    revised.execute("DELETE FROM week_hashes")
    published(revised, store, "about", code_version="2")
    last, revised_pages = entries(store, f"{world.WEEK}.2"), shared(store)
    assert {key: revised_pages[key] for key in after} == after
    assert {period for period in last if last[period] != now[period]} == {QUARTER}
    assert {
        model for model, sha256 in last[QUARTER].folders.items() if now[QUARTER].folders[model] != sha256
    } == {"chatdraw"}
    assert {key.split("/")[2] for key in revised_pages.keys() - after.keys()} == {"chatdraw", QUARTER}
    text = store.get(f"{folders(store, f'{world.WEEK}.2')[QUARTER]['chatdraw']}{CEO}").decode()
    assert re.findall(r'id="w([\d-]+)"', text) == ["2026-09-21"]


@pytest.mark.parametrize(
    ("page", "of"),
    [("prompts/occupations/ceo/imago-2/index.html", CEO), ("models/imago-2/index.html", "index.html")],
)
def test_pages_of_an_edition_lead_to_the_sheets_of_its_own_weeks(
    later_store: Path, page: str, of: str
) -> None:
    store = open_store(later_store)
    for week in (BEFORE, world.WEEK):
        own, prefix = folders(store, f"{week}.1"), keys.edition_prefix(f"{week}.1")
        for language in ("", "fr/"):
            key = f"{prefix}{language}{page}"
            targets = [
                normpath(f"{key.rpartition('/')[0]}/{link}")
                for link in re.findall(r'href="([^"]+/pages/[^"]+)"', store.get(key).decode())
            ]
            sheets = [f"{own[quarter]['imago-2']}{language}{of}" for quarter in (RUNNING, QUARTER)]
            assert [target for target in targets if target.endswith(".html")] == sheets
        if of == CEO:
            weeks = re.findall(r'id="w([\d-]+)"', store.get(sheets[0].replace("/fr/", "/")).decode())
            assert weeks == [day for day in (BEFORE, world.WEEK) if day <= week]
