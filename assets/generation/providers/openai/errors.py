"""From an error of the OpenAI API, or of an API that speaks like it, to an outcome: one table and what reads the body.

Sources: OpenAI's guide to error codes and to image generation, the code lists in the SDK's types, xAI's and Together's
tables of status codes, BytePlus's codes, LocalAI's error reference, and vLLM's error bodies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.gateway.records import Answer, Outcome
from assets.generation.providers.errors import ErrorRow, by_code, by_status, error_answer

_OUTCOME_AT = {"input": Outcome.BLOCKED_INPUT, "output": Outcome.BLOCKED_OUTPUT}

#: The first row that matches wins. Meaning before status: one status stands for many things.
ERRORS: tuple[ErrorRow, ...] = (
    # The model's own answer: a filter said no. xAI bills what it blocks after drawing and says so in the body.
    ErrorRow(Outcome.BLOCKED_OUTPUT, says=r"generated image (was )?rejected", stage="output"),
    # Where a policy filter blocked is in `moderation_details`, if anywhere.
    *by_code(Outcome.BLOCKED_INPUT, "moderation_blocked", "content_policy_violation", stage="unknown"),
    *by_code(Outcome.BLOCKED_INPUT, "image_content_policy_violation", "content_filter", stage="unknown"),
    # Of the Responses API: "flagged as potentially violating our usage policy".
    *by_code(Outcome.BLOCKED_INPUT, "invalid_prompt", stage="unknown"),
    *by_code(Outcome.BLOCKED_INPUT, "bio_policy", "cyber_policy", stage="unknown"),
    *by_code(Outcome.BLOCKED_INPUT, "misalignment_policy_violation", stage="unknown"),
    # BytePlus ModelArk.
    *by_code(
        Outcome.BLOCKED_INPUT, "InputTextSensitiveContentDetected", "InputTextRiskDetection", stage="input"
    ),
    *by_code(Outcome.BLOCKED_INPUT, "SensitiveContentDetected", stage="input"),
    *by_code(Outcome.BLOCKED_OUTPUT, "OutputImageSensitiveContentDetected", stage="output"),
    *by_code(Outcome.BLOCKED_OUTPUT, "OutputImageRiskDetection", stage="output"),
    ErrorRow(
        Outcome.BLOCKED_INPUT,
        says=r"(rejected|blocked)[\w ]* (safety system|content moderation)|safety_violations=",
        stage="unknown",
    ),
    ErrorRow(Outcome.BLOCKED_INPUT, says=r"violates usage guidelines|SAFETY_CHECK_TYPE", stage="input"),
    ErrorRow(Outcome.BLOCKED_INPUT, status=(400, 422), says=r"\bnsfw\b", stage="unknown"),
    # No money left: waiting does not help, whatever the status (429, 403, 402, 400).
    *by_code(Outcome.QUOTA_EXHAUSTED, "insufficient_quota", "credit_balance_exhausted", "billing_not_active"),
    *by_code(Outcome.QUOTA_EXHAUSTED, "organization_spend_limit_exceeded", "project_spend_limit_exceeded"),
    *by_code(Outcome.QUOTA_EXHAUSTED, "organization_usage_limit_exceeded", "billing_hard_limit_reached"),
    ErrorRow(Outcome.QUOTA_EXHAUSTED, type="insufficient_quota"),
    ErrorRow(
        Outcome.QUOTA_EXHAUSTED,
        says=r"billing hard limit|exceeded your current quota|used all available credits|monthly spending limit"
        r"|account is not active|insufficient (credits|balance|funds)|credit limit exceeded",
    ),
    ErrorRow(Outcome.QUOTA_EXHAUSTED, status=402),
    # The model is gone (an event on the time line), or was never there for this key (a mistake to fix).
    ErrorRow(Outcome.MODEL_RETIRED, code="model_deprecated"),
    ErrorRow(
        Outcome.MODEL_RETIRED,
        status=(400, 410),
        says=r"(model|engine)\b.*(has been|was|is) (deprecated|retired|shut ?down|sunset|decommissioned)"
        r"|model\b.*no longer (available|supported)",
    ),
    *by_code(Outcome.INVALID_PARAMS, "model_not_found", "model_not_available"),  # the last of Together
    # The key, the account, the place.
    ErrorRow(Outcome.AUTH, status=401),
    ErrorRow(Outcome.AUTH, status=400, says=r"incorrect api key|invalid api key|api key not valid"),  # xAI
    ErrorRow(Outcome.AUTH, status=403),
    ErrorRow(Outcome.INVALID_PARAMS, status=404),  # a wrong base_url, or an entity that is not there
    # Too fast, or busy there.
    *by_status(Outcome.RATE_LIMITED, 429),
    *by_code(Outcome.RATE_LIMITED, "rate_limit_exceeded", "slow_down"),
    *by_status(Outcome.TIMEOUT, 408, 504, 524),
    *by_status(Outcome.SERVER_ERROR, 409, 500, 502, 503, 520, 521, 522, 523, 529),
    *by_code(Outcome.SERVER_ERROR, "server_error", "image_generation_failed"),
    ErrorRow(Outcome.SERVER_ERROR, type="server_error"),
    ErrorRow(Outcome.SERVER_ERROR, type="image_generation_server_error"),
    # What we sent cannot be sent: stop before it is sent a thousand times.
    *by_code(Outcome.INVALID_PARAMS, "data_residency_mismatch", "previous_response_not_found"),
    ErrorRow(Outcome.INVALID_PARAMS, type="invalid_request_error"),
    ErrorRow(Outcome.INVALID_PARAMS, type="image_generation_user_error"),
    ErrorRow(Outcome.INVALID_PARAMS, status=400, type="BadRequestError"),  # vLLM
    ErrorRow(Outcome.INVALID_PARAMS, status=400, type="detail"),  # vLLM-Omni and others on FastAPI
    ErrorRow(Outcome.INVALID_PARAMS, status=400, code="400"),  # LocalAI
    ErrorRow(Outcome.INVALID_PARAMS, status=400, code=r"Client specified an invalid argument"),  # xAI
    ErrorRow(Outcome.INVALID_PARAMS, status=400, code="invalid-argument"),  # xAI
    ErrorRow(Outcome.INVALID_PARAMS, status=400, code="invalid_argument"),  # xAI
    *by_status(Outcome.INVALID_PARAMS, 405, 413, 414, 415, 422),
)

_BLOCKED = frozenset(_OUTCOME_AT.values())
_KEPT_MESSAGE = 2000  # characters
#: Names of the account in messages ("in organization org-… on requests per min").
_ACCOUNT = re.compile(r"\b(org-|proj_|user-)[A-Za-z0-9]{6,}|(?<=\bteam )[0-9a-f]{8}-[0-9a-f-]{20,}", re.ASCII)
_VIOLATIONS = re.compile(r"safety_violations=\[([^\]]*)\]")


@dataclass(frozen=True)
class ApiError:
    """An error as a body tells it, whoever's shape it has."""

    code: str | None = None
    type: str | None = None
    message: str | None = None
    stage: str | None = None
    categories: tuple[str, ...] = ()


