"""Every documented error of the OpenAI API, and of compatible APIs where they differ, and what it stands for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assets.gateway.records import Answer, Outcome
from assets.generation.providers.errors import match
from assets.generation.providers.openai.errors import ERRORS, api_answer, has_error, read_error

O = Outcome  # noqa: E741


def openai_error(
    code: str | None, kind: str | None = "invalid_request_error", message: str = "…", **more: Any
) -> Any:
    return {"error": {"message": message, "type": kind, "param": None, "code": code, **more}}


def xai_error(code: str, message: str) -> Any:
    return {"code": code, "error": message}


VERIFY = (
    "Your organization must be verified to use the model `gpt-image-2`. Please go to: … and click on Verify"
    " Organization. If you just verified, it can take up to 15 minutes for access to propagate."
)
CREDITS = (
    "Your team 1fae4ce5-11f9-413b-a3e6-94bfc6b2cd62 has either used all available credits or reached its monthly"
    " spending limit. To continue making API requests, please purchase more credits or raise your spending limit."
)
DEPRECATED = "The model `gpt-image-1` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations"
SAFETY = "Your request was rejected by the safety system. If you believe this is an error, contact us."

#: (what it is, HTTP status, body, outcome, stage of a block)
DOCUMENTED: list[tuple[str, int | None, Any, Outcome, str | None]] = [
    # OpenAI, guide to error codes
    ("invalid authentication", 401, openai_error(None, message="Invalid Authentication"), O.AUTH, None),
    (
        "incorrect key",
        401,
        openai_error("invalid_api_key", message="Incorrect API key provided"),
        O.AUTH,
        None,
    ),
    ("no member", 401, openai_error(None, message="You must be a member of an organization"), O.AUTH, None),
    ("IP not authorized", 401, openai_error("ip_not_authorized", message="IP not authorized"), O.AUTH, None),
    ("revoked key", 401, openai_error("account_deactivated", message="account deactivated"), O.AUTH, None),
    (
        "country",
        403,
        openai_error("unsupported_country_region_territory", "request_forbidden", "Country not supported"),
        O.AUTH,
        None,
    ),
    ("verification", 403, openai_error(None, message=VERIFY), O.AUTH, None),
    (
        "no access to the model",
        403,
        openai_error("model_not_found", message="Project has no access"),
        O.INVALID_PARAMS,
        None,
    ),
    (
        "no such model",
        404,
        openai_error(
            "model_not_found", message="The model `x` does not exist or you do not have access to it."
        ),
        O.INVALID_PARAMS,
        None,
    ),
    ("deprecated", 404, openai_error("model_not_found", message=DEPRECATED), O.MODEL_RETIRED, None),
    (
        "shut down",
        404,
        openai_error("model_not_found", message="The model `gpt-image-1` was shut down on October 23, 2026."),
        O.MODEL_RETIRED,
        None,
    ),
    (
        "retired",
        400,
        openai_error("invalid_value", message="The model `dall-e-3` is retired."),
        O.MODEL_RETIRED,
        None,
    ),
    ("deprecated, by code", 410, openai_error("model_deprecated"), O.MODEL_RETIRED, None),
    ("no such path", 404, "", O.INVALID_PARAMS, None),
    (
        "unknown parameter",
        400,
        openai_error("unknown_parameter", message="Unknown parameter: 'foo'."),
        O.INVALID_PARAMS,
        None,
    ),
    (
        "invalid value",
        400,
        openai_error("invalid_value", message="Invalid value: 'huge'."),
        O.INVALID_PARAMS,
        None,
    ),
    ("missing parameter", 400, openai_error("missing_required_parameter"), O.INVALID_PARAMS, None),
    ("unsupported parameter", 400, openai_error("unsupported_parameter"), O.INVALID_PARAMS, None),
    ("prompt too long", 400, openai_error("string_above_max_length"), O.INVALID_PARAMS, None),
    (
        "user error of images",
        400,
        openai_error("invalid_input_fidelity_model", "image_generation_user_error"),
        O.INVALID_PARAMS,
        None,
    ),
    (
        "service tier",
        400,
        openai_error(None, message="Invalid service_tier argument: not allowed"),
        O.INVALID_PARAMS,
        None,
    ),
    ("previous response gone", 400, openai_error("previous_response_not_found"), O.INVALID_PARAMS, None),
    ("wrong method", 405, "", O.INVALID_PARAMS, None),
    ("body too large", 413, "<html>413</html>", O.INVALID_PARAMS, None),
    ("wrong media type", 415, "", O.INVALID_PARAMS, None),
    ("unprocessable", 422, openai_error(None), O.INVALID_PARAMS, None),
    (
        "policy of old",
        400,
        openai_error(
            "content_policy_violation", message="Your request was rejected as a result of our safety system."
        ),
        O.BLOCKED_INPUT,
        "unknown",
    ),
    (
        "policy without code",
        400,
        openai_error(None, message="Your request was rejected as a result of our safety system. "),
        O.BLOCKED_INPUT,
        "unknown",
    ),
    (
        "moderation, nowhere said",
        400,
        openai_error("moderation_blocked", "image_generation_user_error", SAFETY),
        O.BLOCKED_INPUT,
        "unknown",
    ),
    (
        "moderation before",
        400,
        openai_error(
            "moderation_blocked",
            "image_generation_user_error",
            SAFETY,
            moderation_details={"moderation_stage": "input", "categories": ["violence"]},
        ),
        O.BLOCKED_INPUT,
        "input",
    ),
    (
        "moderation after",
        400,
        openai_error(
            "moderation_blocked",
            "image_generation_user_error",
            SAFETY,
            moderation_details={"moderation_stage": "output", "categories": ["sexual"]},
        ),
        O.BLOCKED_OUTPUT,
        "output",
    ),
    (
        "moderation, unknown stage",
        400,
        openai_error(
            "moderation_blocked",
            "image_generation_user_error",
            SAFETY,
            moderation_details={"moderation_stage": "unknown", "categories": []},
        ),
        O.BLOCKED_INPUT,
        "unknown",
    ),
    (
        "flagged prompt",
        400,
        openai_error(
            "invalid_prompt", message="Invalid prompt: flagged as potentially violating our usage policy."
        ),
        O.BLOCKED_INPUT,
        "unknown",
    ),
    ("picture sent", 400, openai_error("image_content_policy_violation"), O.BLOCKED_INPUT, "unknown"),
    ("biology", 400, openai_error("bio_policy"), O.BLOCKED_INPUT, "unknown"),
    ("cyber", 400, openai_error("cyber_policy"), O.BLOCKED_INPUT, "unknown"),
    ("misalignment", 400, openai_error("misalignment_policy_violation"), O.BLOCKED_INPUT, "unknown"),
    ("Azure's filter", 400, openai_error("content_filter"), O.BLOCKED_INPUT, "unknown"),
    (
        "rate limit",
        429,
        openai_error("rate_limit_exceeded", "requests", "Rate limit reached for gpt-image-2"),
        O.RATE_LIMITED,
        None,
    ),
    ("slow down", 429, openai_error("slow_down", "rate_limit_error"), O.RATE_LIMITED, None),
    ("slow down, 503", 503, openai_error("slow_down", "service_unavailable_error"), O.RATE_LIMITED, None),
    (
        "quota",
        429,
        openai_error("insufficient_quota", "insufficient_quota", "You exceeded your current quota"),
        O.QUOTA_EXHAUSTED,
        None,
    ),
    ("quota by type", 429, openai_error("some_new_code", "insufficient_quota"), O.QUOTA_EXHAUSTED, None),
    ("credits", 429, openai_error("credit_balance_exhausted", "insufficient_quota"), O.QUOTA_EXHAUSTED, None),
    (
        "organization's limit",
        429,
        openai_error("organization_spend_limit_exceeded", "x"),
        O.QUOTA_EXHAUSTED,
        None,
    ),
    ("project's limit", 429, openai_error("project_spend_limit_exceeded", "x"), O.QUOTA_EXHAUSTED, None),
    ("usage limit", 429, openai_error("organization_usage_limit_exceeded", "x"), O.QUOTA_EXHAUSTED, None),
    (
        "hard limit",
        400,
        openai_error("billing_hard_limit_reached", message="Billing hard limit has been reached"),
        O.QUOTA_EXHAUSTED,
        None,
    ),
    (
        "billing not active",
        429,
        openai_error("billing_not_active", message="Your account is not active"),
        O.QUOTA_EXHAUSTED,
        None,
    ),
    (
        "server error",
        500,
        openai_error(None, "server_error", "The server had an error"),
        O.SERVER_ERROR,
        None,
    ),
    (
        "image server error",
        500,
        openai_error("image_generation_failed", "image_generation_server_error"),
        O.SERVER_ERROR,
        None,
    ),
    ("bad gateway", 502, "<html>502</html>", O.SERVER_ERROR, None),
    (
        "overloaded",
        503,
        openai_error("server_is_overloaded", "service_unavailable_error"),
        O.SERVER_ERROR,
        None,
    ),
    (
        "engine overloaded",
        503,
        openai_error(None, message="The engine is currently overloaded"),
        O.SERVER_ERROR,
        None,
    ),
    ("conflict", 409, openai_error("conversation_locked"), O.SERVER_ERROR, None),
    ("request timeout", 408, openai_error("request_timeout"), O.TIMEOUT, None),
    ("gateway timeout", 504, "<html>504</html>", O.TIMEOUT, None),
    # OpenAI, errors inside an answer with status 200 (Response.error, ImageGenerationCall.error)
    ("failed: server", None, openai_error("server_error", None), O.SERVER_ERROR, None),
    ("failed: rate", None, openai_error("rate_limit_exceeded", None), O.RATE_LIMITED, None),
    ("failed: slow down", None, openai_error("slow_down", None), O.RATE_LIMITED, None),
    ("failed: residency", None, openai_error("data_residency_mismatch", None), O.INVALID_PARAMS, None),
    ("failed: drawing", None, openai_error("image_generation_failed", None), O.SERVER_ERROR, None),
    (
        "failed: drawing, by type",
        None,
        openai_error(None, "image_generation_server_error"),
        O.SERVER_ERROR,
        None,
    ),
    ("failed: server, by type", None, openai_error(None, "server_error"), O.SERVER_ERROR, None),
    # xAI, whose code is words and whose error is the message
    (
        "xAI: key",
        400,
        xai_error("Client specified an invalid argument", "Incorrect API key provided: xa***."),
        O.AUTH,
        None,
    ),
    (
        "xAI: argument",
        400,
        xai_error("Client specified an invalid argument", "Argument not supported: size"),
        O.INVALID_PARAMS,
        None,
    ),
    ("xAI: argument, new", 400, xai_error("invalid-argument", "…"), O.INVALID_PARAMS, None),
    ("xAI: argument, other", 400, xai_error("invalid_argument", "…"), O.INVALID_PARAMS, None),
    (
        "xAI: blocked prompt",
        400,
        xai_error("Client specified an invalid argument", "Content violates usage guidelines."),
        O.BLOCKED_INPUT,
        "input",
    ),
    (
        "xAI: blocked prompt, 403",
        403,
        xai_error(
            "permission-denied", "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"
        ),
        O.BLOCKED_INPUT,
        "input",
    ),
    (
        "xAI: blocked by moderation",
        400,
        xai_error("invalid_argument", "Rejected by content moderation."),
        O.BLOCKED_INPUT,
        "unknown",
    ),
    (
        "xAI: blocked picture",
        400,
        xai_error("Client specified an invalid argument", "Generated image rejected by content moderation."),
        O.BLOCKED_OUTPUT,
        "output",
    ),
    ("xAI: credits", 403, xai_error("permission-denied", CREDITS), O.QUOTA_EXHAUSTED, None),
    (
        "xAI: credits, 429",
        429,
        xai_error("Some resource has been exhausted", CREDITS),
        O.QUOTA_EXHAUSTED,
        None,
    ),
    (
        "xAI: rate",
        429,
        xai_error("Some resource has been exhausted", "Too many requests"),
        O.RATE_LIMITED,
        None,
    ),
    (
        "xAI: no such model",
        404,
        xai_error("Some requested entity was not found", "The model x does not exist"),
        O.INVALID_PARAMS,
        None,
    ),
    (
        "xAI: blocked key",
        403,
        xai_error("The caller does not have permission", "API key is blocked"),
        O.AUTH,
        None,
    ),
    ("xAI: body", 422, "Failed to deserialize the JSON body into the target type", O.INVALID_PARAMS, None),
    # Together
    ("Together: payment", 402, openai_error(None, message="Credit limit exceeded"), O.QUOTA_EXHAUSTED, None),
    ("Together: payment, no words", 402, "", O.QUOTA_EXHAUSTED, None),
    (
        "Together: no such model",
        400,
        openai_error("model_not_available", message="Unable to access model x"),
        O.INVALID_PARAMS,
        None,
    ),
    (
        "Together: steps",
        400,
        openai_error(None, message="steps must be between 1 and 12"),
        O.INVALID_PARAMS,
        None,
    ),
    (
        "Together: filter",
        422,
        openai_error(None, message="The prompt may contain NSFW content"),
        O.BLOCKED_INPUT,
        "unknown",
    ),
    ("Together: overloaded", 529, "", O.SERVER_ERROR, None),
    ("Together: gateway", 524, "", O.TIMEOUT, None),
    # BytePlus ModelArk
    *(
        (
            f"ModelArk: {code}",
            400,
            openai_error(code, "BadRequest", "… may contain sensitive information"),
            *meant,
        )
        for code, meant in {
            "InputTextSensitiveContentDetected": (O.BLOCKED_INPUT, "input"),
            "InputTextRiskDetection": (O.BLOCKED_INPUT, "input"),
            "SensitiveContentDetected": (O.BLOCKED_INPUT, "input"),
            "OutputImageSensitiveContentDetected": (O.BLOCKED_OUTPUT, "output"),
            "OutputImageRiskDetection": (O.BLOCKED_OUTPUT, "output"),
        }.items()
    ),
    # vLLM, vLLM-Omni on FastAPI, and LocalAI
    ("vLLM: argument", 400, openai_error("400", "BadRequestError"), O.INVALID_PARAMS, None),
    (
        "vLLM: argument, no code",
        400,
        {"error": {"message": "…", "type": "BadRequestError", "code": None}},
        O.INVALID_PARAMS,
        None,
    ),
    (
        "vLLM: old shape",
        400,
        {"object": "error", "message": "…", "type": "BadRequestError", "code": 400},
        O.INVALID_PARAMS,
        None,
    ),
    (
        "vLLM: no such model",
        404,
        {"error": {"message": "The model `x` does not exist.", "type": "NotFoundError", "code": 404}},
        O.INVALID_PARAMS,
        None,
    ),
    ("vLLM-Omni: detail", 400, {"detail": "Invalid size: 3x"}, O.INVALID_PARAMS, None),
    ("vLLM-Omni: validation", 422, {"detail": [{"loc": ["body", "n"], "msg": "…"}]}, O.INVALID_PARAMS, None),
    ("LocalAI: argument", 400, {"error": {"code": 400, "message": "…", "type": ""}}, O.INVALID_PARAMS, None),
    (
        "LocalAI: backend",
        500,
        {"error": {"code": 500, "message": "could not load model", "type": ""}},
        O.SERVER_ERROR,
        None,
    ),
    # Cloudflare before any of them
    *((f"edge {status}", status, "<html>", O.SERVER_ERROR, None) for status in (520, 521, 522, 523)),
    ("length", 414, "", O.INVALID_PARAMS, None),
]


def answer(status: int | None, body: Any, **more: Any) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return api_answer(read_error(body, text), status=status, body=text, **more)


@pytest.mark.parametrize(
    ("status", "body", "outcome", "stage"),
    [row[1:] for row in DOCUMENTED],
    ids=[row[0] for row in DOCUMENTED],
)
def test_a_documented_error_has_its_outcome(
    status: int | None, body: Any, outcome: Outcome, stage: str | None
) -> None:
    found = answer(status, body)
    assert (found.outcome, found.block_stage, found.unmapped) == (outcome, stage, None)
    assert found.http_status == status


def test_every_row_of_the_table_is_the_first_match_of_a_documented_error() -> None:
    used = set()
    for _, status, body, _, _ in DOCUMENTED:
        error = read_error(body, body if isinstance(body, str) else json.dumps(body))
        row = match(ERRORS, status=status, code=error.code, type=error.type, message=error.message)
        used.add(ERRORS.index(row) if row else None)
    assert [row for index, row in enumerate(ERRORS) if index not in used] == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (418, openai_error("teapot", "tea")),
        (400, openai_error("brand_new", "brand_new_error")),
        (507, "<html>…"),
        (301, ""),
        (None, openai_error("brand_new", "brand_new_error")),
    ],
)
def test_what_no_row_knows_is_a_server_error_with_its_body_kept(status: int | None, body: Any) -> None:
    found = answer(status, body)
    assert (found.outcome, found.unmapped) == (O.SERVER_ERROR, True)
    assert found.raw_body == (body if isinstance(body, str) else json.dumps(body))


def test_categories_come_from_the_details_else_from_the_message() -> None:
    details = {"moderation_stage": "output", "categories": ["violence", "sexual"]}
    listed = openai_error("moderation_blocked", moderation_details=details)
    assert answer(400, listed).block_categories == ("violence", "sexual")
    told = openai_error("moderation_blocked", message=f"{SAFETY} safety_violations=[violence, hate].")
    assert answer(400, told).block_categories == ("violence", "hate")
    assert answer(429, openai_error("rate_limit_exceeded", moderation_details=details)).block_categories == ()


def test_a_picture_withheld_and_a_gateway_that_gave_up_count_as_spent_unless_the_cost_is_told() -> None:
    after = openai_error("moderation_blocked", moderation_details={"moderation_stage": "output"})
    before = openai_error("moderation_blocked", moderation_details={"moderation_stage": "input"})
    assert answer(400, after).maybe_billed
    assert answer(504, "").maybe_billed
    assert not answer(400, before).maybe_billed
    assert not answer(400, after, cost_usd=0.02, cost_basis="reported").maybe_billed
    assert not answer(500, "").maybe_billed


def test_names_of_the_account_are_not_kept() -> None:
    limited = openai_error(
        "rate_limit_exceeded", message="Rate limit reached in organization org-AbC123xyz on images"
    )
    found = answer(429, limited)
    assert found.error_message == "Rate limit reached in organization [account] on images"
    told = answer(403, xai_error("permission-denied", CREDITS)).error_message
    assert told is not None
    assert "1fae4ce5" not in told
    unknown = answer(418, openai_error("new", "new", "project proj_12345678"))
    assert "proj_12345678" not in (unknown.raw_body or "")


def test_a_message_is_one_line_and_ends() -> None:
    found = answer(500, openai_error(None, "server_error", "a\nb\t c" + "x" * 9000))
    assert found.error_message is not None
    assert found.error_message.startswith("a b c")
    assert len(found.error_message) == 2000


def test_an_error_is_seen_in_a_body_with_a_good_status() -> None:
    assert has_error({"error": {"message": "x"}})
    assert has_error({"object": "error", "message": "x"})
    assert not has_error({"error": None, "data": []})
