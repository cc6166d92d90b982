"""A labeler whose answers cannot be read: told at once, stopped after three, with the setting that fixes it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from assets.gateway.breaker import Breaker
from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Outcome
from assets.labeling.asked.asking import Asking
from assets.labeling.asked.attempts import LabelAttempt, read_attempts
from assets.labeling.asked.forms import form_of
from assets.labeling.asked.stops import IN_A_ROW
from assets.labeling.pictures import prepare
from assets.labeling.registry import is_remote, make_labeler
from assets.labeling.run import LabelReport, label_partition
from assets.labeling.status import partition_state
from tests.services.vision_contract import Asked, Said, Vision, first_value
from tests.unit.labeling.test_asking import CALL_USD, HASTY, drawn
from tests.unit.labeling.test_run import WEEK, asked
from tests.unit.labeling.vision import KINDS, PRICE, entry, picture
from warehouse.store import Store

PATHS = {kind: path for kind, (_, _, path) in KINDS.items()}
PAGE = b"<!DOCTYPE html><html><head><title>Sign in to\n the gateway</title></head><body>hello</body></html>"


def run(store: Store, one: LabelerEntry, told: list[str] | None = None, **more: Any) -> LabelReport:
    plan = asked(store, drawn, labeler="eye")
    asking = Asking(retry=HASTY, told=(told if told is not None else []).append, **more)
    return label_partition(store, plan, labelers={one.name: one}, asking=asking)


def attempts(store: Store) -> Sequence[LabelAttempt]:
    return read_attempts(store, WEEK, "m")


CHAT = "settings: {api: chat} for labeler eye in models.yaml"
VISION = "write labeler: openai_vision and settings: {api: chat} for eye in models.yaml"
OLLAMA = b'{"model": "llava", "message": {"role": "assistant"}, "done": true}'
LOOK = "look at base_url"
#: Kind of labeler, what is answered, what the answer is called, the setting.
CASES: list[tuple[str, Said, str, str]] = [
    ("responses", Said(speaks=PATHS["chat"]), "a chat completion, not a Responses answer", f"write {CHAT}"),
    ("chat", Said(speaks=PATHS["responses"]), "a Responses answer, not a chat completion", "api: responses}"),
    ("decisions", Said(speaks=PATHS["chat"]), "a chat completion, not a Decisions answer", VISION),
    ("messages", Said(speaks=PATHS["chat"]), "a chat completion, not an Anthropic message", VISION),
    (
        "chat",
        Said(speaks=PATHS["messages"]),
        "an Anthropic message, not",
        "write labeler: anthropic_vision for eye",
    ),
    ("responses", Said(raw=PAGE), 'an HTML page ("Sign in to the gateway"), not', LOOK),
    ("messages", Said(raw=PAGE), 'an HTML page ("Sign in to the gateway"), not', LOOK),
    ("chat", Said(raw=b"OK, model is up."), 'plain text ("OK, model is up."), not', LOOK),
    ("chat", Said(raw=b""), "empty, not a chat completion", LOOK),
    ("chat", Said(raw=b'data: {"choices": []}\n\n'), "a stream of events, not", "switch streaming off"),
    ("chat", Said(raw=b"[1, 2]"), 'JSON, but no object ("[1, 2]"), not', LOOK),
    ("chat", Said(raw=OLLAMA), "an answer of Ollama's own API, not a chat completion", "ends in /v1"),
    (
        "responses",
        Said(raw=b'{"detail": "no such pipeline"}'),
        'an error ("no such pipeline"), not',
        "look at",
    ),
    (
        "decisions",
        Said(error={"message": "worker is gone"}),
        'an error ("worker is gone"), not',
        "look at what the",
    ),
]


@pytest.mark.parametrize(("kind", "said", "cause", "fix"), CASES, ids=lambda one: str(one)[:40])
def test_a_wrong_form_is_named_with_its_setting(
    server: Vision, kind: str, said: Said, cause: str, fix: str
) -> None:
    server.says = lambda asked: Said(**{**vars(said), "values": first_value(asked).values})
    labeler = make_labeler("eye", {"eye": entry(server, kind)})
    assert is_remote(labeler)
    answer = labeler.look([prepare(picture(), labeler.preparation)], labeler.attributes()).answer
    line = answer.error_message or ""
    assert (answer.outcome, answer.error_code) == (Outcome.SERVER_ERROR, "wrong_form")
    assert line.startswith(f"the answer is {cause}")
    assert fix in line
    assert "\n" not in line


def test_three_in_a_row_stop_with_the_cause(store: Store, server: Vision) -> None:
    server.says = lambda asked: Said(first_value(asked).values, speaks=PATHS["chat"])
    one, told = entry(server, concurrency=1), list[str]()
    report = run(store, one, told)
    assert len(server.asked) == IN_A_ROW
    assert (report.written, report.open) == (0, 6)
    (line,) = told
    cause = line.removeprefix("labeler eye: the first answer could not be read: ")
    assert CHAT in cause
    assert report.stopped_by == f"three answers in a row could not be read: {cause}"
    state = partition_state(store, WEEK, "m", {"eye": one})
    assert (state.unlabelled, state.labeler_stopped_by) == (6, report.stopped_by)
    server.says = first_value
    assert run(store, one).written == 6
    assert partition_state(store, WEEK, "m", {"eye": one}).labeler_stopped_by is None


TEXTS = [
    ("[1, 2, 3]", "JSON, but no object"),
    ('"a woman with a hat"', "JSON, but no object"),
    ('{"result": {"perceived_gender": "feminine"}}', "a JSON object with none of the keys"),
    (
        'Here is the JSON:\n```json\n{"perceived_gender": "feminine"}\n```\nAnything else?',
        "words around a JSON",
    ),
    ("I see a friendly woman who wears a hat.", "the answer is words"),
]


@pytest.mark.parametrize(("text", "cause"), TEXTS, ids=lambda one: str(one)[:20])
def test_answers_without_the_schema_stop(store: Store, server: Vision, text: str, cause: str) -> None:
    server.says = lambda asked: Said(text=text)
    one, told = entry(server, "chat", concurrency=1), list[str]()
    report = run(store, one, told)
    assert len(server.asked) == IN_A_ROW
    (line,) = told
    assert cause in line
    assert "structured outputs" in line
    assert "\n" not in line
    assert cause in (report.stopped_by or "")
    state = partition_state(store, WEEK, "m", {"eye": one})
    assert state.labeler_stopped_by == report.stopped_by
    # What was only in a wrong form is asked again; words alone are a refusal that stands.
    server.says = first_value
    assert run(store, one).written == (3 if "words (" in line else 6)
    assert partition_state(store, WEEK, "m", {"eye": one}).labeler_stopped_by is None


def test_who_has_answered_may_decline_in_words(store: Store, server: Vision) -> None:
    server.says = lambda asked: first_value(asked) if asked.number == 1 else Said(text="I'd rather not say.")
    told = list[str]()
    report = run(store, entry(server, concurrency=1), told)
    assert (report.written, report.declined, report.stopped_by, told) == (1, 5, None, [])


def test_calls_beside_each_other_do_not_wait_for_the_breaker(store: Store, server: Vision) -> None:
    server.says = lambda asked: Said(first_value(asked).values, speaks=PATHS["chat"], wait_s=0.05)
    begun, told = time.monotonic(), list[str]()
    report = run(store, entry(server, concurrency=4), told, admission=Breaker("eye", failures=2, first_s=60))
    assert time.monotonic() - begun < 10
    assert len(server.asked) <= 6
    assert len(told) == 1
    assert CHAT in (report.stopped_by or "")


def test_such_an_answer_counts_as_spent(store: Store, server: Vision) -> None:
    server.says = lambda asked: Said(first_value(asked).values, speaks=PATHS["chat"])
    run(store, entry(server, concurrency=1))
    assert [one.cost_usd for one in attempts(store)] == [pytest.approx(CALL_USD)] * 3
    assert {one.cost_basis for one in attempts(store)} == {"computed"}
    (first, *_) = attempts(store)
    assert (first.error_code, first.error_type) == ("wrong_form", "chat_completion")
    assert '"chat.completion"' in (first.raw_body or "")
    server.says = lambda asked: Said(raw=PAGE)
    run(store, entry(server, concurrency=1, number=2))
    page = [one for one in attempts(store) if one.error_type == "html"]
    assert {(one.cost_usd, one.cost_basis) for one in page} == {(2 * PRICE["per_image_usd"], "estimated")}


def test_one_picture_that_cannot_be_passed_on_stops_no_other(store: Store, server: Vision) -> None:
    def blocked(asked: Asked) -> Said:
        return Said(raw=PAGE) if asked.number in {1, 4} else first_value(asked)

    server.says = blocked
    report = run(store, entry(server, concurrency=1))
    # The first is left for the next run, nothing being read yet; the fourth is asked again.
    assert (report.written, report.open, report.stopped_by) == (5, 1, None)
    assert len(server.asked) == 7


def test_kinds_that_change_are_told_each_and_do_not_stop(store: Store, server: Vision) -> None:
    kinds = [Said(raw=PAGE), Said(raw=b"busy"), Said(raw=b"")]
    server.says = lambda asked: kinds[asked.number % 3]
    told = list[str]()
    report = run(store, entry(server, concurrency=1), told)
    assert (len(told), report.stopped_by, report.open) == (3, None, 6)


def test_answers_that_are_cut_off_stop_with_their_setting(store: Store, server: Vision) -> None:
    server.says = lambda asked: Said(first_value(asked).values, cut_off=True)
    report = run(store, entry(server, concurrency=1))
    assert len(server.asked) == 3
    assert report.stopped_by == (
        "three answers in a row could not be read: the answer was cut off; "
        "raise max_output_tokens in the labeler's settings"
    )


def test_trouble_on_the_way_is_told_once_of_each_kind(store: Store, server: Vision) -> None:
    server.says = lambda asked: Said(status=500, error={"message": "oops"})
    told = list[str]()
    run(store, entry(server, concurrency=1), told)
    assert told == ["labeler eye: server_error: oops; it is asked again"]


@pytest.mark.parametrize(
    ("body", "text", "form"),
    [
        ({"object": "text_completion", "choices": [{"text": "a"}]}, "", "completion"),
        ({"candidates": []}, "", "candidates"),
        ({"errors": [{"message": "x"}]}, "", "error"),
        ({}, "", "object"),
        (None, "  <HTML>", "html"),
        (None, "<?xml version='1.0'?>", "xml"),
        (None, "database error", "text"),
        (None, "identity unknown", "text"),
        (None, '"quoted"', "json"),
    ],
)
def test_forms(body: dict[str, Any] | None, text: str, form: str) -> None:
    assert form_of(body, text)[0] == form
