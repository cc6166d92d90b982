"""Sheets of quarters, which editions share: made alike by several processes, compared with indexes, made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from assets.gateway.workers import pool_for
from assets.leaderboard.past import keeping
from assets.leaderboard.past.index import PastEntry, entries_of, entry_of, folders_of, read_index
from assets.leaderboard.past.making import Grounds
from assets.leaderboard.published import read_manifest
from orchestration.verifying import files, page
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.orchestration.backup.test_backup import damage
from tests.site.past.conftest import BEFORE
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection

CEO = "prompts/occupations/ceo/index.html"


@pytest.fixture
def manifest(store: Store) -> dict[str, Any]:
    return read_manifest(store, f"{BEFORE}.1")


def test_processes_that_share_the_quarters_keep_the_same_sheets(
    store: Store, manifest: dict[str, Any], tables: Con, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, pools = open_store(tmp_path / "other"), []
    monkeypatch.setattr(keeping, "_FEW", 0)
    monkeypatch.setattr(keeping, "pool_for", lambda *of, **more: pools.append(of) or pool_for(*of, **more))
    grounds = Grounds(tables, manifest["tables"], manifest["table_hashes"], None)
    kept = keeping.past_pages(grounds, other, None, manifest["texts_sha256"], tmp_path)
    assert pools
    assert kept == entries_of(manifest)
    assert {key: other.get(key) for key in other.list(keys.PAST)} == {
        key: store.get(key) for key in store.list(keys.PAST)
    }


def _beside(path: Path) -> None:
    path.parent.chmod(0o755)
    path.with_name("other.html").write_bytes(b"x")


@pytest.mark.parametrize(
    ("kind", "harm", "said"),
    [
        ("page", damage, "has another hash than the manifest says"),
        ("page", Path.unlink, "is missing"),
        ("page", _beside, "is not in the index of its quarter"),
        ("index", damage, "its bytes have another hash than the manifest states"),
        ("index", Path.unlink, "is not in the store, but its manifest names it"),
        ("style", damage, "has another hash than the manifest says"),
        ("style", Path.unlink, "is missing"),
    ],
)
def test_a_byte_that_was_changed_is_found(
    store: Store, manifest: dict[str, Any], kind: str, harm: Callable[[Path], None], said: str
) -> None:
    root, entry = Path(store.url), entries_of(manifest)[0]
    assert _compared(root, manifest).differences == []
    key = {
        "page": f"{folders_of([entry])[entry.period]['chatdraw']}fr/{CEO}",
        "index": entry.key,
        "style": next(key for key in store.list(f"{keys.PAST}styles/") if key.endswith(".css")),
    }[kind]
    harm(root / key)
    found = _compared(root, manifest).differences
    assert found
    assert all(said in line for line in found)
    assert kind != "style" or len(found) == 1  # of all quarters together


def _compared(root: Path, manifest: dict[str, Any]) -> VerifyReport:
    of = VerifiedEdition(root, manifest, VerifyReport("x"))
    files.compare(of, (), lambda key: None)
    return of.report


def _made(tables: Con, root: Path, manifest: dict[str, Any]) -> VerifyReport:
    of = VerifiedEdition(root, manifest, VerifyReport("x"))
    page.compare_sheets(tables, of)
    return of.report


def test_a_page_that_was_forged_with_its_index_is_not_what_the_tables_say(
    store: Store, manifest: dict[str, Any], tables: Con, tmp_path: Path
) -> None:
    """Whoever changes a page, its folder's name, the index and the manifest is found by making the page again."""
    root, entry = Path(store.url), entries_of(manifest)[0]
    index = read_index(entry, (root / entry.key).read_bytes())
    forged = b"<!doctype html>"
    pages = {model: {**of_model} for model, of_model in index.pages.items()}
    pages["chatdraw"][CEO] = (sha256_hex(forged), len(forged))
    more = {**index.pages, "chatdraw": {**index.pages["chatdraw"], "more.html": (sha256_hex(forged), 1)}}
    report = _made(tables, root, manifest)
    assert (report.differences, report.notes) == ([], [])
    for changed, said in (
        (replace(index, pages=pages), f"/chatdraw/…/{CEO} is not what its version makes of the tables"),
        (
            replace(index, pages={"chatdraw": index.pages["chatdraw"]}),
            "/imago-2/…/index.html is not what its version makes of the tables",
        ),
        (
            replace(index, pages=more),
            "/chatdraw/…/more.html is not what its version makes of the tables",
        ),
        (
            replace(index, texts_sha256="0" * 64),
            "sheets of 1 of 2 quarters were made by another version",
        ),
    ):
        signed = entry_of(changed, entry.rests_on)
        (tmp_path / signed.key).parent.mkdir(parents=True, exist_ok=True)
        for one in entries_of(manifest):
            (tmp_path / one.key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / one.key).write_bytes((root / one.key).read_bytes())
        (tmp_path / signed.key).write_bytes(changed.written())
        listed = [vars(one) if one.period != entry.period else vars(signed) for one in entries_of(manifest)]
        report = _made(tables, tmp_path, manifest | {"pages": listed})
        assert any(said in line for line in (*report.differences, *report.notes))


def test_sheets_are_of_the_rows_and_of_all_quarters_of_their_edition(
    store: Store, manifest: dict[str, Any], tables: Con
) -> None:
    def differences(pages: list[dict[str, Any]]) -> list[str]:
        return _made(tables, Path(store.url), manifest | {"pages": pages}).differences

    first, last = manifest["pages"]
    for left in ([first], [last], []):
        assert differences(left) == ["sheets are not of the quarters of the edition"]
    assert differences([first, {**last, "rests_on": first["rests_on"]}]) == [
        f"{last['key']}: its pages rest on other rows than those of the edition"
    ]


def test_what_anybody_may_have_written_is_no_list_of_pages(store: Store, manifest: dict[str, Any]) -> None:
    good: list[dict[str, Any]] = manifest["pages"]
    assert [PastEntry.model_validate(one) for one in good] == entries_of(manifest)
    week = "2026-09-28"
    for changed in (
        [{**good[0], "period": "../2026"}],
        [{**good[0], "period": week, "key": keys.past_index(week, good[0]["sha256"])}],
        [{**good[0], "more": 1}],
        [{**good[0], "sha256": "0"}],
        [{**good[0], "bytes": -1}],
        [{**good[0], "key": "pages/indexes/x.json"}],
        [{**good[0], "folders": {"../x": "0" * 64}}],
        [{**good[0], "folders": {"x": "0" * 63}}],
    ):
        with pytest.raises(ValidationError):
            PastEntry.model_validate(changed[0])
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
            read_index(entry_of(changed_index, "0" * 64), changed_index.written())
