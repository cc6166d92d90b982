"""A web server on this machine for contract servers: it hands whole requests to a function and sends its replies.

Belongs here: sockets, threads, slow and broken transport. Does not belong here: any one API.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Protocol, TypeVar


@dataclass(frozen=True)
class Seen:
    """One request as it arrived; `target` is what stood in its first line, not decoded."""

    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is sent back. `cut_after` bytes of the body the connection is reset; `drip_s` is waited for each byte."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    drip_s: float | None = None
    wait_s: float = 0.0


class RefusedRequestError(AssertionError):
    """A request that the API's own description does not allow; the test fails with it."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of callers that were killed; say everything of mistakes in this server."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Memory(Protocol):
    """What a server remembers and answers from; `base` is where it is reached."""

    base: str

    def answer(self, seen: Seen) -> Reply: ...


@contextmanager
def running(server: TCPServer) -> Iterator[str]:
    """Serve in a thread; yield the base address."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


MemoryT = TypeVar("MemoryT", bound=Memory)


@contextmanager
def serving(memory: MemoryT) -> Iterator[MemoryT]:
    """Serve on loopback; yield the server's memory, which knows its address."""
    with serve(memory.answer) as memory.base:
        yield memory


@contextmanager
def serve(answer: Callable[[Seen], Reply]) -> Iterator[str]:
    """Serve on a free port and yield the base address; a request that was refused raises at the end."""
    problems: list[BaseException] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two writes; without it each answer waits 40 ms

        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def _handle(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:  # the caller was killed while it sent
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                reply = answer(Seen(self.command, self.path, headers, body))
            except Exception as error:  # noqa: BLE001 - told at the end, where the test sees it
                problems.append(error)
                reply = Reply(599, f"the contract server refused: {error}".encode())
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            time.sleep(reply.wait_s)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            try:
                if reply.cut_after is not None:
                    self.wfile.write(reply.body[: reply.cut_after])
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                elif reply.drip_s is not None:
                    for at in range(len(reply.body)):
                        self.wfile.write(reply.body[at : at + 1])
                        self.wfile.flush()
                        time.sleep(reply.drip_s)
                else:
                    self.wfile.write(reply.body)
            except OSError:
                self.close_connection = True  # the caller went away: that is what these replies are for

        do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - names of the standard library

    with running(Server(("127.0.0.1", 0), Handler)) as address:
        yield address
    if problems:
        raise problems[0]
