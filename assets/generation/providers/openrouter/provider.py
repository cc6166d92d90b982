"""Pictures from OpenRouter's image API: one key for most makers, and a free record of who drew what.

The picture and its cost come with the answer; which maker drew it, which dated model, and which makers were tried
before, is looked up by the generation's id, which costs nothing. A look-up that fails takes nothing from the picture.

Source: OpenRouter's OpenAPI description, August 2026.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import PictureFetchError, answer_of, decode_base64, exchange, make_client
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers.base import NEVER_LEFT, Probe, refused_turn
from assets.generation.providers.errors import error_answer
from assets.generation.providers.headers import rate_limit, retry_after_s
from assets.generation.providers.openrouter.answers import OURS, PARAMS, ROUTING, cost, failed, part, routed
from assets.generation.providers.seeds import check_seed, seed_of
from assets.generation.slots import Request
from warehouse.errors import UsageError

API = "https://openrouter.ai/api/v1"
KEY_ENV = "OPENROUTER_API_KEY"
#: Seconds to wait before each look-up of who drew a picture: the record is there a moment after the picture.
_LOOK_UPS_S = (0.2, 1.0, 3.0)
_ONE_LOOK_UP_S = 15.0


class OpenRouter:
    """Asks any model of OpenRouter's image API; holds one client for all threads."""

    name = "openrouter"
    adapter_version = "1"
    replayable = False
    paid = True
    idempotent = False  # no idempotency key is documented
    simulated = False
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
        if unknown := sorted(set(params) - PARAMS):
            raise UsageError(
                f'openrouter: no parameter "{unknown[0]}"; known: {", ".join(sorted(PARAMS))}; what is a '
                "maker's own goes into provider.options"
            )
        check_seed("openrouter", params)
        if params.get("output_format") == "svg":
            raise UsageError("openrouter: drawings (svg) are not pictures that can be labeled; write png")
        routing = params.get("provider", {})
        if not isinstance(routing, Mapping):
            raise UsageError('openrouter: write provider as a mapping, e.g. {only: ["google-ai-studio"]}')
        if unknown := sorted(map(str, set(routing) - ROUTING)):
            raise UsageError(
                f'openrouter: provider has no "{unknown[0]}"; known: {", ".join(sorted(ROUTING))}'
            )

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request; errors of the API and of the network are outcomes."""
        if refused := refused_turn(self.name, request):
            return refused
        seed = seed_of(request.params, request.slot.slot_key)
        body = {**request.params, "model": request.model_id, "prompt": request.prompt_text}
        if seed is not None:
            body["seed"] = seed
        ends_at = time.monotonic() + self._connection.timeout_s
        try:
            found = self._call("POST", "/images", ends_at, body)
        except UsageError as error:
            return Answer(outcome=Outcome.AUTH, error_code="no_key", error_message=str(error))
        if isinstance(found, Answer):
            return found
        data, headers = found
        more = {
            **cost(part(data, "usage")),
            "seed": seed,
            "request_id": headers.get("x-generation-id"),
            "http_status": 200,
        }
        return self._picture(data, self._routed(data, more, ends_at))

    def probe(self, model_id: str) -> Probe:
        """Return whether the key works, what it may still spend, and whether the model is listed; costs nothing."""
        ends_at = time.monotonic() + min(self._connection.timeout_s, 2 * _ONE_LOOK_UP_S)
        try:
            found = self._call("GET", "/key", ends_at)
        except UsageError as error:
            return Probe(False, None, f"openrouter: {error}")
        if isinstance(found, Answer):
            key_ok = False if found.outcome is Outcome.AUTH else None
            line = f"openrouter: {found.error_message or found.error_code or found.outcome}"
            return Probe(key_ok, None, line, certain=found.error_code in NEVER_LEFT)
        left = part(found[0], "data").get("limit_remaining")
        listed = self.offers()
        there = None if isinstance(listed, Answer) else model_id in listed
        words = {True: "is there", False: "draws no pictures there", None: "could not be looked up"}[there]
        money = "no limit on the key" if left is None else f"${left} left on the key"
        return Probe(True, there, f"openrouter: {money}; {model_id} {words}")

    def offers(self) -> list[str] | Answer:
        """Return the models that draw pictures, as OpenRouter lists them; costs nothing."""
        ends_at = time.monotonic() + min(self._connection.timeout_s, _ONE_LOOK_UP_S)
        try:
            listed = self._call("GET", "/images/models", ends_at)
        except UsageError as error:
            return Answer(outcome=Outcome.AUTH, error_code="no_key", error_message=str(error))
        if isinstance(listed, Answer):
            return listed
        models = listed[0].get("data")
        found = models if isinstance(models, list) else []
        return [str(one["id"]) for one in found if isinstance(one, Mapping) and "id" in one]

    def _picture(self, data: Mapping[str, Any], more: dict[str, Any]) -> Answer:
        listed = data.get("data")
        drawn = [one for one in (listed if isinstance(listed, list) else []) if _holds(one)]
        if not drawn:
            return Answer(
                outcome=Outcome.EMPTY_ANSWER,
                error_message="the answer holds no picture and no reason",
                raw_body=json.dumps(data, ensure_ascii=False)[:RAW_BODY_CHARS],
                **more,
            )
        try:
            image = decode_base64(drawn[0]["b64_json"])
        except PictureFetchError as error:
            return answer_of(error, **more) or Answer(outcome=error.outcome, error_message=str(error), **more)
        said = f"{len(drawn)} pictures came for one; the first is kept" if len(drawn) > 1 else None
        return Answer(outcome=Outcome.OK, image=image, error_message=said, **more)

    def _routed(self, data: Mapping[str, Any], more: dict[str, Any], ends_at: float) -> dict[str, Any]:
        """Add who drew, and what was used; without the record, what the answer itself says."""
        usage = {name: value for name, value in part(data, "usage").items() if value is not None}
        line: str | None = None
        route: dict[str, Any] = {}
        for pause in _LOOK_UPS_S if more["request_id"] else ():
            if time.monotonic() + pause >= ends_at:
                break
            self._sleep(pause)
            until = min(ends_at, time.monotonic() + _ONE_LOOK_UP_S)
            found = self._call("GET", "/generation", until, params={"id": more["request_id"]})
            if not isinstance(found, Answer):
                line, route = routed(part(found[0], "data"))
                break
            if found.http_status not in {404, 429} and not (found.http_status or 0) >= 500:
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
        key = self._connection.plain_key(KEY_ENV)
        headers, url = {"authorization": f"Bearer {key.get_secret_value()}"}, f"{self._base}{path}"
        came = exchange(
            self._client, method, url, ends_at, key=key, headers=headers, json=body, params=params
        )
        if isinstance(came, Answer):
            return came
        found, text, data = came
        said = part(data, "error") if isinstance(data, dict) else {}
        if found.status_code == 200 and isinstance(data, dict) and not said:
            return data, found.headers
        asked = method == "POST" and found.status_code == 200  # the maker had begun, and may bill
        more: dict[str, Any] = {
            "request_id": found.headers.get("x-generation-id"),
            "rate": rate_limit(found.headers),
            "retry_after_s": retry_after_s(found.headers),
        }
        if found.status_code == 200 and not said:
            why = "the answer is no JSON object"
            return error_answer((), status=200, message=why, body=text, maybe_billed=asked, **more)
        said = said or {"message": f"HTTP {found.status_code} without a reason"}
        return failed(found.status_code, said, text, maybe_billed=asked, **more)


def _holds(one: Any) -> bool:
    return isinstance(one, Mapping) and isinstance(one.get("b64_json"), str) and bool(one["b64_json"])
