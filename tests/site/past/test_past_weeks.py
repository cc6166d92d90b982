"""Pages of past weeks: every picture of its week, made once, never changed, shared by editions, and verified."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.gateway.workers import pool_for
from assets.leaderboard.edition import publish
from assets.leaderboard.page.sheets import SitePlace
from assets.leaderboard.past import keeping
from assets.leaderboard.past.index import PastEntry, entries_of, entry_of, folders_of, read_index, wrong
from assets.leaderboard.past.making import Grounds
from assets.leaderboard.published import read_manifest
from orchestration.verifying.archive import past
from orchestration.verifying.report import VerifyReport, silent
from tests.site import world
from tests.site.pages.shown import words
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.published import open_published
from warehouse.errors import CorruptObjectError
from warehouse.store import Store, open_store

FEW = ("imago-2", "chatdraw", "sim-cautious")
RUNNING = "2026-Q4"
WEEKS = [(date.fromisoformat(world.WEEK) - timedelta(weeks=back)).isoformat() for back in (3, 2, 1, 0)]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with four weeks, of which the first three are published."""
    folder = tmp_path_factory.mktemp("past") / "store"
    store = open_store(folder)
    world.fill(store, weeks=4, replicates=5, only=FEW)
    publish(world.load(store), store, week=WEEKS[2], code_version="1")
    return folder


@pytest.fixture
def store(first: Path, tmp_path: Path) -> Store:
    """Return a copy of that store, for this test alone."""
    shutil.copytree(first, tmp_path / "store")
    return open_store(tmp_path / "store")


@pytest.fixture(scope="module")
def con(first: Path) -> duckdb.DuckDBPyConnection:
    """Return the warehouse of all four weeks."""
    return world.load(open_store(first))


def shared(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list(keys.PAST)}


def entries(store: Store, edition: str) -> dict[str, PastEntry]:
    return {one.period: one for one in entries_of(read_manifest(store, edition))}


