"""`croissant.json` of an edition as mlcroissant, which others wrote, reads it: rows are those of DuckDB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assets.leaderboard.croissant import NAME, croissant, meaning
from assets.leaderboard.published import read_manifest
from tests.orchestration.installation import WEEK, Cliche, Installation
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.published import open_published
from warehouse.weeks import parse_week

EDITION = f"{WEEK}.1"
CHECKOUT = Path(__file__).resolve().parents[3]
PAGE = CHECKOUT / "docs" / "reading.md"
READER = "tests.orchestration.reading.croissant_reader"
#: By the week, with lists, with times and truth values; whole.
READ = ("labels", "claim_shares", "attempts", "outcomes")


@pytest.fixture
def folder(
    published_once: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The edition as it is fetched."""
    monkeypatch.setenv("CLICHE_HOME", str(published_once.home))
    assert cliche("edition", "fetch", EDITION, str(tmp_path / "fetched")).code == 0
    return tmp_path / "fetched"


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat().removesuffix("T00:00:00") if hasattr(value, "isoformat") else value


def rows_in(home: Installation, name: str) -> list[list[Any]]:
    with open_published(home.home / "published" / "cliche.duckdb") as con:
        rows = ([plain(value) for value in row] for row in con.execute(f"FROM {name}").fetchall())
        return sorted(rows, key=repr)


def test_mlcroissant_reads_the_rows_of_duckdb(published_once: Installation, folder: Path) -> None:
    """In a process of its own; it says nothing but that an edition's id is no semantic version."""
    section = PAGE.read_text(encoding="utf-8").partition("## Croissant\n")[2]
    lines = section.split("```")[1].replace("2026-11-23.1", folder.name)
    words = [str(folder / NAME), str(folder / "downloads"), *READ]
    code = f"{lines}\nprint(len([*labels]))\nfrom {READER} import main\nmain(*{words!r})"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=folder.parent,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *_, count, last = done.stdout.splitlines()
    said: dict[str, Any] = json.loads(last)
    assert (said["newest"], said["errors"], said["sets"]["labels-files"]) == (True, [], 1)
    assert [("follow MAJOR.MINOR.PATCH" in warning) for warning in said["warnings"]] == [True]
    expected = {name: rows_in(published_once, name) for name in READ}
    assert all(expected.values())
    assert said["rows"] == expected
    assert count == str(len(expected["labels"]))


def test_every_file_table_and_column_is_in_it(published_once: Installation, folder: Path) -> None:
    prefix, manifest = folder / keys.edition_prefix(EDITION), read_manifest(published_once.store, EDITION)
    described = json.loads((prefix / NAME).read_bytes())
    files = {one["@id"]: one for one in described["distribution"] if one["@type"] == "cr:FileObject"}
    parts = {part["key"] for table in manifest["tables"].values() for part in table["parts"]}
    whole = {path for path in manifest["files"] if path.endswith(".parquet")}
    assert files.keys() == parts | whole
    tables: dict[str, list[str]] = {}
    for key, one in files.items():
        data = (
            prefix / one["contentUrl"]
        ).read_bytes()  # paths from where it lies, for the site has no address
        assert (sha256_hex(data), f"{len(data)} B") == (one["sha256"], one["contentSize"])
        name = key.split("/")[1].removesuffix(".parquet")
        tables[name] = pq.read_schema(prefix / one["contentUrl"]).names
    sets = {one["@id"]: [field["name"] for field in one["field"]] for one in described["recordSet"]}
    assert sets == tables
    fields = [field for one in described["recordSet"] for field in one["field"]]
    assert all(one["description"] for one in (*described["recordSet"], *fields))
    assert "identity: " not in str(fields)


def test_it_says_whose_it_is_which_licenses_hold_and_that_pictures_are_simulated(folder: Path) -> None:
    described = json.loads((folder / keys.edition_prefix(EDITION) / NAME).read_bytes())
    assert described["conformsTo"][0] == "http://mlcommons.org/croissant/1.1"
    assert described["name"] == f"Cliché, edition {EDITION} (simulated)"
    assert described["description"].startswith("SIMULATED: ")
    assert described["creator"]["name"] == "Jane Doe"
    assert (described["version"], EDITION in described["citeAs"]) == (EDITION, True)
    said = [one["name"] for one in described["license"]]
    assert said[0] == "Data of the editions: no license is stated."
    assert "Simulated pictures: made of Open Peeps by Pablo Stanley, CC0 1.0." in said
    assert described["rai:machineAnnotationTools"][0].startswith("drawing@1-")
    assert described["rai:dataCollectionTimeFrame"][0] == "2026-11-09"


def test_addresses_are_whole_where_the_site_has_one(published_once: Installation) -> None:
    manifest, address = read_manifest(published_once.store, EDITION), "https://example.org"
    with open_published(published_once.home / "published" / "cliche.duckdb") as con:
        site = {"url": address, "data_license": "CC BY 4.0"}
        data = json.loads(croissant(manifest | {"site": site}, meaning(con, parse_week(WEEK))))
    assert data["url"] == f"{address}/editions/{EDITION}/index.html"
    assert data["license"][0]["url"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    addresses = [one["contentUrl"] for one in data["distribution"] if one["@type"] == "cr:FileObject"]
    assert {one.partition("/editions/")[0].partition("/tables/")[0] for one in addresses} == {address}
    assert all(published_once.store.head(one.removeprefix(f"{address}/")) for one in addresses)
