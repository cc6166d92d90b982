"""What can go wrong while a real provider is asked: for each way the outcomes, the exit code and what the page says.

One table: each row is a model of its own, asked through the real SDK by the steps of `cliche run`, against a server
that misbehaves as the row says. All rows stand in one edition.
"""

from __future__ import annotations

import base64
import html
import io
import math
import re
import socket
import ssl
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import tenacity
import trustme
from openai.types.responses import Response
from PIL import Image

from assets.gateway import calls
from assets.gateway.breaker import Breaker
from assets.gateway.receipts import Receipt, read_partition
from assets.gateway.records import GROUPS, Outcome
from assets.generation import partition as asking
from assets.generation.partition import ask_partition
from assets.generation.slots import Slot
from assets.generation.workplace import Workplace
from assets.labeling.partition import label
from assets.labeling.status import PartitionState, partition_state
from assets.leaderboard.asset import publish_week
from assets.metrics.week import score_weeks
from assets.simulation.picture import png
from assets.simulation.scenes import scene
from orchestration import weekly
from orchestration.weekly import Ran
from tests.e2e.benchmark import SIZE, folder_in_memory, place_of
from tests.orchestration.conftest import cliche  # noqa: F401 - a fixture
from tests.orchestration.installation import Cliche, Installation, entry, install
from tests.services.faulty import Behaviour, Call, Faulty, serve
from warehouse.database.connection import connect
from warehouse.store import Store
from warehouse.weeks import current_week, utc_now

WEEK = current_week()
SLOTS = 2  # of each row
ALL = f"Refused: {SLOTS} of {SLOTS} answers."
TRIES = 4  # of a slot in one run, while the trouble may pass
BAD_DATA = 2  # bad data is asked for once more
SCALE = 0.001  # of the waits between tries
KEY_ENV = "OUTAGE_TEST_KEY"
NO_KEY = "sk-wrong-0123456789"


# --- what servers answer


def picture(text: str) -> bytes:
    """A drawn person that the labeler of drawings can read; other text, other bytes."""
    slot = Slot(
        slot_key=text, week=WEEK, model="m", suite="startup-ceo", suite_version="1.0.0", prompt="startup-ceo/ceo-his",
        replicate=0,
    )  # fmt: skip
    return png(scene("classic", slot).look, text, SIZE)


def holds(data: bytes, **more: Any) -> dict[str, Any]:
    """The body of an images answer that holds these bytes."""
    return {"created": 1, "data": [{"b64_json": base64.b64encode(data).decode(), **more}], "usage": USAGE}


USAGE = {"input_tokens": 10, "output_tokens": 100, "total_tokens": 110}


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


CALLS_IN_TEN_MINUTES = 6 + 4 + math.ceil((600 - 75) / 60)


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


RESPONSES = {"provider": "openai_responses", "track": "system"}


# --- the table


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


AGAIN = "run again to go on"
ANSWERS = {str(outcome) for outcome, group in GROUPS.items() if group == "answer"}
FEW = "Withheld this week: answers only 0 % of prompts"
FINE = ("with a picture 2",)
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
        moderated("input"), {"blocked_input": SLOTS}, 0, (ALL, "blocked before drawing 2"), SLOTS,
        "moderation_blocked",
    ),
    "blocked-after": Row(
        moderated("output"), {"blocked_output": SLOTS}, 0, (ALL, "drawn and then blocked 2"), SLOTS,
        "moderation_blocked",
    ),
    "blocked-nobody-says-where": Row(
        says(400, "Your request was rejected by the safety system.", type="image_generation_user_error",
             code="moderation_blocked"),
        {"blocked_input": SLOTS}, 0, ("no usable picture", ALL, "blocked before drawing 2"), SLOTS,
        "moderation_blocked",
    ),
    "nothing-in-the-answer": Row(  # asked again once, and no refusal
        lambda call: call.answer(body={"created": 1, "data": []}), {"empty_answer": SLOTS}, 1,
        (FEW, "the answer was empty 2"), SLOTS * 2,
    ),
    "words-and-no-picture": Row(
        responds({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
            {"type": "refusal", "refusal": "I cannot draw that."}]}),
        {"refused_text": SLOTS}, 0, ("no usable picture", ALL, "refused in words 2"), more=RESPONSES,
    ),
    "text-instead-of-picture": Row(
        responds({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
            {"type": "output_text", "text": "I would rather not draw a CEO.", "annotations": []}]}),
        {"refused_text": SLOTS}, 0, ("no usable picture", ALL, "refused in words 2"), more=RESPONSES,
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


