"""FLUX through the real client, against a server that holds both sides to the OpenAPI that BFL publishes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.money.costs import Costs
from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.bfl import ERRORS, IMAGE_HOSTS, PARAMS, WAITING, Bfl
from assets.generation.providers.errors import match
from tests.services import bfl as service
from tests.services.bfl import reply, result
from tests.services.loopback import Reply, serving
from tests.unit.generation.providers.others import drawn, partition, request

PRO, THREE = "flux-2-pro", "flux-3-image"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[service.Bfl]:
    monkeypatch.setenv("BFL_API_KEY", service.KEY)
    with serving(service.Bfl(drawn)) as memory:
        yield memory


def provider(server: service.Bfl, **more: Any) -> Bfl:
    connection = Connection(base_url=server.base, allow_private=True, **more)
    return Bfl(connection, poll_s=0.001)


def ask(server: service.Bfl, model_id: str = PRO, **params: Any) -> Answer:
    return provider(server).ask(request(model_id, **params))


def test_a_picture_with_what_it_costs(server: service.Bfl) -> None:
    server.polls = [result("Pending"), lambda task: server.ready(task, seed=77)]
    answer = ask(server, width=1024, height=1024, output_format="png")
    assert answer == Answer(
        outcome=Outcome.OK,
        image=drawn(0),
        seed=77,
        http_status=200,
        request_id="0",
        usage={"cost": 3.0, "input_mp": 0.0, "output_mp": 1.05},
        units={"images": 1.0, "megapixels": 1.05},
        cost_usd=0.03,
        cost_basis="reported",
    )
    assert server.asked == [
        (PRO, {"width": 1024, "height": 1024, "output_format": "png", "prompt": "an Indian person"})
    ]
    assert server.polled == {"0": 2}


def test_flux_3_tells_the_prompt_that_it_wrote_itself(server: service.Bfl) -> None:
    server.polls = [
        result("Pending"),
        result("Reasoning"),
        result("Generating", progress=0.5),
        lambda task: server.ready(task, prompt="A portrait of a woman in a sari"),
    ]
    answer = ask(server, THREE, aspect_ratio="1:1", resolution="1k", grounding=False)
    assert (answer.outcome, answer.seed) == (Outcome.OK, None)
    assert answer.revised_prompt == "A portrait of a woman in a sari"


@pytest.mark.parametrize(
    ("status", "outcome", "stage"),
    [
        ("Request Moderated", Outcome.BLOCKED_INPUT, "input"),
        ("Content Moderated", Outcome.BLOCKED_OUTPUT, "output"),
        ("Error", Outcome.SERVER_ERROR, None),
        ("Task not found", Outcome.SERVER_ERROR, None),
    ],
)
@pytest.mark.parametrize("http_status", [200, 503])
def test_statuses_of_a_task_whatever_http_says(
    server: service.Bfl, status: str, http_status: int, outcome: Outcome, stage: str | None
) -> None:
    server.polls = [result(status, http_status, details={"Moderation Reasons": ["Safety Filter"]})]
    answer = ask(server)
    assert (answer.outcome, answer.block_stage, answer.unmapped) == (outcome, stage, None)
    assert answer.block_categories == ("Safety Filter",)
    assert answer.cost_usd == 0.03
    assert len(server.asked) == 1


def test_every_published_status_is_waited_for_or_has_a_row() -> None:
    published = service.spec()["components"]["schemas"]["StatusResponse"]["enum"]
    unknown = [status for status in published if status not in WAITING and match(ERRORS, type=status) is None]
    assert unknown == ["Ready"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_task_that_is_gone_is_no_retired_model(server: service.Bfl, status: int) -> None:
    server.polls = [Reply(status, b'{"detail": "Not Found"}')]
    answer = ask(server)
    fields = answer.outcome, answer.error_type, answer.maybe_billed
    assert fields == (Outcome.SERVER_ERROR, "Task not found", True)
    assert server.polled["0"] == 3


def test_what_bfl_does_not_take_is_told_with_its_place(server: service.Bfl) -> None:
    answer = ask(server, width=16, height=1024)
    assert (answer.outcome, answer.http_status, server.asked) == (Outcome.INVALID_PARAMS, 422, [])
    assert "body.width" in str(answer.error_message)


def test_limits_of_requests_are_read(server: service.Bfl) -> None:
    headers = {"X-RateLimit-Limit": "24", "X-RateLimit-Remaining": "0", "Retry-After": "5"}
    server.submit = reply(f"/v1/{PRO}", "post", {"detail": "Too many active tasks"}, 429, headers)
    answer = ask(server)
    assert answer.retry_after_s == 5.0
    assert (answer.rate.limit, answer.rate.remaining) == (24.0, 0.0)


def test_trouble_while_polling_is_polled_again_and_nothing_is_bought_twice(server: service.Bfl) -> None:
    ready = server.ready
    server.polls = [
        Reply(500, b"<html>busy</html>"),
        Reply(429, b'{"detail": "slow down"}'),
        Reply(200, b"", cut_after=0),
        Reply(200, b'{"half": ', cut_after=4),
        Reply(502, b""),
        Reply(422, b'{"detail": "odd"}'),
        Reply(404, b'{"detail": "Not Found"}'),
        result("Task not found"),
        ready,
    ]
    answer = ask(server)
    assert (answer.outcome, len(server.asked), server.polled["0"]) == (Outcome.OK, 1, 9)


def test_a_wrong_key_while_polling_ends_it(server: service.Bfl) -> None:
    server.polls = [Reply(403, b'{"detail": "Not authenticated"}')]
    answer = ask(server)
    assert (answer.outcome, answer.maybe_billed, answer.request_id) == (Outcome.AUTH, True, "0")


def test_a_task_that_is_never_ready_may_be_billed(server: service.Bfl) -> None:
    server.polls = [result("Pending")]
    answer = provider(server, timeout_s=0.2).ask(request(PRO))
    assert (answer.outcome, answer.maybe_billed, answer.cost_usd) == (Outcome.TIMEOUT, True, 0.03)
    assert "the last status was Pending" in str(answer.error_message)
    assert Costs().of(answer, dt.date(2026, 11, 23))["cost_basis"] == "reported"


def test_a_status_that_is_new_is_waited_for_and_told(server: service.Bfl) -> None:
    server.polls = [Reply(200, b'{"id": "0", "status": "Dreaming"}'), server.ready]
    assert ask(server).outcome is Outcome.OK
    server.polls = [Reply(200, b'{"id": "0", "status": "Dreaming"}')]
    answer = provider(server, timeout_s=0.2).ask(request(PRO))
    assert (answer.outcome, answer.unmapped) == (Outcome.TIMEOUT, True)
    assert "Dreaming" in str(answer.raw_body)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.bfl.ai.evil.example/v1/get_result?id=0", "http://api.bfl.ai/v1/get_result?id=0",
        "https://delivery-eu1.bfl.ai/v1/get_result?id=0", "https://api.eu.bfl.ai:8443/v1/get_result?id=0",
        "https://user:pass@api.bfl.ai/v1/get_result?id=0", "http://127.0.0.1:9/v1/get_result?id=0",
        "file:///etc/passwd", "/v1/get_result?id=0",
    ],
)  # fmt: skip
def test_the_key_is_sent_to_no_other_host(server: service.Bfl, url: str) -> None:
    server.polling_url = lambda task: url
    answer = ask(server)
    assert (answer.outcome, answer.error_code) == (Outcome.WRONG_TYPE, "refused_address")
    assert (answer.maybe_billed, server.polled) == (True, {})


@pytest.mark.parametrize(
    "host", ["api.bfl.ai", "api.eu.bfl.ai", "api.us.bfl.ai", "api.eu1.bfl.ai", "api.us1.bfl.ai"]
)
def test_regional_hosts_are_polled(host: str) -> None:
    assert Bfl(Connection())._may_poll(f"https://{host}/v1/get_result?id=0")


def test_pictures_come_from_declared_hosts_only(server: service.Bfl) -> None:
    server.polls = [result("Ready", result={"sample": "https://evil.blob.core.windows.net/x.png"})]
    answer = ask(server)
    fields = answer.outcome, answer.error_code, answer.maybe_billed
    assert fields == (Outcome.WRONG_TYPE, "refused_address", True)
    assert "*.bfl.ai" in IMAGE_HOSTS
    assert not any(host.startswith("*.blob") for host in IMAGE_HOSTS)


def test_an_expired_address_and_a_ready_task_without_one(server: service.Bfl) -> None:
    server.delivery = lambda task: Reply(403, b"<Error>AuthenticationFailed</Error>")
    answer = ask(server)
    fields = answer.outcome, answer.error_code, answer.maybe_billed
    assert fields == (Outcome.SERVER_ERROR, "image_url_expired", True)
    server.polls = [result("Ready", result={"seed": 3})]
    answer = ask(server)
    assert (answer.outcome, answer.unmapped, answer.seed) == (Outcome.SERVER_ERROR, True, 3)


@pytest.mark.parametrize("nothing", [{}, {"result": None}, {"result": {}}])
def test_a_ready_task_with_nothing_in_it_is_an_empty_answer(
    server: service.Bfl, nothing: dict[str, Any]
) -> None:
    server.polls = [result("Ready", **nothing)]
    answer = ask(server)
    assert (answer.outcome, answer.unmapped, answer.maybe_billed) == (Outcome.EMPTY_ANSWER, None, True)
    assert "Ready" in str(answer.raw_body)


def test_parameters_are_those_that_bfl_publishes() -> None:
    api = service.spec()
    for model_id in (THREE, PRO, "flux-2-max", "flux-2-flex", "flux-2-klein-4b", "flux-2-klein-9b"):
        body = api["paths"][f"/v1/{model_id}"]["post"]["requestBody"]["content"]["application/json"]
        name = body["schema"]["$ref"].rpartition("/")[2]
        published = set(api["components"]["schemas"][name]["properties"])
        ours = next(names for pattern, names in PARAMS if re.fullmatch(pattern, model_id))
        left_out = {"prompt", "webhook_url", "webhook_secret", "images"}
        assert ours == {n for n in published if not n.startswith("input_image")} - left_out, model_id


def test_the_free_call(server: service.Bfl, monkeypatch: pytest.MonkeyPatch) -> None:
    found = provider(server).probe(PRO)
    assert (found.key_ok, found.model_ok) == (True, True)
    assert "123.5 credits" in found.line
    assert provider(server).probe("flux-1-gone").model_ok is False
    monkeypatch.setenv("BFL_API_KEY", "wrong-key")
    assert provider(server).probe(PRO).key_ok is False
    assert server.asked == []


def test_a_partition_costs_what_the_server_billed(server: service.Bfl, tmp_path: Path) -> None:
    server.polls = [Reply(503, b"busy"), server.ready]
    report, receipts, store, plan = partition(
        tmp_path, provider(server), PRO, width=1024, height=1024, seed="slot"
    )
    assert report.outcomes["ok"] == report.planned == len(plan.slots) == len(server.asked)
    assert sum(receipt.cost_usd or 0 for receipt in receipts) == pytest.approx(
        0.03 * len(server.asked), abs=1e-9
    )
    assert {receipt.seed for receipt in receipts} == {body["seed"] for _, body in server.asked}
    everything = b"".join(store.get(key) for key in store.list("") if not key.startswith("locks/"))
    assert service.KEY.encode() not in everything


def test_the_published_paths_are_what_is_offered(server: service.Bfl) -> None:
    offered = provider(server).offers()
    assert isinstance(offered, list)
    assert {PRO, THREE, "flux-2-max"} <= {*offered}
    assert all(model.startswith("flux-") for model in offered)
    assert server.asked == []
