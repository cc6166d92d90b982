"""A server on the loopback for vision labelers, for what no server of others speaks with pictures: four endpoints.

Responses, chat completions and decisions take what the `openai` package's parameter types allow and answer through its
models; messages do so with the `anthropic` package. What is said of a picture is decided by a function of its bytes.

Belongs here: the four endpoints, what they are set to say, the log of requests. Does not belong here: sockets
(`loopback`), validation and building by the vendors' types (`openai.wire`), anything of ours.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anthropic.types
import jsonschema
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from openai.types import Decision
from openai.types.chat import ChatCompletion
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.decision_create_params import DecisionCreateParams

from tests.services import loopback
from tests.services.openai import wire

wire.REQUESTS |= {
    "/v1/chat/completions": CompletionCreateParamsNonStreaming,
    "/v1/decisions": DecisionCreateParams,
    "/v1/messages": MessageCreateParamsNonStreaming,
}
INPUT_TOKENS, CACHED_TOKENS, OUTPUT_TOKENS = 1200, 200, 30
LOGPROB = -0.05  # of every token of three characters


@dataclass(frozen=True)
class Asked:
    """One request: what was shown and what was asked of each picture."""

    number: int  # from 1
    path: str
    pictures: Sequence[bytes]
    attributes: Sequence[str]
    values: Mapping[str, Sequence[str]]  # the closed lists
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """What is answered: values of each picture, or what comes instead."""

    values: Sequence[Mapping[str, str]] = ()
    text: str | None = None  # in place of the values' JSON
    refusal: str | None = None
    declined: frozenset[str] = frozenset()  # questions that decisions refuse
    cut_off: bool = False
    filtered: bool = False
    confidence: float = 0.75
    usage: bool = True
    status: int = 200
    error: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    speaks: str | None = None  # answer as this path does, whatever was asked for
    wait_s: float = 0.0


def first_value(asked: Asked) -> Said:
    return Said([{name: asked.values[name][0] for name in asked.attributes} for _ in asked.pictures])


@dataclass
class Vision:
    """The server's state: what it says, what it was asked, how many calls were in flight at most."""

    says: Callable[[Asked], Said] = first_value
    address: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    models: Sequence[str] = ("gpt-6-luna",)
    shutdown: Mapping[str, str] = field(default_factory=dict)  # date by model, in the list of models
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_url(self) -> str:
        """Return the address for OpenAI's SDK; Anthropic's takes `address`."""
        return f"{self.address}/v1"

    def answer(self, seen: loopback.Seen) -> loopback.Reply:
        """Answer one request; one that the vendor's types do not allow fails the test."""
        if seen.method in {"GET", "HEAD"}:
            return self._listed(seen.target)
        body = json.loads(seen.body)
        with self._lock:
            wire.check_request(seen.target, body)  # pydantic's adapters are not made by two threads at once
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            asked = _asked(len(self.asked) + 1, seen.target, body)
            self.asked.append(asked)
            self.bodies.append(seen.body)
            self.headers.append(seen.headers)
        try:
            said = self.says(asked)
            time.sleep(said.wait_s)
            return _reply(asked, said)
        finally:
            with self._lock:
                self._now -= 1

    def _listed(self, target: str) -> loopback.Reply:
        """Answer the free calls: the list of models, and one of them."""
        name = target.removeprefix("/v1/models").strip("/")
        if name and name not in self.models:
            return loopback.Reply(404, b'{"error": {"message": "no such model", "code": "model_not_found"}}')
        data = [wire.model_body(model, self.shutdown.get(model)) for model in self.models]
        body = next(one for one in data if one["id"] == name) if name else {"object": "list", "data": data}
        return loopback.Reply(200, json.dumps(body).encode(), {"content-type": "application/json"})


