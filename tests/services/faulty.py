"""A server on this machine that misbehaves on request: each first part of a path has a behavior of its own.

Belongs here: the raw server (real sockets, TLS where asked for), ways to misbehave, counters. Does not belong here:
what any API looks like, what must come of it.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.services.loopback import running

PIECE = 1_000_000


class Call(BaseHTTPRequestHandler):
    """One request and the ways to answer it; `number` counts the calls of its row, from 1."""

    protocol_version = "HTTP/1.1"
    number: int
    sent: bytes

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def answer(
        self,
        status: int = 200,
        body: bytes | str | dict[str, Any] = b"",
        content_type: str = "application/json",
        **headers: str,
    ) -> None:
        data = (
            body
            if isinstance(body, bytes)
            else (body if isinstance(body, str) else json.dumps(body)).encode()
        )
        self.begin(status, content_type, len(data), **headers)
        self.wfile.write(data)

    def begin(self, status: int, content_type: str, length: int | None, **headers: str) -> None:
        """Send the head of an answer; without a length the connection's end ends it."""
        self.send_response(status)
        self.send_header("content-type", content_type)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length is None:
            self.send_header("connection", "close")
            self.close_connection = True
        else:
            self.send_header("content-length", str(length))
        self.end_headers()

    def reset(self) -> None:
        """End the connection with a reset (RST), not with a farewell."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wfile.flush()
        self.close_connection = True
        self.connection.close()

    def drip(self, data: bytes, every_s: float) -> None:
        """Send one byte at a time until the other side has enough of it."""
        for at in range(len(data)):
            self.wfile.write(data[at : at + 1])
            time.sleep(every_s)

    def pour(self, count: int) -> None:
        """Send so many bytes of nothing."""
        for _ in range(count // PIECE):
            self.wfile.write(b" " * PIECE)

    def _any(self) -> None:
        self.sent = self.rfile.read(int(self.headers.get("content-length") or 0))
        faulty = cast("_Server", self.server).faulty
        row = self.path.split("/")[1].partition("?")[0]
        with faulty.lock:
            faulty.calls[row] += 1
            faulty.paths.append(self.path)
            self.number = faulty.calls[row]
        behaviour = faulty.rows.get(row)
        try:
            if behaviour is None:
                self.answer(404, {"error": {"message": f"no row {row!r}"}})
            else:
                behaviour(self)
        except OSError:  # the other side has gone, as some rows want it to
            self.close_connection = True

    do_GET = do_POST = _any  # noqa: N815 - names of http.server


Behaviour = Callable[[Call], None]


@dataclass
class Faulty:
    """The server as tests see it; `connections` counts what was accepted, before TLS and before any request."""

    rows: dict[str, Behaviour] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    paths: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    scheme: str = "http"
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """The address without a path."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """Begin anew: no rows, nothing counted."""
        self.rows.clear()
        self.calls.clear()
        self.paths.clear()
        self.connections = 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    faulty: Faulty
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, Any]:
        accepted, address = super().get_request()
        self.faulty.connections += 1
        return accepted, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            return super().finish_request(request, client_address)
        try:  # in the thread of the request: a client that refuses the certificate holds up nobody
            with self.tls.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, client_address)
        except OSError:
            pass

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that go away are what the rows are about."""


@contextmanager
def serve(rows: Mapping[str, Behaviour], *, tls: ssl.SSLContext | None = None) -> Iterator[Faulty]:
    faulty = Faulty(rows=dict(rows), scheme="https" if tls else "http")
    server = _Server(("127.0.0.1", 0), Call)
    server.faulty, server.tls = faulty, tls
    faulty.port = server.server_port
    with running(server):
        yield faulty
