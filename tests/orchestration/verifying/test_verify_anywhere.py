"""Verifying an edition wherever it is: a folder with nothing else, a server that is not trusted, clean stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest

from orchestration.verifying import places, remote
from orchestration.verifying.report import silent
from orchestration.verifying.run import verify, verify_place
from tests.orchestration.installation import WEEK, Cliche, Installation
from tests.orchestration.verifying.forging import download
from tests.services.loopback import Reply, Seen, serve
from warehouse.errors import ClicheError, StoreError, UsageError
from warehouse.store import open_store

ID = f"{WEEK}.1"
AGREE = "hashes, tables, views and pages agree · "
#: How the notes of an edition begin of which nothing but the folder is here.
NOTES = [
    "  taken as published, for they read the store",
    "  0 thumbnails compared with the published hashes of their pictures; 8 more that pages show are not here or were "
    "left out",
    "  site/ was not compared",
    "  taken as stated, for only the moment of publishing knows them",
]


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
    folder: Path, tmp_path: Path, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "no-home"
    monkeypatch.setenv("CLICHE_HOME", str(home))
    monkeypatch.chdir(folder.parent)
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    ended = cliche("verify", str(folder))
    assert (ended.code, ended.err) == (0, "")
    first, *notes = ended.out.splitlines()
    assert AGREE in first
    assert [line.split(":")[0] for line in notes] == NOTES
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert not home.exists()


def test_a_folder_whose_name_is_an_edition_s_is_read_where_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    folder.rename(folder.parent / ID)
    with places.find(ID, no_store, no_store) as place:
        assert place.root == folder.parent / ID


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


@pytest.mark.parametrize("end", ["", "/", "/index.html", "/manifest.json"])
def test_an_edition_is_found_at_its_address(folder: Path, end: str) -> None:
    with served(files_of(folder)) as url, places.find(f"{url}{end}", no_store, no_store) as place:
        assert (place.edition, place.manifest["edition"]) == (ID, ID)


def test_an_edition_in_a_served_store_is_verified_with_the_parts_beside_it(
    published_once: Installation, cliche: Cliche
) -> None:
    root = Path(published_once.settings.store)
    asked: set[str] = set()

    def answer(seen: Seen) -> Reply:
        asked.add(unquote(seen.target).lstrip("/").partition("/")[0])
        return files_of(root)(seen)

    with serve(answer) as base:
        ended = cliche("verify", f"{base}/editions/{ID}/")
    assert (ended.code, AGREE in ended.out) == (0, True), ended.out
    assert "files that the manifest does not name cannot be seen" in ended.out
    assert asked == {"editions", "pages", "site", "tables", "thumbnails"}


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


@pytest.mark.parametrize(
    ("name", "reply", "told"),
    [
        ("data/query/index.html", Reply(404), "data/query/index.html is missing"),
        ("static/site.css", Reply(body=b"x"), "static/site.css has another hash than the manifest says"),
        (".parquet", Reply(body=b"x"), ".parquet has another hash than the manifest says"),
    ],
)
def test_what_a_server_does_not_have_is_missing_and_what_is_short_is_another(
    folder: Path, cliche: Cliche, name: str, reply: Reply, told: str
) -> None:
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


def test_an_edition_in_s3_is_verified_with_its_extra_files(
    published: Installation, s3_address: str, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = open_store(s3_address)
    for key, data in published.objects().items():
        if key.startswith(("editions/", "pages/", "tables/")):
            bucket.put_if_absent(key, data)
    monkeypatch.setenv("CLICHE_STORE", s3_address)
    bucket.put_if_absent(f"editions/{ID}/notes.txt", b"x")
    ended = cliche("verify", ID)
    assert ended.code == 1
    assert [line for line in ended.out.splitlines()[1:] if "removed" not in line][:1] == [
        "  notes.txt is not in the manifest"
    ]
