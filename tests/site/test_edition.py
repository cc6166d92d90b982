"""Editions: atomic, immutable, never published twice, and whole."""

from __future__ import annotations

import csv
import io
import json
import posixpath
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from assets.leaderboard import edition as editions
from assets.leaderboard.contents import Contents, assemble
from assets.leaderboard.edition import publish
from assets.leaderboard.page.sheets import SitePlace
from assets.leaderboard.published import latest, read_manifest
from assets.metrics.pipeline import score_spans
from assets.suites.analysis import shipped_sha256
from tests.site import world
from tests.site.pages import hostile
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database.connection import SETTINGS, connect
from warehouse.database.published import open_published
from warehouse.errors import CorruptObjectError, StoreError, UsageError
from warehouse.loading.load import COMPUTED_TABLES
from warehouse.store import Store, open_store

FIRST = f"{world.WEEK}.1"
FEW = ("imago-2", "sim-classic", "sim-retired", "sim-next")


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the code under test catches it."""


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with partitions and nothing published."""
    folder = tmp_path_factory.mktemp("bucket")
    world.fill(open_store(folder), weeks=3, replicates=6, only=FEW)
    return folder


@pytest.fixture
def store(bucket: Path, tmp_path: Path) -> Store:
    """Return a store of this test's own with those partitions."""
    shutil.copytree(bucket, tmp_path / "store")
    return open_store(tmp_path / "store")


@pytest.fixture(scope="module")
def con(bucket: Path) -> duckdb.DuckDBPyConnection:
    """Return the warehouse of those partitions; tests do not change it."""
    return world.load(open_store(bucket), studies=True)


