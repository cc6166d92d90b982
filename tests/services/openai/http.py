"""The HTTP side of the contract server: connections, keys, the limit of requests, faults.

Belongs here: bytes on the wire. Does not belong here: what is answered (`openai.endpoints`), scripts (`openai.script`).
"""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.services.loopback import Server
from tests.services.openai import wire
from tests.services.openai.script import Answered, Call, RefusedError

if TYPE_CHECKING:
    from tests.services.openai.endpoints import Handler as Endpoint
    from tests.services.openai_contract import ContractServer


class Http(Server):
    request_queue_size = 512
    contract: ContractServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Http

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on standard error."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            self._answer(json.loads(data or b"{}"))
        except json.JSONDecodeError:
            self._send(400, "application/json", b'{"error": {"message": "no JSON"}}', {})

    def _answer(self, body: dict[str, Any]) -> None:
        contract = self.server.contract
        if self.path == "/_log":
            self._send(200, "application/json", json.dumps(contract.log()).encode(), {})
            return
        call = self._call(body)
        headers = {"x-request-id": f"req_{call.number}", "openai-version": "2020-10-01"}
        try:
            handler = self._handler(call)
            self._admit(call)
            answered = handler(contract, call)
        except RefusedError as error:
            if self.command == "POST":
                entry = {
                    "number": call.number,
                    "method": "POST",
                    "path": call.path,
                    "prompt": call.prompt,
                }
                contract.record(**entry, status=error.status, outcome="error", billed_usd=0.0)
            data = json.dumps(wire.error_body(error.error)).encode()
            answered = Answered(data, error.status, reply=error.reply)
        reply = answered.reply
        self._send(answered.status, answered.kind, answered.body, headers | reply.headers, reply.fault)

    def _call(self, body: dict[str, Any]) -> Call:
        contract = self.server.contract
        asked = body.get("input", body.get("prompt", ""))
        if isinstance(asked, list):
            asked = json.dumps(asked)
        choice = body.get("tool_choice")
        before = contract.responses.get(str(body.get("previous_response_id")), 0)
        return Call(
            number=contract.next_number(),
            path=self.path.partition("?")[0],
            body=body,
            headers={name.lower(): value for name, value in self.headers.items()},
            prompt=str(asked),
            forced="images" in self.path
            or (isinstance(choice, dict) and choice.get("type") == "image_generation"),
            turn=before + 1,
        )

    def _handler(self, call: Call) -> Endpoint:
        for (method, pattern), handler in self.server.contract.routes.items():
            if method == self.command and re.fullmatch(pattern, call.path):
                return handler
        raise RefusedError(
            404, {"code": "unknown_url", "message": f"Invalid URL ({self.command} {call.path})"}
        )

    def _admit(self, call: Call) -> None:
        contract = self.server.contract
        if call.path.startswith("/pictures/"):
            return
        key = call.headers.get("authorization", "").removeprefix("Bearer ")
        if not key or (contract.keys and key not in contract.keys):
            raise RefusedError(
                401, {"code": "invalid_api_key", "message": f"Incorrect API key provided: {key[:3]}***."}
            )

    def _send(
        self, status: int, kind: str, data: bytes, headers: Mapping[str, str], fault: str | None = None
    ) -> None:
        lines = [f"HTTP/1.1 {status} {self.responses.get(status, ('?',))[0]}", f"content-type: {kind}"]
        lines += [f"content-length: {len(data)}", *(f"{name}: {value}" for name, value in headers.items())]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        if fault is None:
            self.wfile.write(head + data)
            return
        self.close_connection = True
        if fault == "cut":
            self.wfile.write(head + data[: len(data) // 2])
        if fault in {"reset", "cut"}:
            time.sleep(0.02)  # what was written leaves before the reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
