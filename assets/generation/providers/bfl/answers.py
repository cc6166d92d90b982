"""What FLUX models take, and what Black Forest Labs' answers mean.

Sources: https://api.bfl.ai/openapi.json, docs.bfl.ai (errors, pricing, FLUX 3 image API), November 2026.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers.errors import ErrorRow, error_answer

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
    ErrorRow(Outcome.AUTH, status=401),
    ErrorRow(Outcome.AUTH, status=403),
    ErrorRow(Outcome.QUOTA_EXHAUSTED, status=402),
    ErrorRow(Outcome.MODEL_RETIRED, status=404),
    ErrorRow(Outcome.MODEL_RETIRED, status=410),
    ErrorRow(Outcome.INVALID_PARAMS, status=400),
    ErrorRow(Outcome.INVALID_PARAMS, status=422),
    ErrorRow(Outcome.RATE_LIMITED, status=429),
    ErrorRow(Outcome.SERVER_ERROR, status=(500, 599)),
)


def ended(status: str, found: Mapping[str, Any], more: dict[str, Any]) -> Answer:
    """Return the answer of a task that ended without a picture."""
    details = found.get("details")
    reasons = details.get("Moderation Reasons") if isinstance(details, Mapping) else None
    words = (
        ", ".join(map(str, reasons))
        if isinstance(reasons, list)
        else json.dumps(details or found.get("result"))
    )
    more = more | price(found) | {"maybe_billed": status == "Task not found"}
    if isinstance(reasons, list):
        more["block_categories"] = tuple(map(str, reasons))
    message = f"{status}: {words}"[:RAW_BODY_CHARS]
    return error_answer(ERRORS, type=status, message=message, **more)


def price(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what BFL says a request costs (in credits) and measures (in megapixels), as fields of an answer."""
    usage = {name: found[name] for name in ("cost", "input_mp", "output_mp") if is_number(found.get(name))}
    if not usage:
        return {}
    fields: dict[str, Any] = {"usage": usage}
    if "cost" in usage:
        fields |= {"cost_usd": usage["cost"] * USD_PER_CREDIT, "cost_basis": "reported"}
    if "output_mp" in usage:
        fields["units"] = {"images": 1.0, "megapixels": float(usage["output_mp"])}
    return fields


def is_number(value: Any) -> bool:
    """Return whether a value of an answer is a number from 0 on, and no infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**63


def code_of(data: Any) -> str | None:
    """Return the short name of an error (`rate_limit_exceeded`), or None."""
    error = data.get("error") if isinstance(data, dict) else None
    return error[:200] if isinstance(error, str) else None


def message_of(data: Any) -> str | None:
    """Return the words of an error: `detail` as FastAPI has it (text or a list of problems), or `message`."""
    if not isinstance(data, dict):
        return None
    detail = data.get("detail", data.get("message"))
    if isinstance(detail, list):
        parts = [
            f"{'.'.join(map(str, one.get('loc', ())))}: {one.get('msg')}"
            if isinstance(one, dict)
            else str(one)
            for one in detail
        ]
        return "; ".join(parts)[:RAW_BODY_CHARS]
    return detail if isinstance(detail, str) else None