@pytest.fixture(scope="module")
def public_bucket(
    bucket: Path, con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a copy of that folder in which the week is published."""
    folder = tmp_path_factory.mktemp("public") / "store"
    shutil.copytree(bucket, folder)
    first = publish(con, open_store(folder), week=world.WEEK, code_version="1.2.3")
    assert (first.id, first.published, first.replaces) == (FIRST, True, None)
    return folder


@pytest.fixture
def public(public_bucket: Path, tmp_path: Path) -> Store:
    """Return a store of this test's own in which the week is published: its first edition."""
    shutil.copytree(public_bucket, tmp_path / "store")
    return open_store(tmp_path / "store")


@pytest.fixture
def assembled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contents of a warehouse are assembled once in this test: it is about what is written of them, and when."""
    made: dict[tuple[int, str], Contents] = {}

    def once(con: duckdb.DuckDBPyConnection, store: Store, folder: Path, **more: Any) -> Contents:
        key = (id(con), more["week"])
        if key not in made:
            made[key] = assemble(con, store, tmp_path / f"contents-{len(made)}", **more)
        return replace(made[key], database=more["database"])

    monkeypatch.setattr(editions, "assemble", once)


def everything(store: Store, *prefixes: str) -> dict[str, bytes]:
    """Return key → bytes of what is published, or of what has one of these prefixes."""
    keys = [key for prefix in prefixes or ("editions/", "tables/") for key in store.list(prefix)]
    return {key: store.get(key) for key in keys}


def other_content(store: Store) -> duckdb.DuckDBPyConnection:
    """Return a warehouse in which one model is withheld: another content of the same week."""
    con = world.load(store, studies=True)
    world.withhold(con, "sim-classic", "held back by a test")
    return con


def test_the_manifest_names_every_file_with_its_hash(public: Store) -> None:
    manifest, prefix = read_manifest(public, FIRST), keys.edition_prefix(FIRST)
    files = {key.removeprefix(prefix): data for key, data in everything(public, prefix).items()}
    assert set(files) - {"manifest.json"} == set(manifest["files"])
    for path, stated in manifest["files"].items():
        data = files[path]
        rows = {"rows": pq.read_metadata(io.BytesIO(data)).num_rows} if path.endswith(".parquet") else {}
        assert stated.pop("pictures", ["a"]) != []  # that a card is drawn with
        assert stated == {"sha256": sha256_hex(data), "bytes": len(data)} | rows, path
    parts = [part for table in manifest["tables"].values() for part in table["parts"]]
    assert {part["key"]: part["sha256"] for part in parts} == {
        key: sha256_hex(data) for key, data in everything(public, "tables/").items()
    }
    assert manifest["code_version"] == "1.2.3"
    assert {"index.html", "static/site.css", "data/query/index.html", "data/leaderboard.csv"} <= set(files)
    assert {name for name in files if name.startswith("docs/")} == {
        "docs/analysis.yaml",
        "docs/dictionary.md",
        "docs/figures.md",
        "docs/queries.json",
    }
    assert sha256_hex(files["docs/analysis.yaml"]) == manifest["analysis_plan_sha256"] == shipped_sha256()
    assert b"| `labeler_version` | VARCHAR | yes | identity |" in files["docs/dictionary.md"]
    assert b"week_hashes" not in files["docs/dictionary.md"]  # bookkeeping is not published
    assert [s["suite"] for s in manifest["suites"]] == ["occupations"]
    assert {row["attribute"] for row in manifest["labelers"]} == {"perceived_gender", "skin_tone"}
    for partition in manifest["partitions"]:
        assert public.head(partition["manifest"])
        assert partition["label_parts"]
        assert all(public.head(key) for key in partition["label_parts"])
    assert len(manifest["partitions"]) == len(list(public.list("plans/")))
    assert (manifest["anchors"], manifest["gold"]) == ([], [])


def test_all_data_files_are_linked_and_no_original_picture_is_copied(public: Store) -> None:
    files = read_manifest(public, FIRST)["files"]
    data = {path for path in files if path.startswith("data/") and not path.endswith("/index.html")}
    for page in ("data/query/", "fr/data/query/"):
        html = public.get(f"{keys.edition_prefix(FIRST)}{page}index.html").decode()
        links = re.findall(r'href="((?:\.\./)+data/[a-z_]+\.(?:parquet|csv))"', html)
        assert {posixpath.normpath(f"{page}{link}") for link in links} == data
    assert not [path for path in files if path.startswith("pictures/")]


def test_publishing_the_same_content_again_writes_nothing(
    con: duckdb.DuckDBPyConnection, public: Store
) -> None:
    before = everything(public)
    for code_version in ("1.2.3", "2"):
        again = publish(con, public, week=world.WEEK, code_version=code_version)
        assert (again.id, again.published) == (FIRST, False)
    assert everything(public) == before


def test_two_publishes_of_one_state_give_the_same_bytes_but_for_the_time(
    con: duckdb.DuckDBPyConnection, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for threads in (1, 4):
        shutil.copytree(tmp_path / "store", tmp_path / f"store {threads}")
        own = open_store(tmp_path / f"store {threads}")
        monkeypatch.setitem(SETTINGS, "threads", threads)
        with con.cursor() as other:
            other.execute(f"SET threads = {threads}")
            publish(other, own, week=world.WEEK, code_version="1")
        found.append(everything(own))
    one, two = found
    assert one.keys() == two.keys()
    prefix = f"editions/{world.WEEK}.1/"
    differing = {key.removeprefix(prefix) for key in one if one[key] != two[key]}
    assert differing <= {"manifest.json"}
    manifests = [json.loads(files[f"{prefix}manifest.json"]) for files in found]
    for manifest in manifests:
        del manifest["created_at"], manifest["_sha256"]
    assert manifests[0] == manifests[1]


def elsewhere(con: duckdb.DuckDBPyConnection, part: str) -> None:
    """Let all computed figures be those of another processor: less by this part of them, the column's type kept."""
    for table in COMPUTED_TABLES:
        figures = con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = $table AND data_type = 'DOUBLE'",
            {"table": table},
        ).fetchall()
        if figures:
            con.execute(f"UPDATE {table} SET {', '.join(f'{x} = {x} - {x} * {part}' for (x,) in figures)}")


def test_a_figure_is_no_part_of_what_an_edition_is_but_makes_a_new_one_beyond_a_billionth(
    store: Store,
) -> None:
    con = world.load(store, studies=True)
    weeks = [
        week for (week,) in con.execute("SELECT DISTINCT week::VARCHAR FROM plans ORDER BY ALL").fetchall()
    ]
    score_spans(con, weeks)

    def published(**more: Any) -> tuple[str, str | None, str]:
        edition = publish(con, store, week=world.WEEK, code_version="1", **more)
        content = read_manifest(store, edition.id)["content_sha256"]
        return edition.id, edition.replaces if edition.published else "as before", content

    first, _, content = published()
    before = everything(store)
    elsewhere(con, "3e-14")
    con.execute("UPDATE figures SET estimate = estimate * (1 + 1e-12)")
    assert published() == (first, "as before", content)
    assert everything(store) == before
    con.execute("UPDATE figures SET estimate = estimate * (1 + 1e-6)")
    assert published() == (f"{world.WEEK}.2", first, content)
    told = SitePlace(replies={"imago-2": b"That is not so."})
    assert published(site=told) == (f"{world.WEEK}.3", f"{world.WEEK}.2", content)
    con.execute("UPDATE counts SET pictures = pictures + 1 WHERE rowid = (SELECT min(rowid) FROM counts)")
    again, replaces, counted = published(site=told)
    assert (again, replaces) == (f"{world.WEEK}.4", f"{world.WEEK}.3")
    assert counted != content


