"""What OpenRouter's image API takes, and what its answers mean.

Sources: OpenRouter's OpenAPI description (`POST /images`, `GET /generation`, `GET /key`) and its pages on errors, image
generation and model availability, August 2026.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers.errors import ErrorRow, error_answer

#: What a request may hold beside the model and the prompt; which of it a model takes, OpenRouter says (400).
PARAMS = frozenset(
    {
        "aspect_ratio",
        "background",
        "output_compression",
        "output_format",
        "provider",
        "quality",
        "resolution",
        "seed",
        "size",
    }
)
#: Set by us, or of no use to us: one whole picture a call, from the prompt alone.
OURS = frozenset({"model", "prompt", "n", "stream", "input_references"})
ROUTING = frozenset({"allow_fallbacks", "ignore", "only", "options", "order", "sort"})

#: `code` is `error.availability.code`, `type` is `error.metadata.error_type`, or `reasons` where a filter gives some.
ERRORS: tuple[ErrorRow, ...] = (
    ErrorRow(Outcome.BLOCKED_INPUT, type="reasons", stage="input"),
    ErrorRow(Outcome.BLOCKED_INPUT, type="content_policy_violation", stage="unknown"),
    ErrorRow(Outcome.REFUSED_TEXT, type="refusal"),
    *(
        ErrorRow(Outcome.MODEL_RETIRED, code=code)
        for code in (
            "model_not_found",
            "no_endpoints",
            "model_deprecated",
            "model_unavailable_upstream",
            "free_variant_ended",
        )
    ),
    *(
        ErrorRow(Outcome.INVALID_PARAMS, code=code)
        for code in ("wrong_endpoint", "region_restricted", "privacy_restricted", "constraint_filtered")
    ),
    ErrorRow(Outcome.AUTH, status=401),
    ErrorRow(Outcome.QUOTA_EXHAUSTED, status=402),
    ErrorRow(Outcome.AUTH, status=403),
    ErrorRow(Outcome.MODEL_RETIRED, status=404),
    ErrorRow(Outcome.TIMEOUT, status=408),
    ErrorRow(Outcome.RATE_LIMITED, status=429),
    ErrorRow(Outcome.INVALID_PARAMS, status=(400, 499)),
    ErrorRow(Outcome.TIMEOUT, status=504),
    ErrorRow(Outcome.TIMEOUT, status=524),
    ErrorRow(Outcome.SERVER_ERROR, status=(500, 599)),
)
#: A gateway that stopped waiting: the maker may have drawn, and billed.
_LOST = frozenset({408, 504, 524})


def failed(
    status: int, error: Mapping[str, Any], body: str, *, maybe_billed: bool = False, **more: Any
) -> Answer:
    """Return the answer that an error stands for; `status` is HTTP's, and the error's own code comes before it."""
    own = error.get("code")
    status = own if isinstance(own, int) and 400 <= own <= 599 else status
    metadata, available = part(error, "metadata"), part(error, "availability")
    said = metadata.get("reasons")
    reasons = tuple(str(reason)[:200] for reason in said) if isinstance(said, list) else ()
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


def cost(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request cost (US dollars) and used, as fields of an answer.

    With a maker's own key (`is_byok`) OpenRouter's `cost` is its fee alone; what the maker charges is added.
    """
    fields: dict[str, Any] = {}
    fee = usage.get("cost")
    if is_number(fee):
        upstream = part(usage, "cost_details").get("upstream_inference_cost")
        paid = upstream if usage.get("is_byok") is True and is_number(upstream) else 0
        fields = {"cost_usd": float(fee) + float(paid), "cost_basis": "reported"}
    tokens = {
        "text_in": usage.get("prompt_tokens"),
        "image_out": part(usage, "completion_tokens_details").get("image_tokens")
        or usage.get("completion_tokens"),
    }
    units = {name: float(number) for name, number in tokens.items() if is_number(number) and number}
    return fields | {"units": {"images": 1.0} | units}


def routed(generation: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Return which model drew at which maker, in a line, and the attempts before it, from `GET /generation`."""
    tried = generation.get("provider_responses")
    attempts = [
        {
            "model": one.get("model_permaslug"),
            "provider": one.get("provider_name"),
            "status": one.get("status"),
        }
        for one in (tried if isinstance(tried, list) else [])
        if isinstance(one, Mapping)
    ]
    drew = next((one for one in reversed(attempts) if one["status"] == 200), {})
    model = drew.get("model") or generation.get("model")
    maker = generation.get("provider_name") or drew.get("provider")
    if not isinstance(model, str):
        return None, {}
    line = f"{model} at {maker}" if isinstance(maker, str) else model
    return line, {"provider": maker, "upstream_id": generation.get("upstream_id"), "attempts": attempts}


def part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object within an object, an empty one where there is none."""
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether a value of an answer is a number from 0 on, and no infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**63


def _words(error: Mapping[str, Any], metadata: Mapping[str, Any]) -> str | None:
    """Return an error's message, with the maker's own words behind it where OpenRouter passes them on."""
    message, raw = error.get("message"), metadata.get("raw")
    words = [message] if isinstance(message, str) and message else []
    if raw:
        words.append(raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False))
    return ": ".join(words)[:RAW_BODY_CHARS] or None
