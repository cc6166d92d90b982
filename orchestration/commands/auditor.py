"""Commands of the reader and the auditor: serve, verify."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from orchestration.commands.editions import counting, current, local_copy
from orchestration.console import ERR, say
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
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


def verify(target: str | None) -> int:
    """Compare an edition with itself and with the code that made it; say what differs and what was not checked."""
    from orchestration.verifying.report import silent
    from orchestration.verifying.run import verify as verify_edition

    with counting("verifying") if ERR.is_terminal else nullcontext(silent) as step:
        report = verify_edition(target, lambda: bare_workplace(load_settings()), current, step)
    for line in report.lines():
        say(line)
    return report.exit_code
