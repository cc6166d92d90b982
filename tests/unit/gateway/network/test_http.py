"""The client of providers: deadlines and limits through the OpenAI SDK, downloads, base64, errors' meanings, keys."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx2
import openai
import pytest
import trustme
from pydantic import SecretStr

from assets.gateway.network import http
from assets.gateway.network.connection import Connection
from assets.gateway.network.http import PictureFetchError, answer_of, decode_base64, fetch_image, make_client
from assets.gateway.network.redaction import redact, without_keys
from assets.gateway.records import Answer, Outcome
from tests.services.faulty import Behaviour, Call, Faulty, serve

GOOD = {"created": 1, "data": [{"b64_json": "AAAA"}]}
MOST = 1_000_000
BOMB = gzip.compress(b" " * 30_000_000)


def begun(call: Call, length: int | None = 1000) -> Call:
    call.begin(200, "application/json", length)
    return call


def cut(call: Call) -> None:
    begun(call).wfile.write(b"{")
    call.close_connection = True


def lost(call: Call) -> None:
    begun(call).wfile.write(b"{")
    call.reset()


def drip(call: Call) -> None:
    begun(call).drip(b" " * 1000, 0.02)


def endless(call: Call) -> None:
    begun(call, None).pour(50_000_000)


def silent(call: Call) -> None:
    call.close_connection = True


def drip_head(call: Call) -> None:
    call.drip(b"HTTP/1.1 200 OK\r\nx-slow: " + b"x" * 1000, 0.02)


LOST = (Outcome.CONNECTION, "connection_lost", True)
LATE = (Outcome.TIMEOUT, "deadline", True)
LARGE = (Outcome.TOO_LARGE, "answer_too_large", True)
PACKED = (Outcome.SERVER_ERROR, "answer_not_unpacked", True)
#: What the server does → outcome, code, whether it may be billed.
TRANSPORT: dict[str, tuple[Behaviour, tuple[Outcome, str, bool]]] = {
    "cut": (cut, LOST),
    "reset": (lost, LOST),
    "silent": (silent, LOST),
    "drip": (drip, LATE),
    "drip-head": (drip_head, LATE),
    "endless": (endless, LARGE),
    "declared": (lambda call: begun(call, 50_000_000).pour(50_000_000), LARGE),
    "bomb": (lambda call: call.answer(200, BOMB, content_encoding="gzip"), LARGE),
    "not-gzip": (lambda call: call.answer(200, b"no gzip", content_encoding="gzip"), PACKED),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Faulty]:
    with serve({}) as faulty:
        yield faulty


@pytest.fixture
def faulty(server: Faulty) -> Faulty:
    server.forget()
    server.rows |= {row: behaviour for row, (behaviour, _) in TRANSPORT.items()}
    server.rows["good"] = lambda call: call.answer(
        body=gzip.compress(json.dumps(GOOD).encode()), content_encoding="gzip"
    )
    return server


def ask(base_url: str, *, key: str = "sk-a", timeout_s: float = 0.3, **settings: Any) -> Answer:
    """Ask the way providers do: through the SDK, its errors told by `answer_of`."""
    connection = Connection(base_url=base_url, timeout_s=timeout_s, most_answer_bytes=MOST, **settings)
    with make_client(connection) as client:
        sdk = openai.OpenAI(api_key=key, base_url=base_url, http_client=client, max_retries=0)
        try:
            sdk.images.generate(model="m", prompt="a person")
        except openai.OpenAIError as error:
            return answer_of(error, request_id="r") or pytest.fail(f"not understood: {error!r}")
    return Answer(outcome=Outcome.OK)


@pytest.mark.parametrize("row", TRANSPORT)
def test_what_goes_wrong_on_the_way_has_an_outcome_through_the_sdk_and_costs_one_call(
    faulty: Faulty, row: str
) -> None:
    slow = TRANSPORT[row][1][0] is Outcome.TIMEOUT
    asked_at = time.monotonic()
    answer = ask(f"{faulty.url}/{row}", allow_private=True, timeout_s=0.3 if slow else 5)
    assert time.monotonic() - asked_at < 10  # the drip would take 20 s
    assert (answer.outcome, answer.error_code, answer.maybe_billed) == TRANSPORT[row][1]
    assert (answer.request_id, faulty.calls[row]) == ("r", 1)
    assert answer.error_message
    assert len(answer.error_message) < 400


def test_a_good_answer_arrives_unpacked(faulty: Faulty) -> None:
    assert ask(f"{faulty.url}/good", allow_private=True).outcome is Outcome.OK


def test_a_request_that_the_server_does_not_read_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        connection = Connection(allow_private=True, timeout_s=0.3)
        asked_at = time.monotonic()
        with make_client(connection) as client, pytest.raises(httpx2.WriteTimeout) as late:
            client.post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", content=b"x" * 50_000_000)
        assert time.monotonic() - asked_at < 10
    answer = answer_of(late.value)
    assert (answer.outcome, answer.maybe_billed) == (Outcome.TIMEOUT, True)


def test_what_is_lost_before_sending_is_not_billed(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = listening.getsockname()[1]
    answer = ask(f"http://127.0.0.1:{closed}", allow_private=True)
    fields = answer.outcome, answer.error_code, answer.maybe_billed
    assert fields == (Outcome.CONNECTION, "connect_failed", False)

    def unknown(*args: Any, **more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    answer = ask("https://api.example.invalid/v1")
    fields = answer.outcome, answer.error_code, answer.maybe_billed
    assert fields == (Outcome.CONNECTION, "dns_failure", False)
    assert "api.example.invalid" in str(answer.error_message)


def test_an_untrusted_certificate_is_a_connection_error_that_says_so() -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(own)
    with serve({"good": lambda call: call.answer(body=GOOD)}, tls=own) as secure:
        answer = ask(f"{secure.url}/good", allow_private=True)
        assert (answer.outcome, answer.error_code) == (Outcome.CONNECTION, "tls_error")
        assert "certificate" in str(answer.error_message)
        assert not answer.maybe_billed
        assert not secure.calls


def test_an_address_of_the_api_that_is_refused_stops_the_partition_and_says_how_to_mend(
    faulty: Faulty,
) -> None:
    answer = ask(f"{faulty.url}/good")
    assert (answer.outcome, answer.error_code) == (Outcome.INVALID_PARAMS, "refused_address")
    assert "allow_private" in str(answer.error_message)
    assert faulty.connections == 0


def test_a_key_in_an_error_of_the_transport_is_not_told(faulty: Faulty) -> None:
    answer = ask(f"{faulty.url}/good", key="sk-secret\nx-more: 1", allow_private=True)
    assert (answer.outcome, answer.error_code) == (Outcome.INVALID_PARAMS, "request_not_sent")
    assert "secret" not in answer.model_dump_json()


def test_redirects_of_an_api_are_not_followed(faulty: Faulty) -> None:
    faulty.rows["moved"] = lambda call: call.answer(302, location="/good")
    with make_client(Connection(allow_private=True)) as client:
        assert client.get(f"{faulty.url}/moved").status_code == 302
    assert faulty.calls == {"moved": 1}


def test_errors_of_other_kinds_are_left_to_others() -> None:
    assert answer_of(ValueError("no transport")) is None
    told = answer_of(PictureFetchError(Outcome.TOO_LARGE, "60 MB", "image_too_large"))
    assert (told.outcome, told.maybe_billed) == (Outcome.TOO_LARGE, True)


# pictures at addresses


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_address_that_is_no_longer_valid_is_told_and_not_tried_again(faulty: Faulty, status: int) -> None:
    faulty.rows["picture"] = lambda call: call.answer(status, b"AccessDenied", "application/xml")
    with pytest.raises(PictureFetchError) as gone:
        download(faulty)
    assert (gone.value.outcome, gone.value.code) == (Outcome.SERVER_ERROR, "image_url_expired")
    assert faulty.calls["picture"] == 1


def test_a_picture_that_is_paid_for_is_worth_a_second_and_a_third_download(faulty: Faulty) -> None:
    ways = {1: cut, 2: lambda call: call.answer(503), 3: lambda call: call.answer(body=b"png")}
    faulty.rows["picture"] = lambda call: ways[call.number](call)
    assert download(faulty, timeout_s=5) == b"png"
    faulty.forget()
    faulty.rows["picture"] = lambda call: call.answer(503)
    with pytest.raises(PictureFetchError) as busy:
        download(faulty, timeout_s=5)
    assert (busy.value.outcome, busy.value.code) == (Outcome.SERVER_ERROR, "image_status_503")
    assert faulty.calls["picture"] == 3


@pytest.mark.parametrize(("way", "timeout_s", "ends"), [(endless, 7, LARGE), (drip, 0.3, LATE)])
def test_a_picture_that_is_too_large_or_too_slow_is_not_read_to_the_end(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch, way: Behaviour, timeout_s: float, ends: tuple[Any, ...]
) -> None:
    monkeypatch.setattr(http, "MOST_IMAGE_BYTES", MOST)
    faulty.rows["picture"] = way
    with pytest.raises(PictureFetchError) as error:
        download(faulty, timeout_s=timeout_s)
    assert (error.value.outcome, error.value.code) == ends[:2]


def download(faulty: Faulty, *, timeout_s: float = 3) -> bytes:
    connection = Connection(base_url=f"{faulty.url}/v1", allow_private=True, timeout_s=timeout_s)
    return fetch_image(f"{faulty.url}/picture/1.png?signature=x", connection)


# pictures in answers


def test_base64_is_judged_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decode_base64(base64.b64encode(b"\x89PNG").decode()) == b"\x89PNG"
    monkeypatch.setattr(http, "MOST_IMAGE_BYTES", 300)
    assert len(decode_base64(base64.b64encode(b"x" * 300).decode())) == 300
    with pytest.raises(PictureFetchError) as large:
        decode_base64("A" * 500)
    assert large.value.outcome is Outcome.TOO_LARGE
    monkeypatch.setattr(base64, "b64decode", lambda *a, **k: pytest.fail("decoded"))
    with pytest.raises(PictureFetchError):
        decode_base64("A" * 500)


@pytest.mark.parametrize(
    "text", ["AAA", "AA==AA==", "A A=", "<html>", "é", "AAAA\n", "=", "data:image/png;base64,AAAA"]
)
def test_what_is_no_base64_is_a_corrupt_picture(text: str) -> None:
    with pytest.raises(PictureFetchError) as corrupt:
        decode_base64(text)
    assert (corrupt.value.outcome, corrupt.value.code) == (Outcome.CORRUPT_IMAGE, "not_base64")


# keys


@pytest.mark.parametrize(
    "key", ["sk-proj-Ab_9/x+y=z", "sk-0123456789abcdef", "sk-0123456789abcdefg", 'sk-é"\\key']
)
def test_a_key_is_taken_out_however_it_is_written(key: str) -> None:
    secret, raw = SecretStr(key), key.encode()
    for text in (
        key,
        quote(key, safe=""),
        json.dumps(f"the key {key} is wrong"),
        base64.b64encode(raw).decode(),
        base64.b64encode(b"api:" + raw).decode(),
        base64.b64encode(b"me:" + raw).decode(),
        base64.urlsafe_b64encode(b"a:" + raw + b"!").decode(),
    ):
        cleaned = redact(f"before {text} after", secret)
        assert "[key]" in cleaned
        assert key not in cleaned
        assert cleaned.startswith("before ")
        assert cleaned.endswith(" after")


def test_what_is_no_key_stays() -> None:
    assert (
        redact("nothing of it", SecretStr("sk-other"), SecretStr(""), SecretStr("nothing")) == "nothing of it"
    )


def test_an_answer_is_looked_through_for_every_key_that_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE_KEY", "sk-live-0123456789abcdef")
    monkeypatch.setenv("LOCAL_KEY", "a person")  # what a local server takes may stand in any answer
    for name in ("ONE_KEY", "LOCAL_KEY"):
        Connection(key_env=name).key("OTHER")
    encoded = base64.b64encode(b"Bearer sk-live-0123456789abcdef").decode()
    answer = Answer(
        outcome=Outcome.OK,
        image=b"\x89PNG \xff",
        revised_prompt='a person with "sk-live-0123456789abcdef"',
        usage={"echo": [encoded]},
        units={"images": 1.0},
    )
    cleaned = without_keys(answer)
    assert cleaned.revised_prompt == 'a person with "[key]"'
    assert (cleaned.image, cleaned.units) == (answer.image, answer.units)
    assert encoded[8:24] not in cleaned.model_dump_json(exclude={"image"})
    plain = Answer(outcome=Outcome.OK, revised_prompt="a person")
    assert without_keys(plain) is plain