def test_a_correction_and_a_later_week_change_no_digit_of_the_other_figures(
    con: duckdb.DuckDBPyConnection, store: Store, tmp_path: Path
) -> None:
    def published(edition: editions.Edition, week: str) -> dict[str, list[Any]]:
        tables = read_manifest(store, edition.id)["tables"]
        found = {}
        for table in ("figures", "board_ranks", "board_pairs"):
            (key,) = (part["key"] for part in tables[table]["parts"] if part["week"] == week)
            found[table] = con.execute(
                "FROM read_parquet($file, hive_partitioning = false) ORDER BY ALL",
                {"file": str(tmp_path / "store" / key)},
            ).fetchall()
        return found

    earlier = "2026-11-16"
    first = publish(con, store, week=earlier, code_version="1")
    other = world.load(store, studies=True)
    elsewhere(other, "3e-14")
    later = publish(other, store, week=world.WEEK, code_version="1")
    assert published(later, earlier) == published(first, earlier)
    other.execute(
        "UPDATE figures SET estimate = estimate / 2 WHERE figure = 'mean_share' AND model = 'sim-classic'"
    )
    corrected = publish(other, store, week=world.WEEK, code_version="1")
    assert corrected.replaces == later.id
    for week in (earlier, world.WEEK):
        one, two = published(corrected, week), published(later, week)
        assert one["board_ranks"] == two["board_ranks"]
        changed = {*one["figures"]} - {*two["figures"]}
        assert changed
        assert all("mean_share" in row and "sim-classic" in row for row in changed)


def test_damaged_files_of_the_last_edition_do_not_stop_the_next(
    con: duckdb.DuckDBPyConnection, store: Store, tmp_path: Path
) -> None:
    database = tmp_path / "cliche.duckdb"
    first = publish(con, store, week="2026-11-16", code_version="1", database=database)
    folder = tmp_path / "store" / first.prefix
    tables = read_manifest(store, first.id)["tables"]
    for name, data in (("figures", b"PAR1 no more"), ("board_ranks", None)):
        part = tmp_path / "store" / tables[name]["parts"][0]["key"]
        part.chmod(0o644)
        part.write_bytes(data) if data else part.unlink()
    second = publish(con, store, week=world.WEEK, code_version="1", database=database)
    assert second.published
    assert (
        read_manifest(store, second.id)["tables"]["board_ranks"]["parts"][0]
        == tables["board_ranks"]["parts"][0]
    )
    assert store.head(tables["board_ranks"]["parts"][0]["key"])  # it was missing, and is written again
    with pytest.raises(CorruptObjectError, match="is damaged: its bytes have another hash"):
        publish(con, store, week=world.WEEK, code_version="1")  # a new file needs all parts
    database.unlink()
    broken = tmp_path / "store" / tables["figures"]["parts"][0]["key"]
    broken.unlink()
    assert not publish(con, store, week=world.WEEK, code_version="1", database=database).published
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_bytes(b"{")
    assert publish(other_content(store), store, week=world.WEEK, code_version="1").published


def test_a_correction_is_a_new_revision_that_names_what_it_replaces(public: Store) -> None:
    corrected = publish(other_content(public), public, week=world.WEEK, code_version="1")
    assert (corrected.id, corrected.replaces) == (f"{world.WEEK}.2", FIRST)
    assert read_manifest(public, corrected.id)["replaces"] == FIRST
    listed = public.get(f"{keys.SITE}editions/index.html").decode()
    assert corrected.id in listed
    assert FIRST in listed
    now = latest(public)
    assert now is not None
    assert now.id == corrected.id


