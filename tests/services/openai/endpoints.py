"""The endpoints of the contract server: a request that the vendor's types allow, the reply, the bill, the answer.

An endpoint more (files, batches) is one function and one row in `ROUTES`.

Belongs here: what each endpoint does with a call. Does not belong here: shapes (`openai.wire`), HTTP.
"""

from __future__ import annotations

import json
import time
import zlib
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.services.openai import wire
from tests.services.openai.script import Answered, Call, RefusedError, Reply

if TYPE_CHECKING:
    from tests.services.openai_contract import ContractServer

IMAGE_TOKENS = 1056  # of one picture
_PICTURE = "@PICTURE@"  # stands for base64 while JSON is written

Handler = Callable[["ContractServer", Call], Answered]


def images_generate(server: ContractServer, call: Call) -> Answered:
    """POST /v1/images/generations."""
    reply = _replied(server, call)
    if reply.raw is not None:
        return _raw(server, call, reply)
    count = 1 if reply.images is None else reply.images
    image, items = _image(server, call, reply), []
    for _ in range(count):
        item: dict[str, Any] = {"url" if reply.as_url else "b64_json": _PICTURE}
        items.append(item | ({"revised_prompt": reply.revised_prompt} if reply.revised_prompt else {}))
    usage = wire.image_usage(call.prompt, count, IMAGE_TOKENS)
    body = wire.images_body(items, usage if reply.usage else None, int(time.time()))
    body["data"] = [item | reply.extra_item for item in body["data"]]
    _bill(server, call, usd=wire.billed_usd(usage, None, server.prices), outcome="ok", pictures=count)
    return Answered(_with_picture(body | reply.extra, image), reply=reply)


def responses_create(server: ContractServer, call: Call) -> Answered:
    """POST /v1/responses, with the image_generation tool."""
    previous = call.body.get("previous_response_id")
    if previous is not None and previous not in server.responses:
        message = f"Previous response with id '{previous}' not found."
        raise RefusedError(
            400, {"code": "previous_response_not_found", "message": message, "param": "previous_response_id"}
        )
    reply = _replied(server, call)
    if reply.raw is not None:
        return _raw(server, call, reply)
    count = int(call.forced) if reply.images is None else reply.images
    image = _image(server, call, reply)
    revised = reply.revised_prompt or f"revised: {call.prompt}"
    output = [
        {"type": "image_generation_call", "id": f"ig_{call.number}_{index}", "status": "completed"}
        | {"result": _PICTURE, "revised_prompt": revised}
        for index in range(count)
    ]
    if reply.call_error:
        failed = {"type": "image_generation_call", "id": f"ig_{call.number}", "status": "failed"}
        output = [failed | {"error": reply.call_error}]
    text = reply.text if reply.text is not None or output else "You are right, and I am sorry for that."
    parts = [{"type": "output_text", "text": text, "annotations": []}] if text is not None else []
    parts += [{"type": "refusal", "refusal": reply.refusal}] if reply.refusal else []
    if parts:
        message = {"type": "message", "role": "assistant", "status": "completed", "id": f"msg_{call.number}"}
        output.append(message | {"content": parts[-1:] if reply.refusal else parts})
    usage = wire.response_usage(wire.tokens(call.prompt) * call.turn, 0, wire.tokens(text or "") + 20)
    tools = wire.tool_usage(revised, count, IMAGE_TOKENS, pictures_in=call.turn - 1 if count else 0)
    fields: dict[str, Any] = {
        "id": f"resp_{call.number}",
        "created_at": time.time(),
        "status": reply.status,
        "output": output,
        "error": reply.response_error,
        "incomplete_details": {"reason": reply.incomplete_reason} if reply.incomplete_reason else None,
    }
    body = wire.response_body(
        call.body, fields | ({"usage": usage, "tool_usage": tools} if reply.usage else {})
    )
    server.responses[fields["id"]] = call.turn
    usd = wire.billed_usd(usage, tools, server.prices)
    _bill(server, call, usd=usd, outcome=reply.status, pictures=count, response_id=fields["id"])
    return Answered(_with_picture(body | reply.extra, image), reply=reply)


def models_get(server: ContractServer, call: Call) -> Answered:
    """GET /v1/models and /v1/models/{id}."""
    name = call.path.removeprefix("/v1/models").strip("/")
    if name and name not in server.models:
        raise RefusedError(404, {"code": "model_not_found", "message": f"The model '{name}' does not exist"})
    data = [wire.model_body(model, server.shutdown.get(model)) for model in server.models]
    body = wire.model_body(name, server.shutdown.get(name)) if name else {"object": "list", "data": data}
    server.record(number=call.number, method="GET", path=call.path, status=200, billed_usd=0.0)
    return Answered(json.dumps(body).encode())


def picture_get(server: ContractServer, call: Call) -> Answered:
    """GET /pictures/{name}: where answers with an address point to."""
    data = server.pictures.get(call.path)
    server.record(
        number=call.number, method="GET", path=call.path, status=200 if data else 404, billed_usd=0.0
    )
    return Answered(data, kind="image/png") if data else Answered(b"gone", 404, "text/plain")


def _replied(server: ContractServer, call: Call) -> Reply:
    """Return the script's reply to a request that the vendor's types allow; an HTTP error is raised."""
    try:
        wire.check_request(call.path, call.body, extra=server.extra_params)
    except wire.WireError as error:
        told = {"code": error.code, "message": str(error), "param": error.param}
        raise RefusedError(400, told) from None
    reply = server.reply_to(call)
    time.sleep(server.latency_s if reply.latency_s is None else reply.latency_s)
    if reply.error:
        error = dict(reply.error)
        status = int(error.pop("status", 500))
        raise RefusedError(status, {"message": "scripted", **error}, reply)
    return reply


def _raw(server: ContractServer, call: Call, reply: Reply) -> Answered:
    _bill(server, call, usd=0.0, outcome="raw", pictures=0, status=reply.raw_status)
    return Answered((reply.raw or "").encode(), reply.raw_status, reply.raw_type, reply)


def _bill(server: ContractServer, call: Call, *, usd: float, outcome: str, **more: Any) -> None:
    """Log a call whose work is done, and what it costs, before a byte of the answer leaves."""
    server.record(
        number=call.number,
        method="POST",
        path=call.path,
        prompt=call.prompt,
        model=call.body.get("model"),
        turn=call.turn,
        previous_response_id=call.body.get("previous_response_id"),
        outcome=outcome,
        billed_usd=usd,
        **{"status": 200, **more},
    )


def _image(server: ContractServer, call: Call, reply: Reply) -> bytes:
    """Return the picture in base64, or an address under which it lies from now on."""
    data = reply.image
    if data is None and server.image_bytes:
        return wire.encoded_noise(server.image_bytes)
    if data is None:
        number = zlib.crc32(call.prompt.encode()) if server.by_prompt else call.number
        data = wire.small_picture(number)
    if not reply.as_url:
        return b64encode(data)
    path = f"/pictures/{call.number}.png"
    server.pictures[path] = data
    return f"http://127.0.0.1:{server.port}{path}".encode()


def _with_picture(body: dict[str, Any], image: bytes) -> bytes:
    return json.dumps(body).encode().replace(_PICTURE.encode(), image)


#: (method, pattern of the whole path) → what answers it.
ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", r"/v1/images/generations"): images_generate,
    ("POST", r"/v1/responses"): responses_create,
    ("GET", r"/v1/models(/.+)?"): models_get,
    ("GET", r"/pictures/.+"): picture_get,
}
