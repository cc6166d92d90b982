"""A mail server on this machine: the part of SMTP that a client needs to hand a letter over (RFC 5321), and no more.

No package that the tests use brings one; smtplib on the other side is the standard library's. Belongs here: the server.
Does not belong here: what letters say.
"""

from __future__ import annotations

import base64
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.services.loopback import running


@dataclass
class Mailbox:
    """What arrived: letters, who they were for, and how their senders logged in; `refuses` answers every letter 451."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[tuple[str, str, bool]] = field(default_factory=list)  # user, password, encrypted
    refuses: bool = False


class _Session(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        server: _Server = self.server  # type: ignore[assignment]
        self.encrypted = server.tls is not None and not server.starttls
        to: list[str] = []
        self.say("220 mailbox")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            if verb == "EHLO":
                offers = ["STARTTLS"] if server.tls and server.starttls and not self.encrypted else []
                for offer in ["mailbox", *offers, "AUTH PLAIN"]:
                    self.say(f"250-{offer}")
                self.say("250 SIZE")
            elif verb == "STARTTLS":
                self.say("220 go on")
                assert server.tls is not None
                self.request = server.tls.wrap_socket(self.request, server_side=True)
                self.setup()
                self.encrypted = True
            elif verb == "AUTH":
                _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
                server.box.logins.append((user, password, self.encrypted))
                self.say("235 ok")
            elif verb == "RCPT":
                to.append(rest.partition("<")[2].partition(">")[0])
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                data = bytearray()
                while (row := self.rfile.readline()) != b".\r\n":
                    data += row[1:] if row.startswith(b".") else row
                if server.box.refuses:
                    self.say("451 later")
                    continue
                server.box.letters.append(message_from_bytes(bytes(data), policy=policy.default))  # type: ignore[arg-type]
                server.box.recipients.append(to)
                to = []
                self.say("250 ok")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True
    box: Mailbox
    tls: ssl.SSLContext | None
    starttls: bool

    def get_request(self) -> tuple[ssl.SSLSocket, object]:  # type: ignore[override]
        accepted, address = super().get_request()
        if self.tls is not None and not self.starttls:
            accepted = self.tls.wrap_socket(accepted, server_side=True)
        return accepted, address  # type: ignore[return-value]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that go away are their own tests."""


@contextmanager
def mailbox(*, tls: ssl.SSLContext | None = None, starttls: bool = False) -> Iterator[Mailbox]:
    """Run the server on a free port: without encryption, with TLS from the first byte on, or with STARTTLS."""
    box = Mailbox()
    server = _Server(("127.0.0.1", 0), _Session)
    server.box, server.tls, server.starttls = box, tls, starttls
    box.port = server.server_address[1]
    with running(server):
        yield box