ALL = {**ROWS, "ten-minutes-of-500": TEN_MINUTES}


# --- one run of all rows


@dataclass
class Asked:
    """What one run of all rows left."""

    made: Installation
    ended: dict[str, Ran]
    states: dict[str, PartitionState]
    receipts: dict[str, list[Receipt]]
    page: dict[str, str]  # by row, as it is read


def _entry(name: str, row: Row, places: Mapping[str, str]) -> dict[str, Any]:
    connection = {
        "base_url": f"{places['http']}/{name}",
        "allow_private": True,
        "key_env": KEY_ENV,
        **row.connection,
    }
    connection["base_url"] = connection["base_url"].format(**places)
    suites = [{"suite": "startup-ceo@1", "replicates": row.slots, "prompts": ["ceo-his"]}]
    return entry(
        name, model_id="m", params={}, suites=suites, connection=connection, concurrency=1, requests_per_minute=60_000,
        price={"per_image_usd": 0.04, "source": "test", "date": "2026-11-01"},
        **{"provider": "openai_images", **row.more},
    )  # fmt: skip


def _names(lookup: Callable[..., Any]) -> Callable[..., Any]:
    """A resolver that knows this machine and nothing else."""

    def known(host: Any, *args: Any, **more: Any) -> Any:
        if host in {"127.0.0.1", None}:
            return lookup(host, *args, **more)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    return known


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[Faulty, Faulty]]:
    """The server of all rows, and one whose certificate nobody trusts."""
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(own)
    with serve({name: row.does for name, row in ALL.items()}) as faulty, serve({}, tls=own) as secure:
        faulty.rows |= {
            "gone": lambda call: call.answer(
                403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml"
            ),
            "moved": lambda call: call.answer(302, location="http://169.254.169.254/latest/meta-data/"),
        }
        yield faulty, secure


@pytest.fixture(scope="module")
def asked(services: tuple[Faulty, Faulty]) -> Iterator[Asked]:
    faulty, secure = services
    places = {"http": faulty.url, "tls": secure.url}
    for name in ("expired-url", "redirect-to-metadata"):  # an answer that holds an address of this server
        where = {"expired-url": "gone", "redirect-to-metadata": "moved"}[name]
        faulty.rows[name] = points_to(f"{faulty.url}/{where}/1.png")
    with pytest.MonkeyPatch.context() as patch, folder_in_memory("outages") as folder:
        _scaled(patch)
        patch.setenv(KEY_ENV, NO_KEY)
        made = install(folder / "home")
        made.write_models(*(_entry(name, row, places) for name, row in ALL.items()))
        place = place_of(made.settings)
        for name in ROWS:
            ask_partition(place, name, WEEK)
            label(place, name, WEEK)
        score_weeks(place, WEEK)
        publish_week(place, WEEK)
        yield Asked(
            made,
            _accounts(place),
            {name: partition_state(place.store, WEEK, name) for name in ROWS},
            {name: _receipts(made, name) for name in ROWS},
            {name: _said(place.store, name) for name in ROWS},
        )


def _accounts(place: Workplace) -> dict[str, Ran]:
    """What `cliche run` would have made of each row: the command's own account of slots and of failed checks."""
    with connect(place.warehouse, read_only=True) as con:
        withheld = dict(
            con.execute("SELECT model, string_agg(reason, '; ') FROM withheld GROUP BY model").fetchall()
        )
    return {name: _account(place, name, withheld.get(name)) for name in ROWS}


def _account(place: Workplace, name: str, withheld: str | None = None) -> Ran:
    ended = Ran()
    weekly._account(place, ended, (name, WEEK), weekly.FailedChecksError(withheld) if withheld else None)
    return ended


