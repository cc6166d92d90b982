"""Gemini image models ("Nano Banana") through Google's own SDK, an extra: `pip install -e ".[gemini]"`.

The SDK neither retries, nor continues an answer by itself (each continuation is billed), nor opens a connection that
`assets.gateway.network.http` did not vet. Imagen is not asked: Google ended it on 2026-08-17.

Sources: "Troubleshooting guide" of the Gemini API (backend error codes), `FinishReason` and `BlockedReason` of
google-genai 3.6, google.rpc error details (RetryInfo, QuotaFailure, ErrorInfo), November 2026.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx2
from pydantic import SecretStr

from assets.gateway.network.connection import MOST_IMAGE_BYTES, Connection
from assets.gateway.network.http import answer_of, make_client
from assets.gateway.network.redaction import redact
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers import base
from assets.generation.providers.errors import ErrorRow, by_code, by_status, error_answer, match, objects_of
from assets.generation.providers.headers import retry_after_s
from assets.generation.slots import Request
from warehouse.errors import UsageError

API = "https://generativelanguage.googleapis.com"
KEY_ENV = "GEMINI_API_KEY"
SETTINGS = frozenset({"aspect_ratio", "image_size", "thinking_level", "modalities", "seed"})

FINISHED, BLOCKED = "finish_reason", "block_reason"

_OUTPUT_BLOCKED = (
    "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION", "ESCALATION", "MODEL_ARMOR",
)  # fmt: skip
#: Without words: that the model did not draw is what the API says of it.
_NO_PICTURE = ("LANGUAGE", "OTHER", "IMAGE_OTHER", "NO_IMAGE")
#: Without words these say how the answer ended, and no reason why nothing is in it.
_EMPTY = (
    "STOP", "MAX_TOKENS", "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE", "CONTINUATION", "FINISH_REASON_UNSPECIFIED",
)  # fmt: skip
_INPUT_BLOCKED = (
    "BLOCKED_REASON_UNSPECIFIED", "SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR",
    "JAILBREAK",
)  # fmt: skip
#: `type` says where a word comes from (`finish_reason`, `block_reason`), or is the reason of google.rpc.ErrorInfo.
ERRORS: tuple[ErrorRow, ...] = (
    *(ErrorRow(Outcome.BLOCKED_INPUT, type=BLOCKED, code=code, stage="input") for code in _INPUT_BLOCKED),
    *(ErrorRow(Outcome.BLOCKED_OUTPUT, type=FINISHED, code=code, stage="output") for code in _OUTPUT_BLOCKED),
    *(ErrorRow(Outcome.NO_IMAGE, type=FINISHED, code=code) for code in _NO_PICTURE),
    *(ErrorRow(Outcome.EMPTY_ANSWER, type=FINISHED, code=code) for code in _EMPTY),
    ErrorRow(Outcome.SERVER_ERROR, type=FINISHED, code="MALFORMED_RESPONSE"),
    ErrorRow(Outcome.AUTH, type=FINISHED, code="PUP_LIMITED_DISABLED"),  # the account is limited or disabled
    ErrorRow(Outcome.AUTH, type="API_KEY_INVALID"),
    ErrorRow(Outcome.AUTH, code="INVALID_ARGUMENT", says=r"API key (not valid|expired)"),
    ErrorRow(Outcome.QUOTA_EXHAUSTED, code="FAILED_PRECONDITION", says=r"billing"),
    ErrorRow(
        Outcome.QUOTA_EXHAUSTED,
        code="RESOURCE_EXHAUSTED",
        says=r"per ?day|daily|limit: 0\b|spend|credits|billing account",
    ),
    *by_code(Outcome.INVALID_PARAMS, "INVALID_ARGUMENT", "OUT_OF_RANGE", "UNIMPLEMENTED"),
    *by_code(Outcome.AUTH, "FAILED_PRECONDITION"),  # the API is not offered to this project or place
    *by_code(Outcome.AUTH, "UNAUTHENTICATED", "PERMISSION_DENIED"),
    *by_code(Outcome.MODEL_RETIRED, "NOT_FOUND"),
    *by_code(Outcome.RATE_LIMITED, "RESOURCE_EXHAUSTED"),
    *by_code(Outcome.TIMEOUT, "DEADLINE_EXCEEDED"),
    *by_code(Outcome.SERVER_ERROR, "INTERNAL", "UNAVAILABLE", "UNKNOWN", "ABORTED", "CANCELLED", "DATA_LOSS"),
    # What a gateway says without a status of Google's.
    *by_status(Outcome.AUTH, 401, 403),
    *by_status(Outcome.MODEL_RETIRED, 404),
    *by_status(Outcome.RATE_LIMITED, 429),
    ErrorRow(Outcome.SERVER_ERROR, status=(500, 599)),
)


class Gemini(base.Service):
    """Asks Gemini models; one client of the SDK for all threads, made when it is first needed."""

    name = "gemini"
    key_names = (KEY_ENV,)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.endpoint = connection.base_url or API
        self.sdk_version = f"google-genai {base.installed('google-genai')}"
        self._lock = threading.Lock()
        self._client: Any = None
        self._key = SecretStr("")

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` without the extra, for a model that ended, or a parameter that the SDK does not take."""
        types = _sdk().types
        if model_id.startswith("imagen"):
            raise UsageError(f"gemini: {model_id} ended on 2026-08-17; write gemini-nano-banana-2.1 instead")
        if not model_id.startswith("gemini-"):
            raise UsageError(f'gemini: "{model_id}" is no model; write e.g. gemini-nano-banana-2.1')
        base.check_seed("gemini", params)
        base.check_names("gemini: no parameter", params, SETTINGS)
        try:
            _config(types, params, None)
        except (ValueError, TypeError) as error:
            raise UsageError(f"gemini: {str(error).splitlines()[0]}") from None
        for name, kind in (("thinking_level", types.ThinkingLevel), ("modalities", types.Modality)):
            given = params.get(name, [])
            for value in given if isinstance(given, list) else [given]:
                if value not in kind.__members__:
                    raise UsageError(f"gemini: {name} {value!r} is none of {', '.join(kind.__members__)}")

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request; errors of the API and of the network are outcomes."""
        if refused := base.refused_turn(self.name, request):
            return refused
        seed = base.seed_of(request.params, request.slot.slot_key)
        response = self._call(
            lambda client: client.models.generate_content(
                model=request.model_id,
                contents=request.prompt_text,
                config=_config(_sdk().types, request.params, seed),
            )
        )
        return response if isinstance(response, Answer) else self._read(response, seed)

    def probe(self, model_id: str) -> base.Probe:
        """Ask for the model's description (free)."""
        model = self._call(lambda client: client.models.get(model=model_id))
        if not isinstance(model, Answer):
            return base.Probe(True, True, f"gemini: {model_id} is there ({model.display_name or model.name})")
        return base.probe_of(self.name, model, missing=model.outcome is Outcome.MODEL_RETIRED)

    def offers(self) -> list[str] | Answer:
        """Return the models whose name says that they draw and that answer `generateContent`; costs nothing."""
        models = self._call(lambda client: [*client.models.list()])
        if isinstance(models, Answer):
            return models
        draw = [one for one in models if "generateContent" in (one.supported_actions or ())]
        names = [str(one.name).removeprefix("models/") for one in draw]
        return [name for name in names if "image" in name or "banana" in name]

    def _made(self) -> Any:
        with self._lock:
            if self._client is None:
                self._key = self._connection.key(KEY_ENV)
                genai = _sdk()
                options = genai.types.HttpOptions(
                    base_url=self.endpoint,  # always given, so that no variable decides it
                    timeout=int(self._connection.timeout_s * 1000),
                    httpx_client=make_client(self._connection),
                    retry_options=genai.types.HttpRetryOptions(attempts=1),  # the gateway retries
                )
                self._client = genai.Client(
                    enterprise=False, api_key=self._key.get_secret_value(), http_options=options
                )
            return self._client

    def _call(self, call: Callable[[Any], Any]) -> Any:
        """Return what the SDK returns, or the `Answer` that its error stands for."""
        try:
            errors = _sdk().errors
        except UsageError as error:
            return Answer(outcome=Outcome.INVALID_PARAMS, error_code="no_sdk", error_message=str(error))
        try:
            return call(self._made())
        except UsageError as error:
            return base.no_key(error)
        except errors.APIError as error:
            return self._refused(error)
        except httpx2.HTTPError as error:
            if (answer := answer_of(error)) is None:
                raise
            return answer
        except (ValueError, TypeError, AttributeError) as error:  # of an answer that the SDK cannot read
            body, message = redact(str(error), self._key), "the answer is not in Gemini's form"
            return error_answer((), status=200, message=message, body=body, maybe_billed=True)

    def _refused(self, error: Any) -> Answer:
        details = details_of(error.details)
        passed = quotas(details)
        stated = error.message if isinstance(error.message, str) else ""
        words = stated + (f" [{', '.join(passed)}]" if passed else "")
        headers: Mapping[str, str] = getattr(error.response, "headers", None) or {}
        waits = retry_delay_s(details)
        return error_answer(
            ERRORS,
            status=error.code,
            code=error.status if isinstance(error.status, str) else None,
            type=next(
                (str(one["reason"]) for one in details if one.get("reason")), None
            ),  # of google.rpc.ErrorInfo
            message=redact(words, self._key)[:RAW_BODY_CHARS],
            body=redact(json.dumps(error.details), self._key),
            retry_after_s=retry_after_s(headers) if waits is None else waits,
        )

    def _read(self, response: Any, seed: int | None) -> Answer:
        candidate = response.candidates[0] if response.candidates else None
        content = candidate.content if candidate else None
        parts = [part for part in (content.parts if content else None) or () if not part.thought]
        pictures = [p.inline_data.data for p in parts if p.inline_data is not None and p.inline_data.data]
        words = "\n".join(part.text for part in parts if part.text) or None
        common: dict[str, Any] = {
            "http_status": 200,
            "model_reported": response.model_version,
            "request_id": response.response_id,
            "text": words,
            "seed": seed,
            "usage": plain(response.usage_metadata),
            "units": units(response.usage_metadata, pictured=bool(pictures)),
        }
        feedback = response.prompt_feedback
        if pictures:
            if len(pictures[0]) > MOST_IMAGE_BYTES:
                large = f"the picture has {len(pictures[0])} bytes, more than {MOST_IMAGE_BYTES}"
                return Answer(outcome=Outcome.TOO_LARGE, error_message=large, maybe_billed=True, **common)
            return Answer(outcome=Outcome.OK, image=pictures[0], **common)
        if feedback is not None and feedback.block_reason is not None:
            kind, reason, explanation = BLOCKED, feedback.block_reason.value, feedback.block_reason_message
            rated = feedback.safety_ratings
        elif candidate is not None and candidate.finish_reason is not None:
            kind, reason, explanation = FINISHED, candidate.finish_reason.value, candidate.finish_message
            rated = candidate.safety_ratings
        else:
            body = json.dumps(plain(response) or {})
            billed = common["units"] is None
            why = "neither an answer nor a reason"
            return error_answer((), message=why, body=body, maybe_billed=billed, **common)
        row = match(ERRORS, code=reason, type=kind)
        empty = row is not None and row.outcome is Outcome.EMPTY_ANSWER
        if words and row is not None and (empty or row.outcome is Outcome.NO_IMAGE):
            return Answer(outcome=Outcome.REFUSED_TEXT, refusal_text=words, error_code=reason, **common)
        return error_answer(
            ERRORS,
            status=common.pop("http_status"),
            code=reason,
            type=kind,
            message=explanation,
            body=json.dumps(plain(response)),
            refusal_text=None if empty else explanation or words,
            block_categories=tuple(one.category.value for one in rated or () if one.blocked and one.category),
            **common,
        )


def _config(types: Any, params: Mapping[str, Any], seed: int | None) -> Any:
    pictures = {name: params[name] for name in ("aspect_ratio", "image_size") if name in params}
    level = params.get("thinking_level")
    return types.GenerateContentConfig(
        response_modalities=params.get("modalities", ["IMAGE"]),
        image_config=types.ImageConfig(**pictures) if pictures else None,
        thinking_config=types.ThinkingConfig(thinking_level=level) if level else None,
        seed=seed,
        automatic_continuation=False,  # each would be billed
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )


def _sdk() -> Any:
    try:
        import google.genai
        import google.genai.errors
        import google.genai.types
    except ImportError:
        raise UsageError('gemini: the extra is not installed; run: pip install -e ".[gemini]"') from None
    return google.genai


def details_of(error: Any) -> list[Mapping[str, Any]]:
    """Return the google.rpc details of an error's body."""
    inner = error.get("error") if isinstance(error, Mapping) else None
    return objects_of(inner.get("details") if isinstance(inner, Mapping) else None)


def quotas(details: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the quotas that were passed (`GenerateRequestsPerDayPerProjectPerModel`, …)."""
    violations = [one.get("violations") for one in details if "QuotaFailure" in str(one.get("@type"))]
    return [str(each.get("quotaId")) for listed in violations for each in listed or () if each.get("quotaId")]


def retry_delay_s(details: Iterable[Mapping[str, Any]]) -> float | None:
    """Return the wait of google.rpc.RetryInfo ("12.5s"), or None."""
    delays = [str(one["retryDelay"]) for one in details if one.get("retryDelay")]
    seconds = re.fullmatch(r"(\d+(?:\.\d+)?)s", delays[0]) if delays else None
    return float(seconds[1]) if seconds else None


def units(usage: Any, *, pictured: bool) -> dict[str, float] | None:
    """Return token counts under the price table's names; thoughts are billed as text that came out.

    `usage` is the SDK's `usage_metadata`. Without a breakdown what came out counts as a picture, if there is one.
    """
    if usage is None:
        return None
    counts: dict[str, float] = {}
    cached = usage.cached_content_token_count or 0
    for side, details, total in (
        ("in", usage.prompt_tokens_details, usage.prompt_token_count),
        ("out", usage.candidates_tokens_details, usage.candidates_token_count),
    ):
        for one in details or ():
            kind = "image" if one.modality is not None and one.modality.value == "IMAGE" else "text"
            counts[f"{kind}_{side}"] = counts.get(f"{kind}_{side}", 0.0) + float(one.token_count or 0)
        if not details and total:
            counts[f"{'image' if side == 'out' and pictured else 'text'}_{side}"] = float(total)
    if usage.thoughts_token_count:
        counts["text_out"] = counts.get("text_out", 0.0) + usage.thoughts_token_count
    if cached:
        counts["text_in"] = max(0.0, counts.get("text_in", 0.0) - cached)
        counts["cached_text_in"] = float(cached)
    return counts or None


def plain(model: Any) -> dict[str, Any] | None:
    """Return a record of the SDK as it came over the wire, without headers."""
    if model is None:
        return None
    return dict(
        model.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"sdk_http_response"})
    )
