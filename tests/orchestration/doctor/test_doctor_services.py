"""`cliche doctor` on services: what a run would certainly fail on fails, ends are reported ahead, `--paid` tries."""

from __future__ import annotations

import datetime as dt
import json
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from assets.gateway.money.charges import entry_scope, month_scope
from assets.gateway.receipts import read_partition
from assets.gateway.records import Outcome
from assets.generation.partition import plan_partition
from assets.generation.providers.base import day_of
from assets.generation.trials import Trial
from orchestration.commands.forecasts import with_ledger
from orchestration.doctor.finding import Finding
from orchestration.doctor.paid import Try, try_all
from tests.orchestration.commands.test_money import Terminal
from tests.orchestration.doctor.test_doctor import FRESH, lines
from tests.orchestration.installation import Cliche, Installation, entry
from tests.services.openai_contract import ContractServer
from tests.services.vision_contract import Said, Vision, first_value
from tests.unit.labeling.conftest import server
from tests.unit.labeling.vision import KEY, KEY_ENV
from warehouse import keys
from warehouse.errors import ClicheError
from warehouse.loading.seals import sealed
from warehouse.weeks import current_week, shift, utc_now

__all__ = ["server"]  # a fixture

WEEK = current_week()


@pytest.fixture
def images() -> Iterator[ContractServer]:
    with ContractServer() as running:
        yield running


