"""Editions again and again: on other processors, beside a reader, after damage."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from assets.leaderboard.page.sheets import SitePlace
from assets.leaderboard.published import Edition, latest, read_manifest
from tests.site import world
from tests.site.pages.shown import published
from tests.site.test_edition import Con, bucket, everything, other_content, store
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.load import COMPUTED_TABLES
from warehouse.store import Store

__all__ = ["bucket", "store"]  # fixtures
EARLIER = "2026-11-16"


@pytest.fixture
def con(store: Store) -> Con:
    return world.load(store, studies=True)


def elsewhere(con: Con, part: str) -> None:
    """Let all computed figures be those of another processor: less by this part of them, the column's type kept."""
    for table in COMPUTED_TABLES:
        figures = con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = $table AND data_type = 'DOUBLE'",
            {"table": table},
        ).fetchall()
        if figures:
            con.execute(f"UPDATE {table} SET {', '.join(f'{x} = {x} - {x} * {part}' for (x,) in figures)}")


def test_a_figure_is_no_part_of_what_an_edition_is_but_makes_a_new_one_beyond_a_billionth(
    con: Con, store: Store
) -> None:
    def revised(**more: Any) -> tuple[str, str | None, str]:
        edition = published(con, store, "about", **more)
        content = read_manifest(store, edition.id)["content_sha256"]
        return edition.id, edition.replaces if edition.published else "as before", content

    first, _, content = revised()
    before = everything(store)
    elsewhere(con, "3e-14")
    con.execute("UPDATE figures SET estimate = estimate * (1 + 1e-12)")
    assert revised() == (first, "as before", content)
    assert everything(store) == before
    con.execute("UPDATE figures SET estimate = estimate * (1 + 1e-6)")
    assert revised() == (f"{world.WEEK}.2", first, content)
    replied = SitePlace(replies={"imago-2": b"That is not so."})
    assert revised(site=replied) == (f"{world.WEEK}.3", f"{world.WEEK}.2", content)
    con.execute("UPDATE counts SET pictures = pictures + 1 WHERE rowid = (SELECT min(rowid) FROM counts)")
    again, replaces, counted = revised(site=replied)
    assert (again, replaces) == (f"{world.WEEK}.4", f"{world.WEEK}.3")
    assert counted != content


def test_a_correction_and_a_later_week_change_no_digit_of_the_other_figures(
    con: Con, store: Store, tmp_path: Path
) -> None:
    def rows_of(edition: Edition, week: str) -> dict[str, list[Any]]:
        tables = read_manifest(store, edition.id)["tables"]
        rows = {}
        for table in ("figures", "board_ranks"):
            (key,) = (part["key"] for part in tables[table]["parts"] if part["week"] == week)
            rows[table] = con.execute(
                "FROM read_parquet($file, hive_partitioning = false) ORDER BY ALL",
                {"file": str(tmp_path / "store" / key)},
            ).fetchall()
        return rows

    first = published(con, store, "about", week=EARLIER)
    other = world.load(store, studies=True)
    elsewhere(other, "3e-14")
    later = published(other, store, "about")
    assert rows_of(later, EARLIER) == rows_of(first, EARLIER)
    other.execute(
        "UPDATE figures SET estimate = estimate / 2 WHERE figure = 'mean_share' AND model = 'sim-classic'"
    )
    corrected = published(other, store, "about")
    assert corrected.replaces == later.id
    for week in (EARLIER, world.WEEK):
        one, two = rows_of(corrected, week), rows_of(later, week)
        assert one["board_ranks"] == two["board_ranks"]
        changed = {*one["figures"]} - {*two["figures"]}
        assert changed
        assert all("mean_share" in row and "sim-classic" in row for row in changed)


def test_damaged_files_of_the_last_edition_do_not_stop_the_next(
    con: Con, store: Store, tmp_path: Path
) -> None:
    database = tmp_path / "cliche.duckdb"
    first = published(con, store, "about", week=EARLIER, database=database)
    folder = tmp_path / "store" / first.prefix
    tables = read_manifest(store, first.id)["tables"]
    for name, data in (("figures", b"PAR1 no more"), ("board_ranks", None)):
        part = tmp_path / "store" / tables[name]["parts"][0]["key"]
        part.chmod(0o644)
        part.write_bytes(data) if data else part.unlink()
    second = published(con, store, "about", database=database)
    assert second.published
    assert (
        read_manifest(store, second.id)["tables"]["board_ranks"]["parts"][0]
        == tables["board_ranks"]["parts"][0]
    )
    assert store.head(tables["board_ranks"]["parts"][0]["key"])  # it was missing, and is written again
    with pytest.raises(CorruptObjectError, match="is damaged: its bytes have another hash"):
        published(con, store, "about")  # a new file needs all parts
    database.unlink()
    broken = tmp_path / "store" / tables["figures"]["parts"][0]["key"]
    broken.unlink()
    assert not published(con, store, "about", database=database).published
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_bytes(b"{")
    assert published(other_content(store), store, "about").published


def test_invariant_09_a_reader_sees_the_old_or_the_new_edition_and_published_bytes_never_change(
    con: Con, store: Store
) -> None:
    published(con, store, "about")
    changed = other_content(store)
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
            published((changed, con)[turn % 2], store, "about")
    finally:
        done.set()
        reader.join(timeout=60)
    assert not wrong
    assert len(seen) >= 2
    for edition_id, hashes in seen.items():
        prefix = keys.edition_prefix(edition_id)
        assert {path: sha256_hex(store.get(prefix + path)) for path in hashes} == hashes
