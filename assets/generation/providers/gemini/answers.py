"""What Gemini's errors, finish reasons and token counts mean.

Sources: "Troubleshooting guide" of the Gemini API (backend error codes), `FinishReason` and `BlockedReason` of
google-genai 3.6, google.rpc error details (RetryInfo, QuotaFailure, ErrorInfo), November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from assets.gateway.records import Outcome
from assets.generation.providers.errors import ErrorRow, by_code, by_status

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


def details_of(error: Any) -> list[Mapping[str, Any]]:
    """Return the google.rpc details of an error's body."""
    inner = error.get("error") if isinstance(error, Mapping) else None
    found = inner.get("details") if isinstance(inner, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def quotas(details: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the quotas that were passed (`GenerateRequestsPerDayPerProjectPerModel`, …)."""
    violations = [one.get("violations") for one in details if "QuotaFailure" in str(one.get("@type"))]
    return [str(each.get("quotaId")) for found in violations for each in found or () if each.get("quotaId")]


def reason_of(details: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the reason of google.rpc.ErrorInfo (`API_KEY_INVALID`), or None."""
    return next((str(one["reason"]) for one in details if one.get("reason")), None)


def retry_delay_s(details: Iterable[Mapping[str, Any]]) -> float | None:
    """Return the wait of google.rpc.RetryInfo ("12.5s"), or None."""
    delays = [str(one["retryDelay"]) for one in details if one.get("retryDelay")]
    found = re.fullmatch(r"(\d+(?:\.\d+)?)s", delays[0]) if delays else None
    return float(found[1]) if found else None


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