def said_of(server: Vision, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the server says to one request, for a line of a batch."""
    asked = _asked(len(server.asked) + 1, path, body)
    server.asked.append(asked)
    answered: dict[str, Any] = json.loads(_reply(asked, server.says(asked)).body)
    return answered


@contextmanager
def vision(says: Callable[[Asked], Said] = first_value) -> Iterator[Vision]:
    """Serve on a free port; a request that was refused raises at the end."""
    server = Vision(says)
    with loopback.serve(server.answer) as address:
        server.address = address
        yield server


def _asked(number: int, path: str, body: Mapping[str, Any]) -> Asked:
    pictures = [base64.b64decode(url.partition(",")[2]) for url in _urls(path, body)]
    if path == "/v1/decisions":
        lists = {one["name"]: [choice["value"] for choice in one["choices"]] for one in body["questions"]}
        return Asked(number, path, pictures, [*lists], lists, body)
    one = _schema(path, body)
    if len(pictures) > 1:
        assert [*one["properties"]] == [f"picture_{n}" for n in range(1, len(pictures) + 1)]
        one = one["properties"]["picture_1"]
    lists = {name: values["enum"] for name, values in one["properties"].items()}
    return Asked(number, path, pictures, [*lists], lists, body)


def _urls(path: str, body: Mapping[str, Any]) -> list[str]:
    messages = body["input"] if path in {"/v1/responses", "/v1/decisions"} else body["messages"]
    parts = [
        part for message in messages if isinstance(message["content"], list) for part in message["content"]
    ]
    return [_url(part) for part in parts if "image" in part["type"]]


def _url(part: Mapping[str, Any]) -> str:
    if part["type"] == "image":
        return f"data:{part['source']['media_type']};base64,{part['source']['data']}"
    address = part["image_url"]
    return str(address if isinstance(address, str) else address["url"])


def _schema(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of the answer, which must be one that strict modes take."""
    schema: dict[str, Any]
    if path == "/v1/responses":
        assert body["text"]["format"]["strict"] is True
        schema = body["text"]["format"]["schema"]
    elif path == "/v1/chat/completions":
        assert body["response_format"]["json_schema"]["strict"] is True
        schema = body["response_format"]["json_schema"]["schema"]
    else:
        schema = body["output_config"]["format"]["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    _strict(schema)
    return schema


def _strict(schema: Mapping[str, Any]) -> None:
    if schema["type"] == "object":
        assert schema["additionalProperties"] is False
        assert schema["required"] == [*schema["properties"]]
        for one in schema["properties"].values():
            _strict(one)


def _reply(asked: Asked, said: Said) -> loopback.Reply:
    headers = {"content-type": "application/json", "x-request-id": f"req_{asked.number}", **said.headers}
    if asked.path == "/v1/messages":
        headers["request-id"] = headers.pop("x-request-id")
    if said.raw is not None:
        return loopback.Reply(said.status, said.raw, headers | {"content-type": "text/html"})
    if said.error is not None:
        kind = {"type": "error"} if asked.path == "/v1/messages" else {}
        return loopback.Reply(said.status, json.dumps({**kind, "error": dict(said.error)}).encode(), headers)
    body = _BODIES[said.speaks or asked.path](asked, said)
    return loopback.Reply(200, json.dumps(body).encode(), headers)


def _text(asked: Asked, said: Said) -> str:
    if said.text is not None:
        return said.text
    values = [dict(one) for one in said.values]
    if len(asked.pictures) == 1:
        return json.dumps(values[0])
    return json.dumps({f"picture_{n}": one for n, one in enumerate(values, start=1)})


def _tokens(text: str) -> list[dict[str, Any]]:
    parts = [text[at : at + 3] for at in range(0, len(text), 3)]
    return [
        {"token": part, "bytes": list(part.encode()), "logprob": LOGPROB, "top_logprobs": []}
        for part in parts
    ]


def _responses(asked: Asked, said: Said) -> dict[str, Any]:
    text = _text(asked, said) if not said.refusal else ""
    part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
    if asked.body.get("include"):
        part["logprobs"] = _tokens(text)
    if said.refusal:
        part = {"type": "refusal", "refusal": said.refusal}
    message = {"type": "message", "role": "assistant", "status": "completed", "id": f"msg_{asked.number}"}
    reason = "max_output_tokens" if said.cut_off else "content_filter" if said.filtered else None
    fields: dict[str, Any] = {
        "id": f"resp_{asked.number}",
        "created_at": time.time(),
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "output": [{**message, "content": [part]}],
    }
    if said.usage:
        fields["usage"] = wire.response_usage(INPUT_TOKENS, CACHED_TOKENS, OUTPUT_TOKENS)
    return wire.response_body(asked.body, fields)


def _chat(asked: Asked, said: Said) -> dict[str, Any]:
    text = _text(asked, said) if not said.refusal else None
    reason = "length" if said.cut_off else "content_filter" if said.filtered else "stop"
    choice: dict[str, Any] = {
        "index": 0,
        "finish_reason": reason,
        "message": {"role": "assistant", "content": text, "refusal": said.refusal},
        "logprobs": {"content": _tokens(text), "refusal": None}
        if asked.body.get("logprobs") and text
        else None,
    }
    fields: dict[str, Any] = {
        "id": f"chatcmpl_{asked.number}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked.body["model"],
        "choices": [choice],
    }
    if said.usage:
        fields["usage"] = {
            "prompt_tokens": INPUT_TOKENS,
            "completion_tokens": OUTPUT_TOKENS,
            "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
            "prompt_tokens_details": {"cached_tokens": CACHED_TOKENS},
        }
    return wire.exact(ChatCompletion, fields)


def _decisions(asked: Asked, said: Said) -> dict[str, Any]:
    (values,) = said.values or ({},)
    answers: list[dict[str, Any]] = []
    for name in asked.attributes:
        if said.refusal or name in said.declined:
            answers.append({"type": "refusal", "name": name})
            continue
        others = [value for value in asked.values[name] if value != values[name]]
        rest = (1 - said.confidence) / len(others)
        answers.append(
            {
                "type": "choice",
                "name": name,
                "choice": values[name],
                "confidence": said.confidence,
                "probabilities": [
                    {"value": values[name], "probability": said.confidence},
                    *({"value": value, "probability": rest} for value in others),
                ],
            }
        )
    usage = wire.response_usage(INPUT_TOKENS, CACHED_TOKENS, 0)
    return wire.exact(Decision, {"model": asked.body["model"], "answers": answers, "usage": usage})


def _messages(asked: Asked, said: Said) -> dict[str, Any]:
    stop = "refusal" if said.refusal else "max_tokens" if said.cut_off else "end_turn"
    details = {"type": "refusal", "category": "general_harms", "explanation": said.refusal}
    fields = {
        "id": f"msg_{asked.number}",
        "type": "message",
        "role": "assistant",
        "model": asked.body["model"],
        "content": [] if said.refusal else [{"type": "text", "text": _text(asked, said)}],
        "stop_reason": stop,
        "stop_details": details if said.refusal else None,
        "usage": {
            "input_tokens": INPUT_TOKENS - CACHED_TOKENS,
            "cache_read_input_tokens": CACHED_TOKENS,
            "output_tokens": OUTPUT_TOKENS,
        },
    }
    return wire.exact(anthropic.types.Message, fields)


_BODIES: Mapping[str, Callable[[Asked, Said], dict[str, Any]]] = {
    "/v1/responses": _responses,
    "/v1/chat/completions": _chat,
    "/v1/decisions": _decisions,
    "/v1/messages": _messages,
}
