"""Black Forest Labs: FLUX over HTTP. A task is submitted, asked about until it is ready, and its picture is fetched.

Only the submit is paid for, and it is sent once for each `ask`: trouble while polling is met by polling again, within
the time of the call. The key is sent to BFL's own API hosts and to no other.

Sources: https://api.bfl.ai/openapi.json and docs.bfl.ai (errors, FLUX 3 image API), November 2026.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import version
from typing import Any

import httpx2
from pydantic import SecretStr

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import PictureFetchError, answer_of, exchange, fetch_image, make_client
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers.base import NEVER_LEFT, Probe, refused_turn
from assets.generation.providers.bfl.answers import (
    ERRORS,
    OURS,
    PARAMS,
    code_of,
    ended,
    is_number,
    message_of,
    price,
)
from assets.generation.providers.errors import error_answer, match
from assets.generation.providers.headers import rate_limit, retry_after_s
from assets.generation.providers.seeds import check_seed, slot_seed
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


class Bfl:
    """Asks FLUX models; holds one client for all threads."""

    name = "bfl"
    adapter_version = "1"
    replayable = False
    paid = True
    idempotent = False  # no idempotency key is documented
    simulated = False
    sdk_version = f"httpx2 {version('httpx2')}"

    def __init__(
        self, connection: Connection, *, poll_s: float = _POLL_S, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._connection = connection
        self._poll_s = poll_s
        self._sleep = sleep
        self.endpoint = connection.base_url or API
        self._client = make_client(connection)

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` for what is no FLUX model, or a parameter that a known model does not take."""
        if not re.fullmatch(r"flux-[a-z0-9.-]+", model_id):
            raise UsageError(f'bfl: "{model_id}" is no model; write the end of its path, e.g. flux-3-image')
        known = next((names for pattern, names in PARAMS if re.fullmatch(pattern, model_id)), None)
        if ours := sorted(OURS & set(params)):
            raise UsageError(f"bfl: {ours[0]} is written by this program; remove it")
        check_seed("bfl", params, taken=known is None or "seed" in known)
        unknown = sorted(set(params) - known) if known is not None else []
        if unknown and known is not None:
            raise UsageError(
                f'bfl: {model_id} has no parameter "{unknown[0]}"; known: {", ".join(sorted(known))}'
            )

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request; errors of the API and of the network are outcomes."""
        if refused := refused_turn(self.name, request):
            return refused
        try:
            self._key  # noqa: B018 - read before anything else: a missing key is the first thing to tell
        except UsageError as error:
            return Answer(outcome=Outcome.AUTH, error_code="no_key", error_message=str(error))
        ends_at = time.monotonic() + self._connection.timeout_s
        body = {**request.params, "prompt": request.prompt_text}
        if "seed" in body:
            body["seed"] = slot_seed(request.slot.slot_key)
        found = self._json("POST", f"{self.endpoint}/v1/{request.model_id}", ends_at, body)
        if isinstance(found, Answer):
            return found
        task, polling = found.get("id"), found.get("polling_url")
        more = {"seed": body.get("seed"), **price(found), "request_id": str(task), "maybe_billed": True}
        if not isinstance(polling, str) or not self._may_poll(polling):
            where = f"the polling address is none of BFL's: {str(polling)[:200]}"
            return Answer(
                outcome=Outcome.WRONG_TYPE, error_code="refused_address", error_message=where, **more
            )
        return self._wait(polling, ends_at, request, more)

    def probe(self, model_id: str) -> Probe:
        """Ask for the balance (free), and for the published list of paths whether the model is there."""
        ends_at = time.monotonic() + min(self._connection.timeout_s, _ONE_POLL_S)
        try:
            found = self._json("GET", f"{self.endpoint}/v1/credits", ends_at)
        except UsageError as error:
            return Probe(False, None, f"bfl: {error}")
        if isinstance(found, Answer):
            key_ok = False if found.outcome is Outcome.AUTH else None
            line = f"bfl: {found.error_message or found.error_code or found.outcome}"
            return Probe(key_ok, None, line, certain=found.error_code in NEVER_LEFT)
        listed = self._json("GET", f"{self.endpoint}/openapi.json", ends_at)
        paths = None if isinstance(listed, Answer) else listed.get("paths")
        there = f"/v1/{model_id}" in paths if isinstance(paths, Mapping) else None
        words = {True: "is there", False: "is not in the API's list", None: "could not be looked up"}[there]
        return Probe(True, there, f"bfl: {found.get('credits')} credits; {model_id} {words}")

    def offers(self) -> list[str] | Answer:
        """Return the models that the published list of paths has; no key is needed."""
        ends_at = time.monotonic() + min(self._connection.timeout_s, _ONE_POLL_S)
        try:
            listed = self._json("GET", f"{self.endpoint}/openapi.json", ends_at)
        except UsageError as error:
            return Answer(outcome=Outcome.AUTH, error_code="no_key", error_message=str(error))
        if isinstance(listed, Answer):
            return listed
        paths = listed.get("paths")
        found = [re.fullmatch(r"/v1/(flux-[a-z0-9.-]+)", str(path)) for path in paths or ()]
        return [one[1] for one in found if one]

    @cached_property
    def _key(self) -> SecretStr:
        return self._connection.plain_key(KEY_ENV)

    def _wait(self, polling: str, ends_at: float, request: Request, more: dict[str, Any]) -> Answer:
        """Poll until the task has ended or the time is over; what fails on the way is asked again."""
        pause, missing, last, strange = self._poll_s, 0, "nothing was answered", None
        while (left := ends_at - time.monotonic()) > 0:
            self._sleep(min(pause, left))
            pause = min(pause * 1.5, _POLL_MOST_S)
            found = self._json("GET", polling, min(ends_at, time.monotonic() + _ONE_POLL_S))
            if isinstance(found, Answer):
                if found.outcome is not Outcome.TIMEOUT:
                    last = f"{found.error_message or found.error_code or found.outcome}"
                if found.http_status not in {404, 410}:
                    if _ends(found):
                        return found.model_copy(update=more)
                    continue
                found = {"status": "Task not found"}
            status = str(found.get("status"))
            last, missing = f"the last status was {status}", missing + (status == "Task not found")
            if status == "Ready":
                return self._fetch(found, request, more)
            known = match(ERRORS, type=status) is not None
            if known and (status != "Task not found" or missing >= _NOT_FOUND_TIMES):
                return ended(status, found, more)
            strange = None if known or status in WAITING else json.dumps(found)[:RAW_BODY_CHARS]
        return Answer(
            outcome=Outcome.TIMEOUT,
            error_code="deadline",
            error_message=f"not ready within {self._connection.timeout_s:g} s; {last}",
            unmapped=True if strange else None,  # a status that no row knows may have been the last word
            raw_body=strange,
            **more,
        )

    def _fetch(self, found: Mapping[str, Any], request: Request, more: dict[str, Any]) -> Answer:
        result = found.get("result")
        result = result if isinstance(result, Mapping) else {}
        more = more | price(found) | ({"seed": int(result["seed"])} if is_number(result.get("seed")) else {})
        rewritten = result.get("prompt")
        if isinstance(rewritten, str) and rewritten != request.prompt_text:
            more["revised_prompt"] = rewritten
        if not result:
            why, body = "ready, but the result holds nothing", json.dumps(found)[:RAW_BODY_CHARS]
            return Answer(outcome=Outcome.EMPTY_ANSWER, error_message=why, raw_body=body, **more)
        if not isinstance(result.get("sample"), str):
            return error_answer(
                (), message="ready, but without the address of a picture", body=json.dumps(found), **more
            )
        try:
            image = fetch_image(result["sample"], self._connection, hosts=IMAGE_HOSTS)
        except PictureFetchError as error:
            return answer_of(error, **more) or Answer(outcome=error.outcome)
        return Answer(outcome=Outcome.OK, image=image, http_status=200, **(more | {"maybe_billed": False}))

    def _may_poll(self, url: str) -> bool:
        """Return whether the key may be sent to an address: the API that was asked, or a regional one of BFL."""
        try:
            asked, base = httpx2.URL(url), httpx2.URL(self.endpoint)
        except httpx2.InvalidURL:
            return False
        if asked.userinfo:
            return False
        if (asked.scheme, asked.host, asked.port) == (base.scheme, base.host, base.port):
            return True
        return asked.scheme == "https" and asked.port is None and bool(_API_HOST.fullmatch(asked.host))

    def _json(self, method: str, url: str, ends_at: float, body: Any = None) -> dict[str, Any] | Answer:
        """Return the object that was answered, whatever its HTTP status if it tells a task's; else an `Answer`."""
        headers = {"x-key": self._key.get_secret_value()}
        came = exchange(self._client, method, url, ends_at, key=self._key, headers=headers, json=body)
        if isinstance(came, Answer):
            return came
        found, text, data = came
        if isinstance(data, dict) and (found.status_code == 200 or (method == "GET" and "status" in data)):
            return data
        return error_answer(
            ERRORS,
            status=found.status_code,
            code=code_of(data),
            message=message_of(data) or ("no JSON was answered" if data is None else None),
            body=text[:RAW_BODY_CHARS],
            rate=rate_limit(found.headers),
            retry_after_s=retry_after_s(found.headers),
            maybe_billed=found.status_code == 200 and method == "POST",
        )


def _ends(found: Answer) -> bool:
    """Return whether trouble with a poll ends it: a wrong key, or an address that cannot be asked at all."""
    if found.http_status is not None:
        return found.outcome is Outcome.AUTH
    return found.outcome not in _TRANSIENT