def _scaled(patch: pytest.MonkeyPatch) -> None:
    """Shorten the waits between tries; let the wall clock jump back while `clock-jump` is asked."""
    jittered = tenacity.wait_random_exponential
    patch.setattr(
        tenacity, "wait_random_exponential",
        lambda multiplier=1, max=60: jittered(multiplier=multiplier * SCALE, max=max * SCALE),
    )  # fmt: skip
    patch.setattr(socket, "getaddrinfo", _names(socket.getaddrinfo))
    patch.setattr(calls, "utc_now", CLOCK.now)
    patch.setattr(asking, "Breaker", partial(Breaker, first_s=5 * SCALE, most_s=60 * SCALE))


def _receipts(made: Installation, name: str) -> list[Receipt]:
    attempts = read_partition(made.store, WEEK, name).attempts.values()
    return [receipt for of_slot in attempts for receipt in of_slot.receipts]


def _said(store: Store, name: str) -> str:
    """What its rows of boards say of a model, its page, and the page of the week if it is withheld, as one line."""
    edition = f"editions/{WEEK}.1/"
    boards = [key for key in store.list(f"{edition}boards/") if key.endswith("/index.html")]
    pages = [store.get(key).decode() for key in boards]
    mine = [
        row for page in pages for row in re.findall(rf'<tr role="row" id="{name}">.*?</tr>', page, re.DOTALL)
    ]
    mine.append(store.get(f"{edition}models/{name}/index.html").decode())
    status = store.get(f"{edition}status/index.html").decode()
    mine += re.findall(rf"<li>{name}:.*?</li>", status)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", " | ".join(mine))).replace("\xa0", " ").split())


@pytest.mark.parametrize("name", ROWS)
def test_every_way_to_fail_has_its_outcome_its_exit_code_and_its_words(asked: Asked, name: str) -> None:
    row, state, receipts = ROWS[name], asked.states[name], asked.receipts[name]
    assert {str(outcome): count for outcome, count in state.outcomes.items()} == row.outcomes
    assert len(receipts) == row.calls
    last = receipts[-1]
    assert last.error_code == row.code
    assert bool(last.unmapped) is row.unmapped
    ended = asked.ended[name]
    assert ended.exit_code == row.exit
    told = ended.problems.get((name, WEEK), "")
    assert row.told in told
    assert bool(told) is bool(row.exit)
    page, at = asked.page[name], 0
    assert not row.exit or f"{name} not ranked: withheld: " in page
    for words in row.page:  # in this order
        at = page.find(words, at)
        assert at >= 0, (words, page)


def test_an_outage_is_never_a_refusal_and_a_refusal_is_never_an_outage(asked: Asked) -> None:
    with connect(asked.made.settings.warehouse, read_only=True) as con:
        rates = {
            name: (answer_rate, completeness)
            for name, answer_rate, completeness in con.execute(
                "SELECT model, count_if(is_picture) / nullif(count_if(is_picture OR is_refused), 0), "
                "count_if(is_picture OR is_refused) / count(*) FROM slot_outcomes GROUP BY model"
            ).fetchall()
        }
    for name, row in ROWS.items():
        answers = {o: n for o, n in row.outcomes.items() if o == "ok" or o in ANSWERS}
        answered = sum(answers.values())
        assert rates[name] == (answers.get("ok", 0) / answered if answered else None, answered / row.slots)


def test_what_was_not_understood_is_kept_and_what_may_be_billed_counts_as_spent(asked: Asked) -> None:
    assert "<h1>502</h1>" in str(asked.receipts["html-body"][-1].raw_body)
    billed = {name: {receipt.cost_usd for receipt in receipts} for name, receipts in asked.receipts.items()}
    for name in ("reset-mid-body", "slow-drip", "empty-body", "expired-url", "sixty-megabytes", "good"):
        assert billed[name] == {0.04}, name
    for name in ("dns-failure", "tls-error", "wrong-key", "blocked-before"):
        assert not any(billed[name]), name


