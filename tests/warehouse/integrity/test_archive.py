"""What editions share: parts by the hash in their names, what a stopped publish left, and the file in `site/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.integrity.test_damage import problems, write
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.integrity.scan import read_store
from warehouse.loading.seals import sealed
from warehouse.store import Store

WEEK = "2026-11-16"
ID = f"{WEEK}.1"


def put_part(store: Store, data: bytes) -> str:
    key = keys.table_part("labels", WEEK, sha256_hex(data))
    store.put_if_absent(key, data)
    return key


def put_edition(store: Store, *parts: str) -> str:
    """Put an edition that lists parts and has no file, and point to it; return the key of its manifest."""
    named = {"edition": ID, "week": WEEK, "revision": 1, "replaces": None}
    listed = [{"key": part} for part in parts]
    key = f"{keys.edition_prefix(ID)}manifest.json"
    manifest = {"format": 2, **named, "files": {}, "tables": {"labels": {"parts": listed}}}
    store.put_if_absent(key, sealed(key, manifest))
    store.swap_latest(keys.LATEST_EDITION, canonical_json(named), expected=None)
    return key


def test_parts_that_an_edition_lists_are_clean_and_others_are_left_over(store: Store, tmp_path: Path) -> None:
    put_edition(store, put_part(store, b"one"), put_part(store, b"other"))
    found = read_store(store, tmp_path)
    assert (found.problems, found.leftover, found.objects) == ([], 0, 4)
    put_part(store, b"of a publish that was stopped")
    found = read_store(store, tmp_path)
    assert (found.problems, found.leftover, found.objects) == ([], 1, 5)


def test_a_part_that_is_listed_and_missing_is_reported_with_its_edition(store: Store, tmp_path: Path) -> None:
    gone = keys.table_part("labels", WEEK, "0" * 64)
    put_edition(store, put_part(store, b"one"), gone)
    assert [(one.kind, one.key, one.what) for one in problems(store, tmp_path)] == [
        ("missing", gone, f"edition {ID} names it")
    ]


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "left over"])
def test_a_part_with_other_bytes_than_its_name_says_is_damaged(
    store: Store, tmp_path: Path, listed: bool
) -> None:
    key = put_part(store, b"one")
    put_edition(store, *([key] if listed else []))
    write(store, key, b"another")
    (one,) = problems(store, tmp_path)
    assert (one.kind, one.key, one.what) == ("damaged", key, "has other bytes than its name says")
    assert one.of == (f"edition {ID}" if listed else "")


def test_a_key_under_tables_that_no_part_has_is_unexpected(store: Store, tmp_path: Path) -> None:
    put_edition(store)
    store.put_if_absent(f"tables/labels/week={WEEK}/notes.txt", b"x")
    store.put_if_absent(f"tables/labels/week=none/{sha256_hex(b'y')}.parquet", b"y")
    assert [(one.kind, one.key) for one in problems(store, tmp_path)] == [
        ("unexpected", f"tables/labels/week={WEEK}/notes.txt")
    ]


def put_site(store: Store, database: bytes | None, noted: bytes | None) -> None:
    for key, data in ((keys.SITE_DATABASE, database), (keys.SITE_DATABASE_NOTE, noted)):
        if data is not None:
            store.replace(key, data)


def note(**changes: object) -> bytes:
    said = {"edition": ID, "sha256": sha256_hex(b"rows"), "bytes": 4}
    return sealed(keys.SITE_DATABASE_NOTE, said | changes)


@pytest.mark.parametrize(
    ("database", "noted", "told"),
    [
        (b"rows", note(), None),
        (b"rows", note(edition="2026-11-09.1"), None),  # a publish was stopped before the file was replaced
        (
            b"sown",
            note(),
            (keys.SITE_DATABASE, "has another hash than is recorded: site/cliche.duckdb.json names it"),
        ),
        (b"rows", note().replace(b".1", b".2"), (keys.SITE_DATABASE_NOTE, "")),
        (b"rows", b"[]", (keys.SITE_DATABASE_NOTE, "")),
        (b"rows", None, (keys.SITE_DATABASE_NOTE, "it has the hashes of what is beside it")),
        (None, note(), (keys.SITE_DATABASE, "site/cliche.duckdb.json names it")),
        (None, None, None),
    ],
    ids=range(8),
)
def test_the_file_in_the_site_is_compared_with_its_note(
    store: Store, tmp_path: Path, database: bytes | None, noted: bytes | None, told: tuple[str, str] | None
) -> None:
    put_edition(store)
    put_site(store, database, noted)
    found = problems(store, tmp_path)
    assert [one.key for one in found] == ([told[0]] if told else [])
    assert told is None or told[1] in found[0].what


STYLE = keys.past_style(sha256_hex(b"p {}"), ".css")


def put_pages(store: Store, *, indexed: bool = True, quarter: str = "2026-Q4") -> tuple[str, str]:
    """Put a sheet of a quarter with its style, and the index that lists it; return keys of page and index."""
    data = b"<!doctype html>"
    store.put_if_absent(STYLE, b"p {}")
    listed = {"sim-x": {"index.html": [sha256_hex(data), len(data)]}}
    folder = sha256_hex(canonical_json({"index.html": sha256_hex(data)}))
    page = f"{keys.past_folder(quarter, 'sim-x', folder)}index.html"
    store.put_if_absent(page, data)
    index = canonical_json({"period": quarter, "pages": listed, "styles": {STYLE: 4}})
    key = keys.past_index(quarter, sha256_hex(index))
    if indexed:
        store.put_if_absent(key, index)
    return page, key


def test_sheets_of_quarters_are_compared_with_the_index_that_lists_them(store: Store, tmp_path: Path) -> None:
    page, index = put_pages(store)
    assert problems(store, tmp_path) == []
    write(store, page, b"another")
    write(store, STYLE, b"q {}")
    assert {(one.kind, one.key) for one in problems(store, tmp_path)} == {
        ("damaged", page),
        ("damaged", STYLE),
    }
    write(store, page, b"<!doctype html>")
    write(store, STYLE, b"p {}")
    write(store, index, b"{}")
    assert [(one.kind, one.key) for one in problems(store, tmp_path)] == [("damaged", index)]


def test_a_page_that_an_index_lists_and_an_index_that_an_edition_names_are_missed(
    store: Store, tmp_path: Path
) -> None:
    page, index = put_pages(store)
    Path(store.url, page).unlink()
    assert [(one.kind, one.key, one.what) for one in problems(store, tmp_path)] == [
        ("missing", page, "the index of its quarter names it")
    ]
    named = {"edition": ID, "week": WEEK, "revision": 1, "replaces": None}
    key = f"{keys.edition_prefix(ID)}manifest.json"
    gone = f"{index.removesuffix('.json')[:-5]}00000.json"
    manifest = {"format": 2, **named, "files": {}, "tables": {}, "pages": [{"key": gone}]}
    store.put_if_absent(key, sealed(key, manifest))
    store.swap_latest(keys.LATEST_EDITION, canonical_json(named), expected=None)
    assert ("missing", gone, f"edition {ID} names it") in [
        (one.kind, one.key, one.what) for one in problems(store, tmp_path)
    ]


def test_a_style_that_sheets_of_several_quarters_are_drawn_with_is_missed_in_one_line(
    store: Store, tmp_path: Path
) -> None:
    put_pages(store)
    put_pages(store, quarter="2026-Q3")
    Path(store.url, STYLE).unlink()
    assert [(one.kind, one.key, one.what) for one in problems(store, tmp_path)] == [
        ("missing", STYLE, "sheets of quarters are drawn with it")
    ]


def test_pages_that_a_stopped_publish_left_are_no_damage(store: Store, tmp_path: Path) -> None:
    put_pages(store, indexed=False)
    found = read_store(store, tmp_path)
    assert (found.problems, found.leftover) == ([], 1)
