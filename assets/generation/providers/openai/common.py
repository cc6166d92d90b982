"""What all callers of the OpenAI API share: the SDK's client, one call with its errors as answers, headers, usage.

No idempotency key is sent: neither OpenAI's images and responses endpoints nor the compatible ones document one (the
SDK knows the header for agent sessions only, and its own retries carry none). So no provider here is idempotent.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import openai
from pydantic import SecretStr
from pydantic_core import from_json

from assets.gateway.network import http
from assets.gateway.network.connection import Connection
from assets.gateway.network.redaction import redact
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers.base import NEVER_LEFT, Probe, Service, day_of, no_key
from assets.generation.providers.errors import is_number, objects_of
from assets.generation.providers.headers import rate_limit, retry_after_s
from assets.generation.providers.openai.errors import api_answer, has_error, read_error
from warehouse.errors import UsageError

OPENAI_URL = "https://api.openai.com/v1"
KEY_ENV = "OPENAI_API_KEY"
#: xAI reports what a call cost in ticks of 1e-10 US dollars.
_TICKS_PER_USD = 10_000_000_000
#: What a model that draws is called, in lists that do not tell what a model is for.
_DRAWS = re.compile(r"image|imagine|dall-e|flux|diffusion|seedream|recraft|ideogram", re.IGNORECASE)


@dataclass(frozen=True)
class Received:
    """A good answer of the API: its JSON object, and what headers and usage say as fields of `Answer`."""

    body: dict[str, Any]
    facts: dict[str, Any]


class Account:
    """The SDK's client of one connection, made when it is first needed; several threads may use it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.base_url = connection.base_url or OPENAI_URL
        self._lock = threading.Lock()
        self._client: openai.OpenAI | None = None
        self._key: SecretStr | None = None

    @property
    def is_openai(self) -> bool:
        """Return whether OpenAI itself is asked, whose parameters are known."""
        return self.base_url == OPENAI_URL

    def client(self) -> openai.OpenAI:
        """Return the client."""
        with self._lock:
            if self._client is None:
                self._key = self.connection.key(KEY_ENV)
                client = openai.OpenAI(
                    api_key=self._key.get_secret_value(),
                    base_url=self.base_url,
                    max_retries=0,  # the gateway retries
                    timeout=self.connection.timeout_s,
                    http_client=http.make_client(self.connection),
                )
                if not self.is_openai:
                    # What the environment says of an OpenAI account is nobody else's business.
                    client.organization = client.project = None
                    client._custom_headers = {}
                self._client = client
            return self._client

    def receive(self, send: Callable[[openai.OpenAI], Any]) -> Received | Answer:
        """Make one call and return its JSON object, or the answer that its error stands for; never raises for either.

        `send` calls a method of the SDK `with_raw_response`.
        """
        try:
            raw = send(self.client()).http_response
        except UsageError as error:
            return no_key(error)
        except openai.APIStatusError as error:
            return self._refused(error.response)
        except openai.APIError as error:
            known = http.answer_of(error)
            return known or Answer(
                outcome=Outcome.SERVER_ERROR, unmapped=True, error_message=self._clean(str(error))
            )
        facts = header_facts(raw.headers, raw.status_code)
        body = _json(raw.content)
        if not isinstance(body, dict):
            text = raw.content.decode("utf-8", "replace")
            words = "the answer is no JSON object" if text.strip() else "the answer is empty"
            kept = self._clean(text)[:RAW_BODY_CHARS]  # labelers tell the form of an answer by it
            facts |= {"unmapped": True, "maybe_billed": True, "error_message": words, "raw_body": kept}
            return Answer(outcome=Outcome.SERVER_ERROR, **facts)
        facts |= usage_facts(body.get("usage"))
        if has_error(body) and body.get("object") != "response":  # a failed response says more
            return self.failed(body, facts)
        return Received(body, facts)

    def failed(self, body: object, facts: Mapping[str, Any], text: str = "") -> Answer:
        """Return the answer that an error body stands for."""
        cleaned = _json(self._clean(json.dumps(body, ensure_ascii=False)).encode()) if body else None
        shown = self._clean(text) if text else json.dumps(cleaned, ensure_ascii=False)
        more = dict(facts)
        return api_answer(
            read_error(cleaned, shown), status=more.pop("http_status", None), body=shown, **more
        )

    def probe(self, model_id: str) -> Probe:
        """Ask for the model by its name, which costs nothing; a list is read where single models are not shown."""
        try:
            self.client()
        except UsageError as error:
            return Probe(key_ok=False, model_ok=None, line=str(error))
        where = self.base_url.partition("://")[2]
        reply = self.receive(lambda client: client.models.with_raw_response.retrieve(model_id))
        if isinstance(reply, Received):
            return _there(model_id, where, reply.body)
        if reply.http_status == 404:
            return self._listed(model_id, where)
        why = f"{reply.outcome}: {reply.error_message or reply.error_code or 'no reason given'}"
        key_ok = False if reply.http_status == 401 else None
        certain = reply.error_code in NEVER_LEFT
        return Probe(key_ok=key_ok, model_ok=None, line=f"{where}: {why}", certain=certain)

    def _listed(self, model_id: str, where: str) -> Probe:
        listed = self.receive(lambda client: client.models.with_raw_response.list())
        models = listed.body.get("data") if isinstance(listed, Received) else None
        if not isinstance(models, list):
            return Probe(None, None, f"{where}: shows no list of models, so nothing is known without a call")
        known = {str(model.get("id")): model for model in objects_of(models)}
        if model_id in known:
            return _there(model_id, where, known[model_id])
        return Probe(True, False, f"{where}: the key works; it has no model {model_id}")

    def offers(self) -> list[str] | Answer:
        """Return the models of the list that draw: those of type `image`; where types are not told, by their names."""
        listed = self.receive(lambda client: client.models.with_raw_response.list())
        if isinstance(listed, Answer):
            return listed
        return [
            str(one["id"])
            for one in objects_of(listed.body.get("data"))
            if isinstance(one.get("id"), str)
            and (one["type"] == "image" if "type" in one else _DRAWS.search(one["id"]))
        ]

    def _refused(self, response: Any) -> Answer:
        facts = header_facts(response.headers, response.status_code)
        text = response.content.decode("utf-8", "replace")
        body = _json(response.content)
        if isinstance(body, Mapping):
            facts |= usage_facts(body.get("usage"))
        facts["retry_after_s"] = retry_after_s(response.headers, text)
        return self.failed(body, facts, text)

    def _clean(self, text: str) -> str:
        return redact(text, self._key) if self._key else text