def test_the_next_week_writes_its_own_pages_alone(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    before, stated = shared(store), entries(store, f"{WEEKS[2]}.1")
    assert [*stated] == [*WEEKS[:3], RUNNING]
    publish(con, store, week=WEEKS[3], code_version="another version of the code")
    after, now = shared(store), entries(store, f"{WEEKS[3]}.1")
    assert {key: after[key] for key in before} == before
    new = after.keys() - before.keys()
    assert new
    assert {key.removeprefix(keys.PAST_INDEXES).removeprefix(keys.PAST).split("/")[0] for key in new} == {
        WEEKS[3],
        RUNNING,
    }
    assert {week: now[week] for week in WEEKS[:3]} == {week: stated[week] for week in WEEKS[:3]}
    assert [*now] == [*WEEKS, RUNNING]


def test_processes_that_share_the_weeks_keep_the_same_pages(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest, other, pools = read_manifest(store, f"{WEEKS[2]}.1"), open_store(tmp_path / "other"), []
    monkeypatch.setattr(keeping, "_FEW", 0)
    monkeypatch.setattr(keeping, "pool_for", lambda *of, **more: pools.append(of) or pool_for(*of, **more))
    tables = open_published(Path(store.url) / keys.SITE_DATABASE)
    try:
        grounds = Grounds(tables, manifest["tables"], manifest["table_hashes"], None)
        kept = keeping.past_pages(grounds, other, None, manifest["texts_sha256"], tmp_path)
    finally:
        tables.close()
    assert pools
    assert kept == entries_of(manifest)
    assert shared(other) == shared(store)


def test_a_revision_of_a_past_week_changes_its_own_pages_alone(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    publish(con, store, week=WEEKS[3], code_version="1")
    before, stated = shared(store), entries(store, f"{WEEKS[3]}.1")
    revised = world.load(store)
    world.withhold(revised, "imago-2", "held back by a test", week=WEEKS[1])
    revised.execute("DELETE FROM week_hashes")
    publish(revised, store, week=WEEKS[3], code_version="1")
    after, now = shared(store), entries(store, f"{WEEKS[3]}.2")
    assert {key: after[key] for key in before} == before  # the edition of before keeps its pages
    new = {key for key in after.keys() - before.keys() if RUNNING not in key}
    assert new == {now[WEEKS[1]].key}  # other models' pages are the same, and one has none
    assert {week for week, one in now.items() if one != stated[week]} == {WEEKS[1], RUNNING}
    sheets = {
        model for model, sha256 in now[RUNNING].folders.items() if stated[RUNNING].folders[model] != sha256
    }
    assert sheets == {"imago-2"}
    left = {model: sha256 for model, sha256 in stated[WEEKS[1]].folders.items() if model != "imago-2"}
    assert now[WEEKS[1]].folders == left


def test_pages_are_made_again_where_originals_become_public(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    site = SitePlace(public_store="https://example.org/store")
    publish(con, store, week=WEEKS[2], code_version="1", site=site)
    folders = folders_of(entries_of(read_manifest(store, f"{WEEKS[2]}.2")))
    text = store.get(f"{folders[WEEKS[0]]['chatdraw']}prompts/occupations/ceo/index.html").decode()
    assert text.count("https://example.org/store/images/") == text.count('<img src="')


def test_every_picture_of_every_week_is_on_its_page_with_what_each_labeler_read(store: Store) -> None:
    tables = open_published(Path(store.url) / keys.SITE_DATABASE)
    folders = folders_of([*entries(store, f"{WEEKS[2]}.1").values()])
    try:
        drawn = tables.execute(
            "SELECT strftime(s.week, '%Y-%m-%d'), s.model, s.prompt, o.image_sha256, s.slot_key, "
            "list(l.value ORDER BY l.attribute) "
            "FROM slots AS s JOIN slot_outcomes AS o USING (week, model, slot_key) "
            "JOIN labels AS l USING (week, model, slot_key) WHERE o.image_sha256 IS NOT NULL GROUP BY ALL"
        ).fetchall()
    finally:
        tables.close()
    texts: dict[str, str] = {}
    expected = Counter((week, model, prompt) for week, model, prompt, *_ in drawn)
    for week, model, prompt, sha256, slot_key, values in drawn:
        key = f"{folders[week][model]}prompts/{prompt}/index.html"
        text = texts.setdefault(key, store.get(key).decode())
        assert f'thumbnails/{sha256[:2]}/{sha256}-160.webp"' in text
        (row,) = [line for line in text.splitlines() if f"<td>{slot_key}/" in line]
        assert [*re.findall(r"<td>([a-z_0-9]+)(?=<td>)", row)][-len(values) :] == values
        assert text.count('<img src="') == expected[week, model, prompt]
    pages = {key for key in store.list(keys.PAST) if key.endswith("/ceo/index.html") and "/fr/" not in key}
    assert {key for key in pages if not key.startswith(f"{keys.PAST}{RUNNING}/")} <= texts.keys()


def test_a_list_of_a_model_counts_what_its_pages_show(store: Store) -> None:
    folders = folders_of([*entries(store, f"{WEEKS[2]}.1").values()])
    for week in WEEKS[:3]:
        for model, folder in folders[week].items():
            listed = store.get(f"{folder}index.html").decode()
            rows = re.findall(r'<a href="(prompts/[^"]+)"><q', listed)
            assert len(rows) == len(
                [key for key in store.list(f"{folder}prompts/") if key.endswith("index.html")]
            )
            for link in rows:
                text = store.get(folder + link).decode()
                line = next(line for line in listed.splitlines() if f'href="{link}"' in line)
                said = [int(number) for number in re.findall(r'class="num">(\d+)<', line)]
                asked = re.search(r"Requests: (\d+)\. Pictures: (\d+)\. Refused: (\d+)\.", words(text))
                assert asked
                assert said == [int(asked[2]), int(asked[3]), int(asked[1])]
                assert said[0] == text.count('<img src="')
                counted = re.search(r"<b>(\d+)</b> of (\d+)", line)
                framed = text.count('class="framed"')
                assert counted is None or (int(counted[1]), int(counted[2])) == (
                    framed,
                    said[0] - text.count('class="out"'),
                )
            assert ("simulated" in words(listed)) is model.startswith("sim-")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def _beside(path: Path) -> None:
    path.parent.chmod(0o755)
    path.with_name("other.html").write_bytes(b"x")


@pytest.mark.parametrize(
    ("kind", "harm", "said"),
    [
        ("page", _flip, "has another hash than the manifest says"),
        ("page", Path.unlink, "is missing"),
        ("page", _beside, "is not in the index of its week"),
        ("index", _flip, "has another hash than the manifest says"),
        ("index", Path.unlink, "is missing"),
        ("style", _flip, "has another hash than the manifest says"),
        ("style", Path.unlink, "is missing"),
    ],
)
def test_a_byte_that_was_changed_is_found(
    store: Store, kind: str, harm: Callable[[Path], None], said: str
) -> None:
    root, manifest = Path(store.url), read_manifest(store, f"{WEEKS[2]}.1")
    assert _compared(root, manifest).differences == []
    key = {
        "page": f"{folders_of(entries_of(manifest))[WEEKS[1]]['chatdraw']}fr/prompts/occupations/ceo/index.html",
        "index": entries_of(manifest)[1].key,
        "style": next(key for key in store.list(f"{keys.PAST}styles/") if key.endswith(".css")),
    }[kind]
    harm(root / key)
    found = _compared(root, manifest).differences
    assert found
    assert all(said in line for line in found)
    assert kind != "style" or len(found) == 1  # of all weeks together


def _compared(root: Path, manifest: dict[str, Any]) -> VerifyReport:
    report = VerifyReport("x")
    past.compare_files(root, manifest, report, silent, extras=True)
    return report


def test_a_page_that_was_forged_with_its_index_is_not_what_the_tables_say(
    store: Store, tmp_path: Path
) -> None:
    """Whoever changes a page, its folder's name, the index and the manifest is found by making the page again."""
    root, manifest = Path(store.url), read_manifest(store, f"{WEEKS[2]}.1")
    tables = open_published(root / keys.SITE_DATABASE)
    entry = entries_of(manifest)[1]
    index = read_index(entry, (root / entry.key).read_bytes())
    path, forged = "prompts/occupations/ceo/index.html", b"<!doctype html>"
    pages = {model: {**of_model} for model, of_model in index.pages.items()}
    pages["chatdraw"][path] = (sha256_hex(forged), len(forged))
    try:
        past.compare_made(tables, root, manifest, report := VerifyReport("x"), silent)
        assert (report.differences, report.notes) == ([], [])
        for changed, said in (
            (replace(index, pages=pages), f"/chatdraw/…/{path} is not what its version makes of the tables"),
            (replace(index, pages={"chatdraw": index.pages["chatdraw"]}), "/imago-2/…/index.html is missing"),
            (
                replace(index, texts_sha256="0" * 64),
                "pages of 1 of 4 past weeks were made by another version",
            ),
        ):
            signed = entry_of(changed, entry.rests_on)
            (tmp_path / signed.key).parent.mkdir(parents=True, exist_ok=True)
            for one in entries_of(manifest):
                (tmp_path / one.key).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / one.key).write_bytes((root / one.key).read_bytes())
            (tmp_path / signed.key).write_bytes(changed.written())
            listed = [
                vars(one) if one.period != entry.period else vars(signed) for one in entries_of(manifest)
            ]
            past.compare_made(
                tables, tmp_path, manifest | {"pages": listed}, report := VerifyReport("x"), silent
            )
            assert any(said in line for line in (*report.differences, *report.notes))
        for left in (manifest["pages"][1:], manifest["pages"][:-1]):
            past.compare_made(tables, root, manifest | {"pages": left}, report := VerifyReport("x"), silent)
            assert "pages of past weeks are not of the weeks of the edition" in report.differences
        assert len(report.differences) == 1
    finally:
        tables.close()


def test_what_anybody_may_have_written_is_no_list_of_pages(store: Store) -> None:
    manifest = read_manifest(store, f"{WEEKS[2]}.1")
    good: list[dict[str, Any]] = manifest["pages"]
    assert wrong(good) is None
    for changed in (
        {},
        [*good, good[0]],
        [{**good[0], "period": "../2026"}],
        [{**good[0], "more": 1}],
        [{**good[0], "sha256": "0"}],
        [{**good[0], "bytes": -1}],
        [{**good[0], "key": "pages/indexes/x.json"}],
        [{**good[0], "folders": {"../x": "0" * 64}}],
        [{**good[0], "folders": {"x": "0" * 63}}],
    ):
        assert wrong(changed) is not None, changed
    entry = entries_of(manifest)[0]
    index = read_index(entry, store.get(entry.key))
    for pages in (
        {"chatdraw": {"../../x.html": ("0" * 64, 1)}},
        {"chatdraw": {"x.html": ("0", 1)}},
        {"chatdraw": {"x.html": ("0" * 64, 10**12)}},
        {"chatdraw": {"x.js": ("0" * 64, 1)}},
    ):
        changed_index = replace(index, pages=pages)
        with pytest.raises(CorruptObjectError, match="is no index of pages"):
            read_index(entry_of(changed_index, ""), changed_index.written())
