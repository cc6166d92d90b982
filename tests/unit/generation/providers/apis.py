"""Every API that is asked over HTTP: how to reach it, and how it writes an error or an answer that has no picture.

Belongs here: what tests of all providers need (`test_contract`, `documented.yaml`). Does not belong here: what is
particular to one API (its own test), servers that hold requests to an API's description (`tests/services`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from google.genai import types

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer
from assets.generation.providers.base import Provider
from assets.generation.providers.registry import make_provider
from tests.services import bedrock, bfl, gemini, openrouter
from tests.services.loopback import Reply, Seen, serve
from tests.unit.generation.providers.others import request

CORE, NOVA, OMNI = "stability.stable-image-core-v1:1", "amazon.nova-canvas-v1:0", "us.amazon.nova-2-omni-v1:0"
KEY = "sk-proj-Zx81mQpL0aVw"
JSON = {"content-type": "application/json"}
Row = Mapping[str, Any]
#: Documented errors and answers without a picture, by provider; a row's other fields are those of `Api.reply`.
ROWS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("documented.yaml").read_text("utf-8")
)


def plain(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Reply(status, data, JSON | dict(headers or {}))


def _openai_error(row: Row) -> dict[str, Any]:
    error = {"message": "…", "type": "invalid_request_error", "param": None, "code": None}
    return error | {
        name: row[name] for name in ("code", "type", "message", "moderation_details") if name in row
    }


def _openai(row: Row) -> Reply:
    if row.get("shape") == "xai":
        return plain({"code": row["code"], "error": row.get("message", "…")}, row["status"])
    return plain({"error": _openai_error(row)}, row["status"])


def _response(row: Row) -> Reply:
    """An error inside an answer with a good status, or an error of the endpoint."""
    if row["status"] != 200:
        return _openai(row)
    failed = {"id": "resp_1", "object": "response", "status": "failed", "output": []}
    return plain(failed | {"error": _openai_error(row)})


def _bedrock(row: Row) -> Reply:
    if "stop" in row:
        return bedrock.messages_answer([], row["stop"])
    if "answer" in row:
        return bedrock.answered(row["answer"])
    return bedrock.error(row["code"], row.get("message", "as documented"), status=row.get("status"))


def _detail(kind: str, **fields: Any) -> dict[str, Any]:
    return {"@type": f"type.googleapis.com/google.rpc.{kind}", **fields}


def _gemini(row: Row) -> Reply:
    if "block" in row:
        rated = types.SafetyRating(category="HARM_CATEGORY_HARASSMENT", probability="HIGH", blocked=True)
        feedback = types.GenerateContentResponsePromptFeedback(
            block_reason=row["block"], block_reason_message=row["message"], safety_ratings=[rated]
        )
        return gemini.answered(finish=None, feedback=feedback)
    if "finish" in row:
        return gemini.answered(finish=row["finish"], finish_message="said so")
    details = [_detail(**one) for one in row.get("details", ())]
    return gemini.error(row["code"], row.get("message", "as documented"), *details)


def _openrouter(row: Row) -> Reply:
    return openrouter.problem(row["status"], row.get("message", "no such luck"), **row.get("more", {}))


def _bfl(row: Row) -> Reply:
    return bfl.reply("/v1/flux-2-pro", "post", row["body"], row["status"])


@dataclass(frozen=True)
class Api:
    """One provider's API: a model of it, the variable of its key, what it answers for a row of `ROWS`.

    `error` writes an error of a status with a message; `seeds` says whether a slot's seed is sent.
    """

    model: str
    documented: Callable[[Row], Reply]
    error: Callable[[int, str], Reply]
    key_env: str | None = None
    seeds: bool = True
    unknown: int = 418  # a status that no row knows

    def reply(self, row: Row) -> Reply:
        """The row's body as it is; without one, what the row's fields say."""
        if isinstance(row.get("body"), str):
            return Reply(row["status"], row["body"].encode(), JSON)
        if "body" in row and self.documented is not _bfl:
            return plain(row["body"], row["status"])
        return self.documented(row)


def _said(status: int, message: str) -> Reply:
    return plain({"error": {"message": message}, "detail": message}, status)


def _said_by_google(status: int, message: str) -> Reply:
    return plain({"error": {"code": status, "message": message, "status": "TEAPOT"}}, status)


def _said_by_aws(status: int, message: str) -> Reply:
    return bedrock.error("QuantumException", message, status=status)


APIS = {
    "openai_images": Api("gpt-image-2", _openai, _said, "OPENAI_API_KEY"),
    "openai_responses": Api("gpt-6", _response, _said, "OPENAI_API_KEY", seeds=False),
    "bedrock": Api(CORE, _bedrock, _said_by_aws),
    "gemini": Api("gemini-nano-banana-2.1", _gemini, _said_by_google, "GEMINI_API_KEY"),
    "openrouter": Api("google/gemini-3.1-flash-image", _openrouter, _said, "OPENROUTER_API_KEY", unknown=307),
    "bfl": Api("flux-2-pro", _bfl, _said, "BFL_API_KEY"),
}


@dataclass
class Wire:
    """A server that gives whoever asks the next of `replies`, the last one for ever; `seen` is what was asked."""

    base: str = ""
    replies: list[Reply] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    made: dict[str, Provider] = field(default_factory=dict)

    def answer(self, seen: Seen) -> Reply:
        self.seen.append(seen)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def provider(self, name: str, **more: Any) -> Provider:
        fields = {"base_url": self.base, "allow_private": True, "region": bedrock.REGION, "timeout_s": 5.0}
        return make_provider(name, Connection.model_validate(fields | more))

    def ask(self, name: str, *replies: Reply, model: str = "", key: str = "ab" * 32, **params: Any) -> Answer:
        self.seen.clear()
        self.replies = [*replies]
        if name not in self.made:
            self.made[name] = self.provider(name)
        return self.made[name].ask(request(model or APIS[name].model, key=key, **params))


@contextmanager
def wire() -> Iterator[Wire]:
    made = Wire()
    with serve(made.answer) as made.base:
        yield made
