"""Commands of the reader and the auditor: serve, verify.

Belongs here: what is said and which exit code follows. Does not belong here: SQL (`query`) or the recomputing
(`orchestration.verifying`).
"""

from __future__ import annotations

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from orchestration.commands.editions import current, local_copy
from orchestration.console import say
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from orchestration.verifying import verify_edition
from warehouse.errors import UsageError


def serve(port: int) -> int:
    """Show the latest edition on this machine until Ctrl-C."""
    place = bare_workplace(load_settings())
    edition = current(place)
    folder = local_copy(place, edition)
    handler = partial(_Quiet, directory=str(folder))
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


class _Quiet(SimpleHTTPRequestHandler):
    """Files of one folder, without a line for every request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def verify(edition: str | None) -> int:
    """Recompute an edition and say what differs."""
    place = bare_workplace(load_settings())
    result = verify_edition(place, edition or current(place))
    for line in result.lines():
        say(line)
    return 0 if result.holds else 1
