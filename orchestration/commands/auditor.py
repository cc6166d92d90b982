"""Commands of the reader and the auditor: serve, verify."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from assets.generation.workplace import Workplace
from assets.leaderboard.browser_engine import engine_keys
from assets.leaderboard.published import fetcher
from orchestration.commands.editions import MANIFEST, bar, current, database_of, manifest_of, write_whole
from orchestration.console import say, say_lines
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from warehouse import keys
from warehouse.errors import ClicheError, UsageError

_INSIDE = re.compile(r"editions/(\d{4}-\d{2}-\d{2}\.\d+)/(.+)")
#: One part from a place on (RFC 9110, 14.1.2); others get the whole file.
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_CHUNK = 1 << 20


def serve(port: int) -> int:
    """Show the editions on this machine, the latest first, until Ctrl-C."""
    place = bare_workplace(load_settings())
    served = _Served(place)
    handler = partial(_Quiet, served=served, directory=str(served.folder))
    try:
        server = _Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(f"port {port} cannot be used ({error.strerror}); name another with --port") from None
    with server:
        try:
            say(f"Edition {served.newest}: http://127.0.0.1:{server.server_address[1]}   (Ctrl-C ends)")
            sys.stdout.flush()
            server.serve_forever()
        except KeyboardInterrupt:
            say()
    return 0


class _Server(ThreadingHTTPServer):
    """Says nothing of a reader who went away before the answer was whole."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Tell of any other error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Served:
    """What readers see of a store, each object fetched and compared when it is first asked for.

    Paths are keys of the store. A path of the latest edition is also found without its `editions/<id>/`.
    """

    def __init__(self, place: Workplace) -> None:
        from assets.leaderboard.site_pages import site_keys

        self._place = place
        self.newest = current(place)
        pages = site_keys(manifest_of(place, self.newest))
        self._beside = {*pages, keys.SITE_DATABASE_NOTE, *engine_keys().values()}
        self.folder = place.warehouse.parent / "editions"
        self._fetchers: dict[str, tuple[set[str], Callable[[str], Path]]] = {}
        self._of(self.newest)  # a store that holds no edition says so at once

    def find(self, path: str) -> Path | None:
        """Return a copy of what is at a path; None if readers see nothing there."""
        if path == "favicon.ico":  # asked for beside a file, or an error, which names no icon
            path = "static/icon.svg"
        if path == keys.SITE_DATABASE:
            return database_of(self._place, self.newest)
        if path in self._beside or any(
            one.fullmatch(path) for one in (keys.THUMBNAIL, keys.PAST_PAGE, keys.PAST_STYLE)
        ):
            return self._copy(path)
        inside = _INSIDE.fullmatch(path)
        edition, name = inside.groups() if inside else (self.newest, path)
        names, fetch = self._of(edition)
        if name == MANIFEST:
            return self._copy(f"{keys.edition_prefix(edition)}{MANIFEST}")
        return fetch(name) if name in names else None

    def _of(self, edition: str) -> tuple[set[str], Callable[[str], Path]]:
        if edition not in self._fetchers:
            manifest = manifest_of(self._place, edition)
            names = {part["key"] for table in manifest["tables"].values() for part in table["parts"]}
            fetch = fetcher(self._place.store, manifest, self.folder / edition)
            self._fetchers[edition] = names | {*manifest["files"]}, fetch
        return self._fetchers[edition]

    def _copy(self, key: str) -> Path | None:
        """Return a copy of an object that no manifest lists; only what is at `site/` ever changes."""
        path = self.folder / key
        if path.is_file() and not key.startswith(keys.SITE):
            return path
        try:
            write_whole(path, self._place.store.get(key))
        except KeyError:
            return None
        return path


class RangeHandler(SimpleHTTPRequestHandler):
    """Files of one folder, in parts where a reader asks for parts: DuckDB in a browser reads what it needs."""

    _left: int | None = None  # bytes of the part that is being sent; None: a whole file

    def send_head(self) -> BinaryIO | None:
        """Send the headers of a file or of its part; return it, open where the part begins."""
        self._left = None
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if asked is None or not path.is_file():
            return super().send_head()
        size = path.stat().st_size
        first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
        if first > last:
            headers = {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
            self.say_head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
            return None
        self._left = last - first + 1
        headers = {"Content-Type": self.guess_type(path), "Content-Range": f"bytes {first}-{last}/{size}"}
        self.say_head(HTTPStatus.PARTIAL_CONTENT, {**headers, "Content-Length": str(self._left)})
        file = path.open("rb")
        file.seek(first)
        return file

    def say_head(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        """Send status and headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """Send the file, or its part."""
        if self._left is None:
            return super().copyfile(source, outputfile)
        while self._left and (chunk := source.read(min(self._left, _CHUNK))):
            outputfile.write(chunk)
            self._left -= len(chunk)
        return None

    def end_headers(self) -> None:
        """Say that parts can be had."""
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()


class _Quiet(RangeHandler):
    """Answers with what is served, without a line for every request."""

    def __init__(self, *args: Any, served: _Served, **options: Any) -> None:
        self._served = served
        self.extensions_map = {**self.extensions_map, ".webp": "image/webp"}
        super().__init__(*args, **options)

    def send_head(self) -> Any:
        """Lead whoever asks for nothing in particular to the latest edition."""
        if urlsplit(self.path).path in {"/", "/index.html"}:
            page = f"/{keys.edition_prefix(self._served.newest)}index.html"
            self.say_head(HTTPStatus.FOUND, {"Location": page, "Content-Length": "0"})
            return None
        return super().send_head()

    def end_headers(self) -> None:
        """Let no browser guess what a file is."""
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def translate_path(self, path: str) -> str:
        """Return the file of a request; one that is not served, or is damaged, is not found."""
        file = None
        with suppress(ClicheError):
            file = self._served.find(unquote(urlsplit(path).path).lstrip("/"))
        return str(file or self._served.folder / "nothing")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def verify(target: str | None, expect: str | None, against: str | None) -> int:
    """Compare an edition with itself and with the code that made it; say what differs and what was not checked.

    `expect` is the SHA-256 of a manifest that somebody kept, `against` such a manifest.
    """
    if expect is not None and not re.fullmatch("[0-9a-fA-F]{64}", expect):
        raise UsageError(
            "--expect takes the SHA-256 of a manifest, 64 hexadecimal digits (site/log.txt has them)"
        )
    from orchestration.verifying.run import verify as verify_edition

    with bar("verifying") as step:
        report = verify_edition(target, _place, current, step, expect, against)
    say_lines(report.lines())
    return report.exit_code


def diff(old: str, new: str) -> int:
    """Say what changed from one edition to a later one, and why; return 1 if something has no reason."""
    from orchestration.verifying import places
    from orchestration.verifying.history import difference

    with places.find(old, _place, current) as first:
        before = first.sealed()
        with places.find(new, _place, current) as second:
            result = difference.compare(before, second.sealed())
    say_lines(result.lines())
    return result.exit_code


def _place() -> Workplace:
    return bare_workplace(load_settings())
