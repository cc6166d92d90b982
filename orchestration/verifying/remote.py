"""Fetching an edition from a server that is not trusted, into a folder.

What a person typed is reached, this machine included; a redirect leads nowhere but to the same host and port.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import httpx2

from assets.gateway.network.addresses import Resolver, as_ip, is_inside, system_resolver
from assets.gateway.network.connection import Connection
from assets.gateway.network.http import make_client
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import listed, past
from orchestration.verifying.files import removed
from orchestration.verifying.report import Step
from warehouse.errors import ClicheError, UsageError

_MOST_REDIRECTS = 3
_START_S = 30.0  # for an answer to begin and a small file to come
_SLOWEST = 50_000  # bytes per second; a server that is slower is given up
_BLOCK = 1 << 16
_AT_ONCE = 8  # files that are asked for; a server of somebody else's is not to be flooded
_PAGES = ("index.html", manifests.NAME)


class DownloadError(ClicheError):
    """An edition could not be fetched; the message says which file and why."""


def fetch(address: str, folder: Path, step: Step, resolve: Resolver = system_resolver) -> None:
    """Write the edition at an address into an empty folder: its manifest and the files that it names.

    A file of another size than the manifest says is not fetched further; hashes are for the caller to compare.
    `resolve` gives the addresses of a host; a parameter for tests.

    Raises:
        UsageError: if the address is no address of an edition.
        FetchError: if a file cannot be fetched within the limits.
    """
    base = _base(address)
    with _client(base, resolve) as client:
        data = _small(client, base, manifests.NAME, manifests.MOST_BYTES)
        manifest = manifests.parse(data, str(base.join(manifests.NAME)))
        (folder / manifests.NAME).write_bytes(data)
        sizes = {name: entry["bytes"] for name, entry in sorted(manifest["files"].items())}
        shared = {part.key: part.bytes for part in listed.parts(manifest)}
        total = sum(sizes.values()) + sum(shared.values())
        if total > shutil.disk_usage(folder).free:
            raise DownloadError(f"the edition has {total:,} bytes, more than are free in {folder.parent}")
        root = _root(client, base, shared)
        read = _reader(client, _around(base) or base)

        def gone(name: str) -> bool:
            return removed(name, manifest["files"].get(name, {}), read) is not None

        _files(
            client,
            [(root if key in shared else base, key, size) for key, size in {**sizes, **shared}.items()],
            folder,
            step,
            gone,
        )
        stated = past.stated(manifest, lambda key: _small(client, root, key, manifests.MOST_BYTES))
        if sum(size for _, size in stated.values()) > shutil.disk_usage(folder).free:
            raise DownloadError(f"sheets of quarters have more bytes than are free in {folder.parent}")
        _files(client, [(root, key, size) for key, (_, size) in stated.items()], folder, step)


def manifest_at(address: str, resolve: Resolver = system_resolver) -> bytes:
    """Return the manifest of the edition at an address."""
    base = _base(address)
    with _client(base, resolve) as client:
        return _small(client, base, manifests.NAME, manifests.MOST_BYTES)


@contextmanager
def reading(address: str, resolve: Resolver = system_resolver) -> Iterator[Callable[[str], bytes | None]]:
    """Yield a reader of what lies around the edition at an address, by key; of a folder without a store, in it.

    What the server does not give, for whatever reason, is None, and so is what is too large for a manifest.
    """
    base = _base(address)
    with _client(base, resolve) as client:
        yield _reader(client, _around(base) or base)


def _reader(client: httpx2.Client, root: httpx2.URL) -> Callable[[str], bytes | None]:
    def read(key: str) -> bytes | None:
        with suppress(DownloadError):
            return _small(client, root, key, manifests.MOST_BYTES)
        return None

    return read


def _client(base: httpx2.URL, resolve: Resolver) -> httpx2.Client:
    return make_client(
        Connection(
            timeout_s=3600.0,
            most_answer_bytes=manifests.MOST_FILE_BYTES,
            allow_private=base.scheme == "http" or _typed_inside(base.host),
        ),
        resolve=resolve,
    )


def _around(base: httpx2.URL) -> httpx2.URL | None:
    """Return the address of the store around an edition's; None if it is not below `editions/`."""
    folders = base.path.rstrip("/").split("/")
    return base.copy_with(path="/".join([*folders[:-2], ""])) if folders[-2:-1] == ["editions"] else None


def _files(
    client: httpx2.Client,
    wanted: Sequence[tuple[httpx2.URL, str, int]],
    folder: Path,
    step: Step,
    gone: Callable[[str], bool] = lambda name: False,
) -> None:
    """Write files, given by what their address begins with, their name and their size, under their names.

    One that cannot be fetched and is `gone` rightly is left out.
    """

    def fetched(one: tuple[httpx2.URL, str, int]) -> None:
        base, name, size = one
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _file(client, base, name, size, path)
        except DownloadError:
            path.unlink(missing_ok=True)
            if not gone(name):
                raise

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch") as threads:
        for number, _ in enumerate(threads.map(fetched, wanted)):
            step("fetching", number, len(wanted))


def _base(address: str) -> httpx2.URL:
    """Return the address of the edition's folder, ending with a slash."""
    try:
        url = httpx2.URL(address)
    except httpx2.InvalidURL as error:
        raise UsageError(f"{address[:200]} is no address: {error}") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise UsageError(f"{address[:200]} is no address that begins with https:// or http://")
    if url.userinfo or url.query or url.fragment:
        raise UsageError("write the address of the edition without user name, query and fragment")
    path = url.path
    for page in _PAGES:
        path = path.removesuffix(f"/{page}")
    return url.copy_with(path=f"{path.rstrip('/')}/")


def _root(client: httpx2.Client, base: httpx2.URL, shared: Mapping[str, int]) -> httpx2.URL:
    """Return the address under which the parts of tables lie: the edition's, or that of the store around it."""
    store = _around(base)
    if not shared or store is None:
        return base
    key, size = next(iter(shared.items()))
    try:
        for _ in _blocks(client, store, key, size, exact=True):
            pass
    except DownloadError:
        return base  # a folder that was fetched, under the name that it had in the store
    return store


def _typed_inside(host: str) -> bool:
    """Return whether a person typed a host of this machine or network: a name that is public is not taken for one."""
    ip = as_ip(host.strip("[]"))
    return is_inside(ip) if ip is not None else host == "localhost" or "." not in host


def _small(client: httpx2.Client, base: httpx2.URL, name: str, most: int) -> bytes:
    return b"".join(_blocks(client, base, name, most, exact=False))


def _file(client: httpx2.Client, base: httpx2.URL, name: str, size: int, path: Path) -> None:
    with path.open("xb") as file:
        for block in _blocks(client, base, name, size, exact=True):
            file.write(block)


def _blocks(client: httpx2.Client, base: httpx2.URL, name: str, most: int, *, exact: bool) -> Iterator[bytes]:
    """Yield the bytes of one file; `FetchError` as soon as there are more than `most`, or after the time for them."""
    ends_at = time.monotonic() + _START_S + most / _SLOWEST
    url = base.join(quote(name))
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            with client.stream("GET", url, timeout=max(0.001, ends_at - time.monotonic())) as answer:
                if answer.is_success:
                    count = 0
                    for block in answer.iter_bytes(_BLOCK):
                        count += len(block)
                        if count > most:
                            raise DownloadError(
                                f"{name} has more than {most:,} bytes, as many as there may be"
                            )
                        yield block
                    if exact and count != most:
                        raise DownloadError(f"{name} has {count:,} bytes, the manifest says {most:,}")
                    return
                status, location = answer.status_code, answer.headers.get("location")
        except httpx2.HTTPError as error:
            said = " ".join(str(error).split())[:200] or type(error).__name__
            raise DownloadError(f"{name} cannot be fetched from {base}: {said}") from None
        if not (300 <= status < 400 and location):
            raise DownloadError(f"{name} cannot be fetched from {base}: the server answered {status}")
        url = _redirected(url, location, name)
    raise DownloadError(f"{name} cannot be fetched from {base}: more than {_MOST_REDIRECTS} redirects")


def _redirected(url: httpx2.URL, location: str, name: str) -> httpx2.URL:
    try:
        target = url.join(location)
    except httpx2.InvalidURL:
        raise DownloadError(f"{name}: the server redirects to what is no address") from None
    if (target.scheme, target.host, target.port) != (url.scheme, url.host, url.port) or target.userinfo:
        raise DownloadError(
            f"{name}: the server redirects to another host, {target.host[:100]}; that is not followed"
        )
    return target
