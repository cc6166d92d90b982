"""Answers and errors of an API that others wrote (aimock), read by the labelers that ask."""

from __future__ import annotations

import json

from assets.gateway.records import Outcome
from assets.labeling.pictures import prepare
from assets.labeling.records import RemoteLabeler
from tests.services.aimock import AIMock
from tests.services.vision_contract import Vision
from tests.unit.labeling.test_vision_labelers import ASKED, SAYS, in_words, made
from tests.unit.labeling.vision import KINDS, entry, picture


def through(aimock: AIMock, kind: str) -> RemoteLabeler:
    """A labeler that asks aimock; it speaks Responses, chat completions and Anthropic's messages."""
    one = entry(Vision(address=aimock.root), kind)
    return made(one.model_copy(update={"connection": aimock.connection(base_url=one.connection.base_url)}))


@in_words
def test_aimock_answers_are_read(aimock: AIMock, kind: str) -> None:
    response = {"content": json.dumps(SAYS), "usage": {"input_tokens": 900, "output_tokens": 12}}
    aimock.script({"match": {"userMessage": "skin_tone"}, "response": response})
    labeler = through(aimock, kind)
    sight = labeler.look([prepare(picture(), labeler.preparation)], ASKED)
    assert sight.answer.outcome is Outcome.OK
    assert {name: reading.value for name, reading in sight.readings[0].items()} == SAYS
    assert sight.answer.units is not None
    assert (sight.answer.units["text_in"], sight.answer.units["text_out"]) == (900, 12)
    assert [one["path"] for one in aimock.journal()] == [KINDS[kind][2]]


@in_words
def test_aimock_errors_are_outcomes(aimock: AIMock, kind: str) -> None:
    error = {"message": "slow down", "type": "rate_limit_error"}
    response = {"error": error, "status": 429, "retryAfter": 3}
    aimock.script({"match": {"userMessage": "skin_tone"}, "response": response})
    labeler = through(aimock, kind)
    answer = labeler.look([prepare(picture(), labeler.preparation)], ASKED).answer
    assert (answer.outcome, answer.unmapped, answer.retry_after_s) == (Outcome.RATE_LIMITED, None, 3)
