"""`croissant.json` of an edition as mlcroissant, which others wrote, reads it: rows are those of DuckDB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assets.leaderboard.croissant import NAME, croissant, meaning
from assets.leaderboard.published import read_manifest
from tests.once import made_once
from tests.orchestration.conftest import publish_two_weeks
from tests.orchestration.installation import NEXT, Cliche, Installation
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.published import open_published
from warehouse.weeks import parse_week

EDITION = f"{NEXT}.1"
CHECKOUT = Path(__file__).resolve().parents[3]
PAGE = CHECKOUT / "docs" / "reading.md"
READER = "tests.orchestration.reading.croissant_reader"
#: By the week in two files, with lists, with times and truth values; whole; of a study.
READ = ("labels", "claim_shares", "attempts", "outcomes", "study_labels")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(made_once(tmp_path_factory, "two-weeks", publish_two_weeks))


@pytest.fixture
def folder(home: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The edition as it is fetched."""
    monkeypatch.setenv("CLICHE_HOME", str(home.home))
    assert cliche("edition", "fetch", EDITION, str(tmp_path / "fetched")).code == 0
    return tmp_path / "fetched"


def asked(code: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder: mlcroissant is imported in no process that runs tests."""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def loaded(path: Path, *names: str) -> dict[str, Any]:
    """Return what mlcroissant reads; it says nothing but that an edition's id is no semantic version."""
    done = asked(["-m", READER, str(path), str(path.parent / "downloads"), *names], path.parent)
    assert done.returncode == 0, done.stderr[-2000:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert (said["newest"], said["errors"]) == (True, [])
    assert [("follow MAJOR.MINOR.PATCH" in one) for one in said["warnings"]] == [True]
    return said


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat().removesuffix("T00:00:00") if hasattr(value, "isoformat") else value


def rows_in(home: Installation, name: str) -> list[list[Any]]:
    with open_published(home.home / "published" / "cliche.duckdb") as con:
        return sorted(
            ([plain(one) for one in row] for row in con.execute(f"FROM {name}").fetchall()), key=repr
        )


def test_rows_that_mlcroissant_reads_of_a_fetched_edition_are_those_of_duckdb(
    home: Installation, folder: Path
) -> None:
    said = loaded(folder / NAME, *READ)
    for name in READ:
        expected = rows_in(home, name)
        assert expected
        assert said["rows"][name] == expected, name
    assert said["sets"]["labels-files"] == 2


def test_the_lines_of_the_page_read_labels(home: Installation, folder: Path) -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Croissant\n")[2]
    lines = section.split("```")[1].replace("2026-11-23.1", folder.name)
    done = asked(["-c", f"{lines}\nprint(len([*labels]))"], folder.parent)
    assert done.stdout.splitlines()[-1:] == [str(len(rows_in(home, "labels")))], done.stderr[-2000:]


def test_what_lies_at_the_root_of_a_fetched_folder_is_verified(folder: Path, cliche: Cliche) -> None:
    assert cliche("verify", str(folder)).code == 0
    (folder / NAME).write_text((folder / NAME).read_text().replace("SIMULATED", "REAL"))
    ended = cliche("verify", str(folder))
    assert (ended.code, f"{NAME} is not of edition {EDITION}" in ended.out) == (1, True)


def test_every_file_table_and_column_of_an_edition_is_in_it(home: Installation, folder: Path) -> None:
    prefix, manifest = folder / keys.edition_prefix(EDITION), read_manifest(home.store, EDITION)
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


def test_it_says_whose_it_is_which_licenses_hold_and_that_pictures_are_simulated(
    home: Installation, folder: Path
) -> None:
    del home
    described = json.loads((folder / keys.edition_prefix(EDITION) / NAME).read_bytes())
    assert described["conformsTo"][0] == "http://mlcommons.org/croissant/1.1"
    assert described["name"] == f"Cliché, edition {EDITION} (simulated)"
    assert described["description"].startswith("SIMULATED: ")
    assert described["creator"]["name"] == "Jane Doe"
    assert (described["version"], EDITION in described["citeAs"]) == (EDITION, True)
    said = [one["name"] for one in described["license"]]
    assert said[0] == "Data of the editions: no license is stated."
    assert "Simulated pictures: made of Open Peeps by Pablo Stanley, CC0 1.0." in said
    assert any(one.startswith("Study “") for one in said)
    assert described["rai:machineAnnotationTools"][0].startswith("drawing@1-")
    assert described["rai:dataCollectionTimeFrame"][0] == "2026-11-09"


def test_addresses_are_whole_where_the_site_has_one_and_mlcroissant_reads_and_compares_them(
    home: Installation, tmp_path: Path
) -> None:
    manifest = read_manifest(home.store, EDITION)
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=home.settings.store)) as server,
        open_published(home.home / "published" / "cliche.duckdb") as con,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        site = {"url": address, "data_license": "CC BY 4.0"}
        data = croissant(manifest | {"site": site}, meaning(con, parse_week(NEXT)))
        (tmp_path / NAME).write_bytes(data)
        assert json.loads(data)["url"] == f"{address}/editions/{EDITION}/index.html"
        assert json.loads(data)["license"][0]["url"] == "https://spdx.org/licenses/CC-BY-4.0.html"
        assert loaded(tmp_path / NAME, "outcomes")["rows"]["outcomes"] == rows_in(home, "outcomes")
        stated = manifest["files"]["data/outcomes.parquet"]["sha256"]
        (tmp_path / NAME).write_bytes(data.replace(stated.encode(), b"0" * 64))
        done = asked(["-m", READER, NAME, "others", "outcomes"], tmp_path)
        assert (done.returncode, "GenerationError" in done.stderr) == (1, True)
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass
