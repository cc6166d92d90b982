"""The labeler `anthropic_vision`: a vision model of Anthropic with structured outputs (extra `anthropic`).

A second family beside OpenAI's: two labelers that err in different ways are worth more than two that err alike. The
API gives no log probabilities, so its labels have no confidence.

Sources: the SDK's types (`messages.create`, `output_config.format`, stop reasons), Anthropic's pages on errors, on
vision (pictures before text; longer sides above 1568 px are scaled down there) and on structured outputs.

Settings of ours: `max_side` in pixels. All others are sent as they are; `max_tokens` is 1024 unless it is set.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import metadata
from typing import Any

from pydantic import SecretStr

from assets.gateway.models_file import LabelerEntry
from assets.gateway.network import http
from assets.gateway.network.redaction import redact
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers.base import NEVER_LEFT, Probe, day_of
from assets.generation.providers.errors import ErrorRow, error_answer
from assets.generation.providers.headers import rate_limit, retry_after_s
from assets.generation.providers.openai.common import count
from assets.labeling.asked.forms import MESSAGE, recognized, wrong_form
from assets.labeling.labelers.remote import Remote, answered, cut_off, failed
from assets.labeling.pictures import Preparation, ShownPicture
from assets.labeling.questions import INSTRUCTIONS, question_text, schema, version_of
from assets.labeling.records import Sight
from warehouse.errors import UsageError

ANTHROPIC_URL = "https://api.anthropic.com"
KEY_ENV = "ANTHROPIC_API_KEY"
_DECLARED_NUMBER = 1
_MAX_TOKENS = 1024
_NOT_FOR_SETTINGS = frozenset(
    (
        *("model", "messages", "system", "stream", "tools"),
        *("tool_choice", "metadata", "stop_sequences", "container"),
    )
)

ERRORS: tuple[ErrorRow, ...] = (
    ErrorRow(Outcome.BLOCKED_OUTPUT, says=r"output blocked by content filtering policy", stage="output"),
    ErrorRow(Outcome.BLOCKED_INPUT, says=r"blocked by .*(policy|filter)", stage="input"),
    ErrorRow(Outcome.QUOTA_EXHAUSTED, type="billing_error"),
    ErrorRow(Outcome.QUOTA_EXHAUSTED, status=402),
    ErrorRow(Outcome.QUOTA_EXHAUSTED, says=r"credit balance is too low|usage limits? .*(reached|exceeded)"),
    ErrorRow(Outcome.AUTH, status=401),
    ErrorRow(Outcome.AUTH, type="authentication_error"),
    ErrorRow(Outcome.AUTH, status=403),
    ErrorRow(Outcome.MODEL_RETIRED, status=(404, 410), says=r"\bmodel\b.*(deprecated|retired|no longer)"),
    ErrorRow(Outcome.INVALID_PARAMS, status=404),  # a model that is not there, a wrong base_url
    ErrorRow(Outcome.RATE_LIMITED, status=429),
    ErrorRow(Outcome.RATE_LIMITED, type="rate_limit_error"),
    ErrorRow(Outcome.TIMEOUT, status=408),
    ErrorRow(Outcome.TIMEOUT, status=504),
    ErrorRow(Outcome.TIMEOUT, type="timeout_error"),
    ErrorRow(Outcome.SERVER_ERROR, type="overloaded_error"),
    ErrorRow(Outcome.SERVER_ERROR, type="api_error"),
    ErrorRow(Outcome.SERVER_ERROR, type="conflict_error"),
    *(ErrorRow(Outcome.SERVER_ERROR, status=status) for status in (409, 500, 502, 503, 529)),
    ErrorRow(Outcome.INVALID_PARAMS, type="invalid_request_error"),
    *(ErrorRow(Outcome.INVALID_PARAMS, status=status) for status in (400, 405, 413, 422)),
)


class AnthropicVision(Remote):
    """Asks one model about pictures; the answer's values are bound to the closed lists by the schema."""

    key_names = (KEY_ENV,)

    def __init__(self, entry: LabelerEntry) -> None:
        super().__init__(entry, Preparation(max_side=1568))
        self._sent = self.sent(())
        self._base_url = entry.connection.base_url or ANTHROPIC_URL
        self._lock = threading.Lock()
        self._client: Any = None
        self._key: SecretStr | None = None
        self.endpoint = f"{self._base_url}/v1/messages"
        try:
            self.sdk_version = f"anthropic {metadata.version('anthropic')}"
            from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
        except ImportError:  # told when it is asked: its version is known without
            return
        self.check_settings(
            self._sent,
            MessageCreateParamsNonStreaming,
            _NOT_FOR_SETTINGS,
            only_known=entry.connection.base_url is None,
            fixed={"model": entry.model_id, "messages": [], "max_tokens": _MAX_TOKENS},
        )

    @cached_property
    def version(self) -> str:
        """Return `<declared number>-<hash of model, words, schema, settings and preparation>`."""
        return version_of(
            self.entry, number=_DECLARED_NUMBER, preparation=self.preparation, max_tokens=_MAX_TOKENS
        )

    def probe(self, model_id: str) -> Probe:
        """Ask for the model by its name, which costs nothing."""
        reply = self._receive(lambda client: client.models.with_raw_response.retrieve(model_id))
        where = self._base_url.partition("://")[2]
        if not isinstance(reply, Answer):
            line = f"{where}: the key works and {model_id} is there"
            return Probe(True, True, line, shutdown_date=day_of(reply[0].get("retires_at")))
        if reply.http_status == 404:
            return Probe(True, False, f"{where}: the key works; it has no model {model_id}")
        why = f"{reply.outcome}: {reply.error_message or reply.error_code or 'no reason given'}"
        key_ok = False if reply.outcome is Outcome.AUTH else None
        return Probe(key_ok, None, f"{where}: {why}", certain=reply.error_code in NEVER_LEFT)

    def ask(self, pictures: Sequence[ShownPicture], attributes: Sequence[str]) -> Sight:
        """Make one call and read its answer; see `look`."""
        asked = self.in_full(attributes)
        sources = [
            {"type": "base64", "media_type": picture.mime, "data": picture.base64} for picture in pictures
        ]
        shown = [{"type": "image", "source": source} for source in sources]
        words = {"type": "text", "text": question_text(asked, len(pictures))}
        config = self._sent.get("output_config")
        form = {"type": "json_schema", "schema": schema(asked, len(pictures))}
        request: dict[str, Any] = {
            "max_tokens": _MAX_TOKENS,
            **self._sent,
            "output_config": {**(config if isinstance(config, dict) else {}), "format": form},
        }
        reply = self._receive(
            lambda client: client.messages.with_raw_response.create(
                model=self.entry.model_id,
                system=INSTRUCTIONS,
                messages=[{"role": "user", "content": [*shown, words]}],
                **request,
            )
        )
        if isinstance(reply, Answer):
            return failed(recognized(self.entry, MESSAGE, reply))
        body, facts = reply
        wrong = wrong_form(self.entry, MESSAGE, body, "", facts)
        return wrong if wrong is not None else _sight(body, facts, attributes, len(pictures))

    def _receive(self, send: Any) -> tuple[dict[str, Any], dict[str, Any]] | Answer:
        """Make one call; return its JSON object and what its headers say, or the answer that its error stands for."""
        try:
            client = self._connected()
            import anthropic
        except UsageError as error:
            return Answer(outcome=Outcome.AUTH, error_code="not_ready", error_message=str(error))
        try:
            raw = send(client).http_response
        except anthropic.APIStatusError as error:
            return self._refused(error.response)
        except anthropic.APIError as error:
            known = http.answer_of(error)
            return known or Answer(
                outcome=Outcome.SERVER_ERROR, unmapped=True, error_message=self._clean(str(error))
            )
        facts = _header_facts(raw.headers, raw.status_code)
        body = _json(raw.content)
        if not isinstance(body, dict):
            text = self._clean(raw.content.decode("utf-8", "replace"))
            return Answer(
                outcome=Outcome.SERVER_ERROR,
                unmapped=True,
                error_message="the answer is no JSON object" if text.strip() else "the answer is empty",
                raw_body=text[:RAW_BODY_CHARS],
                maybe_billed=True,
                **facts,
            )
        return self._failed(body, facts) if body.get("type") == "error" else (body, facts)

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                try:
                    import anthropic
                except ImportError:
                    raise UsageError(
                        f'labeler "{self.name}" needs the extra "anthropic", which is not installed: '
                        'pip install -e ".[anthropic]"'
                    ) from None
                self._key = self.entry.connection.key(KEY_ENV)
                self._client = anthropic.Anthropic(
                    api_key=self._key.get_secret_value(),
                    base_url=self._base_url,
                    max_retries=0,  # retry is ours
                    timeout=self.entry.connection.timeout_s,
                    http_client=http.make_client(self.entry.connection),
                )
            return self._client

    def _refused(self, response: Any) -> Answer:
        facts = _header_facts(response.headers, response.status_code)
        facts["retry_after_s"] = retry_after_s(response.headers)
        body = _json(response.content)
        if isinstance(body, dict):
            return self._failed(body, facts)
        return self._failed({}, facts, response.content.decode("utf-8", "replace"))

    def _failed(self, body: Mapping[str, Any], facts: Mapping[str, Any], text: str = "") -> Answer:
        shown = self._clean(text or json.dumps(body, ensure_ascii=False))
        error = body.get("error")
        stated: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
        message = " ".join(self._clean(str(stated.get("message") or text)).split())[:2000] or None
        details = stated.get("details")
        more = {key: value for key, value in facts.items() if key != "http_status" and value is not None}
        return error_answer(
            ERRORS,
            status=facts.get("http_status"),
            code=details.get("error_code") if isinstance(details, Mapping) else None,
            type=str(stated["type"]) if stated.get("type") else None,
            message=message,
            body=shown,
            **more,
        )

    def _clean(self, text: str) -> str:
        return redact(text, self._key) if self._key else text


def _sight(
    body: Mapping[str, Any], facts: Mapping[str, Any], attributes: Sequence[str], pictures: int
) -> Sight:
    """Return what a message came to: readings, a refusal, or an answer that was cut off."""
    usage = body.get("usage")
    facts = {
        **facts,
        "model_reported": body.get("model"),
        "usage": dict(usage) if isinstance(usage, Mapping) else None,
        "units": _units(usage),
    }
    content = [part for part in body.get("content") or () if isinstance(part, Mapping)]
    text = "".join(str(part.get("text") or "") for part in content if part.get("type") == "text")
    stop, details = body.get("stop_reason"), body.get("stop_details")
    if stop == "refusal":
        stated: Mapping[str, Any] = details if isinstance(details, Mapping) else {}
        words = str(stated.get("explanation") or text) or None
        category = stated.get("category")
        return Sight(
            Answer(
                outcome=Outcome.REFUSED_TEXT,
                refusal_text=words,
                block_categories=(str(category),) if category else (),
                **facts,
            )
        )
    if stop in {"max_tokens", "model_context_window_exceeded"}:
        return cut_off("max_tokens", facts)
    return answered(text, attributes, pictures, facts)


def _units(usage: object) -> dict[str, float] | None:
    written = count(usage, "output_tokens")
    fresh = count(usage, "input_tokens")
    if written is None and fresh is None:
        return None
    return {
        "text_in": fresh or 0.0,
        "cached_text_in": count(usage, "cache_read_input_tokens") or 0.0,
        "cache_write_in": count(usage, "cache_creation_input_tokens") or 0.0,
        "text_out": written or 0.0,
    }


def _header_facts(headers: Mapping[str, str], status: int) -> dict[str, Any]:
    usual = {
        f"x-ratelimit-{name}": headers.get(f"anthropic-ratelimit-requests-{name}", "")
        for name in ("limit", "remaining", "reset")
    }
    return {"http_status": status, "request_id": headers.get("request-id"), "rate": rate_limit(usual)}


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except ValueError:
        return None
