"""Editions: atomic, immutable, never published twice, and whole."""

from __future__ import annotations

import csv
import io
import posixpath
import re
import shutil
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
from assets.leaderboard.published import latest, read_manifest
from assets.suites.analysis import shipped_sha256
from tests.site import world
from tests.site.pages import hostile
from tests.site.pages.shown import published
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError, StoreError, UsageError
from warehouse.store import Store, open_store

FIRST = f"{world.WEEK}.1"
FEW = ("imago-2", "sim-classic", "sim-retired", "sim-next")
Con = duckdb.DuckDBPyConnection


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the code under test catches it."""


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bucket")
    world.fill(open_store(folder), weeks=3, replicates=6, only=FEW)
    return folder


@pytest.fixture
def store(bucket: Path, tmp_path: Path) -> Store:
    shutil.copytree(bucket, tmp_path / "store")
    return open_store(tmp_path / "store")


@pytest.fixture(scope="module")
def con(bucket: Path) -> Con:
    """Return the warehouse of those partitions; tests do not change it."""
    return world.load(open_store(bucket), studies=True)


@pytest.fixture(scope="module")
def public_bucket(bucket: Path, con: Con, tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    """Contents of a week are assembled once in this test: it is about what is written of them, and when."""
    kept: dict[str, Contents] = {}

    def once(con: Con, store: Store, folder: Path, **given: Any) -> Contents:
        if (week := given["week"]) not in kept:
            kept[week] = assemble(con, store, tmp_path / "contents", **given)
        return replace(kept[week], database=given["database"])

    monkeypatch.setattr(editions, "assemble", once)


def everything(store: Store, *prefixes: str) -> dict[str, bytes]:
    """Return key → bytes of what is published, or of what has one of these prefixes."""
    keys = [key for prefix in prefixes or ("editions/", "tables/") for key in store.list(prefix)]
    return {key: store.get(key) for key in keys}


def other_content(store: Store) -> Con:
    """Return a warehouse in which one model is withheld: another content of the same week."""
    con = world.load(store, studies=True)
    world.withhold(con, "sim-classic", f"=cmd(){hostile.MARKUP}")
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


def test_publishing_the_same_content_again_writes_nothing(con: Con, public: Store) -> None:
    before = everything(public)
    again = published(con, public, code_version="2")
    assert (again.id, again.published) == (FIRST, False)
    assert everything(public) == before


def test_a_manifest_of_another_format_is_refused_in_one_line(tmp_path: Path) -> None:
    store = open_store(tmp_path / "other")
    stated = {"edition": "2026-11-23.1", "week": "2026-11-23", "revision": 1, "replaces": None}
    key = f"{keys.edition_prefix('2026-11-23.1')}manifest.json"
    store.put_if_absent(key, canonical_json({**stated, "format": 1}))
    with pytest.raises(
        CorruptObjectError, match=r"manifest\.json is of format 1; this version of cliche reads 2$"
    ):
        read_manifest(store, "2026-11-23.1")


def test_an_edition_of_an_earlier_week_shows_nothing_of_later_ones_and_is_not_the_latest(
    con: Con, public: Store
) -> None:
    edition = published(con, public, "compare", "models", week="2026-11-09")
    assert edition.published
    pages = {
        key: public.get(key).decode()
        for key in public.list(edition.prefix)
        if key.endswith(".html") and ("/boards/" in key or "/models/" in key)
    }
    assert len(pages) > 4
    assert any("sim-retired" in page for page in pages.values())
    for page in pages.values():
        assert "sim-next" not in page
        assert "23 Nov" not in page
    parts = [
        part for table in read_manifest(public, edition.id)["tables"].values() for part in table["parts"]
    ]
    assert {part["week"] for part in parts} == {"2026-11-09", None}
    now = latest(public)
    assert now is not None
    assert now.id == FIRST


def test_texts_of_others_are_no_formulas_in_the_csv_files(store: Store, tmp_path: Path) -> None:
    con = other_content(store)
    con.execute("UPDATE studies SET title = ?", [hostile.MARKUP])
    con.execute("UPDATE study_models SET title = '=1+1'")
    edition = published(con, store)
    made_inert = set()
    files = {file.stem: file for file in (tmp_path / "store" / edition.prefix / "data").glob("*.csv")}
    assert {"leaderboard", "changes", "claim_shares"} <= files.keys()
    for name, file in files.items():
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(line.replace("\0", "") for line in lines):
                assert not [cell for cell in row if cell[:1] in {"=", "@"}], name
                made_inert |= {name for cell in row if cell.startswith("'=cmd()")}
    assert "leaderboard" in made_inert


def test_a_week_that_is_no_monday_is_refused(con: Con, store: Store) -> None:
    with pytest.raises(UsageError, match="Monday"):
        publish(con, store, week="2026-11-24", code_version="1")
    assert everything(store) == {}


def test_a_pointer_that_does_not_read_is_said_in_one_line(store: Store) -> None:
    store.swap_latest(keys.LATEST_EDITION, b"<html>", expected=None)
    with pytest.raises(CorruptObjectError, match=r"latest\.json"):
        latest(store)


def test_a_revision_that_somebody_else_writes_is_not_mixed_with_ours(
    con: Con, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions, "_revisions", lambda store, week: {})
    store.put_if_absent(f"editions/{world.WEEK}.1/data/outcomes.parquet", b"theirs")
    with pytest.raises(StoreError, match="is there already"):
        published(con, store)
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
    corrected = published(changed, second, "about")
    assert (corrected.id, corrected.replaces) == (f"{world.WEEK}.2", FIRST)
    assert read_manifest(second, corrected.id)["replaces"] == FIRST
    listed = second.get(f"{keys.SITE}editions/index.html").decode()
    assert corrected.id in listed
    assert FIRST in listed
    steps = len(everything(second, corrected.prefix)) + 1  # every file, then the swap
    for dies_at in (0, steps // 2, steps - 2, steps - 1):
        folder = tmp_path / f"kill-{dies_at}"
        shutil.copytree(tmp_path / "store", folder)
        dying = open_store(folder)
        killed_after(dying, dies_at)
        with pytest.raises(Killed):
            published(changed, dying, "about")
        whole = open_store(folder)
        seen = latest(whole)
        assert seen is not None
        assert seen.id == FIRST, dies_at
        after = published(changed, whole, "about")
        assert after.published, dies_at
        assert after.replaces == FIRST, dies_at
        assert latest(whole) == after, dies_at
        manifest = read_manifest(whole, after.id)
        assert all(
            sha256_hex(whole.get(after.prefix + path)) == stated["sha256"]
            for path, stated in manifest["files"].items()
        )
        assert everything(whole, keys.edition_prefix(FIRST)) == kept, dies_at
