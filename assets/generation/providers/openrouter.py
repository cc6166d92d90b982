"""Pictures from OpenRouter's image API: one key for most makers, and a free record of who drew what.

The picture and its cost come with the answer; which maker drew it, which dated model, and which makers were tried
before, is looked up by the generation's id, which costs nothing. A look-up that fails takes nothing from the picture.

Sources: OpenRouter's OpenAPI description (`POST /images`, `GET /generation`, `GET /key`) and its pages on errors, image
generation and model availability, August 2026.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import decode_base64, exchange, make_client, pictured
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers import base
from assets.generation.providers.errors import (
    ErrorRow,
    by_code,
    by_status,
    error_answer,
    is_number,
    nothing_came,
    objects_of,
)
from assets.generation.providers.headers import rate_limit, retry_after_s
from assets.generation.slots import Request
from warehouse.errors import UsageError

API = "https://openrouter.ai/api/v1"
KEY_ENV = "OPENROUTER_API_KEY"
#: Seconds to wait before each look-up of who drew a picture: the record is there a moment after the picture.
_LOOK_UPS_S = (0.2, 1.0, 3.0)
_ONE_LOOK_UP_S = 15.0
#: What a request may hold beside the model and the prompt; which of it a model takes, OpenRouter says (400).
PARAMS = frozenset({
    "aspect_ratio", "background", "output_compression", "output_format", "provider", "quality", "resolution",
    "seed", "size",
})  # fmt: skip
#: Set by us, or of no use to us: one whole picture a call, from the prompt alone.
OURS = frozenset({"model", "prompt", "n", "stream", "input_references"})
ROUTING = frozenset({"allow_fallbacks", "ignore", "only", "options", "order", "sort"})

_GONE = (
    "model_not_found", "no_endpoints", "model_deprecated", "model_unavailable_upstream", "free_variant_ended",
)  # fmt: skip
_NOT_FOR_US = ("wrong_endpoint", "region_restricted", "privacy_restricted", "constraint_filtered")
#: `code` is `error.availability.code`, `type` is `error.metadata.error_type`, or `reasons` where a filter gives some.
ERRORS: tuple[ErrorRow, ...] = (
    ErrorRow(Outcome.BLOCKED_INPUT, type="reasons", stage="input"),
    ErrorRow(Outcome.BLOCKED_INPUT, type="content_policy_violation", stage="unknown"),
    ErrorRow(Outcome.REFUSED_TEXT, type="refusal"),
    *by_code(Outcome.MODEL_RETIRED, *_GONE),
    *by_code(Outcome.INVALID_PARAMS, *_NOT_FOR_US),
    *by_status(Outcome.AUTH, 401, 403),
    *by_status(Outcome.QUOTA_EXHAUSTED, 402),
    *by_status(Outcome.MODEL_RETIRED, 404),
    *by_status(Outcome.TIMEOUT, 408, 504, 524),
    *by_status(Outcome.RATE_LIMITED, 429),
    ErrorRow(Outcome.INVALID_PARAMS, status=(400, 499)),
    ErrorRow(Outcome.SERVER_ERROR, status=(500, 599)),
)
#: A gateway that stopped waiting: the maker may have drawn, and billed.
_LOST = frozenset({408, 504, 524})


class OpenRouter(base.Service):
    """Asks any model of OpenRouter's image API; holds one client for all threads."""

    name = "openrouter"
    key_names = (KEY_ENV,)
    sdk_version = f"httpx2 {version('httpx2')}"

    def __init__(self, connection: Connection, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._connection = connection
        self._sleep = sleep
        self._base = (connection.base_url or API).rstrip("/")
        self.endpoint = f"{self._base}/images"
        self._client = make_client(connection)

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` for what is no model of OpenRouter, or a parameter that its image API does not have."""
        if not re.fullmatch(r"[a-z0-9._-]+/[A-Za-z0-9._-]+", model_id):
            raise UsageError(
                f'openrouter: "{model_id}" is no model; write maker/model, e.g. google/gemini-3-image'
            )
        if ours := sorted(OURS & set(params)):
            raise UsageError(f"openrouter: {ours[0]} is written by this program; remove it")
        own = "; what is a maker's own goes into provider.options"
        base.check_names("openrouter: no parameter", params, PARAMS, own)
        base.check_seed("openrouter", params)
        if params.get("output_format") == "svg":
            raise UsageError("openrouter: drawings (svg) are not pictures that can be labeled; write png")
        routing = params.get("provider", {})
        if not isinstance(routing, Mapping):
            raise UsageError('openrouter: write provider as a mapping, e.g. {only: ["google-ai-studio"]}')
        base.check_names("openrouter: provider has no", [*map(str, routing)], ROUTING)

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request; errors of the API and of the network are outcomes."""
        if refused := base.refused_turn(self.name, request):
            return refused
        seed = base.seed_of(request.params, request.slot.slot_key)
        body = {**request.params, "model": request.model_id, "prompt": request.prompt_text}
        if seed is not None:
            body["seed"] = seed
        ends_at = time.monotonic() + self._connection.timeout_s
        reply = self._call("POST", "/images", ends_at, body)
        if isinstance(reply, Answer):
            return reply
        data, headers = reply
        more = {
            **_cost(_part(data, "usage")),
            "seed": seed,
            "request_id": headers.get("x-generation-id"),
            "http_status": 200,
        }
        return self._picture(data, self._routed(data, more, ends_at))

    def probe(self, model_id: str) -> base.Probe:
        """Return whether the key works, what it may still spend, and whether the model is listed; costs nothing."""
        reply = self._call("GET", "/key", self._soon())
        if isinstance(reply, Answer):
            return base.probe_of(self.name, reply)
        left = _part(reply[0], "data").get("limit_remaining")
        listed = self.offers()
        there = None if isinstance(listed, Answer) else model_id in listed
        words = {True: "is there", False: "draws no pictures there", None: "could not be looked up"}[there]
        money = "no limit on the key" if left is None else f"${left} left on the key"
        return base.Probe(True, there, f"openrouter: {money}; {model_id} {words}")

    def offers(self) -> list[str] | Answer:
        """Return the models that draw pictures, as OpenRouter lists them; costs nothing."""
        listed = self._call("GET", "/images/models", self._soon())
        if isinstance(listed, Answer):
            return listed
        return [str(one["id"]) for one in objects_of(listed[0].get("data")) if "id" in one]

    def _soon(self) -> float:
        return time.monotonic() + min(self._connection.timeout_s, _ONE_LOOK_UP_S)

    def _picture(self, data: Mapping[str, Any], more: dict[str, Any]) -> Answer:
        parts = [one.get("b64_json") for one in objects_of(data.get("data"))]
        drawn = [part for part in parts if isinstance(part, str) and part]
        if not drawn:
            return nothing_came(data, **more)
        return pictured(lambda: decode_base64(drawn[0]), len(drawn), **more)

    def _routed(self, data: Mapping[str, Any], more: dict[str, Any], ends_at: float) -> dict[str, Any]:
        """Add who drew, and what was used; without the record, what the answer itself says."""
        usage = {name: value for name, value in _part(data, "usage").items() if value is not None}
        line: str | None = None
        route: dict[str, Any] = {}
        for pause in _LOOK_UPS_S if more["request_id"] else ():
            if time.monotonic() + pause >= ends_at:
                break
            self._sleep(pause)
            until = min(ends_at, time.monotonic() + _ONE_LOOK_UP_S)
            reply = self._call("GET", "/generation", until, params={"id": more["request_id"]})
            if not isinstance(reply, Answer):
                line, route = _routed(_part(reply[0], "data"))
                break
            if reply.http_status not in {404, 429} and not (reply.http_status or 0) >= 500:
                break
        kept = usage | ({"routing": route} if route else {})
        return more | {"model_reported": line, "usage": kept or None}

    def _call(
        self,
        method: str,
        path: str,
        ends_at: float,
        body: Any = None,
        params: Mapping[str, str] | None = None,
    ) -> tuple[dict[str, Any], Mapping[str, str]] | Answer:
        """Return the object that was answered and the headers; an error, also one within a 200, is an `Answer`."""
        try:
            key = self._connection.key(KEY_ENV)
        except UsageError as error:
            return base.no_key(error)
        headers = {"authorization": f"Bearer {key.get_secret_value()}", "accept": "application/json"}
        url = f"{self._base}{path}"
        came = exchange(
            self._client, method, url, ends_at, key=key, headers=headers, json=body, params=params
        )
        if isinstance(came, Answer):
            return came
        response, text, data = came
        fault = _part(data, "error") if isinstance(data, dict) else {}
        if response.status_code == 200 and isinstance(data, dict) and not fault:
            return data, response.headers
        asked = method == "POST" and response.status_code == 200  # the maker had begun, and may bill
        more: dict[str, Any] = {
            "request_id": response.headers.get("x-generation-id"),
            "rate": rate_limit(response.headers),
            "retry_after_s": retry_after_s(response.headers),
        }
        if response.status_code == 200 and not fault:
            why = "the answer is no JSON object"
            return error_answer((), status=200, message=why, body=text, maybe_billed=asked, **more)
        fault = fault or {"message": f"HTTP {response.status_code} without a reason"}
        return _failed(response.status_code, fault, text, maybe_billed=asked, **more)


def _failed(
    status: int, error: Mapping[str, Any], body: str, *, maybe_billed: bool = False, **more: Any
) -> Answer:
    """Return the answer that an error stands for; `status` is HTTP's, and the error's own code comes before it."""
    own = error.get("code")
    status = own if isinstance(own, int) and 400 <= own <= 599 else status
    metadata, available = _part(error, "metadata"), _part(error, "availability")
    listed = metadata.get("reasons")
    reasons = tuple(str(reason)[:200] for reason in listed) if isinstance(listed, list) else ()
    kind = "reasons" if reasons else metadata.get("error_type")
    code = available.get("code")
    if available.get("retryable") is True:  # what a row calls final is a moment's trouble here
        code = None
        status = status if status == 429 or status >= 500 else 503
    answer = error_answer(
        ERRORS,
        status=status,
        code=code if isinstance(code, str) else None,
        type=kind if isinstance(kind, str) else None,
        message=_words(error, metadata) or "the answer gives no reason",
        body=body[:RAW_BODY_CHARS],
        maybe_billed=maybe_billed or status in _LOST,
        **more,
    )
    changed: dict[str, Any] = {"block_categories": reasons}
    if answer.outcome is Outcome.REFUSED_TEXT:
        changed["refusal_text"] = answer.error_message
    wait = available.get("retry_after")
    if answer.retry_after_s is None and is_number(wait):
        changed["retry_after_s"] = float(wait)
    return answer.model_copy(update=changed)


def _cost(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request cost (US dollars) and used, as fields of an answer.

    With a maker's own key (`is_byok`) OpenRouter's `cost` is its fee alone; what the maker charges is added.
    """
    fields: dict[str, Any] = {}
    fee = usage.get("cost")
    if is_number(fee):
        upstream = _part(usage, "cost_details").get("upstream_inference_cost")
        paid = upstream if usage.get("is_byok") is True and is_number(upstream) else 0
        fields = {"cost_usd": float(fee) + float(paid), "cost_basis": "reported"}
    tokens = {
        "text_in": usage.get("prompt_tokens"),
        "image_out": _part(usage, "completion_tokens_details").get("image_tokens")
        or usage.get("completion_tokens"),
    }
    units = {name: float(number) for name, number in tokens.items() if is_number(number) and number}
    return fields | {"units": {"images": 1.0} | units}


def _routed(generation: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Return which model drew at which maker, in a line, and the attempts before it, from `GET /generation`."""
    attempts = [
        {
            "model": one.get("model_permaslug"),
            "provider": one.get("provider_name"),
            "status": one.get("status"),
        }
        for one in objects_of(generation.get("provider_responses"))
    ]
    drew: Mapping[str, Any] = next((one for one in reversed(attempts) if one["status"] == 200), {})
    model = drew.get("model") or generation.get("model")
    maker = generation.get("provider_name") or drew.get("provider")
    if not isinstance(model, str):
        return None, {}
    line = f"{model} at {maker}" if isinstance(maker, str) else model
    return line, {"provider": maker, "upstream_id": generation.get("upstream_id"), "attempts": attempts}


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object within an object, an empty one where there is none."""
    inner = value.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _words(error: Mapping[str, Any], metadata: Mapping[str, Any]) -> str | None:
    """Return an error's message, with the maker's own words behind it where OpenRouter passes them on."""
    message, raw = error.get("message"), metadata.get("raw")
    words = [message] if isinstance(message, str) and message else []
    if raw:
        words.append(raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False))
    return ": ".join(words)[:RAW_BODY_CHARS] or None
