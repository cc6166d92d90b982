"""Git repositories over HTTPS on this machine, served by Git's own `http-backend`; some of them badly.

Belongs here: making a repository of a folder, serving it whole, cut, slowly or not at all. Does not belong here: what a
study's repository holds.
"""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import trustme

from tests.services.loopback import Server, running

_BACKEND = [shutil.which("git") or "git", "http-backend"]


def git(folder: Path, *words: str) -> str:
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    ran = subprocess.run(["git", *settings, *words], cwd=folder, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def repository(folder: Path, files: Path) -> str:
    """Make a repository of files; return its only commit."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet")
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "--work-tree", str(files), "add", "--all")
    git(folder, "--work-tree", str(files), "commit", "--quiet", "-m", "as published")
    return git(folder, "rev-parse", "HEAD")


@dataclass
class Host:
    """Repositories below `root` by name; `moved`: name → new name; `cut`: names that end after so many bytes.

    Whoever asks for a pack of a name in `held` waits until `go`; `asking` is set then.
    """

    root: Path
    base: str = ""
    moved: dict[str, str] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    asking: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    requests: list[str] = field(default_factory=list)


@contextmanager
def hosting(root: Path) -> Iterator[tuple[Host, Path]]:
    """Serve what is below `root`; yield the host, and the certificate to trust (`SSL_CERT_FILE`)."""
    host, authority = Host(root), trustme.CA()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def _handle(self) -> None:
            name = self.path.split("/")[1]
            host.requests.append(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if name in host.moved:
                self.send_response(301)
                self.send_header("Location", self.path.replace(name, host.moved[name], 1))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            pack = self.command == "POST" and b"command=fetch" in body
            if pack and name in host.held:
                host.asking.set()
                host.go.wait(60)
            head, _, answer = _asked(self, root, body).partition(b"\r\n\r\n")
            lines = [line.decode().split(": ", 1) for line in head.split(b"\r\n")]
            status = next((value for key, value in lines if key == "Status"), "200 OK")
            self.send_response(int(status.split()[0]))
            for key, value in lines:
                if key != "Status":
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.close_connection = pack and name in host.cut
            self.wfile.write(answer[: host.cut[name]] if self.close_connection else answer)

        do_GET = do_POST = _handle  # noqa: N815 - names of the standard library

    server, context = Server(("127.0.0.1", 0), Handler), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    certificate = root / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    with running(server) as address:
        host.base = address.replace("http:", "https:")
        try:
            yield host, certificate
        finally:
            host.go.set()


def _asked(request: BaseHTTPRequestHandler, root: Path, body: bytes) -> bytes:
    path, _, query = request.path.partition("?")
    given = request.headers
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": request.command,
        "CONTENT_TYPE": given.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": given.get("content-encoding", ""),
        "HTTP_GIT_PROTOCOL": given.get("git-protocol", ""),
        "GIT_PROTOCOL": given.get("git-protocol", ""),
    }
    return subprocess.run(_BACKEND, env=environment, input=body, capture_output=True, check=False).stdout
