"""A contract server for OpenRouter: requests and answers are held against the OpenAPI that OpenRouter publishes.

`openrouter_openapi.json` beside this file is an excerpt of it with its source and date.

Belongs here: what OpenRouter takes, how it answers, what it billed. Does not belong here: sockets (`loopback`).
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema

from tests.services.loopback import RefusedRequestError, Reply, Seen

KEY = "sk-or-v1-0123456789abcdef"
SPEC = json.loads(Path(__file__).with_name("openrouter_openapi.json").read_text())["openapi"]
MODEL = "google/gemini-3.1-flash-image"
DATED = "google/gemini-3.1-flash-image-20260226"


def check(value: Any, schema: Mapping[str, Any]) -> None:
    """Hold a value against a schema of the description; OpenAPI 3.1 schemas are JSON Schema 2020-12."""
    jsonschema.Draft202012Validator({**schema, "components": SPEC["components"]}).validate(value)


def reply(
    path: str, method: str, body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Reply:
    """Return an answer after holding it against what the description says of that path and status."""
    told = SPEC["paths"][path][method]["responses"].get(str(status))
    if told is not None:
        check(body, told["content"]["application/json"]["schema"])
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})


def problem(status: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> Reply:
    """Return an error of `POST /images` in the envelope that OpenRouter documents."""
    return reply("/images", "post", {"error": {"code": status, "message": message, **more}}, status, headers)


class OpenRouter:
    def __init__(self, picture: Callable[[int], bytes]) -> None:
        self.picture = picture
        self.base = ""
        self.answered: Reply | None = None  # instead of a picture
        self.usage: dict[str, Any] | None = {
            "prompt_tokens": 12,
            "completion_tokens": 1290,
            "total_tokens": 1302,
            "cost": 0.039,
        }
        self.unknown_for = 0  # look-ups of a generation that are answered 404 first
        self.records: dict[str, Any] = {}  # what differs in `GET /generation`
        self.asked: list[dict[str, Any]] = []  # body of each picture: what is billed
        self.looked_up: list[str] = []
        self._lock = threading.Lock()

    def answer(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.target)
        method = seen.method.lower()
        if parts.path not in SPEC["paths"] or method not in SPEC["paths"][parts.path]:
            raise RefusedRequestError(f"OpenRouter has no {seen.method} {parts.path}")
        if seen.headers.get("authorization") != f"Bearer {KEY}" and parts.path != "/images/models":
            error = {"error": {"code": 401, "message": "Missing Authentication header"}}
            return reply(parts.path, method, error, 401)
        return {
            "/images": lambda: self._draw(json.loads(seen.body)),
            "/generation": lambda: self._record(parse_qs(parts.query)["id"][0]),
            "/key": lambda: Reply(200, json.dumps({"data": {"limit_remaining": 74.5}}).encode()),
            "/images/models": lambda: Reply(200, json.dumps({"data": [{"id": MODEL}]}).encode()),
        }[parts.path]()

    def _draw(self, body: dict[str, Any]) -> Reply:
        wanted = SPEC["paths"]["/images"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        try:
            check(body, wanted)
        except jsonschema.ValidationError as error:
            return problem(400, error.message)
        with self._lock:
            number = len(self.asked)
            self.asked.append(body)
        if self.answered is not None:
            return self.answered
        picture = {"b64_json": base64.b64encode(self.picture(number)).decode(), "media_type": "image/png"}
        told = {"created": 1748372400, "data": [picture]} | ({"usage": self.usage} if self.usage else {})
        return reply("/images", "post", told, headers={"X-Generation-Id": f"gen-{number}"})

    def _record(self, name: str) -> Reply:
        with self._lock:
            self.looked_up.append(name)
            seen = self.looked_up.count(name)
        if seen <= self.unknown_for:
            return reply("/generation", "get", {"error": {"code": 404, "message": "Not found"}}, 404)
        properties = SPEC["components"]["schemas"]["GenerationResponse"]["properties"]["data"]["properties"]
        record = {field: _empty(schema) for field, schema in properties.items()}
        record |= {
            "id": name,
            "api_type": "image",
            "model": MODEL,
            "provider_name": "Google AI Studio",
            "upstream_id": f"up-{name}",
            "data_region": "global",
            "provider_responses": [
                {"status": 503, "provider_name": "Google", "model_permaslug": DATED},
                {"status": 200, "provider_name": "Google AI Studio", "model_permaslug": DATED},
            ],
            **self.records,
        }
        return reply("/generation", "get", {"data": record})


def _empty(schema: Mapping[str, Any]) -> Any:
    """Return a value of no importance that a schema of the description allows."""
    kinds = schema.get("type", "null")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "null" in kinds:
        return None
    return {"string": "", "number": 0, "integer": 0, "boolean": False, "array": [], "object": {}}[kinds[0]]
