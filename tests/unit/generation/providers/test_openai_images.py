"""Pictures from `images.generate`: against aimock, which others wrote, and against the vendor's own types."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assets.gateway.network.connection import Connection
from assets.gateway.records import Outcome
from assets.generation.providers.base import Provider
from assets.generation.providers.openai.images import OpenAIImages
from assets.generation.providers.registry import make_provider
from assets.generation.providers.seeds import slot_seed
from tests.services.aimock import AIMock, error_fixture, image_fixture
from tests.services.openai.wire import small_picture
from tests.services.openai_contract import ContractServer, Reply, contract_process
from tests.unit.generation.providers.openai_asking import request
from warehouse.errors import UsageError

PICTURE = small_picture(7)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ContractServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    with ContractServer() as running:
        yield running


def provider(server: ContractServer, **more: Any) -> OpenAIImages:
    fields = {"base_url": server.base_url, "allow_private": True, "timeout_s": 5, **more}
    return OpenAIImages(Connection.model_validate(fields))


# --- aimock


def test_a_picture_and_its_rewritten_prompt(aimock: AIMock) -> None:
    aimock.script(image_fixture(PICTURE, prompt="Indian", revised_prompt="a man with a turban"))
    answer = OpenAIImages(aimock.connection()).ask(request("an Indian person", params={"size": "1024x1024"}))
    assert (answer.outcome, answer.image, answer.revised_prompt) == (
        Outcome.OK,
        PICTURE,
        "a man with a turban",
    )
    assert (answer.http_status, answer.usage, answer.units) == (200, None, {"images": 1.0})
    assert answer.request_id
    assert [entry["path"] for entry in aimock.journal()] == ["/v1/images/generations"]


def test_a_picture_without_a_rewritten_prompt_has_none(aimock: AIMock) -> None:
    aimock.script(image_fixture(PICTURE))
    answer = OpenAIImages(aimock.connection()).ask(request())
    assert (answer.outcome, answer.revised_prompt) == (Outcome.OK, None)


@pytest.mark.parametrize(
    ("fixture", "outcome", "wait_s"),
    [
        (
            error_fixture(429, retry_after=7, type="requests", code="rate_limit_exceeded"),
            Outcome.RATE_LIMITED,
            7,
        ),
        (error_fixture(429, type="insufficient_quota"), Outcome.QUOTA_EXHAUSTED, 1),
        (error_fixture(500, type="server_error"), Outcome.SERVER_ERROR, None),
        (
            error_fixture(400, type="invalid_request_error", code="content_policy_violation"),
            Outcome.BLOCKED_INPUT,
            None,
        ),
        (error_fixture(404, code="model_not_found"), Outcome.INVALID_PARAMS, None),
        (
            error_fixture(404, code="model_not_found", message="The model `x` has been deprecated"),
            Outcome.MODEL_RETIRED,
            None,
        ),
    ],
)
def test_errors_of_aimock(
    aimock: AIMock, fixture: dict[str, Any], outcome: Outcome, wait_s: float | None
) -> None:
    aimock.script(fixture)
    answer = OpenAIImages(aimock.connection()).ask(request())
    assert (answer.outcome, answer.retry_after_s, answer.unmapped) == (outcome, wait_s, None)
    assert len(aimock.journal()) == 1  # the SDK does not retry by itself
    if outcome is Outcome.RATE_LIMITED:
        assert answer.rate is not None
        assert (answer.rate.limit, answer.rate.remaining) == (60, 0)


def test_a_wrong_key_of_aimock(aimock: AIMock, monkeypatch: pytest.MonkeyPatch) -> None:
    aimock.script(image_fixture(PICTURE))
    monkeypatch.setenv("OTHER_KEY", "sk-not-this-one")
    answer = OpenAIImages(aimock.connection(key_env="OTHER_KEY")).ask(request())
    assert (answer.outcome, answer.http_status) == (Outcome.AUTH, 401)


@pytest.mark.parametrize(
    ("chaos", "outcome"),
    [
        ("malformedRate", Outcome.SERVER_ERROR),
        ("disconnectRate", Outcome.CONNECTION),
        ("dropRate", Outcome.SERVER_ERROR),
    ],
)
def test_chaos_of_aimock(aimock: AIMock, chaos: str, outcome: Outcome) -> None:
    aimock.script(image_fixture(PICTURE))
    aimock.chaos(**{chaos: 1})
    answer = OpenAIImages(aimock.connection()).ask(request())
    assert answer.outcome is outcome
    assert answer.maybe_billed is (chaos != "dropRate")  # a whole 500 is an answer; half of one may be billed


# --- the vendor's own types


def test_what_is_sent_is_what_the_vendors_type_allows_and_one_picture(server: ContractServer) -> None:
    bodies: list[dict[str, Any]] = []
    server.script = lambda call: bodies.append(call.body)  # type: ignore[func-returns-value]
    answer = provider(server).ask(request(params={"size": "1536x1024", "quality": "low"}))
    assert answer.outcome is Outcome.OK
    assert bodies == [
        {
            "model": "gpt-image-2",
            "prompt": "an Indian person",
            "n": 1,
            "size": "1536x1024",
            "quality": "low",
        }
    ]


def test_usage_becomes_units_and_the_bill_is_the_servers(server: ContractServer) -> None:
    answer = provider(server).ask(request())
    assert answer.units == {"images": 1.0, "text_in": 5.0, "image_out": 1056.0}
    assert answer.usage is not None
    assert answer.usage["total_tokens"] == 1061
    ours = sum(server.prices[name] * n for name, n in answer.units.items() if name in server.prices) / 1e6
    assert ours == pytest.approx(server.billed_usd())
    assert (answer.model_reported, answer.seed) == (None, None)  # OpenAI reports neither


def test_details_of_usage_are_told_apart(server: ContractServer) -> None:
    usage = {
        "input_tokens": 50,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
        "output_tokens": 300,
        "output_tokens_details": {"image_tokens": 280, "text_tokens": 20},
        "total_tokens": 350,
    }
    server.script = lambda call: Reply(extra={"usage": usage})
    units = provider(server).ask(request()).units
    assert units == {"images": 1, "text_in": 10, "image_in": 40, "image_out": 280, "text_out": 20}


def test_a_picture_at_an_address_is_fetched(server: ContractServer) -> None:
    server.script = lambda call: Reply(as_url=True, image=PICTURE, revised_prompt="richer")
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.image, answer.revised_prompt) == (Outcome.OK, PICTURE, "richer")


@pytest.mark.parametrize(
    ("url", "outcome", "code"),
    [
        ("https://evil.example/p.png", Outcome.WRONG_TYPE, "refused_address"),
        ("http://169.254.169.254/latest/meta-data", Outcome.WRONG_TYPE, "refused_address"),
        ("file:///etc/passwd", Outcome.WRONG_TYPE, "refused_address"),
        ("/pictures/404.png", Outcome.SERVER_ERROR, "image_url_expired"),
    ],
)
def test_an_address_that_is_not_fetched_has_its_outcome_and_its_usage(
    server: ContractServer, url: str, outcome: Outcome, code: str
) -> None:
    whole = f"http://127.0.0.1:{server.port}{url}" if url.startswith("/") else url
    server.script = lambda call: Reply(extra={"data": [{"url": whole}]})
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.error_code, answer.maybe_billed) == (outcome, code, True)
    assert answer.units is not None
    assert answer.units["image_out"] == 1056


def test_of_duplicate_pictures_the_first_is_kept_and_it_is_said(server: ContractServer) -> None:
    items = [{}] + [{"b64_json": base64.b64encode(small_picture(number)).decode()} for number in (7, 8, 9)]
    server.script = lambda call: Reply(extra={"data": items})
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.image) == (Outcome.OK, PICTURE)
    assert answer.error_message == "3 pictures came for one; the first is kept"
    assert answer.units is not None
    assert answer.units["images"] == 3


@pytest.mark.parametrize(
    "data", [[], None, [{}], [{"b64_json": None}], [{"b64_json": "", "url": ""}], "none", [None]]
)
def test_an_answer_with_nothing_in_it_is_no_refusal(server: ContractServer, data: object) -> None:
    server.script = lambda call: Reply(extra={"data": data})
    answer = provider(server).ask(request())
    why = "the answer holds no picture, no words and no reason"
    assert (answer.outcome, answer.error_message, answer.refusal_text) == (Outcome.EMPTY_ANSWER, why, None)
    assert json.loads(str(answer.raw_body))["data"] == data


def test_missing_fields_are_met(server: ContractServer) -> None:
    encoded = base64.b64encode(PICTURE).decode()
    server.script = lambda call: Reply(raw=f'{{"data": [{{"b64_json": "{encoded}"}}]}}')
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.image, answer.usage, answer.units) == (
        Outcome.OK,
        PICTURE,
        None,
        {"images": 1.0},
    )


def test_base64_may_be_a_data_address(server: ContractServer) -> None:
    encoded = base64.b64encode(PICTURE).decode()
    server.script = lambda call: Reply(extra_item={"b64_json": f"data:image/png;base64,{encoded}"})
    assert provider(server).ask(request()).image == PICTURE


def test_what_is_no_base64_is_a_corrupt_picture(server: ContractServer) -> None:
    server.script = lambda call: Reply(extra_item={"b64_json": "!!!"})
    assert provider(server).ask(request()).outcome is Outcome.CORRUPT_IMAGE


@pytest.mark.parametrize(
    ("reply", "outcome", "billed"),
    [
        (Reply(raw="<html>sign in</html>", raw_type="text/html"), Outcome.SERVER_ERROR, True),
        (Reply(raw=""), Outcome.SERVER_ERROR, True),
        (Reply(raw="[]"), Outcome.SERVER_ERROR, True),
        (Reply(raw='{"error": {"message": "x", "type": "server_error"}}'), Outcome.SERVER_ERROR, False),
        (Reply(raw='{"error": {"message": "x", "code": "new"}}'), Outcome.SERVER_ERROR, False),
        (Reply(raw='{"id": "1", "error": {"message": "x"}, "data": []}'), Outcome.SERVER_ERROR, False),
        (Reply(fault="reset"), Outcome.CONNECTION, True),
        (Reply(fault="cut"), Outcome.CONNECTION, True),
        (Reply(fault="close"), Outcome.CONNECTION, True),
        (Reply(fault="silence"), Outcome.TIMEOUT, True),
        (Reply(fault="drip"), Outcome.TIMEOUT, True),
    ],
    ids=lambda value: str(getattr(value, "fault", None) or getattr(value, "raw", "") or value)[:20],
)
def test_half_answers_are_never_refusals_and_may_be_billed(
    server: ContractServer, reply: Reply, outcome: Outcome, billed: bool
) -> None:
    server.script = lambda call: reply
    answer = provider(server, timeout_s=0.5).ask(request())
    assert (answer.outcome, answer.maybe_billed) == (outcome, billed)
    assert len(server.calls) == 1


def test_an_answer_that_is_too_large_is_cut_off(server: ContractServer) -> None:
    server.script = lambda call: Reply(image_bytes=300_000)
    answer = provider(server, most_answer_bytes=100_000).ask(request())
    assert (answer.outcome, answer.maybe_billed) == (Outcome.TOO_LARGE, True)


def test_nobody_there_is_no_bill(server: ContractServer) -> None:
    with ContractServer() as gone:
        pass
    answer = provider(gone).ask(request())
    assert (answer.outcome, answer.maybe_billed) == (Outcome.CONNECTION, False)


def test_a_private_address_is_asked_only_where_that_is_allowed(server: ContractServer) -> None:
    answer = provider(server, allow_private=False).ask(request())
    assert answer.outcome is Outcome.INVALID_PARAMS
    assert server.log() == []


def test_a_filter_says_where_and_what(server: ContractServer) -> None:
    error = {
        "status": 400,
        "code": "moderation_blocked",
        "type": "image_generation_user_error",
        "message": "Your request was rejected by the safety system.",
        "moderation_details": {"moderation_stage": "output", "categories": ["violence"]},
    }
    server.script = lambda call: Reply(error=error)
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.block_stage, answer.block_categories) == (
        Outcome.BLOCKED_OUTPUT,
        "output",
        ("violence",),
    )
    assert answer.request_id


# --- APIs that speak alike


def test_a_seed_goes_where_an_api_takes_one_and_is_of_each_slots_own(server: ContractServer) -> None:
    server.extra_params = ("seed", "steps")
    seeds: list[Any] = []
    server.script = lambda call: seeds.append(call.body["seed"])  # type: ignore[func-returns-value]
    asked = request(params={"seed": "slot", "steps": 4})
    answers = [provider(server).ask(asked), provider(server).ask(asked)]
    assert seeds == [answers[0].seed, answers[1].seed] == [slot_seed(asked.slot.slot_key)] * 2


def test_a_seed_that_is_reported_counts(server: ContractServer) -> None:
    server.script = lambda call: Reply(
        extra_item={"seed": 5}, extra={"model": "black-forest-labs/FLUX.2-dev"}
    )
    answer = provider(server).ask(request())
    assert (answer.seed, answer.model_reported) == (5, "black-forest-labs/FLUX.2-dev")


def test_xai_reports_what_it_cost_and_what_it_withheld(server: ContractServer) -> None:
    ticks = {"cost_in_usd_ticks": 200_000_000}
    server.script = lambda call: Reply(extra={"usage": ticks}, usage=False)
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.cost_usd, answer.cost_basis) == (Outcome.OK, 0.02, "reported")
    server.script = lambda call: Reply(extra={"usage": ticks}, extra_item={"respect_moderation": False})
    withheld = provider(server).ask(request())
    assert (withheld.outcome, withheld.block_stage, withheld.cost_usd) == (
        Outcome.BLOCKED_OUTPUT,
        "output",
        0.02,
    )
    body = (
        '{"code": "Client specified an invalid argument", "error": "Generated image rejected by content'
        ' moderation.", "usage": {"cost_in_usd_ticks": 200000000}}'
    )
    server.script = lambda call: Reply(raw=body, raw_status=400)
    refused = provider(server).ask(request())
    assert (refused.outcome, refused.cost_usd, refused.maybe_billed) == (
        Outcome.BLOCKED_OUTPUT,
        0.02,
        False,
    )


# --- before anything is asked


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"qualty": "low"}, 'unknown parameter "qualty"; did you mean "quality"?'),
        ({"quality": "lowest"}, "quality 'lowest': Input should be"),
        ({"n": 4}, '"n" is not for params'),
        ({"stream": True}, '"stream" is not for params'),
        ({"output_format": "svg"}, "output_format is one of jpeg, png, webp"),
        ({"seed": 1}, 'unknown parameter "seed"'),
        ({"output_compression": "much"}, "output_compression 'much'"),
    ],
)
def test_a_parameter_that_openai_does_not_take_is_told_in_one_line(params: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as error:
        OpenAIImages(Connection()).check("gpt-image-2", params)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("openai_images (gpt-image-2): ")


def test_parameters_that_openai_takes_are_taken() -> None:
    OpenAIImages(Connection()).check(
        "gpt-image-2", {"size": "1536x864", "quality": "high", "output_format": "webp"}
    )


def test_a_compatible_api_has_parameters_of_its_own() -> None:
    elsewhere = OpenAIImages(Connection(base_url="https://api.together.xyz/v1"))
    elsewhere.check("black-forest-labs/FLUX.2-dev", {"steps": 4, "seed": "slot", "width": 1024})
    for wrong, says in (
        ({"seed": 7}, 'seed 7 would make all pictures of a prompt the same; write "seed: slot"'),
        ({"seed": "random"}, "seed 'random' would make"),
        ({"n": 2}, '"n" is not for params'),
    ):
        with pytest.raises(UsageError, match=says):
            elsewhere.check("black-forest-labs/FLUX.2-dev", dict(wrong))


def test_the_registry_knows_it_and_it_says_what_it_is() -> None:
    found: Provider = make_provider("openai_images")
    assert (found.name, found.paid, found.idempotent, found.replayable, found.simulated) == (
        "openai_images",
        True,
        False,
        False,
        False,
    )
    assert found.sdk_version.startswith("openai 3.")


# --- the contract server itself


def test_the_contract_server_refuses_what_the_vendors_type_does_not_have(server: ContractServer) -> None:
    for params, code in (({"foo": 1}, "unknown_parameter"), ({"quality": "best"}, "invalid_value")):
        answer = provider(server).ask(request(params=params))
        assert (answer.outcome, answer.error_code) == (Outcome.INVALID_PARAMS, code)


def test_the_contract_server_cannot_answer_what_the_vendors_model_does_not_have() -> None:
    from openai.types import ImagesResponse

    from tests.services.openai.wire import exact

    with pytest.raises(AssertionError, match="no field"):
        exact(ImagesResponse, {"created": 1, "data": [{"b64_json": "a", "revised": "b"}]})


def test_the_contract_server_limits_and_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    with ContractServer(per_minute=60, burst=2) as limited:
        answers = [provider(limited).ask(request()) for _ in range(3)]
        assert [answer.outcome for answer in answers] == [Outcome.OK, Outcome.OK, Outcome.RATE_LIMITED]
        assert answers[2].retry_after_s is not None
        assert 0.5 < answers[2].retry_after_s <= 1
        assert answers[0].rate is not None
        assert (answers[0].rate.limit, answers[0].rate.remaining) == (60, 1)
        assert [entry["status"] for entry in limited.calls] == [200, 200, 429]
        assert limited.billed_usd() == pytest.approx(2 * limited.calls[0]["billed_usd"])


def test_the_contract_server_runs_in_a_process_of_its_own_with_rules_as_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    rules = tmp_path / "rules.json"
    refusal = {"error": {"status": 500, "type": "server_error"}}
    rules.write_text(json.dumps([{"prompt": "CEO", "times": 1, "reply": refusal}]))
    with contract_process("--rules", str(rules), "--log", str(tmp_path / "calls.jsonl")) as apart:
        asks = OpenAIImages(Connection(base_url=apart.base_url, allow_private=True, timeout_s=5))
        answers = [asks.ask(request(prompt)).outcome for prompt in ("a CEO", "a CEO", "a nurse")]
        assert answers == [Outcome.SERVER_ERROR, Outcome.OK, Outcome.OK]
        log = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text().splitlines()]
        assert log == apart.log()
        assert [entry["status"] for entry in log] == [500, 200, 200]
        assert apart.billed_usd() == pytest.approx(sum(entry["billed_usd"] for entry in log))
        assert apart.billed_usd() > 0


def test_big_pictures_are_whole_and_of_the_size_asked_for(server: ContractServer) -> None:
    server.script = lambda call: Reply(image_bytes=200_000)
    image = provider(server).ask(request()).image
    assert image is not None
    assert abs(len(image) - 200_000) < 5_000
    Image.open(io.BytesIO(image)).load()


def test_small_pictures_differ_from_call_to_call(server: ContractServer) -> None:
    ask: Callable[[], bytes | None] = lambda: provider(server).ask(request()).image  # noqa: E731
    assert ask() != ask()