class OpenAIService(Service):
    """What asks one endpoint of an account."""

    sdk_version = f"openai {openai.__version__}"
    key_names = (KEY_ENV,)
    path: str

    def __init__(self, connection: Connection = Connection()) -> None:
        self._account = Account(connection)
        self.endpoint = f"{self._account.base_url}/{self.path}"

    def probe(self, model_id: str) -> Probe:
        """Return whether the key works and the model exists; costs nothing."""
        return self._account.probe(model_id)


def _there(model_id: str, where: str, model: Mapping[str, Any]) -> Probe:
    """Return that a model is there, with the day on which it will not be (OpenAI's `shutdown_date`)."""
    line = f"{where}: the key works and {model_id} is there"
    return Probe(True, True, line, shutdown_date=day_of(model.get("shutdown_date")))


def _json(data: bytes) -> object:
    try:
        return from_json(data)  # of megabytes of base64, several times faster than the standard library
    except ValueError:
        return None


def header_facts(headers: Mapping[str, str], status: int) -> dict[str, Any]:
    """Return what the headers of any answer say, as fields of `Answer`."""
    request_id = headers.get("x-request-id") or headers.get("request-id")
    return {"http_status": status, "request_id": request_id, "rate": rate_limit(headers)}


def usage_facts(usage: object) -> dict[str, Any]:
    """Return usage as it was reported and, where it says dollars (xAI's ticks), the reported cost."""
    if not isinstance(usage, Mapping):
        return {}
    facts: dict[str, Any] = {"usage": dict(usage)}
    ticks = usage.get("cost_in_usd_ticks")
    if is_number(ticks):
        facts |= {"cost_usd": ticks / _TICKS_PER_USD, "cost_basis": "reported"}
    return facts


def count(source: object, *path: str) -> float | None:
    """Return the number at a path of nested objects, or None."""
    for step in path:
        source = source.get(step) if isinstance(source, Mapping) else None
    return float(source) if isinstance(source, int | float) and not isinstance(source, bool) else None
