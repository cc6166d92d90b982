"""Gemini through Google's SDK, against a server that answers with Google's own types."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from google.genai import types

from assets.gateway.money.costs import Costs, Price
from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.gemini import Gemini
from tests.services import gemini as service
from tests.services.gemini import RPC, answered, error, picture_part, usage
from tests.services.loopback import Reply, serving
from tests.unit.generation.providers.apis import APIS, ROWS
from tests.unit.generation.providers.others import request
from tests.unit.generation.scripted import picture
from warehouse.errors import UsageError

FLASH = "gemini-nano-banana-2.1"
PNG = picture("c0ffee")


class Scene:
    """One server and one provider for all tests of the file; `reply` is what the next call gets."""

    def __init__(self) -> None:
        self.reply: Reply = answered(picture_part(PNG))
        self.memory: service.Gemini
        self.provider: Gemini

    def ask(self, reply: Reply, **params: Any) -> Answer:
        self.reply = reply
        return self.provider.ask(request(FLASH, **params))


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    scene = Scene()
    with serving(service.Gemini(lambda model, body: scene.reply)) as memory:
        scene.memory = memory
        scene.provider = Gemini(Connection(base_url=memory.base, allow_private=True))
        yield scene


@pytest.fixture
def scene(running: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("GEMINI_API_KEY", service.KEY)
    running.memory.asked.clear()
    return running


def test_a_picture_with_model_tokens_and_ids(scene: Scene) -> None:
    answer = scene.ask(answered(picture_part(PNG)), aspect_ratio="1:1", image_size="1K")
    assert (answer.outcome, answer.image, answer.http_status) == (Outcome.OK, PNG, 200)
    assert (answer.model_reported, answer.request_id) == ("gemini-nano-banana-2.1-001", "resp-1")
    assert answer.units == {"text_in": 7.0, "image_out": 1120.0}
    assert (answer.usage or {})["candidatesTokenCount"] == 1120
    assert scene.memory.asked == [
        (
            FLASH,
            {
                "contents": [{"parts": [{"text": "an Indian person"}], "role": "user"}],
                "generationConfig": {
                    "responseModalities": ["IMAGE"],
                    "imageConfig": {"aspectRatio": "1:1", "imageSize": "1K"},
                },
            },
        )
    ]


def test_what_a_picture_costs_follows_from_its_tokens(scene: Scene) -> None:
    per_million = {"text_in": 0.5, "image_out": 60.0, "text_out": 3.0}
    price = Price(per_image_usd=0.067, per_million_usd=per_million, source="test", date=dt.date(2026, 11, 25))
    answer = scene.ask(answered(picture_part(PNG), counted=usage(thoughts_token_count=100)))
    assert answer.units == {"text_in": 7.0, "image_out": 1120.0, "text_out": 100.0}
    cost = Costs((price,)).of(answer, dt.date(2026, 11, 25))
    assert cost["cost_usd"] == pytest.approx((7 * 0.5 + 1120 * 60 + 100 * 3) / 1e6, abs=1e-12)


def test_counts_without_a_breakdown_and_cached_tokens(scene: Scene) -> None:
    bare = {"prompt_tokens_details": None, "candidates_tokens_details": None, "cached_content_token_count": 5}
    answer = scene.ask(answered(picture_part(PNG), counted=usage(**bare)))
    assert answer.units == {"text_in": 2.0, "cached_text_in": 5.0, "image_out": 1120.0}


def test_thoughts_are_no_answer(scene: Scene) -> None:
    thought = types.Part(text="I should draw two.", thought=True)
    draft = types.Part(inline_data=types.Blob(mime_type="image/png", data=picture("1")), thought=True)
    answer = scene.ask(answered(thought, draft, types.Part(text="Here."), picture_part(PNG)))
    assert (answer.image, answer.text) == (PNG, "Here.")


def test_words_instead_of_a_picture_are_a_refusal(scene: Scene) -> None:
    for finish in ("STOP", "NO_IMAGE"):
        answer = scene.ask(answered(types.Part(text="I cannot draw that."), finish=finish))
        assert (answer.outcome, answer.refusal_text) == (Outcome.REFUSED_TEXT, "I cannot draw that.")
    assert scene.ask(answered(finish="NO_IMAGE")).outcome is Outcome.NO_IMAGE


def test_every_status_and_every_reason_of_the_sdk_is_documented() -> None:
    for name, values in (("finish", types.FinishReason), ("block", types.BlockedReason)):
        assert {one.value for one in values} == {row[name] for row in ROWS["gemini"] if name in row}
    assert {row["code"] for row in ROWS["gemini"] if "code" in row} == set(RPC)


def test_a_blocked_prompt_keeps_categories_and_words(scene: Scene) -> None:
    answer = scene.ask(APIS["gemini"].reply({"block": "SAFETY", "message": "not this"}))
    assert (answer.error_code, answer.refusal_text) == ("SAFETY", "not this")
    assert answer.block_categories == ("HARM_CATEGORY_HARASSMENT",)


def test_a_reason_that_is_new_is_told(scene: Scene) -> None:
    with pytest.warns(UserWarning, match="QUANTUM"):
        answer = scene.ask(Reply(200, b'{"candidates": [{"finishReason": "QUANTUM"}]}'))
    assert (answer.outcome, answer.unmapped, answer.error_code) == (Outcome.SERVER_ERROR, True, "QUANTUM")


@pytest.mark.parametrize("body", [b"{}", b'{"candidates": "none"}'])
def test_a_good_status_with_nothing_that_reads(scene: Scene, body: bytes) -> None:
    answer = scene.ask(Reply(200, body, {"content-type": "application/json"}))
    assert (answer.outcome, answer.unmapped) == (Outcome.SERVER_ERROR, True)


def test_an_answer_that_may_be_continued_is_not_bought_again(scene: Scene) -> None:
    reply = answered(types.Part(text="half"), finish="CONTINUATION", continuation_token=b"again")
    assert scene.ask(reply).outcome is Outcome.REFUSED_TEXT
    assert len(scene.memory.asked) == 1


def test_variables_of_the_sdk_decide_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_GENAI_USE_ENTERPRISE", "true")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    scene.reply = answered(picture_part(PNG))
    assert Gemini(scene.provider._connection).ask(request(FLASH)).outcome is Outcome.OK


def test_a_level_that_the_sdk_does_not_know_is_refused() -> None:
    with pytest.warns(UserWarning, match="DEEP"), pytest.raises(UsageError, match="none of"):
        Gemini(Connection()).check(FLASH, {"thinking_level": "DEEP"})


def test_without_the_extra_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Gemini(Connection())
    monkeypatch.setitem(sys.modules, "google.genai", None)
    with pytest.raises(UsageError, match=r"\[gemini\]"):
        provider.check(FLASH, {})
    assert provider.ask(request(FLASH)).error_code == "no_sdk"
    assert '-e ".[gemini]"' in provider.probe(FLASH).line


def test_a_slot_sends_its_own_seed_and_level(scene: Scene) -> None:
    scene.ask(answered(picture_part(PNG)), seed="slot", thinking_level="HIGH", modalities=["TEXT", "IMAGE"])
    answer = scene.provider.ask(request(FLASH, key="cd" * 32, seed="slot"))
    one, other = (body["generationConfig"] for _, body in scene.memory.asked)
    assert one["seed"] != other["seed"]
    assert other["seed"] == answer.seed
    assert types.ThinkingConfig.model_validate(one["thinkingConfig"]).thinking_level == "HIGH"
    assert one["responseModalities"] == ["TEXT", "IMAGE"]


def test_the_free_call(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    model = types.Model(name=f"models/{FLASH}", display_name="Nano Banana 2")
    scene.reply = Reply(200, model.model_dump_json(by_alias=True, exclude_none=True).encode())
    found = scene.provider.probe(FLASH)
    assert (found.key_ok, found.model_ok) == (True, True)
    scene.reply = error("NOT_FOUND", "models/gone is not found")
    assert scene.provider.probe("gemini-gone").model_ok is False
    monkeypatch.setenv("GEMINI_API_KEY", "wrong")
    assert Gemini(scene.provider._connection).probe(FLASH).key_ok is False
    assert scene.memory.asked == []


def test_the_list_of_models_holds_those_that_draw_by_generate_content(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scene.provider.offers() == ["gemini-nano-banana-2.1", "gemini-3.1-flash-image"]
    monkeypatch.setenv("GEMINI_API_KEY", "wrong-key-0123456789")
    refused = Gemini(scene.provider._connection).offers()
    assert isinstance(refused, Answer)
    assert refused.outcome is Outcome.AUTH
