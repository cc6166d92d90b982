"""Verifying an edition wherever it is: a folder with nothing else, a server that is not trusted, clean stores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest

from assets.leaderboard.edition import publish
from assets.metrics.declared import load_declared
from orchestration.verifying import places, remote
from orchestration.verifying.report import silent
from orchestration.verifying.run import verify, verify_place
from tests.orchestration.installation import CHECKOUT, WEEK, Cliche, Installation
from tests.orchestration.verifying.forging import Edition, download
from tests.sampling import some
from tests.services.loopback import Reply, Seen, serve
from tests.site import world
from warehouse.errors import ClicheError, CorruptObjectError, StoreError, UsageError
from warehouse.loading.load import forget
from warehouse.store import open_store

ID = f"{WEEK}.1"
AGREE = "hashes, tables, views and pages agree · "


@pytest.fixture
def folder(published_once: Installation, tmp_path: Path) -> Path:
    """A copy of a published edition under a name of its own, and nothing beside it."""
    return download(published_once.store, ID, tmp_path / "my download")


def no_store(*_: object) -> Any:
    raise AssertionError("the store is not needed")


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """Yield the edition's folder as it is fetched from an address."""
    with (
        places.find(url, no_store, no_store) as place,
        places.fetched(place, silent) as root,
    ):
        yield root / "editions" / ID


