"""The provider in fifty lines of CONTRIBUTING works as it stands there, and nobody had to touch what asks."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from assets.gateway.calls import Retry
from assets.gateway.network.connection import Connection
from assets.generation.plan import freeze_plan, make_plan
from assets.generation.providers import registry
from assets.generation.run import PartitionRun
from tests.services.loopback import Reply, Seen, serve
from tests.unit.generation.scripted import picture
from tests.unit.generation.test_run import SUITES, WEEK, entry
from warehouse.store import open_store

CHECKOUT = Path(__file__).resolve().parents[4]
KEY = "sk-example-0123456789"


@pytest.fixture
def server() -> Iterator[str]:
    """Answer with a picture; a prompt with a bicycle is unsafe, the first call is one too many."""
    asked: list[Seen] = []

    def answer(seen: Seen) -> Reply:
        asked.append(seen)
        prompt = json.loads(seen.body)["prompt"]
        if seen.headers["authorization"] != f"Bearer {KEY}":
            return refused(401, "bad_key", f"no such key {KEY}")
        if len(asked) == 1:
            return refused(429, "slow_down", "later", {"Retry-After": "0"})
        if "bicycle" in prompt:
            return refused(400, "unsafe_prompt", "no")
        if "lemon" in prompt:
            return refused(418, "teapot", "short and stout")
        return Reply(200, picture(f"{len(asked):06x}"), {"Content-Type": "image/png"})

    with serve(answer) as base:
        yield base


def refused(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Reply:
    body = json.dumps({"error": {"code": code, "message": message}}).encode()
    return Reply(status, body, {"Content-Type": "application/json", **(headers or {})})


@pytest.fixture
def code() -> str:
    page = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```python\n(.*?)```", page.split("## A provider in fifty lines")[1], re.DOTALL)
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
    assert report.stopped_by.outcome == "auth"
    assert "sk-another" not in "".join(store.get(key).decode(errors="ignore") for key in store.list(""))


def test_it_is_as_short_as_it_says(code: str) -> None:
    lines = [line for line in code.splitlines() if line.strip() and not line.lstrip().startswith('"""')]
    assert len(lines) <= 50
