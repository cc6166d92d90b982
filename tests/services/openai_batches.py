"""The Batch and Files endpoints of the OpenAI API, held to the `openai` package's own types; images too, one by one.

Belongs here: files, batches and their lines as the vendor's models write them, what was billed. Does not belong here:
validation of a picture's request (`openai.wire`), sockets (`loopback`).
"""

from __future__ import annotations

import base64
import email.parser
import email.policy
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openai.types import Batch, FileObject
from openai.types.batch_create_params import BatchCreateParams
from pydantic import TypeAdapter

from tests.services.loopback import Reply, Seen, serve
from tests.services.openai import wire

IMAGES = "/v1/images/generations"
#: (custom id, body of the request) → line of the output: `response` or `error`; None: no line at all.
Script = Callable[[str, Mapping[str, Any]], "dict[str, Any] | None"]


def drawn(prompt: str, number: int) -> dict[str, Any]:
    items = [{"b64_json": base64.b64encode(wire.small_picture(number)).decode()}]
    return wire.images_body(items, wire.image_usage(prompt, 1, 1000), created=1)


def answered(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"response": {"status_code": status, "request_id": "req-batch", "body": dict(body)}, "error": None}


def not_answered(code: str) -> dict[str, Any]:
    return {"response": None, "error": {"code": code, "message": f"{code}: not executed in time"}}


class Server:
    """One account. A batch ends after `looks` looks at it, as `ends` says; `lose_create` loses the next answers."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        looks: int = 1,
        ends: str = "completed",
        endpoint: str = IMAGES,
        alone: Callable[[Seen], Reply] | None = None,
    ) -> None:
        self.script = script
        self.endpoint = endpoint
        self.alone = alone  # answers calls that come one by one, in place of a picture
        self.looks = looks
        self.ends = ends
        self.lose_create = 0  # calls that make a batch whose answer is cut
        self.hide = 0  # listings in which new batches do not show yet
        self.refuse_create: Reply | None = None
        self.batches: dict[str, dict[str, Any]] = {}
        self.single: list[dict[str, Any]] = []  # bodies of pictures that were asked for one by one
        self._files: dict[str, bytes] = {}
        self._seen: dict[str, int] = {}
        self._drawn = 0
        self._lock = threading.Lock()

    def answer(self, seen: Seen) -> Reply:
        with self._lock:
            return self._answer(seen)

    def _answer(self, seen: Seen) -> Reply:
        path = urlsplit(seen.target).path
        if (seen.method, path) == ("POST", "/v1/files"):
            return self._upload(seen)
        if (seen.method, path) == ("POST", "/v1/batches"):
            return self._create(json.loads(seen.body))
        if (seen.method, path) == ("GET", "/v1/batches"):
            return self._list(parse_qs(urlsplit(seen.target).query))
        if (seen.method, path) == ("POST", self.endpoint):
            if self.alone is not None:
                return self.alone(seen)
            body = json.loads(seen.body)
            wire.check_request(IMAGES, body)
            self.single.append(body)
            self._drawn += 1
            return _json(drawn(body["prompt"], 100_000 + self._drawn))
        kind, _, name = path.removeprefix("/v1/").partition("/")
        if kind == "batches":
            return self._look(name)
        file = name.removesuffix("/content")
        return Reply(200, self._files[file]) if file in self._files else _json(_error("no such file"), 404)

    def _upload(self, seen: Seen) -> Reply:
        head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + seen.body)
        parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}
        assert parts["purpose"].get_content().strip() == "batch"
        data = parts["file"].get_payload(decode=True)
        name = f"file-{len(self._files) + 1}"
        self._files[name] = data
        fields = {
            "id": name,
            "bytes": len(data),
            "created_at": 1,
            "filename": "cliche.jsonl",
            "object": "file",
            "purpose": "batch",
            "status": "processed",
        }
        return _json(wire.exact(FileObject, fields))

    def _create(self, body: dict[str, Any]) -> Reply:
        TypeAdapter(BatchCreateParams).validate_python(body)
        if self.refuse_create is not None:
            return self.refuse_create
        assert body["endpoint"] == self.endpoint
        lines = [json.loads(line) for line in self._files[body["input_file_id"]].splitlines()]
        for line in lines:
            assert (line["method"], line["url"]) == ("POST", self.endpoint)
            wire.check_request(self.endpoint, line["body"])
        assert len({line["custom_id"] for line in lines}) == len(lines)
        name = f"batch_{len(self.batches) + 1}"
        self.batches[name] = {
            "id": name,
            "completion_window": "24h",
            "created_at": 1,
            "endpoint": self.endpoint,
            "input_file_id": body["input_file_id"],
            "object": "batch",
            "status": "validating",
            "metadata": body.get("metadata"),
        }
        if self.lose_create:
            self.lose_create -= 1
            return Reply(200, b'{"id": "batch', cut_after=5)
        return _json(wire.exact(Batch, self.batches[name]))

    def _list(self, query: Mapping[str, list[str]]) -> Reply:
        if self.hide:
            self.hide -= 1
            return _json({"object": "list", "data": [], "has_more": False})
        newest = [*reversed(self.batches.values())]
        after = query.get("after", [None])[0]
        begin = [b["id"] for b in newest].index(after) + 1 if after else 0
        page = newest[begin : begin + 2]  # short pages: who looks must turn them
        data = [wire.exact(Batch, batch) for batch in page]
        return _json({"object": "list", "data": data, "has_more": begin + 2 < len(newest)})

    def _look(self, name: str) -> Reply:
        batch = self.batches[name]
        self._seen[name] = self._seen.get(name, 0) + 1
        if batch["status"] in {"validating", "in_progress"}:
            batch["status"] = "in_progress"
            if self._seen[name] > self.looks:
                self._finish(batch)
        return _json(wire.exact(Batch, batch))

    def _finish(self, batch: dict[str, Any]) -> None:
        batch["status"] = self.ends
        if self.ends == "failed":
            told = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached", "line": None}
            batch["errors"] = {"object": "list", "data": [told]}
            return
        outputs: dict[str, list[dict[str, Any]]] = {"output_file_id": [], "error_file_id": []}
        for line in (json.loads(raw) for raw in self._files[batch["input_file_id"]].splitlines()):
            self._drawn += 1
            said = (
                self.script(line["custom_id"], line["body"])
                if self.script
                else answered(200, drawn(line["body"]["prompt"], self._drawn))
            )
            if said is not None:
                good = said["response"] is not None and said["response"]["status_code"] == 200
                outputs["output_file_id" if good else "error_file_id"].append(
                    {"id": f"batch_req_{self._drawn}", "custom_id": line["custom_id"], **said}
                )
        for field, lines in outputs.items():
            if lines:
                name = f"file-{field}-{batch['id']}"
                self._files[name] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
                batch[field] = name

    def drop_files(self) -> None:
        """Forget what batches answered, as after thirty days."""
        self._files = {name: data for name, data in self._files.items() if "_file_id-" not in name}


def _json(body: Mapping[str, Any], status: int = 200) -> Reply:
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/json"})


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}


@contextmanager
def batches(server: Server) -> Iterator[str]:
    """Serve an account; yield the base address of its API."""
    with serve(server.answer) as address:
        yield f"{address}/v1"
