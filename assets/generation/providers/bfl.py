"""Black Forest Labs: FLUX over HTTP. A task is submitted, asked about until it is ready, and its picture is fetched.

Only the submit is paid for, and it is sent once for each `ask`: trouble while polling is met by polling again, within
the time of the call. The key is sent to BFL's own API hosts and to no other.

Sources: https://api.bfl.ai/openapi.json and docs.bfl.ai (errors, pricing, FLUX 3 image API), November 2026.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import httpx2

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import exchange, fetch_image, make_client, pictured
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers import base
from assets.generation.providers.errors import (
    ErrorRow,
    by_status,
    error_answer,
    is_number,
    match,
    nothing_came,
)
from assets.generation.providers.headers import rate_limit, retry_after_s
from assets.generation.slots import Request
from warehouse.errors import UsageError

API = "https://api.bfl.ai"
KEY_ENV = "BFL_API_KEY"
#: Hosts of the API, regional ones too: where a polling address may lead.
_API_HOST = re.compile(r"api(\.[a-z]{2,5}[0-9]{0,2})?\.bfl\.ai")
#: Hosts of finished pictures: BFL's own and its accounts at Azure.
IMAGE_HOSTS = (
    "*.bfl.ai",
    "bfldeliverysc.blob.core.windows.net",
    "bfldeliveryscus.blob.core.windows.net",
    "bfldeliveryprod.blob.core.windows.net",
)
_POLL_S, _POLL_MOST_S, _ONE_POLL_S = 0.5, 3.0, 30.0
_NOT_FOUND_TIMES = 3  # a task is not known everywhere at once

_TRANSIENT = frozenset({Outcome.TIMEOUT, Outcome.CONNECTION, Outcome.SERVER_ERROR})  # of the network
WAITING = frozenset({"Pending", "Reasoning", "Generating"})
USD_PER_CREDIT = 0.01  # docs.bfl.ai/quick_start/pricing

_COMMON = frozenset({"safety_tolerance"})
_FLUX_2 = _COMMON | {"width", "height", "output_format", "seed"}
#: What models take; a model that no row knows is asked with what is written, and BFL says what it does not take.
PARAMS: tuple[tuple[str, frozenset[str]], ...] = (
    (r"flux-3-image", _COMMON | {"aspect_ratio", "resolution", "grounding", "version"}),
    (r"flux-2-flex", _FLUX_2 | {"prompt_upsampling", "guidance", "steps"}),
    (r"flux-2-(pro|max|klein-[49]b)(-preview)?", _FLUX_2),
    (r"flux-pro-1\.1", _FLUX_2 | {"prompt_upsampling"}),
)
OURS = frozenset({"prompt", "webhook_url", "webhook_secret"})

#: `type` is a task's status; `status` the one of HTTP. docs.bfl.ai/api_integration/errors
ERRORS: tuple[ErrorRow, ...] = (
    ErrorRow(Outcome.BLOCKED_INPUT, type="Request Moderated", stage="input"),
    ErrorRow(Outcome.BLOCKED_OUTPUT, type="Content Moderated", stage="output"),
    ErrorRow(Outcome.SERVER_ERROR, type="Error"),
    ErrorRow(Outcome.SERVER_ERROR, type="Failed"),
    ErrorRow(Outcome.SERVER_ERROR, type="Task not found"),
    *by_status(Outcome.AUTH, 401, 403),
    *by_status(Outcome.QUOTA_EXHAUSTED, 402),
    *by_status(Outcome.MODEL_RETIRED, 404, 410),
    *by_status(Outcome.INVALID_PARAMS, 400, 422),
    *by_status(Outcome.RATE_LIMITED, 429),
    ErrorRow(Outcome.SERVER_ERROR, status=(500, 599)),
)


class Bfl(base.Service):
    """Asks FLUX models; holds one client for all threads."""

    name = "bfl"
    key_names = (KEY_ENV,)
    sdk_version = f"httpx2 {version('httpx2')}"

    def __init__(self, connection: Connection, *, poll_s: float = _POLL_S) -> None:
        self._connection = connection
        self._poll_s = poll_s
        self.endpoint = connection.base_url or API
        self._client = make_client(connection)

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` for what is no FLUX model, or a parameter that a known model does not take."""
        if not re.fullmatch(r"flux-[a-z0-9.-]+", model_id):
            raise UsageError(f'bfl: "{model_id}" is no model; write the end of its path, e.g. flux-3-image')
        known = next((names for pattern, names in PARAMS if re.fullmatch(pattern, model_id)), None)
        if ours := sorted(OURS & set(params)):
            raise UsageError(f"bfl: {ours[0]} is written by this program; remove it")
        base.check_seed("bfl", params, taken=known is None or "seed" in known)
        if known is not None:
            base.check_names(f"bfl: {model_id} has no parameter", params, known)

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request; errors of the API and of the network are outcomes."""
        if refused := base.refused_turn(self.name, request):
            return refused
        ends_at = time.monotonic() + self._connection.timeout_s
        body = {**request.params, "prompt": request.prompt_text}
        if "seed" in body:
            body["seed"] = base.slot_seed(request.slot.slot_key)
        reply = self._json("POST", f"{self.endpoint}/v1/{request.model_id}", ends_at, body)
        if isinstance(reply, Answer):
            return reply
        task, polling = reply.get("id"), reply.get("polling_url")
        more = {"seed": body.get("seed"), **_price(reply), "request_id": str(task), "maybe_billed": True}
        if not isinstance(polling, str) or not self._may_poll(polling):
            where = f"the polling address is none of BFL's: {str(polling)[:200]}"
            return Answer(
                outcome=Outcome.WRONG_TYPE, error_code="refused_address", error_message=where, **more
            )
        return self._wait(polling, ends_at, request, more)

    def probe(self, model_id: str) -> base.Probe:
        """Ask for the balance (free), and for the published list of paths whether the model is there."""
        reply = self._json("GET", f"{self.endpoint}/v1/credits", self._soon())
        if isinstance(reply, Answer):
            return base.probe_of(self.name, reply)
        listed = self.offers()
        there = None if isinstance(listed, Answer) else model_id in listed
        words = {True: "is there", False: "is not in the API's list", None: "could not be looked up"}[there]
        return base.Probe(True, there, f"bfl: {reply.get('credits')} credits; {model_id} {words}")

    def offers(self) -> list[str] | Answer:
        """Return the models that the published list of paths has."""
        listed = self._json("GET", f"{self.endpoint}/openapi.json", self._soon())
        if isinstance(listed, Answer):
            return listed
        if not isinstance(paths := listed.get("paths"), Mapping):
            return error_answer((), status=200, message="the list has no paths", body=json.dumps(listed))
        models = (re.fullmatch(r"/v1/(flux-[a-z0-9.-]+)", str(path)) for path in paths)
        return [model[1] for model in models if model]

    def _soon(self) -> float:
        return time.monotonic() + min(self._connection.timeout_s, _ONE_POLL_S)

    def _wait(self, polling: str, ends_at: float, request: Request, more: dict[str, Any]) -> Answer:
        """Poll until the task has ended or the time is over; what fails on the way is asked again."""
        pause, missing, last, strange = self._poll_s, 0, "nothing was answered", None
        while (left := ends_at - time.monotonic()) > 0:
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, _POLL_MOST_S)
            reply = self._json("GET", polling, min(ends_at, time.monotonic() + _ONE_POLL_S))
            if isinstance(reply, Answer):
                if reply.outcome is not Outcome.TIMEOUT:
                    last = f"{reply.error_message or reply.error_code or reply.outcome}"
                if reply.http_status not in {404, 410}:
                    if _ends(reply):
                        return reply.model_copy(update=more)
                    continue
                reply = {"status": "Task not found"}
            status = str(reply.get("status"))
            last, missing = f"the last status was {status}", missing + (status == "Task not found")
            if status == "Ready":
                return self._fetch(reply, request, more)
            known = match(ERRORS, type=status) is not None
            if known and (status != "Task not found" or missing >= _NOT_FOUND_TIMES):
                return _ended(status, reply, more)
            strange = None if known or status in WAITING else json.dumps(reply)[:RAW_BODY_CHARS]
        return Answer(
            outcome=Outcome.TIMEOUT,
            error_code="deadline",
            error_message=f"not ready within {self._connection.timeout_s:g} s; {last}",
            unmapped=True if strange else None,  # a status that no row knows may have been the last word
            raw_body=strange,
            **more,
        )

    def _fetch(self, reply: Mapping[str, Any], request: Request, more: dict[str, Any]) -> Answer:
        result = reply.get("result")
        result = result if isinstance(result, Mapping) else {}
        more = more | _price(reply) | ({"seed": int(result["seed"])} if is_number(result.get("seed")) else {})
        rewritten = result.get("prompt")
        if isinstance(rewritten, str) and rewritten != request.prompt_text:
            more["revised_prompt"] = rewritten
        if not result:
            return nothing_came(reply, **more)
        if not isinstance(result.get("sample"), str):
            return error_answer(
                (), message="ready, but without the address of a picture", body=json.dumps(reply), **more
            )
        sample = result["sample"]
        return pictured(
            lambda: fetch_image(sample, self._connection, hosts=IMAGE_HOSTS), http_status=200, **more
        )

    def _may_poll(self, url: str) -> bool:
        """Return whether the key may be sent to an address: the API that was asked, or a regional one of BFL."""
        try:
            asked, own = httpx2.URL(url), httpx2.URL(self.endpoint)
        except httpx2.InvalidURL:
            return False
        if asked.userinfo:
            return False
        if (asked.scheme, asked.host, asked.port) == (own.scheme, own.host, own.port):
            return True
        return asked.scheme == "https" and asked.port is None and bool(_API_HOST.fullmatch(asked.host))

    def _json(self, method: str, url: str, ends_at: float, body: Any = None) -> dict[str, Any] | Answer:
        """Return the object that was answered, whatever its HTTP status if it tells a task's; else an `Answer`."""
        try:
            key = self._connection.key(KEY_ENV)
        except UsageError as error:
            return base.no_key(error)
        headers = {"x-key": key.get_secret_value(), "accept": "application/json"}
        came = exchange(self._client, method, url, ends_at, key=key, headers=headers, json=body)
        if isinstance(came, Answer):
            return came
        response, text, data = came
        if isinstance(data, dict) and (response.status_code == 200 or (method == "GET" and "status" in data)):
            return data
        short = data.get("error") if isinstance(data, dict) else None
        return error_answer(
            ERRORS,
            status=response.status_code,
            code=short[:200] if isinstance(short, str) else None,  # `rate_limit_exceeded`
            message=_message_of(data) or ("no JSON was answered" if data is None else None),
            body=text[:RAW_BODY_CHARS],
            rate=rate_limit(response.headers),
            retry_after_s=retry_after_s(response.headers),
            maybe_billed=response.status_code == 200 and method == "POST",
        )


