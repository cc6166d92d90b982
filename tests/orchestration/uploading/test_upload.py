"""`cliche publish --to`: the site in a folder and in a bucket, sent twice, refused, opened by a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import boto3
import pytest

from assets.leaderboard.page.headers import FOREVER, SHORT, cache_control, headers_file
from orchestration import weekly
from tests.orchestration.installation import PUBLISHER, WEEK, Cliche, Installation
from tests.services.seaweedfs import SeaweedFS
from warehouse import keys
from warehouse.store import open_store

EDITION = f"{WEEK}.1"
LINK = re.compile(r'(?:href|src)="([^"#]+)|;\s*url=([^"#]+)"')
SAID = re.compile(r"edition (\S+): (?:([\d,]+) objects sent \(.*\)|nothing to send, all was there)\.$")


def of_site(home: Installation) -> set[str]:
    """The keys of the store that readers need, found in another way than by following manifests."""
    shown = {
        found[0]
        for prefix in ("editions/", "pages/")
        for key in home.store.list(prefix)
        if key.endswith(".html")
        for found in keys.THUMBNAIL.finditer(home.store.get(key).decode())
    }
    listed = (
        key for prefix in ("editions/", "pages/", "site/", "tables/") for key in home.store.list(prefix)
    )
    return {*listed, *shown}


def held(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def counted(said: str) -> tuple[str, int]:
    found = SAID.search(said.rstrip())
    assert found, said
    return found[1], int((found[2] or "0").replace(",", ""))


def dead(folder: Path, first: str = "index.html") -> tuple[list[str], set[str]]:
    """Follow all links from a page on; return those that lead nowhere, and the pages that were seen."""
    ahead, seen, wrong = [folder / first], set(), []
    while ahead:
        page = ahead.pop().resolve()
        name = page.relative_to(folder.resolve()).as_posix()
        if name in seen:
            continue
        seen.add(name)
        for one, other in LINK.findall(page.read_text(encoding="utf-8")):
            path = unquote(one or other)
            if ":" in path:
                continue
            target = (page.parent / path).resolve()
            if not target.is_file() or not target.is_relative_to(folder.resolve()):
                wrong.append(f"{name}: {path}")
            elif target.suffix == ".html":
                ahead.append(target)
    return wrong, seen


def correct(home: Installation) -> None:
    home.configure(publisher={**PUBLISHER, "name": "Somebody"})
    assert weekly.publish(home.place(), home.settings, WEEK, note=lambda text: None) == f"{WEEK}.2"


# a folder


def test_a_folder_holds_the_site_sent_once_and_what_is_corrected_alone(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    ended = cliche("publish", "--to", str(site))
    assert (ended.code, ended.err) == (0, "")
    there = held(site)
    own = {"index.html", "fr/index.html", ".nojekyll", "_headers"}
    assert there.keys() == of_site(published) | own
    assert all(there[key] == published.store.get(key) for key in there.keys() - own)
    assert counted(ended.out) == (EDITION, len(there) - 2)

    wrong, seen = dead(site)
    assert wrong == []
    for page in site.rglob("*.html"):  # else a browser asks the host for /favicon.ico
        (icon,) = re.findall(r'<link rel="icon" href="([^"]+)"', page.read_text())
        assert (page.parent / icon).is_file(), page
    store_root = {"site/index.html", "site/fr/index.html"}  # for those who are led into the store itself
    assert {key for key in there if key.endswith(".html")} == seen | store_root

    stamps = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    ended = cliche("publish", "--to", str(site))
    assert counted(ended.out) == (EDITION, 0)
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == stamps

    correct(published)
    ended = cliche("publish", "--to", str(site))
    changed = {key for key, data in held(site).items() if there.get(key) != data}
    assert counted(ended.out) == (f"{WEEK}.2", len(changed))
    assert not any(key.startswith(f"editions/{EDITION}/") for key in changed)
    assert f"{WEEK}.2/" in (site / "index.html").read_text()
    assert dead(site)[0] == []
    assert held(site).keys() == of_site(published) | own


def test_a_damaged_page_is_never_sent(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    page = Path(published.settings.store) / f"editions/{EDITION}/about/index.html"
    page.chmod(0o644)
    page.write_bytes(page.read_bytes() + b"<p>more</p>")
    ended = cliche("publish", "--to", str(tmp_path / "site"))
    assert ended.code == 1
    assert ended.only_line == (
        f"editions/{EDITION}/about/index.html is damaged: its bytes have another hash than is stated"
    )
    there = held(tmp_path / "site")
    assert not {"index.html", f"editions/{EDITION}/manifest.json", keys.LATEST_EDITION} & there.keys()


def test_what_cannot_be_a_site_is_refused(reads: Installation, cliche: Cliche, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    store = reads.settings.store
    for arguments, said in (
        ((str(file),), f"{file} is no folder; name another"),
        ((f"{store}/site",), f"{store}/site is in the store; name another folder for the site"),
        ((str(tmp_path), "--week", WEEK), "--to sends all that is published; leave out --week"),
        (("s3://",), ""),
    ):
        ended = cliche("publish", "--to", *arguments)
        assert (ended.code, said in ended.only_line) == (2, True), ended.err


def test_what_is_there_already_stays(reads: Installation, cliche: Cliche, tmp_path: Path) -> None:
    other, newer, mine = (tmp_path / name for name in ("other", "newer", "mine"))
    for site in (other, newer):
        cliche("publish", "--to", str(site))
    (other / f"editions/{EDITION}/manifest.json").write_text("{}")
    pointer = newer / keys.LATEST_EDITION
    pointer.write_text(pointer.read_text().replace('"revision":1', '"revision":2'))
    mine.mkdir()
    (mine / "index.html").write_text("mine")
    for site, code, said in (
        (other, 3, f"{other} holds another edition {EDITION}; name another place for this site"),
        (newer, 3, "which is newer than"),
        (mine, 2, f"{mine} holds an index.html of something else; name an empty place for the site"),
    ):
        ended = cliche("publish", "--to", str(site))
        assert (ended.code, said in ended.only_line) == (code, True), ended.err
    assert held(mine) == {"index.html": b"mine"}


def test_nothing_published_nothing_sent(fresh: Installation, cliche: Cliche, tmp_path: Path) -> None:
    ended = cliche("publish", "--to", str(tmp_path / "site"))
    assert (ended.code, ended.only_line) == (2, "nothing is published yet; run cliche publish (or make demo)")


def test_without_a_publisher_no_site_is_sent(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    site = str(tmp_path / "site")
    for publisher, missing in (
        (None, "no name and no contact"),
        ({"name": "Jane Doe", "license": "CC BY 4.0"}, "no contact"),
    ):
        published.configure(publisher=publisher)
        ended = cliche("publish", "--to", site)
        assert (ended.code, ended.only_line) == (
            2,
            f"{published.home / 'cliche.yaml'}: publisher has {missing}, and a public site says whose it is; "
            "write, for example, publisher: {name: Jane Doe, contact: jane@example.org}",
        )
    published.configure()
    path = Path(published.settings.store) / f"editions/{EDITION}/manifest.json"
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "site": {"publisher": "Jane Doe"}}))
    ended = cliche("publish", "--to", site)
    assert (ended.code, ended.only_line) == (
        2,
        f"edition {EDITION} does not say who publishes it; run cliche publish, then this again",
    )
    assert not (tmp_path / "site").exists()


# a bucket


@pytest.mark.s3
def test_a_bucket_holds_the_site_with_headers_and_is_sent_once(
    published: Installation, cliche: Cliche, s3_address: str, seaweedfs: SeaweedFS
) -> None:
    ended = cliche("publish", "--to", s3_address)
    assert (ended.code, ended.err) == (0, "")
    bucket, _, prefix = s3_address.removeprefix("s3://").partition("/")
    client = boto3.client("s3", endpoint_url=seaweedfs.endpoint)

    def there() -> dict[str, Any]:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
        listed = [item["Key"] for page in pages for item in page.get("Contents", ())]
        return {
            key.removeprefix(f"{prefix}/"): client.head_object(Bucket=bucket, Key=key)
            for key in listed
            if not key.endswith("/")
        }

    found = there()
    assert found.keys() == of_site(published) | {"index.html", "fr/index.html"}
    copy = open_store(s3_address)
    assert all(copy.get(key) == published.store.get(key) for key in of_site(published))
    webp = next(key for key in found if key.endswith(".webp"))
    for key, content, kept in (
        (webp, "image/webp", FOREVER),
        ("index.html", "text/html; charset=utf-8", SHORT),
        ("site/editions/index.html", "text/html; charset=utf-8", SHORT),
        ("site/changes/feed.xml", "application/atom+xml; charset=utf-8", SHORT),
        ("site/cliche.duckdb", "application/octet-stream", SHORT),
        ("editions/latest.json", "application/json", SHORT),
        (f"editions/{EDITION}/index.html", "text/html; charset=utf-8", FOREVER),
        (f"editions/{EDITION}/static/ask.js", "text/javascript; charset=utf-8", FOREVER),
        (f"editions/{EDITION}/static/icon.svg", "image/svg+xml", FOREVER),
    ):
        assert (found[key]["ContentType"], found[key]["CacheControl"]) == (content, kept), key

    ended = cliche("publish", "--to", s3_address)
    assert counted(ended.out) == (EDITION, 0)
    assert {key: head["LastModified"] for key, head in there().items()} == {
        key: head["LastModified"] for key, head in found.items()
    }
    # An upload that was stopped before the manifest sends what is missing and no more.
    for key in (f"editions/{EDITION}/manifest.json", f"editions/{EDITION}/index.html"):
        client.delete_object(Bucket=bucket, Key=f"{prefix}/{key}")
    assert counted(cliche("publish", "--to", s3_address).out) == (EDITION, 2)


def test_rules_of_the_file_of_headers_are_those_of_objects() -> None:
    rules: list[tuple[str, str]] = re.findall(
        r"/(\S+)\n(?:  ! Cache-Control\n)?  Cache-Control: (.*)\n", headers_file()
    )
    for key in (
        "index.html",
        keys.LATEST_EDITION,
        keys.SITE_DATABASE,
        f"{keys.SITE}engine/a.js",
        "editions/2026-11-23.1/index.html",
        f"thumbnails/ab/{'ab' * 32}-160.webp",
    ):
        last = [
            kept for rule, kept in rules if key == rule or (rule[-1] == "*" and key.startswith(rule[:-1]))
        ]
        assert (last or [SHORT])[-1] == cache_control(key)
