"""What is kept of an error of the OpenAI API beside its outcome (`documented.yaml`): categories, bills, messages."""

from __future__ import annotations

import json
from typing import Any

from assets.gateway.records import Answer
from assets.generation.providers.openai.errors import api_answer, has_error, read_error


def openai_error(
    code: str | None, kind: str | None = "invalid_request_error", message: str = "…", **more: Any
) -> Any:
    return {"error": {"message": message, "type": kind, "param": None, "code": code, **more}}


CREDITS = (
    "Your team 1fae4ce5-11f9-413b-a3e6-94bfc6b2cd62 has either used all available credits or reached its monthly"
    " spending limit."
)
SAFETY = "Your request was rejected by the safety system. If you believe this is an error, contact us."


def answer(status: int | None, body: Any, **more: Any) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return api_answer(read_error(body, text), status=status, body=text, **more)


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
    told = answer(403, {"code": "permission-denied", "error": CREDITS}).error_message
    assert told is not None
    assert "1fae4ce5" not in told
    unknown = answer(418, openai_error("new", "new", "project proj_12345678"))
    assert "proj_12345678" not in (unknown.raw_body or "")


def test_a_message_is_one_line_and_ends() -> None:
    found = answer(500, openai_error(None, "server_error", "a\nb\t c" + "x" * 9000))
    assert found.error_message.startswith("a b c")
    assert len(found.error_message) == 2000


def test_an_error_is_seen_in_a_body_with_a_good_status() -> None:
    assert has_error({"error": {"message": "x"}})
    assert has_error({"object": "error", "message": "x"})
    assert not has_error({"error": None, "data": []})
