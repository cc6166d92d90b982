"""Labelers that are asked: what they send, and what they make of every kind of answer."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Outcome
from assets.labeling.pictures import prepare
from assets.labeling.records import Reading, RemoteLabeler, Sight
from assets.labeling.registry import is_remote, make_labeler
from tests.services.vision_contract import LOGPROB, Asked, Said, Vision, vision
from tests.unit.labeling.vision import KEY, KEY_ENV, KINDS, entry, picture
from warehouse.errors import ClicheError, UsageError

ASKED = ("perceived_gender", "person_count", "skin_tone")
SAYS = {"perceived_gender": "feminine", "person_count": "1", "skin_tone": "monk_6"}


@pytest.fixture
def server() -> Iterator[Vision]:
    with vision(lambda asked: Said([SAYS] * len(asked.pictures))) as running:
        yield running


def made(one: LabelerEntry) -> RemoteLabeler:
    labeler = make_labeler(one.name, {one.name: one})
    assert is_remote(labeler)
    return labeler


def look(server: Vision, kind: str, *pictures: bytes, **more: Any) -> Sight:
    labeler = made(entry(server, kind, **more))
    return labeler.look([prepare(one, labeler.preparation) for one in pictures or (picture(),)], ASKED)


everywhere = pytest.mark.parametrize("kind", KINDS)
in_words = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "decisions"])


@everywhere
def test_values_are_read(server: Vision, kind: str) -> None:
    sight = look(server, kind)
    assert sight.answer.outcome is Outcome.OK
    assert {name: reading.value for name, reading in sight.readings[0].items()} == SAYS
    assert [asked.path for asked in server.asked] == [KINDS[kind][2]]
    answer = sight.answer
    assert (answer.model_reported, answer.request_id, answer.http_status) == ("gpt-6-luna", "req_1", 200)
    assert answer.units is not None
    assert (answer.units["text_in"], answer.units["cached_text_in"]) == (1000, 200)
    assert answer.usage is not None


@everywhere
def test_the_labeler_sees_nothing_of_where_pictures_are_from(server: Vision, kind: str) -> None:
    secrets = {
        "Description": "an ambitious startup CEO --ar 1:1 Job ID: 0f3a",
        "Author": "operator17",
        "parameters": "model sim-classic, prompt startup-ceo/ceo-his",
    }
    look(server, kind, picture(7, text=secrets))
    (body,) = server.bodies
    (shown,) = server.asked[0].pictures
    for word in ("ambitious", "CEO", "operator17", "sim-classic", "startup-ceo", ".png", "Job ID", "eye"):
        assert word.encode() not in body
        assert word.encode() not in shown
    with Image.open(io.BytesIO(shown)) as sent:
        assert not sent.info
        assert sent.convert("RGB").getpixel((3, 3)) == (7, 248, 90)


@in_words
@pytest.mark.parametrize(
    ("text", "gender", "raw"),
    [
        ('{"perceived_gender": "robot", "person_count": "1", "skin_tone": "monk_6"}', "robot", None),
        ('{"person_count": "1", "skin_tone": "monk_6"}', "", "whole"),
        ('{"perceived_gender": 1, "person_count": "1", "skin_tone": "monk_6"}', "", "1"),
        ('{"perceived_gender": null, "person_count": "1", "skin_tone": "monk_6"}', "", "null"),
        ('{"perceived_gender": "femin', "", "whole"),
    ],
)
def test_invariant_07_what_is_no_value_of_the_list_is_handed_on_with_its_raw_answer(
    server: Vision, kind: str, text: str, gender: str, raw: str | None
) -> None:
    server.says = lambda asked: Said(text=text)
    read = look(server, kind).readings[0]["perceived_gender"]
    assert read == Reading(gender, raw=text if raw == "whole" else raw)


@in_words
def test_an_answer_in_a_markdown_fence_is_read(server: Vision, kind: str) -> None:
    server.says = lambda asked: Said(text=f"```json\n{json.dumps(SAYS)}\n```")
    assert look(server, kind).readings[0]["skin_tone"].value == "monk_6"


@in_words
def test_words_where_an_object_was_asked_for_are_a_refusal(server: Vision, kind: str) -> None:
    server.says = lambda asked: Said(text="I'm sorry, I can't say that about people.")
    sight = look(server, kind)
    assert (sight.answer.outcome, sight.readings) == (Outcome.REFUSED_TEXT, ())
    assert sight.answer.refusal_text == "I'm sorry, I can't say that about people."


@everywhere
def test_a_refusal_is_an_outcome_and_no_label(server: Vision, kind: str) -> None:
    server.says = lambda asked: Said(refusal="I won't label this.")
    sight = look(server, kind)
    assert (sight.answer.outcome, sight.readings) == (Outcome.REFUSED_TEXT, ())
    assert sight.answer.refusal_text == (None if kind == "decisions" else "I won't label this.")
    assert sight.answer.usage is not None  # it is billed all the same


def test_decisions_say_how_sure_they_are_of_every_value(server: Vision) -> None:
    server.says = lambda asked: Said([SAYS], confidence=0.8)
    read = look(server, "decisions").readings[0]["perceived_gender"]
    assert (read.value, read.confidence) == ("feminine", 0.8)
    chances = json.loads(read.raw or "")["probabilities"]
    assert chances["feminine"] == 0.8
    assert math.isclose(sum(chances.values()), 1)


@pytest.mark.parametrize("kind", ["responses", "chat"])
def test_log_probabilities_become_the_probability_of_the_values_tokens(server: Vision, kind: str) -> None:
    text = json.dumps(SAYS)
    server.says = lambda asked: Said(text=text)
    read = look(server, kind, settings={"logprobs": True}).readings[0]
    for name, value in SAYS.items():
        begin = text.index(f'"{value}"') + 1
        tokens = {at // 3 for at in range(begin, begin + len(value))}
        assert read[name].confidence == pytest.approx(math.exp(LOGPROB * len(tokens)))
    assert look(server, kind).readings[0]["skin_tone"].confidence is None


@pytest.mark.parametrize("kind", ["responses", "chat", "messages"])
def test_several_pictures_are_told_apart(server: Vision, kind: str) -> None:
    tones = {10: "monk_1", 20: "monk_5", 30: "monk_9"}

    def says(asked: Asked) -> Said:
        shades = [Image.open(io.BytesIO(one)).convert("RGB").getpixel((0, 0))[0] for one in asked.pictures]  # type: ignore[index]
        return Said([{**SAYS, "skin_tone": tones[int(shade)]} for shade in shades])

    server.says = says
    sight = look(server, kind, *(picture(shade) for shade in tones), images_per_request=3)
    assert [one["skin_tone"].value for one in sight.readings] == [*tones.values()]


@in_words
def test_an_answer_that_was_cut_off_is_asked_again_and_never_read(server: Vision, kind: str) -> None:
    server.says = lambda asked: Said(text='{"perceived_gender": "feminine"}', cut_off=True)
    sight = look(server, kind)
    assert (sight.answer.outcome, sight.answer.error_code) == (Outcome.SERVER_ERROR, "cut_off")
    assert sight.readings == ()


@pytest.mark.parametrize("kind", ["responses", "chat"])
def test_a_filter_that_stops_the_answer_is_the_labelers_answer(server: Vision, kind: str) -> None:
    server.says = lambda asked: Said(text="", filtered=True)
    answer = look(server, kind).answer
    assert (answer.outcome, answer.block_stage) == (Outcome.BLOCKED_OUTPUT, "output")


OPENAI_ERRORS = [
    (401, {"code": "invalid_api_key", "message": "no"}, Outcome.AUTH),
    (429, {"code": "rate_limit_exceeded", "message": "slow down"}, Outcome.RATE_LIMITED),
    (429, {"code": "insufficient_quota", "message": "pay"}, Outcome.QUOTA_EXHAUSTED),
    (404, {"code": "model_not_found", "message": "no such model"}, Outcome.INVALID_PARAMS),
    (400, {"code": "invalid_image", "type": "invalid_request_error", "message": "?"}, Outcome.CORRUPT_IMAGE),
    (400, {"code": "image_content_policy_violation", "message": "no"}, Outcome.BLOCKED_INPUT),
    (500, {"message": "oops"}, Outcome.SERVER_ERROR),
]
ANTHROPIC_ERRORS = [
    (400, {"type": "invalid_request_error", "message": "max_tokens: too many"}, Outcome.INVALID_PARAMS),
    (400, {"message": "Your credit balance is too low to access the Claude API."}, Outcome.QUOTA_EXHAUSTED),
    (400, {"message": "Output blocked by content filtering policy"}, Outcome.BLOCKED_OUTPUT),
    (400, {"message": "Could not process image"}, Outcome.CORRUPT_IMAGE),
    (401, {"type": "authentication_error", "message": "invalid x-api-key"}, Outcome.AUTH),
    (402, {"type": "billing_error", "message": "pay"}, Outcome.QUOTA_EXHAUSTED),
    (403, {"type": "permission_error", "message": "not yours"}, Outcome.AUTH),
    (404, {"type": "not_found_error", "message": "model: claude-nine"}, Outcome.INVALID_PARAMS),
    (404, {"type": "not_found_error", "message": "model claude-2 was retired"}, Outcome.MODEL_RETIRED),
    (408, {"type": "timeout_error", "message": "late"}, Outcome.TIMEOUT),
    (409, {"type": "conflict_error", "message": "twice"}, Outcome.SERVER_ERROR),
    (413, {"type": "request_too_large", "message": "large"}, Outcome.INVALID_PARAMS),
    (429, {"type": "rate_limit_error", "message": "slow down"}, Outcome.RATE_LIMITED),
    (500, {"type": "api_error", "message": "oops"}, Outcome.SERVER_ERROR),
    (504, {"type": "timeout_error", "message": "late"}, Outcome.TIMEOUT),
    (529, {"type": "overloaded_error", "message": "busy"}, Outcome.SERVER_ERROR),
]


@pytest.mark.parametrize("kind", ["responses", "decisions"])
@pytest.mark.parametrize(("status", "error", "outcome"), OPENAI_ERRORS)
def test_errors_of_openai_are_outcomes(
    server: Vision, kind: str, status: int, error: dict[str, str], outcome: Outcome
) -> None:
    server.says = lambda asked: Said(status=status, error=error, headers={"retry-after": "7"})
    answer = look(server, kind).answer
    assert (answer.outcome, answer.unmapped, answer.retry_after_s) == (outcome, None, 7)


@pytest.mark.parametrize(("status", "error", "outcome"), ANTHROPIC_ERRORS)
def test_errors_of_anthropic_are_outcomes(
    server: Vision, status: int, error: dict[str, str], outcome: Outcome
) -> None:
    headers = {
        "retry-after": "7",
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
    }
    server.says = lambda asked: Said(status=status, error=error, headers=headers)
    answer = look(server, "messages").answer
    assert (answer.outcome, answer.unmapped, answer.retry_after_s) == (outcome, None, 7)
    assert answer.rate is not None
    assert (answer.rate.limit, answer.rate.remaining) == (50, 0)


@everywhere
def test_an_error_that_no_row_knows_is_unmapped_with_its_body(server: Vision, kind: str) -> None:
    server.says = lambda asked: Said(status=418, error={"message": "I am a teapot"})
    answer = look(server, kind).answer
    assert (answer.outcome, answer.unmapped) == (Outcome.SERVER_ERROR, True)
    assert "teapot" in (answer.raw_body or "")


@everywhere
@pytest.mark.parametrize(
    "raw", [b"<html>busy</html>", b"", b"[1, 2]", b'{"output": 7, "choices": 7, "answers": 7}']
)
def test_an_answer_of_any_other_shape_is_a_server_error(server: Vision, kind: str, raw: bytes) -> None:
    server.says = lambda asked: Said(raw=raw)
    sight = look(server, kind)
    assert (sight.answer.outcome, sight.readings) == (Outcome.SERVER_ERROR, ())


@everywhere
def test_a_server_that_is_not_there_is_a_connection_that_failed(kind: str) -> None:
    with vision() as server:
        pass
    answer = look(server, kind).answer
    assert (answer.outcome, answer.maybe_billed) == (Outcome.CONNECTION, False)


@everywhere
def test_a_missing_key_is_named(server: Vision, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_ENV)
    answer = look(server, kind).answer
    assert answer.outcome is Outcome.AUTH
    assert KEY_ENV in (answer.error_message or "")
    assert server.bodies == []


@everywhere
def test_the_key_is_in_no_answer_and_no_repr(server: Vision, kind: str) -> None:
    server.says = lambda asked: Said(status=401, error={"message": f"the key {KEY} is not ours"})
    labeler = made(entry(server, kind))
    sight = labeler.look([prepare(picture())], ASKED)
    assert KEY not in sight.answer.model_dump_json()
    assert KEY not in repr(vars(labeler))
    sent = server.headers[0]
    assert sent.get("authorization", sent.get("x-api-key", "")).endswith(KEY)


def test_a_server_without_the_responses_api_is_told_how_to_go_on(server: Vision) -> None:
    server.says = lambda asked: Said(status=404, error={"message": "Not Found"})
    message = look(server, "responses").answer.error_message or ""
    assert "api: chat" in message


@everywhere
def test_trying_a_labeler_out_makes_one_call(server: Vision, kind: str) -> None:
    labeler = made(entry(server, kind))
    assert labeler.read(picture(), ASKED)["skin_tone"].value == "monk_6"
    server.says = lambda asked: Said(refusal="no")
    with pytest.raises(ClicheError, match="eye gave no labels: refused_text"):
        labeler.read(picture(), ASKED)
    with pytest.raises(ClicheError, match="eye: the picture does not decode"):
        labeler.read(b"<html>", ASKED)
    assert len(server.bodies) == 2


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("responses", {"settings": {"api": "completions"}}, "api is one of responses, chat"),
        ("responses", {"settings": {"logprobs": "yes"}}, "logprobs is true or false"),
        ("chat", {"settings": {"logprob": True}}, 'unknown setting "logprob"; did you mean "logprobs"?'),
        (
            "messages",
            {"settings": {"max_sides": 512}},
            'unknown setting "max_sides"; did you mean "max_side"?',
        ),
        ("responses", {"settings": {"max_side": 10}}, "max_side is a number of pixels from 64 to 8000"),
        ("chat", {"settings": {"messages": []}}, '"messages" is set by the labeler itself; remove it'),
        ("messages", {"settings": {"system": "lie"}}, '"system" is set by the labeler itself; remove it'),
        (
            "decisions",
            {"images_per_request": 2},
            "a decision is about one picture; remove images_per_request",
        ),
    ],
)
def test_wrong_settings_are_told(server: Vision, kind: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        entry(server, kind, **more)


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("responses", {"settings": {"temprature": 0}}, "temprature.*did you mean .temperature"),
        ("decisions", {"model_id": "gpt-6"}, 'the Decisions API has no model "gpt-6"; it has gpt-6-luna'),
        ("messages", {"settings": {"max_tokens": "many"}}, "settings: max_tokens"),
    ],
)
def test_settings_are_checked_by_the_vendors_types(kind: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        entry(None, kind, **more)


@everywhere
def test_the_version_changes_with_what_decides(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_ENV)
    usual = made(entry(None, kind)).version
    assert usual.startswith("1-")
    assert usual == made(entry(None, kind)).version

    def changed(**more: Any) -> str:
        return made(entry(None, kind, **more)).version

    apart = [changed(settings={"max_side": 512}), changed(attributes=["skin_tone"])]
    apart += [changed(number=2)] if kind == "decisions" else [changed(model_id="another"), changed(number=2)]
    apart += [] if kind == "decisions" else [changed(images_per_request=2)]
    assert len({usual, *apart}) == len(apart) + 1
    with vision() as server:  # where it is asked, at what price and how fast is no part of it
        same = {"concurrency": 9, "requests_per_minute": 5, "cap_usd": 3, "price": []}
        assert made(entry(server, kind, **same)).version == usual
    assert changed(number=2).startswith("2-")