def test_bytes_that_are_no_picture_are_kept_under_quarantine(asked: Asked) -> None:
    for name in ("truncated-png", "wrong-type", "html-as-picture", "bomb"):
        receipt = asked.receipts[name][-1]
        kept = asked.made.store.get(f"images/{receipt.image_sha256[:2]}/{receipt.image_sha256}.bin")
        assert sha256(kept).hexdigest() == receipt.image_sha256


def test_no_address_of_an_answer_was_followed_inside(asked: Asked, services: tuple[Faulty, Faulty]) -> None:
    assert services[0].calls["moved"] == SLOTS * BAD_DATA
    assert services[1].connections == SLOTS * TRIES
    assert not services[1].calls


def test_500_for_ten_minutes_loses_no_slot_and_the_week_goes_on(
    asked: Asked, services: tuple[Faulty, Faulty]
) -> None:
    name, place = "ten-minutes-of-500", place_of(asked.made.settings)
    ask_partition(place, name, WEEK)
    label(place, name, WEEK)
    state = partition_state(place.store, WEEK, name)
    first = {str(outcome): count for outcome, count in state.outcomes.items()}
    assert set(first) <= {"ok", "server_error"}
    assert (first["ok"] >= 8, sum(first.values())) == (
        True,
        12,
    )  # the others waited for the service to come back
    assert _account(place, name).exit_code == (1 if state.open else 0)
    ask_partition(place, name, WEEK)
    label(place, name, WEEK)
    state = partition_state(place.store, WEEK, name)
    assert (state.complete, dict(state.outcomes)) == (True, {Outcome.OK: 12})
    assert services[0].calls[name] == CALLS_IN_TEN_MINUTES + 12
    assert _account(place, name).exit_code == 0


def test_what_is_complete_is_left_alone(asked: Asked, services: tuple[Faulty, Faulty]) -> None:
    place, before = place_of(asked.made.settings), services[0].calls.copy()
    for name in ("good", "truncated-png", "blocked-before"):
        ask_partition(place, name, WEEK)
    assert services[0].calls == before


def test_the_command_ends_with_1_for_a_wrong_key_and_says_so_once(
    services: tuple[Faulty, Faulty],
    cliche: Cliche,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,  # Dagster's records must outlive the test: this process's last instance is asked again by others
) -> None:
    made = install(tmp_path / "home", deadline_hours=168)
    made.write_models(_entry("wrong-key", ROWS["wrong-key"], {"http": services[0].url}))
    monkeypatch.setenv("CLICHE_HOME", str(made.home))
    monkeypatch.setenv(KEY_ENV, NO_KEY)
    ended = cliche("run", "--yes", "--week", WEEK)
    assert ended.code == 1
    assert "wrong-key was stopped: auth: Incorrect API key provided" in " ".join(cliche("status").out.split())
    assert ended.error.startswith(
        f"wrong-key, week {WEEK}: 2 of 2 slots are open; stopped by the provider (auth: Incorrect API key provided"
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"params": {"styl": "vivid"}, "connection": {}}, 'unknown parameter "styl"; did you mean "style"?'),
        (
            {"connection": {"base_url": "http://sk-key@127.0.0.1/v1"}},
            "an address holds no user name and no password",
        ),
        ({"connection": {"base_url": "file:///etc/passwd"}}, "write an address that begins with https://"),
        ({"connection": {"image_hosts": ["https://cdn.example.com/"]}}, "image_hosts"),
    ],
)
def test_the_command_ends_with_2_before_anything_is_asked_if_the_configuration_cannot_be_meant(
    services: tuple[Faulty, Faulty],
    cliche: Cliche,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    says: str,
) -> None:
    made, before = install(tmp_path / "home"), services[0].calls.total()
    made.write_models({**_entry("good", ROWS["good"], {"http": services[0].url}), **changes})
    monkeypatch.setenv("CLICHE_HOME", str(made.home))
    ended = cliche("run", "--yes", "--week", WEEK)
    assert (ended.code, says in ended.only_line) == (2, True), ended.err
    assert services[0].calls.total() == before
