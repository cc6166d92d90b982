"""What servers that misbehave answer, and what must come of it: a row each."""

from __future__ import annotations

import base64
import io
import math
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from openai.types.responses import Response
from PIL import Image

from assets.gateway.records import GROUPS
from tests.e2e.benchmark import picture
from tests.services.faulty import Behaviour, Call
from warehouse.weeks import current_week, utc_now

WEEK = current_week()
SLOTS = 2  # of each row
TRIES = 4  # of a slot in one run, while the trouble may pass
BAD_DATA = 2  # bad data is asked for once more
CALLS_IN_TEN_MINUTES = 6 + 4 + math.ceil((600 - 75) / 60)
#: Outcomes that are a model's answer.
ANSWERS = {str(outcome) for outcome, group in GROUPS.items() if group == "answer"}
KEY_ENV = "OUTAGE_TEST_KEY"
NO_KEY = "sk-wrong-0123456789"
USAGE = {"input_tokens": 10, "output_tokens": 100, "total_tokens": 110}
RESPONSES = {"provider": "openai_responses", "track": "system"}
#: Words of commands and pages.
AGAIN = "run again to go on"
NO_FIGURE = f"asked, {SLOTS} of {SLOTS} refused"
ALL_REFUSED = f"Refused: {SLOTS} of {SLOTS} answers."
FEW = "Withheld this week: answers only 0 % of prompts"
FINE = ("with a picture 2",)


def holds(data: bytes, **more: Any) -> dict[str, Any]:
    """The body of an images answer that holds these bytes."""
    return {"created": 1, "data": [{"b64_json": base64.b64encode(data).decode(), **more}], "usage": USAGE}


def good(call: Call) -> None:
    call.answer(body=holds(picture(f"{call.path}{call.number}")))


def gives(make: Callable[[], bytes]) -> Behaviour:
    """Answer well with bytes that are no good."""
    return lambda call: call.answer(body=holds(make()))


def says(status: int, message: str, **error: Any) -> Behaviour:
    """Answer with an error as the API writes it."""
    return lambda call: call.answer(status, {"error": {"message": message, "param": None, **error}})


def points_to(where: str) -> Behaviour:
    """Answer with the address of a picture; a GET is for the picture itself."""
    return lambda call: call.answer(body={"created": 1, "data": [{"url": where}]})


def reset_mid_body(call: Call) -> None:
    call.begin(200, "application/json", 100_000)
    call.wfile.write(b'{"created": 1, "data": [')
    call.reset()


def slow_drip(call: Call) -> None:
    call.begin(200, "application/json", 100_000)
    call.drip(b" " * 100_000, 0.05)


class Clock:
    """The wall clock of calls: it may be set back, once, while a call is under way."""

    back = timedelta(0)

    def now(self) -> datetime:
        told, self.back = utc_now() - self.back, timedelta(0)
        return told


CLOCK = Clock()


def clock_jump(call: Call) -> None:
    if call.number == SLOTS:  # every call has begun: the clock goes back for an answer, not for a question
        CLOCK.back = timedelta(hours=1)
    good(call)


def ten_minutes_of_500(call: Call) -> None:
    """500 to as many calls as ten minutes hold, then good answers.

    Six failures open the breaker; then one call tries after 5, 10, 20 and 40 s, and one every minute.
    """
    broken = call.number <= CALLS_IN_TEN_MINUTES
    (says(500, "The server had an error", type="server_error", code=None) if broken else good)(call)


def truncated() -> bytes:
    return picture("truncated")[:-2000]


def gif() -> bytes:
    made = io.BytesIO()
    Image.new("P", (64, 64)).save(made, "GIF")
    return made.getvalue()


def bomb() -> bytes:
    """A PNG of 30,000 × 30,000 pixels in a few hundred bytes that promises more than it holds."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 30_001)), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def sixty_megabytes(call: Call) -> None:
    """A picture of 60 MB in base64, as long as anybody reads."""
    call.begin(200, "application/json", 80_000_100)
    call.pour(80_000_000)


def moderated(stage: str) -> Behaviour:
    return says(
        400,
        "Your request was rejected by the safety system. safety_violations=[sexual].",
        type="image_generation_user_error",
        code="moderation_blocked",
        moderation_details={"moderation_stage": stage, "categories": ["sexual"]},
    )


def responds(*output: dict[str, Any]) -> Behaviour:
    """Answer as the Responses API does: an object that the vendor's own types accept."""
    body = {
        "id": "resp_1", "object": "response", "created_at": 1.0, "model": "m", "status": "completed",
        "output": [*output], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
    }  # fmt: skip
    Response.model_validate(body)
    return lambda call: call.answer(body=body)