@pytest.fixture
def home(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setenv(KEY_ENV, KEY)
    fresh.configure(caps={"week_usd": 10, "month_usd": 20})
    return fresh


def today() -> dt.date:
    return utc_now().date()


def real(base_url: str, **changes: Any) -> dict[str, Any]:
    """A paid model behind an address; OpenAI's own parameters."""
    values = {"provider": "openai_images", "model_id": "gpt-image-2", "price": FRESH, "cap_usd": 5}
    connection = {"base_url": base_url, "key_env": KEY_ENV, "allow_private": True}
    return {**entry("real"), **values, "params": {"size": "1024x1024"}, "connection": connection, **changes}


def labeler(server: Vision, **changes: Any) -> dict[str, Any]:
    connection = {"base_url": server.base_url, "key_env": KEY_ENV, "allow_private": True}
    price = {"per_image_usd": 0.01, "source": "test", "date": WEEK}
    one = {"name": "eyes", "labeler": "openai_vision", "model_id": "gpt-6-luna", "cap_usd": 3, "price": price}
    return {**one, "connection": connection, **changes}


def write(home: Installation, models: list[dict[str, Any]], *labelers: dict[str, Any]) -> None:
    (home.home / "models.yaml").write_text(yaml.safe_dump({"models": models, "labelers": [*labelers]}))


# what a run would certainly fail of


@pytest.mark.parametrize("what", ["model", "labeler"])
def test_a_host_that_does_not_resolve_fails(
    home: Installation,
    images: ContractServer,
    server: Vision,
    cliche: Cliche,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    known = socket.getaddrinfo

    def resolver(host: str, *more: Any, **named: Any) -> Any:
        if host == "no-such-host.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    nowhere = {"base_url": "https://no-such-host.invalid/v1", "key_env": KEY_ENV}
    model = real(images.base_url, labeler="eyes", **({"connection": nowhere} if what == "model" else {}))
    write(home, [model], labeler(server, **({"connection": nowhere} if what == "labeler" else {})))
    ended = cliche("doctor")
    failed = lines(ended.out, "real" if what == "model" else "labeler eyes")[0]
    assert (ended.code, failed[0]) == (1, "fail"), ended.out
    assert "the host's name was not found" in failed[1]


@pytest.mark.parametrize(
    ("connection", "code", "level", "said"),
    [
        ({"allow_private": False}, 1, "fail", "allow_private"),
        ({"base_url": "http://127.0.0.1:1/v1"}, 1, "fail", ""),
        ({}, 0, "warn", ""),  # a server in trouble may be well at the next call
    ],
)
def test_an_address_that_is_refused_or_does_not_answer(
    home: Installation,
    images: ContractServer,
    cliche: Cliche,
    connection: dict[str, Any],
    code: int,
    level: str,
    said: str,
) -> None:
    images.routes = {}
    base = {"base_url": images.base_url, "key_env": KEY_ENV, "allow_private": True}
    write(home, [real(images.base_url, connection={**base, **connection})])
    ended = cliche("doctor")
    found, line = lines(ended.out, "real")[0]
    assert (ended.code, found, said in line) == (code, level, True), ended.out


@pytest.mark.parametrize(
    ("entry_cap", "caps", "raise_"),
    [
        (0.2, {"week_usd": 10}, "cap_usd of its entry"),
        (5, {"week_usd": 0.2}, "week_usd of caps in cliche.yaml"),
        (5, {"month_usd": 0.2, "week_usd": 10}, "month_usd of caps in cliche.yaml"),
        (5, {"run_usd": 0.2, "week_usd": 10}, "run_usd of caps in cliche.yaml"),
    ],
)
def test_a_cap_without_room_for_one_call_fails(
    home: Installation,
    images: ContractServer,
    cliche: Cliche,
    entry_cap: float,
    caps: dict[str, float],
    raise_: str,
) -> None:
    home.configure(caps=caps)
    write(home, [real(images.base_url, cap_usd=entry_cap)])
    ended = cliche("doctor")
    assert ended.code == 1
    line = f"no call fits: $0.00 of $0.20 are spent, and a call may cost $0.2500; raise {raise_}"
    assert ("fail", line) in lines(ended.out, "real")


def test_suites_that_changed_and_a_week_without_a_model_fail(
    home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = shift(WEEK, 1)
    home.write_models(entry("sim-drift", **{"from": dt.date.fromisoformat(later)}))
    ended = cliche("doctor")
    line = (
        f"no model is active in the week {WEEK} (from and until in models.yaml); the first begins on {later}"
    )
    assert (ended.code, ("fail", line) in lines(ended.out, "models")) == (1, True), ended.out
    assert cliche("run").code == 2
    home.write_models(entry("sim-drift"))
    plan_partition(home.place(), "sim-drift", WEEK)
    plan = json.loads(home.store.get(keys.plan(WEEK, "sim-drift")))
    plan["suites"][0]["prompts"][0]["text"] = "a photo of somebody else"
    key = keys.plan(WEEK, "sim-drift")
    (home.home / "store" / key).write_bytes(sealed(key, plan))
    ended = cliche("doctor")
    assert (ended.code, lines(ended.out, "suites")[0][0]) == (1, "fail"), ended.out


# the end of a model


@pytest.mark.parametrize(
    ("days", "level", "said", "code"),
    [
        (61, "ok", "is shut down on {day}, in 61 days", 0),
        (60, "warn", "is shut down on {day}, in 60 days; set until to its last week and add its succ", 0),
        (1, "warn", "is shut down on {day}, in 1 day;", 0),
        (0, "fail", "was shut down on {day}; end it (until) and add its successor (succeeds)", 1),
    ],
)
@pytest.mark.parametrize("where", ["list", "file"])
def test_the_end_of_a_model_is_told_60_days_ahead(
    home: Installation,
    images: ContractServer,
    cliche: Cliche,
    where: str,
    days: int,
    level: str,
    said: str,
    code: int,
) -> None:
    day = today() + dt.timedelta(days=days)
    if where == "list":
        images.shutdown["gpt-image-2"] = day.isoformat()
    write(home, [real(images.base_url, **({"shutdown_date": day} if where == "file" else {}))])
    ended = cliche("doctor")
    assert ended.code == code, ended.out
    assert [found for found, line in lines(ended.out, "real") if line.startswith(said.format(day=day))] == [
        level
    ]


def test_a_name_that_is_nearly_a_model_s(home: Installation, images: ContractServer, cliche: Cliche) -> None:
    write(home, [{**real(images.base_url), "model_id": "gpt-imgae-2"}])
    ((level, line), *_) = lines(cliche("doctor").out, "real")
    assert level == "fail"
    assert line.endswith('; fix model_id in models.yaml; did you mean "gpt-image-2"?')


def test_a_last_week_without_successor(home: Installation, images: ContractServer, cliche: Cliche) -> None:
    last = dt.date.fromisoformat(shift(WEEK, 3))
    write(home, [real(images.base_url, until=last)])
    said = ("warn", f"{last} is its last week (until), and no model succeeds it; add one, or raise until")
    assert said in lines(cliche("doctor").out, "real")
    follows = {**real(images.base_url), "name": "next", "succeeds": "real"}
    write(home, [real(images.base_url, until=last), follows])
    assert said not in lines(cliche("doctor").out, "real")


def test_days_of_lists_of_models() -> None:
    day = dt.date(2026, 12, 1)
    moment = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC).timestamp()
    for said in ("2026-12-01", "2026-12-01T00:00:00Z", moment, int(moment)):
        assert day_of(said) == day
    for said in (None, "", "soon", True, float("inf"), [], "2026-13-01"):
        assert day_of(said) is None


# --paid


def test_paid_tries_one_picture_each_and_what_it_costs_is_counted(
    home: Installation, images: ContractServer, server: Vision, cliche: Cliche
) -> None:
    write(home, [real(images.base_url, labeler="eyes", also_labelers=["drawing"])], labeler(server))
    refused = cliche("doctor", "--paid")
    assert refused.code == 3
    assert refused.error == "this would spend up to $0.26; no terminal to confirm, so pass --yes"
    assert (server.asked, list(home.store.list(""))) == ([], [])

    for times in (1, 2):
        ended = cliche("doctor", "--paid", "--yes")
        assert ended.code == 0, ended.out
        assert "Trying one picture each (2 calls):" in ended.out
        model, one = lines(ended.out, "real")[-1], lines(ended.out, "labeler eyes")[-1]
        assert (model[0], one[0]) == ("ok", "ok")
        assert model[1].startswith("a picture came, png of 16 × 16 px ($0.2500, ")
        assert one[1].startswith("a drawing was read: clothing_era contemporary, ")
        assert "($0.0100, " in one[1]
        assert ended.out.endswith("The trials cost $0.2600, which counts for this week.\n")
        assert (len(images.calls), len(server.asked)) == (times, times)
        (home.home / "spending.sqlite").unlink()  # the store knows it
        ledger = with_ledger(home.place(), WEEK).ledger
        assert ledger.total(entry_scope(WEEK, "real")).usd == pytest.approx(times * 0.25)
        assert ledger.total(entry_scope(WEEK, "eyes", "labeler")).usd == pytest.approx(times * 0.01)
        assert ledger.total(month_scope(today())).usd == pytest.approx(times * 0.26)
    assert read_partition(home.store, WEEK, "real").receipts == []
    assert "$0.52" in cliche("status", "--week", WEEK).out
    assert "2 receipts" not in cliche("status", "--week", WEEK).out


@pytest.mark.parametrize(
    ("expected", "level", "said"),
    [
        (0.09, "ok", ""),
        (0.06, "warn", "; its price expects $0.0600: correct its price in models.yaml before a run"),
        (0.04, "fail", "; its price says that a call costs at most $0.0800: correct its price in models."),
    ],
)
def test_paid_compares_what_a_trial_cost_with_its_price(
    home: Installation,
    images: ContractServer,
    server: Vision,
    cliche: Cliche,
    expected: float,
    level: str,
    said: str,
) -> None:
    """A thousand tokens are billed at $0.10."""
    price = {**FRESH, "per_image_usd": expected, "per_million_usd": {"text_in": 100}}
    write(home, [real(images.base_url, labeler="eyes")], labeler(server, price=price))
    ended = cliche("doctor", "--paid", "--yes")
    found, line = lines(ended.out, "labeler eyes")[-1]
    assert (found, ended.code) == (level, 1 if level == "fail" else 0)
    assert "($0.1000, " in line
    assert line.partition(" s)")[2].startswith(said)
    assert ("Everything is well" in ended.out) == (level == "ok")


def test_paid_names_the_setting_before_a_week_is_spoiled(
    home: Installation, images: ContractServer, server: Vision, cliche: Cliche
) -> None:
    server.says = lambda asked: Said(first_value(asked).values, speaks="/v1/chat/completions")
    write(home, [real(images.base_url, labeler="eyes")], labeler(server))
    ended = cliche("doctor", "--paid", "--yes")
    level, line = lines(ended.out, "labeler eyes")[-1]
    assert (ended.code, level, len(server.asked)) == (1, "fail", 1)
    assert line.startswith(
        "the answer is a chat completion, not a Responses answer; write settings: {api: chat}"
    )
    assert "($0.0100, " in line


def test_paid_keeps_to_the_caps_and_leaves_out_what_failed_before(
    home: Installation, images: ContractServer, server: Vision, cliche: Cliche
) -> None:
    home.configure(caps={"week_usd": 0.255})
    write(home, [real(images.base_url, labeler="eyes")], labeler(server))
    ended = cliche("doctor", "--paid", "--yes")
    assert lines(ended.out, "real")[-1][0] == "ok"
    assert "budget_stopped: $0.25 of $0.26 are spent" in lines(ended.out, "labeler eyes")[-1][1]
    assert (ended.code, len(server.asked)) == (1, 0)
    home.configure(caps={"week_usd": 10})
    write(home, [real(images.base_url, labeler="eyes", model_id="gone")], labeler(server))
    ended = cliche("doctor", "--paid", "--yes")
    assert "Trying one picture each (1 call):" in ended.out
    assert (len(images.calls), len(server.asked)) == (1, 1)


def test_a_trial_that_was_killed_counts_at_its_most(home: Installation, images: ContractServer) -> None:
    write(home, [real(images.base_url)])
    key = keys.trial_intent(WEEK, "real", 1)
    home.store.put_if_absent(key, sealed(key, {"intended_at": utc_now().isoformat()}))
    ledger = with_ledger(home.place(), WEEK).ledger
    assert ledger.total(entry_scope(WEEK, "real")).usd == 0.25


def test_paid_asks_on_a_terminal(
    home: Installation, images: ContractServer, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, [real(images.base_url)])
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    ended = cliche("doctor", "--paid")
    assert (ended.code, len(images.calls)) == (3, 0)
    assert "This will spend up to $0.25; go on? [y/N]:" in ended.err


def test_a_trial_that_cannot_be_made_fails_and_the_next_one_is_made() -> None:
    def away() -> Trial:
        raise ClicheError("its receipts cannot be read")

    trials = [
        Try("real", 1.0, 1.0, away),
        Try("labeler eyes", 1.0, 1.0, lambda: Trial(Outcome.OK, "it reads", cost_usd=0.5)),
    ]
    (failed, nothing), (well, cost) = try_all(trials)
    assert (failed, nothing) == (Finding("fail", "real", "its receipts cannot be read"), 0.0)
    assert (well.level, well.what, cost) == ("ok", "labeler eyes", 0.5)
