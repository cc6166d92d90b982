"""An edition on a server that is not trusted: what a person typed is reached, and a redirect leads to no other host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import quote

import httpx2

from assets.gateway.network.addresses import Resolver, as_ip, is_inside, system_resolver
from assets.gateway.network.connection import Connection
from assets.gateway.network.http import make_client
from orchestration.verifying import manifest as manifests
from warehouse.errors import ClicheError, UsageError
from warehouse.printable import one_line

_MOST_REDIRECTS = 3
_START_S = 30.0  # for an answer to begin and a small file to come
_SLOWEST = 50_000  # bytes per second; a server that is slower is given up
_BLOCK = 1 << 16
_NOT_THERE = {403, 404, 410}  # public buckets forbid what they do not hold


class DownloadError(ClicheError):
    """An edition could not be fetched; the message says which file and why."""


@contextmanager
def opened(
    address: str, resolve: Resolver = system_resolver
) -> Iterator[tuple[str, Callable[[str, int], Iterator[bytes]]]]:
    """Yield the edition at an address, and a function from a key to its bytes, at most so many (or `KeyError`)."""
    root, edition = _parts(address)
    inside = root.scheme == "http" or _typed_inside(root.host)
    at = Connection(timeout_s=3600.0, most_answer_bytes=manifests.MOST_FILE_BYTES, allow_private=inside)
    with make_client(at, resolve=resolve) as client:
        yield edition, partial(_pieces, client, root)


def _parts(address: str) -> tuple[httpx2.URL, str]:
    """Return the address of what is around an edition, ending with a slash, and the edition."""
    try:
        url = httpx2.URL(address)
    except httpx2.InvalidURL as error:
        raise UsageError(f"{address[:200]} is no address: {error}") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise UsageError(f"{address[:200]} is no address that begins with https:// or http://")
    if url.userinfo or url.query or url.fragment:
        raise UsageError("write the address of the edition without user name, query and fragment")
    path = url.path.removesuffix("/index.html").removesuffix(f"/{manifests.NAME}")
    around, _, edition = path.rstrip("/").rpartition("/")
    if around.rpartition("/")[2] != "editions" or not edition:
        raise UsageError(f"{address[:200]} is no address of an edition: it ends with editions/<edition>/")
    return url.copy_with(path=around.removesuffix("editions")), edition


def _typed_inside(host: str) -> bool:
    """Return whether a person typed a host of this machine or network: a name that is public is not taken for one."""
    ip = as_ip(host.strip("[]"))
    return is_inside(ip) if ip is not None else host == "localhost" or "." not in host


def _pieces(client: httpx2.Client, root: httpx2.URL, key: str, most: int) -> Iterator[bytes]:
    """Yield the bytes of one file; `DownloadError` as soon as they are more than `most`, or take too long."""
    ends_at = time.monotonic() + _START_S + most / _SLOWEST
    target, count = root.join(quote(key)), 0
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            with client.stream("GET", target, timeout=max(0.001, ends_at - time.monotonic())) as answer:
                if answer.next_request is None:
                    if answer.status_code in _NOT_THERE:
                        raise KeyError(key)
                    if not answer.is_success:
                        raise DownloadError(f"{root}{key}: the server answered {answer.status_code}")
                    for block in answer.iter_bytes(_BLOCK):
                        count += len(block)
                        if count > most:
                            raise DownloadError(
                                f"{key} has more than {most:,} bytes, as many as there may be"
                            )
                        yield block
                    return
                target = answer.next_request.url
            if _origin(target) != _origin(root):
                raise DownloadError(
                    f"{key}: the server redirects to another host, {target.host[:100]}; that is not followed"
                )
    except httpx2.HTTPError as error:
        said = one_line(error, 200) or type(error).__name__
        raise DownloadError(f"{key} cannot be fetched from {root}: {said}") from None
    raise DownloadError(f"{key} cannot be fetched from {root}: more than {_MOST_REDIRECTS} redirects")


def _origin(url: httpx2.URL) -> tuple[str, str, int | None, bytes]:
    return url.scheme, url.host, url.port, url.userinfo