def _ends(answer: Answer) -> bool:
    """Return whether trouble with a poll ends it: a wrong key, or an address that cannot be asked at all."""
    if answer.http_status is not None:
        return answer.outcome is Outcome.AUTH
    return answer.outcome not in _TRANSIENT


def _ended(status: str, reply: Mapping[str, Any], more: dict[str, Any]) -> Answer:
    """Return the answer of a task that ended without a picture."""
    details = reply.get("details")
    reasons = details.get("Moderation Reasons") if isinstance(details, Mapping) else None
    more = more | _price(reply) | {"maybe_billed": status == "Task not found"}
    words = json.dumps(details or reply.get("result"))
    if isinstance(reasons, list):
        more["block_categories"] = tuple(map(str, reasons))
        words = ", ".join(more["block_categories"])
    message = f"{status}: {words}"[:RAW_BODY_CHARS]
    return error_answer(ERRORS, type=status, message=message, **more)


def _price(reply: Mapping[str, Any]) -> dict[str, Any]:
    """Return what BFL says a request costs (in credits) and measures (in megapixels), as fields of an answer."""
    usage = {name: reply[name] for name in ("cost", "input_mp", "output_mp") if is_number(reply.get(name))}
    if not usage:
        return {}
    fields: dict[str, Any] = {"usage": usage}
    if "cost" in usage:
        fields |= {"cost_usd": usage["cost"] * USD_PER_CREDIT, "cost_basis": "reported"}
    if "output_mp" in usage:
        fields["units"] = {"images": 1.0, "megapixels": float(usage["output_mp"])}
    return fields


def _message_of(data: Any) -> str | None:
    """Return the words of an error: `detail` as FastAPI has it (text or a list of problems), or `message`."""
    if not isinstance(data, dict):
        return None
    detail = data.get("detail", data.get("message"))
    if isinstance(detail, list):
        parts = (
            f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('msg')}"
            if isinstance(one, dict)
            else str(one)
            for one in detail
        )
        return "; ".join(parts)[:RAW_BODY_CHARS]
    return detail if isinstance(detail, str) else None