def test_a_manifest_of_another_format_is_refused_in_one_line(tmp_path: Path) -> None:
    store = open_store(tmp_path / "other")
    stated = {"edition": "2026-11-23.1", "week": "2026-11-23", "revision": 1, "replaces": None}
    key = f"{keys.edition_prefix('2026-11-23.1')}manifest.json"
    store.put_if_absent(key, canonical_json({**stated, "format": 1}))
    with pytest.raises(
        CorruptObjectError, match=r"manifest\.json is of format 1; this version of cliche reads 2$"
    ):
        read_manifest(store, "2026-11-23.1")


def test_latest_never_moves_to_an_earlier_week(con: duckdb.DuckDBPyConnection, public: Store) -> None:
    earlier = publish(con, public, week="2026-11-16", code_version="1")
    assert earlier.published
    now = latest(public)
    assert now is not None
    assert now.id == FIRST


def test_an_edition_shows_nothing_of_later_weeks(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    edition = publish(con, store, week="2026-11-09", code_version="1")
    pages = {
        key: store.get(key).decode()
        for key in store.list(edition.prefix)
        if (key.endswith(".html") and "/boards/" in key) or key == f"{edition.prefix}index.html"
    }
    assert len(pages) > 4
    assert any("sim-retired" in page for page in pages.values())
    for page in pages.values():
        assert "sim-next" not in page
        assert "23 Nov" not in page


def test_a_later_weeks_partitions_do_not_change_an_earlier_edition(
    con: duckdb.DuckDBPyConnection, store: Store
) -> None:
    only_first = connect(None)
    from warehouse.database.schema import make_tables
    from warehouse.loading.load import load_partition

    make_tables(only_first)
    for model in ("sim-classic", "sim-retired"):
        load_partition(only_first, store, "2026-11-09", model)
    world.builder.declare(only_first)
    world.rank(only_first, "2026-11-09")
    world.add_study(only_first)
    first = publish(only_first, store, week="2026-11-09", code_version="1")
    again = publish(con, store, week="2026-11-09", code_version="1")
    assert (again.id, again.published) == (first.id, False)


def test_texts_of_others_are_no_formulas_in_the_csv_files(store: Store, tmp_path: Path) -> None:
    con = world.load(store)
    world.withhold(con, "sim-classic", f"=cmd(){hostile.MARKUP}")
    world.add_study(con, title=hostile.MARKUP)
    con.execute("UPDATE study_models SET title = '=1+1'")
    edition = publish(con, store, week=world.WEEK, code_version="1")
    made_inert = set()
    files = {file.stem: file for file in (tmp_path / "store" / edition.prefix / "data").glob("*.csv")}
    assert {"leaderboard", "changes", "claim_shares"} <= files.keys()
    for name, file in files.items():
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(line.replace("\0", "") for line in lines):
                assert not [cell for cell in row if cell[:1] in {"=", "@"}], name
                made_inert |= {name for cell in row if cell.startswith("'=cmd()")}
    assert "leaderboard" in made_inert


def test_a_week_that_is_no_monday_is_refused(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    with pytest.raises(UsageError, match="Monday"):
        publish(con, store, week="2026-11-24", code_version="1")
    assert everything(store) == {}


def test_a_pointer_that_does_not_read_is_said_in_one_line(store: Store) -> None:
    store.swap_latest(keys.LATEST_EDITION, b"<html>", expected=None)
    with pytest.raises(CorruptObjectError, match=r"latest\.json"):
        latest(store)


def test_a_revision_that_somebody_else_writes_is_not_mixed_with_ours(
    con: duckdb.DuckDBPyConnection, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions, "_revisions", lambda store, week: {})
    store.put_if_absent(f"editions/{world.WEEK}.1/data/outcomes.parquet", b"theirs")
    with pytest.raises(StoreError, match="is there already"):
        publish(con, store, week=world.WEEK, code_version="1")
    assert latest(store) is None


def killed_after(store: Store, puts: int) -> None:
    """Let the store die at its `puts`-th write of an edition, counting the swap."""
    put: Callable[[str, bytes], bool] = store.put_if_absent
    swap = store.swap_latest
    left = [puts]

    def step() -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1

    def dying_put(key: str, data: bytes) -> bool:
        if key.startswith("editions/"):
            step()
        return put(key, data)

    def dying_swap(key: str, data: bytes, *, expected: bytes | None) -> bool:
        step()
        return swap(key, data, expected=expected)

    def dying_puts(objects: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes, bool]]:
        return ((key, data, dying_put(key, data)) for key, data in objects)

    store.put_if_absent = dying_put  # type: ignore[method-assign]
    store.put_all = dying_puts  # type: ignore[method-assign]
    store.swap_latest = dying_swap  # type: ignore[method-assign]


@pytest.mark.usefixtures("assembled_once")
def test_invariant_09_a_publish_killed_between_any_two_steps_is_invisible_and_the_next_one_is_whole(
    public: Store, tmp_path: Path
) -> None:
    kept = everything(public, keys.edition_prefix(FIRST))
    changed = other_content(public)
    shutil.copytree(tmp_path / "store", tmp_path / "second")
    second = open_store(tmp_path / "second")
    prefix = publish(changed, second, week=world.WEEK, code_version="1").prefix
    steps = len(everything(second, prefix)) + 1  # every file, then the swap
    for dies_at in (0, steps // 2, steps - 2, steps - 1):
        folder = tmp_path / f"kill-{dies_at}"
        shutil.copytree(tmp_path / "store", folder)
        dying = open_store(folder)
        killed_after(dying, dies_at)
        with pytest.raises(Killed):
            publish(changed, dying, week=world.WEEK, code_version="1")
        whole = open_store(folder)
        seen = latest(whole)
        assert seen is not None
        assert seen.id == FIRST, dies_at
        after = publish(changed, whole, week=world.WEEK, code_version="1")
        assert after.published, dies_at
        assert after.replaces == FIRST, dies_at
        assert latest(whole) == after, dies_at
        manifest = read_manifest(whole, after.id)
        assert all(
            sha256_hex(whole.get(after.prefix + path)) == stated["sha256"]
            for path, stated in manifest["files"].items()
        )
        assert everything(whole, keys.edition_prefix(FIRST)) == kept, dies_at


@pytest.mark.usefixtures("assembled_once")
def test_invariant_09_a_reader_sees_the_old_or_the_new_edition_and_published_bytes_never_change(
    con: duckdb.DuckDBPyConnection, public: Store
) -> None:
    store, changed = public, other_content(public)
    seen: dict[str, dict[str, str]] = {}
    wrong: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            edition = latest(store)
            if edition is None:
                wrong.append("no edition")
                continue
            hashes = {}
            for path, stated in read_manifest(store, edition.id)["files"].items():
                hashes[path] = sha256_hex(store.get(edition.prefix + path))
                if hashes[path] != stated["sha256"]:
                    wrong.append(f"{edition.id}/{path}")
            if seen.setdefault(edition.id, hashes) != hashes:
                wrong.append(f"{edition.id} changed")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for turn in range(2):
            publish((changed, con)[turn % 2], store, week=world.WEEK, code_version="1")
    finally:
        done.set()
        reader.join(timeout=60)
    assert not wrong
    assert set(seen) <= {f"{world.WEEK}.{revision}" for revision in range(1, 6)}
    assert len(seen) >= 2
    for edition_id, hashes in seen.items():
        prefix = keys.edition_prefix(edition_id)
        assert {path: sha256_hex(store.get(prefix + path)) for path in hashes} == hashes


def test_figures_of_a_board_are_those_of_the_published_file(public: Store, tmp_path: Path) -> None:
    board = "boards/occupations-perceived-gender/index.html"
    page = public.get(f"{keys.edition_prefix(FIRST)}{board}").decode()
    with open_published(tmp_path / "store" / keys.SITE_DATABASE) as copy:
        found = copy.execute(
            "SELECT model, estimate, low, high, n FROM leaderboard WHERE week = ? AND estimate IS NOT NULL "
            "AND attribute = 'perceived_gender' AND yardstick = 'parity' AND low IS NOT NULL",
            [world.WEEK],
        ).fetchall()
    assert found
    for model, distance, *ends, n in found:
        row = page.partition(f'<tr role="row" id="{model}">')[2].partition("</tr>")[0]
        low, high = (round(100 * end) for end in ends)
        assert f'<strong>{round(100 * distance)}</strong></a> <span class="aside">{low}–{high}</span>' in row
        assert f'data-label="n">{n}</td>' in row


def test_manifest_is_readable_json(public: Store) -> None:
    assert json.loads(public.get(f"{keys.edition_prefix(FIRST)}manifest.json"))["edition"] == FIRST
