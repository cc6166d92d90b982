"""Parts of files by HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest

from tests.site.looks.page import served

DATA = bytes(range(256)) * 8192  # two chunks


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "rows.duckdb").write_bytes(DATA)
    (folder / "empty").write_bytes(b"")
    with served(folder) as address:
        yield int(address.rpartition(":")[2].rstrip("/"))


def asked(port: int, method: str, path: str, span: str | None) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={"Range": span} if span else {})
    answer = connection.getresponse()
    return answer, answer.read()


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, len(DATA) - 1),
        ("bytes=1000-1099", 1000, 1099),
        (f"bytes=5-{len(DATA) + 99}", 5, len(DATA) - 1),
        (f"bytes={len(DATA) - 1}-", len(DATA) - 1, len(DATA) - 1),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_part_is_that_part(port: int, method: str, span: str, first: int, last: int) -> None:
    answer, body = asked(port, method, "/rows.duckdb", span)
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert body == (DATA[first : last + 1] if method == "GET" else b"")


@pytest.mark.parametrize("span", [f"bytes={len(DATA)}-", "bytes=9-8"])
def test_a_part_that_is_not_there_is_told(port: int, span: str) -> None:
    answer, body = asked(port, "GET", "/rows.duckdb", span)
    assert (answer.status, answer.headers["Content-Range"], body) == (416, f"bytes */{len(DATA)}", b"")


def test_no_part_of_an_empty_file_is_there(port: int) -> None:
    assert asked(port, "GET", "/empty", "bytes=0-")[0].status == 416


@pytest.mark.parametrize("span", [None, "bytes=-5", "bytes=0-1,4-5", "rows=0-1", "bytes=a-b"])
def test_all_else_is_the_whole_file(port: int, span: str | None) -> None:
    answer, body = asked(port, "GET", "/rows.duckdb", span)
    assert (answer.status, answer.headers["Accept-Ranges"], body) == (200, "bytes", DATA)


@pytest.mark.parametrize("path", ["/nothing", "/../rows", "/%2e%2e/rows"])
def test_what_is_missing_is_not_found(port: int, path: str) -> None:
    assert asked(port, "GET", path, "bytes=0-1")[0].status == 404