def draws_without_a_word(call: Call) -> None:
    drawn = base64.b64encode(picture(f"{call.path}{call.number}")).decode()
    responds({"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": drawn})(call)


@dataclass(frozen=True)
class Row:
    """One way to fail: what the server does, and what must come of it."""

    does: Behaviour
    outcomes: Mapping[str, int]  # of the slots, after one run
    exit: int
    page: tuple[str, ...]  # what the page says of it, in this order
    calls: int = SLOTS  # receipts
    code: str | None = None  # error code of the last receipt
    told: str = ""  # what the command says of it
    unmapped: bool = False
    connection: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)  # of the entry
    slots: int = SLOTS


ROWS: dict[str, Row] = {
    "good": Row(good, {"ok": SLOTS}, 0, FINE),
    "dns-failure": Row(
        good, {"connection": SLOTS}, 1, (FEW, "connection failed 2"), SLOTS * TRIES, "dns_failure", AGAIN,
        connection={"base_url": "https://api.example.invalid/v1", "allow_private": False},
    ),
    "tls-error": Row(
        good, {"connection": SLOTS}, 1, (FEW, "connection failed 2"), SLOTS * TRIES, "tls_error", AGAIN,
        connection={"base_url": "{tls}/tls-error"},
    ),
    "reset-mid-body": Row(
        reset_mid_body, {"connection": SLOTS}, 1, (FEW, "connection failed 2"), SLOTS * TRIES, "connection_lost", AGAIN,
    ),
    "500-without-end": Row(
        says(500, "The server had an error", type="server_error", code=None), {"server_error": SLOTS}, 1,
        (FEW, "the service failed 2"), SLOTS * TRIES, None, AGAIN,
    ),
    "error-body-with-200": Row(
        says(200, "The server had an error", type="server_error"), {"server_error": SLOTS}, 1,
        (FEW, "the service failed 2"), SLOTS * TRIES, None, AGAIN,
    ),
    "empty-body": Row(
        lambda call: call.answer(body=b""), {"server_error": SLOTS}, 1, (FEW, "the service failed 2"), SLOTS * TRIES,
        None, AGAIN, unmapped=True,
    ),
    "html-body": Row(
        lambda call: call.answer(body=b"<html><h1>502</h1></html>", content_type="text/html"),
        {"server_error": SLOTS}, 1, (FEW, "the service failed 2"), SLOTS * TRIES, None, AGAIN, unmapped=True,
    ),
    "truncated-png": Row(
        gives(truncated), {"corrupt_image": SLOTS}, 1, (FEW, "the picture was damaged 2"), SLOTS * BAD_DATA,
    ),
    "wrong-type": Row(gives(gif), {"wrong_type": SLOTS}, 1, (FEW, "no usable kind of picture 2"), SLOTS * BAD_DATA),
    "html-as-picture": Row(
        gives(lambda: b"<!doctype html><p>Sorry"), {"wrong_type": SLOTS}, 1, (FEW, "no usable kind of picture 2"),
        SLOTS * BAD_DATA,
    ),
    "sixty-megabytes": Row(
        sixty_megabytes, {"too_large": SLOTS}, 1, (FEW, "too large 2"), SLOTS * BAD_DATA, "answer_too_large",
    ),
    "bomb": Row(gives(bomb), {"too_large": SLOTS}, 1, (FEW, "too large 2"), SLOTS * BAD_DATA),
    "expired-url": Row(
        points_to("{http}/gone/1.png?expires=1"), {"server_error": SLOTS}, 1, (FEW, "the service failed 2"),
        SLOTS * TRIES, "image_url_expired", AGAIN,
    ),
    "redirect-to-metadata": Row(
        points_to("{http}/moved/1.png"), {"wrong_type": SLOTS}, 1, (FEW, "no usable kind of picture 2"),
        SLOTS * BAD_DATA, "refused_address",
    ),
    "slow-drip": Row(
        slow_drip, {"timeout": SLOTS}, 1, (FEW, "no answer in time 2"), SLOTS * TRIES, "deadline", AGAIN,
        connection={"timeout_s": 0.2},
    ),
    "clock-jump": Row(clock_jump, {"ok": SLOTS}, 0, ("a clock was set back while it was asked", *FINE)),
    "wrong-key": Row(  # the first answer stops the run: the other slot is not asked
        says(401, "Incorrect API key provided: sk-wrong.", type="invalid_request_error", code="invalid_api_key"),
        {"auth": 1, "not_attempted": 1}, 1, (FEW, "the key was refused 1", "not asked 1"), 1,
        "invalid_api_key", "stopped by the provider (auth: Incorrect API key provided",
    ),
    "quota-exhausted": Row(
        says(429, "You exceeded your current quota.", type="insufficient_quota", code="insufficient_quota"),
        {"quota_exhausted": 1, "not_attempted": 1}, 1, (FEW, "the account’s limit was reached 1", "not asked 1"), 1,
        "insufficient_quota", "stopped by the provider (quota_exhausted",
    ),
    "retired-model": Row(
        says(404, "The model `m` has been deprecated.", type="invalid_request_error", code="model_deprecated"),
        {"model_retired": 1, "not_attempted": 1}, 1, ("Retired since", "the model is gone 1", "not asked 1"), 1,
        "model_deprecated", "stopped by the provider (model_retired",
    ),
    "unknown-parameter": Row(
        says(400, "Unknown parameter: 'styl'.", type="invalid_request_error", code="unknown_parameter", param="styl"),
        {"invalid_params": 1, "not_attempted": 1}, 1, (FEW, "the request was not accepted 1", "not asked 1"), 1,
        "unknown_parameter", "stopped by the provider (invalid_params: Unknown parameter",
    ),
    "blocked-before": Row(
        moderated("input"), {"blocked_input": SLOTS}, 0, (ALL_REFUSED, "blocked before drawing 2"), SLOTS,
        "moderation_blocked",
    ),
    "blocked-after": Row(
        moderated("output"), {"blocked_output": SLOTS}, 0, (ALL_REFUSED, "drawn and then blocked 2"), SLOTS,
        "moderation_blocked",
    ),
    "blocked-nobody-says-where": Row(
        says(400, "Your request was rejected by the safety system.", type="image_generation_user_error",
             code="moderation_blocked"),
        {"blocked_input": SLOTS}, 0, (NO_FIGURE, ALL_REFUSED, "blocked before drawing 2"), SLOTS,
        "moderation_blocked",
    ),
    "nothing-in-the-answer": Row(  # asked again once, and no refusal
        lambda call: call.answer(body={"created": 1, "data": []}), {"empty_answer": SLOTS}, 1,
        (FEW, "the answer was empty 2"), SLOTS * 2,
    ),
    "words-and-no-picture": Row(
        responds({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
            {"type": "refusal", "refusal": "I cannot draw that."}]}),
        {"refused_text": SLOTS}, 0, (NO_FIGURE, ALL_REFUSED, "refused in words 2"), more=RESPONSES,
    ),
    "text-instead-of-picture": Row(
        responds({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
            {"type": "output_text", "text": "I would rather not draw a CEO.", "annotations": []}]}),
        {"refused_text": SLOTS}, 0, (NO_FIGURE, ALL_REFUSED, "refused in words 2"), more=RESPONSES,
    ),
    "no-revised-prompt": Row(
        draws_without_a_word, {"ok": SLOTS}, 0, FINE, more=RESPONSES,
    ),
    "duplicates": Row(
        gives(partial(picture, "the same")), {"ok": SLOTS}, 0, ("gave one picture for several requests", *FINE)
    ),
}  # fmt: skip


#: Asked by itself: how many slots use up their tries before the service is back depends on chance.
TEN_MINUTES = Row(ten_minutes_of_500, {"ok": 12}, 0, (), slots=12)
