"""Commands of the reader and the auditor: serve, verify."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from assets.leaderboard.published import fetcher
from orchestration.commands.editions import counting, current, database_of, local_copy, manifest_of
from orchestration.console import ERR, say
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from warehouse import keys
from warehouse.errors import ClicheError, UsageError


def serve(port: int) -> int:
    """Show the latest edition on this machine until Ctrl-C."""
    place = bare_workplace(load_settings())
    edition = current(place)
    folder = local_copy(place, edition)
    manifest = manifest_of(place, edition)
    fetch = fetcher(place.store, manifest, folder)
    more = {key: partial(fetch, key) for key in _parts(manifest)}
    more[keys.SITE_DATABASE] = partial(database_of, place, edition)
    handler = partial(_Quiet, more=more, directory=str(folder))
    try:
        server = _Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(f"port {port} cannot be used ({error.strerror}); name another with --port") from None
    with server:
        say(f"Edition {edition}: http://127.0.0.1:{server.server_address[1]}   (Ctrl-C ends)")
        sys.stdout.flush()
        try:
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


def _parts(manifest: Mapping[str, Any]) -> set[str]:
    """Return the keys of the rows by the week that a manifest lists."""
    return {part["key"] for table in manifest.get("tables", {}).values() for part in table["parts"]}


class _Quiet(SimpleHTTPRequestHandler):
    """Files of one folder, without a line for every request, and `more`, each made when it is first asked for."""

    def __init__(self, *args: Any, more: Mapping[str, Callable[[], Path]], **options: Any) -> None:
        self._more = more
        super().__init__(*args, **options)

    def translate_path(self, path: str) -> str:
        """Return the file of a request; one that cannot be made is not found."""
        if make := self._more.get(unquote(urlsplit(path).path).lstrip("/")):
            with suppress(ClicheError):
                return str(make())
        return super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def verify(target: str | None) -> int:
    """Compare an edition with itself and with the code that made it; say what differs and what was not checked."""
    from orchestration.verifying.report import silent
    from orchestration.verifying.run import verify as verify_edition

    with counting("verifying") if ERR.is_terminal else nullcontext(silent) as step:
        report = verify_edition(target, lambda: bare_workplace(load_settings()), current, step)
    for line in report.lines():
        say(line)
    return report.exit_code