def test_a_disk_without_room_is_no_difference(
    published_once: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("cannot make it") from duckdb.IOException(
            "Could not write file: No space left on device"
        )

    monkeypatch.setattr("orchestration.verifying.again.build_database", full)
    root = published_once.home / "store"
    with pytest.raises(StoreError, match="the disk is full; free some space there and run again"):
        verify_place(places.in_folder(root, ID))


# ---- a folder ----


def test_a_downloaded_folder_is_verified_without_a_home_and_nothing_is_written(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "no-home"
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    ended = subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "verify", str(folder)],
        cwd=folder.parent,
        env={
            **os.environ,
            "CLICHE_HOME": str(home),
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert AGREE in ended.stdout
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert not home.exists()


def test_a_folder_whose_name_is_an_edition_s_is_read_where_it_is(
    folder: Path, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    folder.rename(folder.parent / ID)
    assert cliche("verify", ID).code == 0


def test_exit_code_4_says_that_not_all_could_be_checked(folder: Path, cliche: Cliche) -> None:
    edition = Edition(folder)
    edition.text("index.html", "</main>", "</main >")
    edition.sign(texts_sha256="f" * 64)
    ended = cliche("verify", str(folder))
    assert ended.code == 4
    assert "not checked: " in ended.out


# ---- a server ----


def files_of(folder: Path) -> Callable[[Seen], Reply]:
    def answer(seen: Seen) -> Reply:
        path = folder / unquote(seen.target).partition("?")[0].lstrip("/")
        return Reply(body=path.read_bytes()) if path.is_file() else Reply(404)

    return answer


@contextmanager
def served(answer: Callable[[Seen], Reply]) -> Iterator[str]:
    with serve(answer) as base:
        yield f"{base}/editions/{ID}"


@pytest.mark.parametrize("end", some(["", "/", "/index.html", "/manifest.json"], 2))
def test_an_edition_is_verified_at_its_address(folder: Path, cliche: Cliche, end: str) -> None:
    with served(files_of(folder)) as url:
        ended = cliche("verify", f"{url}{end}")
    assert ended.code == 0, ended.out
    assert AGREE in ended.out
    assert "files that the manifest does not name cannot be seen" in ended.out


def test_an_edition_in_a_served_store_is_verified_with_the_parts_beside_it(
    published_once: Installation, cliche: Cliche
) -> None:
    root = Path(published_once.settings.store)
    asked: set[str] = set()

    def answer(seen: Seen) -> Reply:
        path = root / unquote(seen.target).lstrip("/")
        asked.add(path.relative_to(root).parts[0])
        return Reply(body=path.read_bytes()) if path.is_file() else Reply(404)

    with serve(answer) as base:
        ended = cliche("verify", f"{base}/editions/{ID}/")
    assert (ended.code, AGREE in ended.out) == (0, True), ended.out
    assert asked == {"editions", "pages", "site", "tables", "thumbnails"}


def test_a_part_on_a_server_that_is_another_is_reported(folder: Path, cliche: Cliche) -> None:
    (part,) = (folder / "tables" / "labels").rglob("*.parquet")
    whole = files_of(folder)

    def answer(seen: Seen) -> Reply:
        reply = whole(seen)
        return Reply(body=bytes(len(reply.body))) if seen.target.endswith(part.name) else reply

    with served(answer) as url:
        ended = cliche("verify", url)
    assert ended.code == 1
    assert f"{part.relative_to(folder)} has another hash than the manifest says" in ended.out


def test_a_forged_file_on_a_server_is_reported(folder: Path, cliche: Cliche) -> None:
    whole = files_of(folder)

    def answer(seen: Seen) -> Reply:
        reply = whole(seen)
        if seen.target.endswith("index.html"):
            return Reply(body=reply.body.replace(b"sim-classic", b"sim-classix"))
        return reply

    with served(answer) as url:
        ended = cliche("verify", url)
    assert ended.code == 1
    assert "index.html has another hash than the manifest says" in ended.out


def _except(folder: Path, name: str, reply: Reply) -> Callable[[Seen], Reply]:
    whole = files_of(folder)
    return lambda seen: reply if seen.target.endswith(name) else whole(seen)


@pytest.mark.parametrize(
    ("name", "reply", "told"),
    [
        ("index.html", Reply(body=b"x" * 3_000_000), "index.html has more than"),
        ("index.html", Reply(503), "the server answered 503"),
        ("index.html", Reply(200, b"x" * 9000, cut_after=100), "index.html cannot be fetched"),
        ("manifest.json", Reply(body=b"<html>"), "is no manifest of an edition"),
        ("manifest.json", Reply(body=b"9" * 33_000_000), "manifest.json has more than 32,000,000 bytes"),
        ("manifest.json", Reply(500), "the server answered 500"),
        ("index.html", Reply(302, headers={"location": "http://localhost:1/x"}), "redirects to another host"),
        ("index.html", Reply(302, headers={"location": "file:///etc/passwd"}), "redirects to another host"),
        (
            "index.html",
            Reply(302, headers={"location": "http://169.254.169.254/"}),
            "redirects to another host",
        ),
        (
            "index.html",
            Reply(302, headers={"location": f"/editions/{ID}/index.html"}),
            "more than 3 redirects",
        ),
        ("index.html", Reply(302, headers={"location": "http://[::"}), "the server answered 302"),
    ],
    ids=range(11),
)
def test_a_server_that_does_what_it_should_not_is_refused_in_one_line(
    folder: Path, name: str, reply: Reply, told: str
) -> None:
    with served(_except(folder, name, reply)) as url, pytest.raises(ClicheError) as raised, fetched(url):
        pass
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_a_server_does_not_have_is_missing_and_what_is_short_is_another(
    folder: Path, cliche: Cliche
) -> None:
    for name, reply, told in (
        ("data/query/index.html", Reply(404), "data/query/index.html is missing"),
        ("static/site.css", Reply(body=b"x"), "static/site.css has another hash than the manifest says"),
    ):
        with served(_except(folder, name, reply)) as url:
            ended = cliche("verify", url)
        assert (ended.code, told in ended.out) == (1, True), ended.out


def test_a_redirect_on_the_same_server_is_followed(folder: Path) -> None:
    reply = Reply(301, headers={"location": f"/editions/{ID}/static/../index.html?again"})
    with (
        served(lambda s: reply if s.target.endswith(f"{ID}/index.html") else files_of(folder)(s)) as url,
        fetched(url) as root,
    ):
        assert (root / "index.html").is_file()


def test_a_server_that_drips_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_START_S", 0.5)
    monkeypatch.setattr(remote, "_SLOWEST", 10_000_000)
    drip = Reply(200, b"x" * 500, drip_s=0.05)
    with (
        served(_except(folder, "manifest.json", drip)) as url,
        pytest.raises(ClicheError, match=r"manifest\.json"),
        fetched(url),
    ):
        pass


def test_no_name_of_a_manifest_leads_out_of_the_folder(folder: Path) -> None:
    manifest = json.loads((folder / "editions" / ID / "manifest.json").read_bytes())
    entry = {"sha256": "0" * 64, "bytes": 1}
    for name in ("../out", "a/../../out", "/tmp/out", "a\\..\\out", "C:out", "a//b", ".out", "nul", "a\0b"):
        body = json.dumps(manifest | {"files": {name: entry}}).encode()
        with (
            served(lambda seen, body=body: Reply(body=body)) as url,
            pytest.raises(CorruptObjectError),
            fetched(url),
        ):
            pass


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://u:p@127.0.0.1/x", "without user name"),
        ("http://127.0.0.1/x?a=b", "without user name, query"),
        ("http://", "no address"),
        ("http://127.0.0.1/x", "no address of an edition"),
        ("ftp://127.0.0.1/x", "no address"),
    ],
)
def test_an_address_that_is_none_is_wrong_use(address: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        verify(address, no_store, no_store)


@pytest.mark.parametrize(
    ("url", "resolved", "told"),
    [
        (f"http://metadata.example/latest/editions/{ID}", "169.254.169.254", "metadata service"),
        (f"https://editions.example.org/x/editions/{ID}", "127.0.0.1", "not a public address"),
        (f"https://editions.example.org/x/editions/{ID}", "10.0.0.7", "not a public address"),
        (f"http://editions.example.org/x/editions/{ID}", "93.184.216.34", "http:// is not encrypted"),
    ],
)
def test_a_name_that_leads_elsewhere_than_it_says_is_not_connected_to(
    url: str, resolved: str, told: str
) -> None:
    with (
        remote.opened(url, resolve=lambda host, port: [resolved]) as (_, pieces),
        pytest.raises(ClicheError, match=told),
    ):
        [*pieces(f"editions/{ID}/manifest.json", 100)]


# ---- clean editions of other shapes: no false alarm ----


@pytest.mark.parametrize(
    ("only", "studies", "weeks"),
    [
        (("imago-2",), False, 3),
        (("sim-silent",), False, 3),
        (("imago-2", "sim-classic", "sim-retired", "sim-next"), True, 3),
        (("chatdraw", "sim-cautious"), False, 4),
    ],
    ids=["one model", "no pictures", "a study", "rewritten prompts"],
)
def test_pages_and_tables_of_other_shapes_agree(
    tmp_path: Path, only: tuple[str, ...], studies: bool, weeks: int
) -> None:
    store = open_store(tmp_path / "store")
    world.fill(store, weeks=weeks, replicates=6, only=only)
    con = world.load(store, studies=studies)
    load_declared(con)
    if len(only) > 2:
        world.withhold(con, "sim-classic", "held back by a test")
    publish(con, store, week=world.WEEK, code_version=metadata.version("cliche"))
    root = tmp_path / "store"
    report = verify_place(places.in_folder(root, f"{world.WEEK}.1"))
    # this small world computes scores and ranks alone; its other results are not those of the product
    figures = (
        "of figures differ when made again",
        "hash of table figures",
        ": check ",
        "held back by a test",
    )
    assert [line for line in report.differences if not any(part in line for part in figures)] == []
    assert report.unchecked == []


def test_an_edition_and_its_correction_agree(tmp_path: Path, cliche: Cliche, published: Installation) -> None:
    place = published.place()
    with duckdb.connect(str(published.settings.warehouse)) as con:
        con.execute("UPDATE check_results SET message = 'looked at again'")
        forget(con, ["check_results"])
        assert publish(con, place.store, week=WEEK, code_version=place.code_version).id == f"{WEEK}.2"
    for edition in (f"{WEEK}.1", f"{WEEK}.2"):
        ended = cliche("verify", edition)
        assert (ended.code, AGREE in ended.out) == (0, True), ended.out


def test_an_edition_in_s3_is_verified_with_its_extra_files(
    published: Installation, s3_address: str, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = open_store(s3_address)
    for key, data in published.objects().items():
        if key.startswith(("editions/", "pages/", "tables/")):
            bucket.put_if_absent(key, data)
    monkeypatch.setenv("CLICHE_STORE", s3_address)
    assert AGREE in cliche("verify").out
    bucket.put_if_absent(f"editions/{ID}/notes.txt", b"x")
    ended = cliche("verify", ID)
    assert ended.code == 1
    assert "notes.txt is not in the manifest" in ended.out
