"""`cliche edition list`, `fetch` and `build`, and which DuckDB file the other commands open."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from orchestration.commands.editions import build_from, database_of, manifest_of
from tests.orchestration.installation import WEEK, Cliche, Installation
from warehouse import keys
from warehouse.database import building
from warehouse.database.published import open_published
from warehouse.database.table_hash import table_hashes

EDITION = f"{WEEK}.1"
MANIFEST = f"editions/{EDITION}/manifest.json"


def manifest(home: Installation) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(home.store.get(MANIFEST))
    return read


def objects(home: Installation) -> dict[str, bytes]:
    """What a fetched folder is to hold, by path, beside pages that change: it is laid out as the store is."""
    stated = manifest(home)
    parts = [part["key"] for table in stated["tables"].values() for part in table["parts"]]
    files = [f"editions/{EDITION}/{path}" for path in [*stated["files"], "manifest.json"]]
    past = [*home.store.list("pages/")]
    pages = "".join(home.store.get(key).decode() for key in (*files, *past) if key.endswith(".html"))
    thumbnails = {found[0] for found in keys.THUMBNAIL.finditer(pages)}
    return {key: home.store.get(key) for key in (*parts, *files, *past, *thumbnails)}


def held(folder: Path) -> dict[str, bytes]:
    """What a fetched folder holds beside what is made for it: pages that change, croissant.json at its root."""
    found = [path for path in folder.rglob("*") if path.is_file() and path != folder / "croissant.json"]
    return {
        name: path.read_bytes()
        for path in found
        if not (name := path.relative_to(folder).as_posix()).startswith("site/")
    }


# list


def test_list_shows_every_edition_and_which_one_readers_see(published: Installation, cliche: Cliche) -> None:
    stated = manifest(published)
    for week, revision in (("2026-11-02", 10), ("2026-11-02", 9)):  # as if published before
        other = stated | {"edition": f"{week}.{revision}", "week": week, "revision": revision}
        other |= {"replaces": f"{week}.9" if revision == 10 else None}
        published.store.put_if_absent(f"editions/{week}.{revision}/manifest.json", json.dumps(other).encode())
    published.store.put_if_absent("editions/2026-11-02.11/index.html", b"a publish that was stopped")
    ended = cliche("edition", "list")
    assert (ended.code, ended.err) == (0, "")
    head, *lines, said = ended.out.splitlines()
    assert head.split() == ["edition", "week", "revision", "created", "replaces", "bytes", "rows"]
    assert [line.split()[0] for line in lines] == ["2026-11-02.9", "2026-11-02.10", "*"]
    assert lines[1].split()[4] == "2026-11-02.9"
    words = lines[2].split()
    assert words[:5] == ["*", EDITION, WEEK, "1", stated["created_at"]]
    with open_published(Path(published.settings.store) / "site" / "cliche.duckdb") as con:
        rows = sum(
            con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in table_hashes(con)
        )
    assert words[-1] == f"{rows:,}"
    assert said.startswith("* is what readers see.")


# fetch


def test_fetch_copies_what_the_manifest_lists(reads: Installation, cliche: Cliche, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "copy"
    ended = cliche("edition", "fetch", EDITION, str(folder))
    assert (ended.code, ended.err) == (0, "")
    assert held(folder) == objects(reads)
    files = [key for key in held(folder) if not key.startswith("thumbnails/")]
    assert ended.out.startswith(f"Edition {EDITION}: {len(files) - 1} files, ")
    assert "tables/labels/week=2026-11-09/" in " ".join(held(folder))
    assert (folder / "site" / "fr" / "editions" / "index.html").is_file()
    pages = [*(folder / "editions" / EDITION).rglob("*.html"), *(folder / "pages").rglob("*.html")]
    assert len([page for page in pages if "pages" in page.relative_to(folder).parts]) > 0
    for page in pages:
        for link in re.findall(r'(?:href|src)="([^"#:]+)["#]', page.read_text(encoding="utf-8")):
            there = (page.parent / link).resolve()
            assert there.is_file() or there == folder / "site" / "cliche.duckdb", (page, link)


def test_fetch_builds_the_one_duckdb_file(reads: Installation, cliche: Cliche, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    ended = cliche("edition", "fetch", EDITION, str(folder))
    assert "site/cliche.duckdb, to which a page links, is not among them" in ended.out
    assert not (folder / "site" / "cliche.duckdb").exists()
    ended = cliche("edition", "fetch", EDITION, str(folder), "--database")
    assert (ended.code, "is not among them" in ended.out) == (0, False)
    assert held(folder) == objects(reads)
    with open_published(folder / "site" / "cliche.duckdb") as con:
        assert table_hashes(con) == manifest(reads)["table_hashes"]
    assert sorted(path.name for path in (folder / "site").glob("cliche*")) == [
        "cliche.duckdb",
        "cliche.duckdb.json",
    ]
    assert cliche("edition", "fetch", EDITION, str(folder)).code == 0  # what was built is of the edition


def test_fetch_goes_on_where_it_was_stopped_and_repairs_what_changed(
    published: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copy"
    expected = objects(published)
    read: list[str] = []
    whole = type(published.store).get

    def stops(store: Any, key: str) -> bytes:
        read.append(key)
        if len(read) == 30:
            raise KeyboardInterrupt
        return whole(store, key)

    monkeypatch.setattr(type(published.store), "get", stops)
    assert cliche("edition", "fetch", EDITION, str(folder)).code == 130
    there = held(folder)
    assert 0 < len(there) < len(expected)
    assert MANIFEST not in there
    changed = sorted(there)[0]
    (folder / changed).write_bytes(b"not what it was")
    (folder / changed).with_name(f".{Path(changed).name}.123").write_bytes(b"half")
    read[:] = ["so that it is not stopped"] * 30
    assert cliche("edition", "fetch", EDITION, str(folder)).code == 0
    monkeypatch.undo()
    assert held(folder) == expected
    assert {*read[30:]} == (expected.keys() - (there.keys() - {changed})) | {keys.SITE_LOG}


@pytest.mark.parametrize("what", ["file", "part"])
def test_fetch_says_which_object_is_missing_or_damaged(
    published: Installation, cliche: Cliche, tmp_path: Path, what: str
) -> None:
    key = manifest(published)["tables"]["labels"]["parts"][0]["key"]
    if what == "file":
        key = f"editions/{EDITION}/data/outcomes.parquet"
    path = Path(published.settings.store) / key
    path.chmod(0o644)
    path.write_bytes(b"other")
    for said in (
        "is damaged: its bytes have another hash than in the manifest",
        "is not in the store, but its manifest names it",
    ):
        ended = cliche("edition", "fetch", EDITION, str(tmp_path / "copy"), "--database")
        assert (ended.code, ended.error.startswith(f"{key} {said}")) == (1, True), ended.err
        assert not (tmp_path / "copy" / MANIFEST).exists()
        assert not (tmp_path / "copy" / keys.SITE_DATABASE).exists()
        path.unlink(missing_ok=True)


def test_fetch_refuses_a_folder_of_others_and_an_edition_that_is_not_there(
    reads: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    other = f"{tmp_path} holds notes.txt, which is not of edition {EDITION}; name an empty folder"
    for named, folder, said in (
        (EDITION, tmp_path, other),
        (EDITION, tmp_path / "notes.txt", ""),
        ("2020-01-06.1", tmp_path / "x", f"no edition 2020-01-06.1; the latest is {EDITION}"),
        ("../../x", tmp_path / "x", f"no edition ../../x; the latest is {EDITION}"),
    ):
        ended = cliche("edition", "fetch", named, str(folder))
        assert (ended.code, said in ended.error) == (2, True), ended.err
    assert held(tmp_path) == {"notes.txt": b"mine"}


# which file is opened


def test_a_command_opens_the_file_of_the_last_publish_and_builds_one_of_another_edition(
    published: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = published.place()
    home = published.home / "published" / "cliche.duckdb"
    monkeypatch.setattr(building, "_make", None)  # nothing is built
    assert database_of(place, EDITION) == home
    assert cliche("sql", "SELECT count(*) FROM study_labels").code == 0
    monkeypatch.undo()
    monkeypatch.setenv("CLICHE_HOME", str(published.home))
    home.unlink()
    built = published.home / "editions" / EDITION / "cliche.duckdb"
    assert database_of(place, EDITION) == built
    state = built.stat()
    assert database_of(place, EDITION) == built
    assert built.stat() == state


def test_tables_of_studies_need_no_schema(reads: Installation, cliche: Cliche) -> None:
    for name in ("studies", "study.studies", "study_numbers", "study.study_numbers", "start_here"):
        assert cliche("sql", f"FROM {name}", "--format", "csv").code == 0, name
    assert cliche("sql", "-f", "gaps").code == 0
    assert cliche("sql", "SET search_path = 'main'").code == 3


def test_a_build_that_another_process_overtook_is_no_error(published: Installation, tmp_path: Path) -> None:
    place = published.place()
    stated = manifest_of(place, EDITION)
    build_from(place, stated, tmp_path / "made.duckdb")
    with open_published(tmp_path / "made.duckdb") as con:
        build_from(place, stated, tmp_path / "made.duckdb")
        assert table_hashes(con) == stated["table_hashes"]
    shutil.copyfile(tmp_path / "made.duckdb", tmp_path / "copy.duckdb")
    assert building.built_from(tmp_path / "copy.duckdb") is None