def read_error(body: object, text: str = "") -> ApiError:
    """Return what an error body says; understands OpenAI's, xAI's, FastAPI's and vLLM's older shape, and plain text."""
    if not isinstance(body, Mapping):
        return ApiError(message=_line(body if isinstance(body, str) else text))
    error = body.get("error")
    if isinstance(error, Mapping):
        return _object(error)
    if isinstance(error, str):  # xAI: {"code": "…", "error": "…"}
        return ApiError(code=_text(body.get("code")), type=_text(body.get("type")), message=_line(error))
    if "detail" in body:  # FastAPI
        return ApiError(type="detail", message=_line(body["detail"]))
    return _object(body)


def has_error(body: Mapping[str, Any]) -> bool:
    """Return whether a body that came with a good status is an error all the same."""
    return bool(body.get("error")) or body.get("object") == "error"


def api_answer(error: ApiError, *, status: int | None = None, body: str = "", **more: Any) -> Answer:
    """Return the answer that an error of the API stands for.

    Where a filter blocked (before or after drawing) decides the outcome, if the API says where. A picture that was
    drawn and withheld, and a gateway that stopped waiting, may be billed: without a reported cost they count as spent.
    """
    message = _ACCOUNT.sub("[account]", error.message) if error.message else None
    more = {key: value for key, value in more.items() if value is not None}
    if error.categories:
        more["block_categories"] = error.categories
    if error.stage:
        more["block_stage"] = error.stage
    answer = error_answer(
        ERRORS,
        status=status,
        code=error.code,
        type=error.type,
        message=message,
        body=_ACCOUNT.sub("[account]", body),
        **more,
    )
    update: dict[str, Any] = {}
    if answer.outcome in _BLOCKED:
        update["outcome"] = _OUTCOME_AT.get(answer.block_stage or "", answer.outcome)
    elif answer.block_stage or answer.block_categories:
        update |= {"block_stage": None, "block_categories": ()}
    ended = update.get("outcome", answer.outcome)
    if ended in {Outcome.BLOCKED_OUTPUT, Outcome.TIMEOUT} and answer.cost_usd is None:
        update["maybe_billed"] = True
    return answer.model_copy(update=update)


def _object(error: Mapping[str, Any]) -> ApiError:
    message = _line(error.get("message"))
    details = error.get("moderation_details")
    details = details if isinstance(details, Mapping) else {}
    named = details.get("categories")
    categories = tuple(str(one) for one in named) if isinstance(named, list) else ()
    if not categories and (match := _VIOLATIONS.search(message or "")):
        categories = tuple(part.strip() for part in match[1].split(",") if part.strip())
    return ApiError(
        code=_text(error.get("code")),
        type=_text(error.get("type")),
        message=message,
        stage=_text(details.get("moderation_stage")),
        categories=categories,
    )


def _text(value: object) -> str | None:
    return str(value) if value not in (None, "") else None


def _line(value: object) -> str | None:
    """Return a message as one line; what is no text becomes JSON."""
    if value in (None, ""):
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return " ".join(text.split())[:_KEPT_MESSAGE] or None
