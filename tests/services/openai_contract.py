"""A server on the loopback that speaks the OpenAI API where no server that we did not write does.

What it takes and gives is the vendor's (`openai.wire`); what it answers, how slowly, how often it refuses and what
breaks is scripted (`openai.script`). It keeps its own log of calls and of what it bills, to compare receipts with.

In a test:      with ContractServer() as server: server.script = lambda call: Reply(text="no")
In a process:   with contract_process("--latency-s", "2") as server: … server.log()

Belongs here: the server, its log, a process of its own. Does not belong here: shapes of requests and answers
(`openai.wire`), what each endpoint does (`openai.endpoints`), bytes on the wire (`openai.http`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.children import die_with_parent
from tests.services.openai.endpoints import ROUTES
from tests.services.openai.endpoints import Handler as Endpoint
from tests.services.openai.http import Handler, Http
from tests.services.openai.script import Call, RefusedError, Reply, Rule

__all__ = ["Call", "ContractProcess", "ContractServer", "RefusedError", "Reply", "Rule", "contract_process"]

#: Dollars a million tokens, by the names of the project's price table.
PRICES = {
    "text_in": 5.0,
    "cached_text_in": 0.5,
    "text_out": 10.0,
    "image_in": 8.0,
    "image_out": 30.0,
    "tool_text_in": 5.0,
}


class ContractServer:
    """A running server; `script` or `rules` decide what it answers, `log()` says what it did."""

    def __init__(
        self,
        *,
        script: Callable[[Call], Reply | None] = lambda call: None,
        rules: list[Rule] | None = None,
        latency_s: float = 0.0,
        keys: tuple[str, ...] = (),
        prices: Mapping[str, float] = PRICES,
        models: tuple[str, ...] = ("gpt-image-2", "gpt-6"),
        extra_params: tuple[str, ...] = (),
        by_prompt: bool = False,
        image_bytes: int = 0,
    ) -> None:
        self.script = script
        self.rules = rules or []
        self.latency_s = latency_s
        self.keys = keys
        self.prices = dict(prices)
        self.models = models
        self.shutdown: dict[str, str] = {}  # date by model, in the list of models
        self.extra_params = extra_params
        self.by_prompt = by_prompt  # a prompt's picture is the same at every call
        self.image_bytes = image_bytes  # of one big picture for all instead of small ones
        self.pictures: dict[str, bytes] = {}
        self.responses: dict[str, int] = {}  # id → its turn
        self.routes: dict[tuple[str, str], Endpoint] = dict(ROUTES)
        self._numbers = 0
        self._used: dict[int, int] = {}
        self._log: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._http = Http(("127.0.0.1", 0), Handler)
        self._http.contract = self
        self.port = self._http.server_address[1]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> ContractServer:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def serve_forever(self) -> None:
        self._http.serve_forever()

    def log(self) -> list[dict[str, Any]]:
        """Return all calls so far, in order of their end, each with what it was billed in US dollars."""
        with self._lock:
            return [*self._log]

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that asked for something, admitted or not, without those for models and pictures."""
        return [entry for entry in self.log() if entry["method"] == "POST"]

    def billed_usd(self) -> float:
        return sum(entry["billed_usd"] for entry in self.log())

    # --- for handlers

    def reply_to(self, call: Call) -> Reply:
        scripted = self.script(call)
        if scripted is not None:
            return scripted
        for index, rule in enumerate(self.rules):
            with self._lock:
                seen = self._used[index] = self._used.get(index, 0) + 1
            if seen % rule.every == 0:
                return rule.reply
        return Reply()

    def record(self, **entry: Any) -> None:
        entry["at"] = time.time()
        with self._lock:
            self._log.append(entry)

    def next_number(self) -> int:
        """Return the number of a new call."""
        with self._lock:
            self._numbers += 1
            return self._numbers


# --- a process of its own


@dataclass(frozen=True)
class ContractProcess:
    """A server in a process of its own, which outlives kills of whoever asks it."""

    port: int
    pid: int

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def log(self) -> list[dict[str, Any]]:
        """Return all calls so far, each with what it was billed in US dollars."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_log", timeout=10) as answer:
            return json.loads(answer.read())  # type: ignore[no-any-return]

    def billed_usd(self) -> float:
        return sum(entry["billed_usd"] for entry in self.log())


@contextmanager
def contract_process(*arguments: str) -> Iterator[ContractProcess]:
    """Start the server in a process of its own with command-line arguments; it ends with the tests."""
    command = [sys.executable, "-m", "tests.services.openai_contract", *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
        preexec_fn=die_with_parent,  # noqa: PLW1509
    )
    try:
        assert process.stdout is not None
        yield ContractProcess(int(process.stdout.readline()), process.pid)
    finally:
        process.kill()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--latency-s", type=float, default=0.0)
    parser.add_argument("--by-prompt", action="store_true", help="the same picture at every call of a prompt")
    parser.add_argument("--image-bytes", type=int, default=0, help="one big picture for all, not small ones")
    parser.add_argument("--rules", type=Path, help="JSON: a list of rules, see Rule and Reply")
    chosen = parser.parse_args()
    rules = [Rule.of(one) for one in json.loads(chosen.rules.read_text())] if chosen.rules else []
    server = ContractServer(
        rules=rules,
        latency_s=chosen.latency_s,
        by_prompt=chosen.by_prompt,
        image_bytes=chosen.image_bytes,
    )
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
