"""A home whose editions are of format 1: it is verified, rebuilt, served, read and published from like any other."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import urllib.request
from pathlib import Path

import pytest

from orchestration.verifying.run import verify_source
from orchestration.verifying.sources import StatedSource
from tests.orchestration.installation import NEXT, WEEK, Cliche, Installation, Result, copy, start
from warehouse.canonical import canonical_json
from warehouse.database.connection import connect

REPLACED, CORRECTED, NEWEST, FOLLOWING = f"{WEEK}.1", f"{WEEK}.2", f"{NEXT}.1", f"{NEXT}.2"
AGREE = "hashes, tables, views and pages agree · counts add up"


def agrees_with_its_version(ended: Result) -> bool:
    """Return whether all agrees but what only the code that made the edition can make of its page."""
    unchecked = [line for line in ended.out.splitlines() if line.startswith("  not checked: ")]
    only_page = all(
        line.startswith("  not checked: another version of the code made the pages") for line in unchecked
    )
    agree = re.search(r"hashes, tables, views(, pages)? and pictures agree · counts add up", ended.out)
    return ended.code in {0, 4} and only_page and agree is not None


@pytest.fixture
def home(earlier: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The home, named by the environment."""
    monkeypatch.setenv("CLICHE_HOME", str(earlier.home))
    return earlier


def manifest(home: Installation, edition: str) -> dict[str, object]:
    return dict(json.loads(home.store.get(f"editions/{edition}/manifest.json")))


@pytest.mark.parametrize("edition", [REPLACED, CORRECTED, NEWEST])
def test_its_editions_verify_by_the_tables_and_views_of_their_version(
    home: Installation, cliche: Cliche, edition: str
) -> None:
    assert manifest(home, edition)["format"] == 1
    ended = cliche("verify", edition)
    assert agrees_with_its_version(ended), ended.out


def test_its_table_hashes_are_compared_in_their_form(home: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "downloaded"
    shutil.copytree(home.home / "store" / "editions" / NEWEST, folder)
    path = folder / "manifest.json"
    stated = json.loads(path.read_bytes())
    stated["table_hashes"]["labels"] = stated["table_hashes"]["slots"]
    path.chmod(0o644)
    path.write_bytes(canonical_json(stated))
    of_tables = [line for line in verify_source(StatedSource(folder)).differences if "table_hashes" in line]
    assert of_tables == ["table_hashes has another hash of table labels than its rows"]


def test_its_store_is_as_recorded(home: Installation, cliche: Cliche) -> None:
    ended = cliche("verify", "--store")
    assert (ended.code, "all as recorded" in ended.out) == (0, True), ended.out


def test_its_newest_edition_is_asked(home: Installation, cliche: Cliche) -> None:
    with connect(home.home / "store/editions" / NEWEST / "data/cliche.duckdb", read_only=True) as con:
        ((labels, scores),) = con.execute(
            "SELECT (SELECT count(*) FROM labels), (SELECT count(*) FROM study_scores)"
        ).fetchall()
    assert min(labels, scores) > 0
    query = "SELECT (SELECT count(*) FROM labels) AS a, (SELECT count(*) FROM study_scores) AS b"
    ended = cliche("sql", query, "--format", "csv")
    assert ended.out.split() == ["a,b", f"{labels},{scores}"], ended.err
    assert cliche("sql", "-f", "who_is_the_ceo", "--format", "csv").code == 0


def test_its_editions_are_fetched_and_its_file_is_the_edition_s_own(
    home: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    folder, stored = tmp_path / "copy", home.home / "store/editions" / CORRECTED
    assert cliche("edition", "fetch", CORRECTED, str(folder)).code == 0
    copied = folder / "editions" / CORRECTED
    held = {path.relative_to(copied): path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    assert {path.name for path in folder.iterdir()} == {"editions"}
    assert held == {
        path.relative_to(stored): path.read_bytes() for path in stored.rglob("*") if path.is_file()
    }
    assert cliche("edition", "build", CORRECTED, "--to", str(tmp_path / "own.duckdb")).code == 0
    assert (tmp_path / "own.duckdb").read_bytes() == (stored / "data/cliche.duckdb").read_bytes()


def test_its_newest_edition_is_served(home: Installation) -> None:
    process = start(home.home, "serve", "--port", "0")
    try:
        assert process.stdout is not None
        found = re.search(rf"Edition {NEWEST}: (http://127\.0\.0\.1:\d+) ", process.stdout.readline())
        assert found
        for name in ("index.html", "data/leaderboard.csv"):
            with urllib.request.urlopen(f"{found[1]}/{name}", timeout=10) as answer:
                assert answer.read() == home.store.get(f"editions/{NEWEST}/{name}")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_the_next_edition_beside_it_is_of_today_s_format(
    home: Installation, following: Installation, monkeypatch: pytest.MonkeyPatch, cliche: Cliche
) -> None:
    assert manifest(following, FOLLOWING)["format"] == 2
    assert manifest(following, FOLLOWING)["replaces"] == NEWEST
    before, after = home.objects(), following.objects()
    for objects in (before, after):
        assert json.loads(objects.pop("editions/latest.json"))["week"] == NEXT
    assert {key: after.get(key) for key in before} == before
    monkeypatch.setenv("CLICHE_HOME", str(following.home))
    ended = cliche("verify", FOLLOWING)
    assert (ended.code, AGREE in ended.out) == (0, True), ended.out
    ended = cliche("verify", NEWEST)
    assert agrees_with_its_version(ended), ended.out
    ended = cliche("verify", "--store")
    assert (ended.code, "all as recorded" in ended.out) == (0, True), ended.out


def test_a_rebuilt_warehouse_publishes_the_same(
    following: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cliche: Cliche
) -> None:
    made = copy(following, tmp_path / "copy")
    monkeypatch.setenv("CLICHE_HOME", str(made.home))
    made.settings.warehouse.unlink()
    assert cliche("rebuild").code == 0
    before = made.objects()
    ended = cliche("publish", "--week", NEXT)
    assert f"Edition {FOLLOWING} is current as before" in ended.out, ended.out + ended.err
    assert made.objects() == before
