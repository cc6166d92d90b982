"""The provider in forty lines of CONTRIBUTING works as it stands there, and nobody had to touch what asks."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from assets.gateway.calls import Retry
from assets.gateway.network.connection import Connection
from assets.generation.plan import freeze_plan, make_plan
from assets.generation.providers import registry
from assets.generation.run import PartitionRun
from tests.unit.generation.scripted import picture
from tests.unit.generation.test_run import SUITES, WEEK, entry
from warehouse.store import open_store

CHECKOUT = Path(__file__).resolve().parents[4]
KEY = "sk-example-0123456789"


class Pictures(BaseHTTPRequestHandler):
    """Answers with a picture; a prompt with a bicycle is unsafe, the first call is one too many."""

    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        """Answer one request."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        if self.headers["Authorization"] != f"Bearer {KEY}":
            self.answer(401, {"error": {"code": "bad_key", "message": f"no such key {KEY}"}})
        elif len(self.asked) == 1:
            self.answer(429, {"error": {"code": "slow_down", "message": "later"}}, {"Retry-After": "0"})
        elif "bicycle" in body["prompt"]:
            self.answer(400, {"error": {"code": "unsafe_prompt", "message": "no"}})
        elif "lemon" in body["prompt"]:
            self.answer(418, {"error": {"code": "teapot", "message": "short and stout"}})
        else:
            self.answer(200, picture(f"{len(self.asked):06x}"))

    def answer(
        self, status: int, body: dict[str, Any] | bytes, headers: dict[str, str] | None = None
    ) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "image/png" if isinstance(body, bytes) else "application/json"
        self.send_response(status)
        for name, value in (
            {"Content-Type": kind, "Content-Length": str(len(data))} | (headers or {})
        ).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Pictures, "asked", [], raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Pictures) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


@pytest.fixture
def code() -> str:
    page = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```python\n(.*?)```", page.split("## A provider in forty lines")[1], re.DOTALL)
    return str(found)


@pytest.fixture
def registered(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("assets.generation.providers.example")
    exec(compile(code, "CONTRIBUTING.md", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(registry.PROVIDERS, "example", f"{module.__name__}:Example")


def test_the_example_asks_a_partition_and_its_errors_are_outcomes(
    server: str, registered: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAMPLE_API_KEY", KEY)
    provider = registry.make_provider("example", Connection(base_url=server, allow_private=True))
    store = open_store(tmp_path)
    plan = freeze_plan(store, make_plan(entry(provider="example", model_id="x"), SUITES, WEEK, provider))
    report = PartitionRun(
        store, plan, provider, concurrency=2, retry=Retry(attempts=2, base_s=0.001, most_s=0.01)
    ).run()
    receipts = [store.get(key).decode() for key in store.list("attempts/") if key.endswith(".json")]
    assert report.outcomes["ok"] == 8
    assert report.outcomes["blocked_input"] == 2
    assert (report.outcomes["server_error"], report.open) == (2, 2)  # the teapot: no row knows it
    assert sum('"unmapped":true' in receipt and "short and stout" in receipt for receipt in receipts) == 4
    assert sum('"outcome":"rate_limited"' in receipt for receipt in receipts) == 1


def test_a_wrong_key_stops_and_is_not_written_down(
    server: str, registered: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXAMPLE_API_KEY", "sk-another")
    provider = registry.make_provider("example", Connection(base_url=server, allow_private=True))
    store = open_store(tmp_path)
    plan = freeze_plan(store, make_plan(entry(provider="example", model_id="x"), SUITES, WEEK, provider))
    report = PartitionRun(store, plan, provider, concurrency=1).run()
    assert report.stopped_by
    assert report.stopped_by.outcome == "auth"
    assert "sk-another" not in "".join(store.get(key).decode(errors="ignore") for key in store.list(""))


def test_it_is_as_short_as_it_says(code: str) -> None:
    lines = [line for line in code.splitlines() if line.strip() and not line.lstrip().startswith('"""')]
    assert len(lines) <= 40
