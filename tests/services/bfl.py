"""A contract server for Black Forest Labs: requests and answers are held against the OpenAPI that BFL publishes.

`bfl_openapi.json` beside this file is an excerpt of it with its source and date; what BFL published later (FLUX 3)
is in a part of its own there, with its own source.

Belongs here: what BFL takes, how it answers, its log of what it billed. Does not belong here: sockets (`loopback`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema

from tests.services.loopback import RefusedRequestError, Reply, Seen

KEY = "bfl-key-0123456789abcdef"
PUBLISHED = json.loads(Path(__file__).with_name("bfl_openapi.json").read_text())


@cache
def spec() -> dict[str, Any]:
    """Return the published description with what was published later worked in."""
    api: dict[str, Any] = json.loads(json.dumps(PUBLISHED["openapi"]))
    later = PUBLISHED["later"]
    api["paths"] |= later["paths"]
    api["components"]["schemas"] |= later["schemas"]
    api["components"]["schemas"]["StatusResponse"]["enum"] += later["statuses"]
    return api


def check(value: Any, schema: Mapping[str, Any]) -> None:
    """Hold a value against a schema of the description; OpenAPI 3.1 schemas are JSON Schema 2020-12."""
    document = {**schema, "components": spec()["components"]}
    jsonschema.Draft202012Validator(document).validate(value)


def answer_schema(path: str, method: str, status: int) -> Mapping[str, Any] | None:
    """Return the schema that the description gives an answer, or None: it says nothing of that status."""
    told = spec()["paths"][path][method]["responses"].get(str(status))
    return told["content"]["application/json"]["schema"] if told else None


def reply(
    path: str, method: str, body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Reply:
    """Return an answer after holding it against what the description says of that path and status."""
    schema = answer_schema(path, method, status)
    if schema is not None:
        check(body, schema)
    more = {"content-type": "application/json", **(headers or {})}
    return Reply(status, json.dumps(body).encode(), more)


def result(status: str, http_status: int = 200, **more: Any) -> Reply:
    """Return what polling answers: the statuses are those of the description."""
    body = {"id": "task", "status": status, "result": None, **more}
    check(body, {"$ref": "#/components/schemas/ResultResponse"})
    return Reply(http_status, json.dumps(body).encode(), {"content-type": "application/json"})


class Bfl:
    """The server's memory. `polls` are given to each task in order, the last for ever; a callable makes one anew."""

    def __init__(self, picture: Callable[[int], bytes]) -> None:
        self.picture = picture
        self.base = ""
        self.submit: Reply | None = None  # instead of a task
        self.polls: list[Reply | Callable[[str], Reply]] = [self.ready]
        self.polling_url: Callable[[str], str] = lambda task: f"{self.base}/v1/get_result?id={task}"
        self.delivery: Callable[[str], Reply] | None = None
        self.asked: list[tuple[str, dict[str, Any]]] = []  # model and body of each task: what is billed
        self.polled: dict[str, int] = {}
        self.fetched: list[Seen] = []
        self._lock = threading.Lock()

    def ready(self, task: str, **more: Any) -> Reply:
        """Return the last poll of a task: its picture's address, and what BFL tells beside it."""
        prompt = self.asked[int(task)][1]["prompt"]
        sample = f"{self.base}/delivery/{task}?se=2026&sig=abc"
        return result("Ready", result={"sample": sample, "prompt": prompt, "duration": 1.5, **more})

    def answer(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.target)
        if parts.path.startswith("/delivery/"):
            if "x-key" in seen.headers:
                raise RefusedRequestError("the key went to where pictures are kept")
            self.fetched.append(seen)
            task = parts.path.rpartition("/")[2]
            return self.delivery(task) if self.delivery else Reply(200, self.picture(int(task)))
        if parts.path == "/openapi.json":
            return Reply(200, json.dumps(spec()).encode(), {"content-type": "application/json"})
        method = seen.method.lower()
        told = spec()["paths"].get(parts.path, {}).get(method)
        if told is None:
            return reply("/v1/get_result", "get", {"detail": "Not Found"}, 404)
        if told.get("security") and seen.headers.get("x-key") != KEY:
            return reply(parts.path, method, {"detail": "Not authenticated"}, 403)
        if parts.path == "/v1/credits":
            return reply(parts.path, method, {"credits": 123.5})
        if parts.path == "/v1/get_result":
            return self._poll(parse_qs(parts.query)["id"][0])
        return self._submit(parts.path, told, json.loads(seen.body))

    def _submit(self, path: str, told: Mapping[str, Any], body: dict[str, Any]) -> Reply:
        try:
            check(body, told["requestBody"]["content"]["application/json"]["schema"])
        except jsonschema.ValidationError as error:
            problem = {"loc": ["body", *error.absolute_path], "msg": error.message, "type": "value_error"}
            return reply(path, "post", {"detail": [problem]}, 422)
        with self._lock:
            self.asked.append((path.rpartition("/")[2], body))
            task = str(len(self.asked) - 1)
        if self.submit is not None:
            return self.submit
        size = (body.get("width") or 1024) * (body.get("height") or 1024) / 1e6
        told_price = {"cost": 3.0, "input_mp": 0.0, "output_mp": round(size, 2)}
        return reply(path, "post", {"id": task, "polling_url": self.polling_url(task), **told_price})

    def _poll(self, task: str) -> Reply:
        with self._lock:
            number = self.polled[task] = self.polled.get(task, 0) + 1
        found = self.polls[min(number, len(self.polls)) - 1]
        return found if isinstance(found, Reply) else found(task)
