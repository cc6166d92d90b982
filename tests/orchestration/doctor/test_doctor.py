"""`cliche doctor`: each thing that can be wrong gets its line, and no paid call is made."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from shutil import _ntuple_diskusage
from typing import Any, ClassVar

import pytest

from assets.generation.partition import ask_partition
from assets.generation.providers.registry import PROVIDERS
from tests.orchestration.installation import Cliche, Installation, entry
from tests.orchestration.paid import LOSING, PRICE, PROBED
from tests.services.loopback import Server, running
from warehouse.weeks import current_week

CAPS = {"week_usd": 10, "month_usd": 20}
#: Looked up this week: a price is old after a while.
FRESH = {**PRICE, "date": current_week()}


def real(**changes: Any) -> dict[str, Any]:
    values = {"provider": "probed", "model_id": "classic", "price": FRESH, "cap_usd": 5, **changes}
    return {**entry("real"), **values}


@pytest.fixture
def home(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation in which all is well: a paid model with a key, a price and caps."""
    monkeypatch.setitem(PROVIDERS, "probed", PROBED)
    monkeypatch.setitem(PROVIDERS, "losing", LOSING)
    monkeypatch.setenv("TEST_API_KEY", "right")
    fresh.configure(caps=CAPS)
    fresh.write_models(real())
    return fresh


def lines(out: str, what: str) -> list[tuple[str, str]]:
    """The (level, line) of everything that was said of one thing."""
    found = []
    for line in out.splitlines():
        level, _, rest = line.partition(" ")
        if level in {"ok", "warn", "fail"} and rest.strip().startswith(f"{what} "):
            found.append((level, rest.strip().removeprefix(what).strip()))
    return found


def test_with_nothing_configured_everything_is_well(fresh: Installation, cliche: Cliche) -> None:
    fresh.write_models(entry("sim-drift"))
    ended = cliche("doctor")
    assert (ended.code, ended.err) == (0, "")
    assert lines(ended.out, "models") == [
        ("ok", "sim-drift: asked on this machine, no key and no money is needed")
    ]
    assert [level for level, _ in lines(ended.out, "store")] == ["ok"]
    assert lines(ended.out, "clock")[0][1].startswith("not compared: the store is a folder of this machine")
    assert lines(ended.out, "labeler drawing") == [("ok", "reads on this machine")]
    assert lines(ended.out, "caps") == []
    assert ended.out.endswith("No paid call was made.\n")
    assert not list(fresh.store.list(""))


def test_a_key_a_model_a_price_and_caps_that_are_well(home: Installation, cliche: Cliche) -> None:
    ended = cliche("doctor")
    assert ended.code == 0, ended.out
    assert lines(ended.out, "real") == [
        ("ok", "the key works, classic is asked for"),
        ("ok", f"$0.2500 per picture, looked up on {current_week()} (test)"),
    ]
    assert lines(ended.out, "caps") == [("ok", "week_usd $10.00, month_usd $20.00")]


@pytest.mark.parametrize(
    ("changes", "key", "level", "said"),
    [
        ({}, "wrong", "fail", "401: the key is not valid; fix the key, or key_env of its"),
        ({}, None, "warn", "not known without a paid call: no key: set the variable"),
        ({"model_id": "gone"}, "right", "fail", "gone is asked for; fix model_id in models.yaml"),
        ({"price": None}, "right", "fail", 'model "real" costs money and has no price; write price'),
        ({"price": {**PRICE, "date": "2026-08-01"}}, "right", "warn", "days old; check it again and update"),
        ({"price": {**FRESH, "source": "Check before use"}}, "right", "warn", "look it up at its maker's"),
    ],
)
def test_what_is_wrong_with_a_model_gets_a_line_with_how_to_mend_it(
    home: Installation,
    cliche: Cliche,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    key: str | None,
    level: str,
    said: str,
) -> None:
    home.write_models(real(**changes))
    monkeypatch.setenv("TEST_API_KEY", key) if key else monkeypatch.delenv("TEST_API_KEY")
    ended = cliche("doctor")
    assert ended.code == int(level == "fail"), ended.out
    assert any((level, said in line) == (found, True) for found, line in lines(ended.out, "real")), ended.out


def test_a_models_file_in_the_home_that_is_not_read(home: Installation, cliche: Cliche) -> None:
    home.configure(models=None)
    told = ("warn", f"{home.home / 'models.yaml'} is not read: write models: models.yaml in cliche.yaml")
    assert told in lines(cliche("doctor").out, "settings")


def test_missing_caps_are_told(home: Installation, cliche: Cliche) -> None:
    home.configure()
    home.write_models(real(cap_usd=None))
    ended = cliche("doctor")
    assert ended.code == 0
    assert ("warn", "no cap: set cap_usd here, or week_usd of caps in cliche.yaml") in lines(
        ended.out, "real"
    )
    assert lines(ended.out, "caps") == [("warn", "not set: week_usd, month_usd (caps in cliche.yaml)")]


def test_a_price_table_that_is_wrong_is_told(home: Installation, cliche: Cliche) -> None:
    suites = [{"suite": "startup-ceo@1", "replicates": 6, "prompts": ["ceo-his"]}]
    home.write_models(real(provider="losing", suites=suites, cap_usd=50))
    ask_partition(home.place(), "real", current_week())
    said = lines(cliche("doctor").out, "real")
    assert ("warn", "there is no free call; its key is tried by the first paid one") not in said
    assert any("costs 4.00 times what its price expects" in line for level, line in said if level == "warn")


def test_wrong_settings_models_and_stores_are_lines_too(home: Installation, cliche: Cliche) -> None:
    home.write_models(real(nmae="x"))
    ended = cliche("doctor")
    assert ended.code == 1
    assert 'unknown key "nmae"; did you mean "name"?' in lines(ended.out, "settings")[0][1]
    assert lines(ended.out, "store")[0][0] == "ok"  # what does not depend on it is looked at all the same
    (home.home / "file").write_text("")
    home.configure(store="file", caps=CAPS)
    home.write_models(real())
    ended = cliche("doctor")
    assert (ended.code, lines(ended.out, "store")[0][0]) == (1, "fail"), ended.out + ended.err
    home.configure(caps={"week": 1})
    ended = cliche("doctor")
    assert (ended.code, lines(ended.out, "settings")[0][0]) == (1, "fail")


def test_a_labeler_that_cannot_work_is_told(home: Installation, cliche: Cliche) -> None:
    home.write_models(real(also_labelers=["vision"]))
    with (home.home / "models.yaml").open("a") as file:
        file.write("labelers:\n- {name: vision, labeler: openai_vision, model_id: gpt-5}\n")
    ended = cliche("doctor")
    said = lines(ended.out, "labeler vision")
    assert ended.code == 1
    assert any(level == "fail" and "OPENAI_API_KEY" in line for level, line in said), ended.out
    assert ("fail", "no price holds today: write price with source and date in models.yaml") in said


def test_little_room_is_told(home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level, code in ((5e9, "warn", 0), (5e8, "fail", 1)):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, free=free: _ntuple_diskusage(1, 1, free))
        ended = cliche("doctor")
        assert ([found for found, _ in lines(ended.out, "disk")], ended.code) == ([level], code)


# the clock


class Clock(BaseHTTPRequestHandler):
    off: ClassVar[dt.timedelta] = dt.timedelta()
    asked: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        self.asked.append(f"{self.command} {self.headers.get('authorization')}")
        self.send_response_only(401)
        self.send_header("Date", format_datetime(dt.datetime.now(dt.UTC) + self.off, usegmt=True))
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def server() -> Iterator[str]:
    Clock.asked.clear()
    with running(Server(("127.0.0.1", 0), Clock)) as address:
        yield f"{address}/v1"


@pytest.mark.parametrize(
    ("off_s", "level", "said"),
    [
        (0, "ok", "within 1 s of http://127.0.0.1:"),
        (-90, "warn", " s off from http"),
        (3600, "fail", " s off from "),
    ],
)
def test_the_clock_is_compared_with_the_apis_without_a_key(
    home: Installation,
    cliche: Cliche,
    monkeypatch: pytest.MonkeyPatch,
    server: str,
    off_s: float,
    level: str,
    said: str,
) -> None:
    monkeypatch.setattr(Clock, "off", dt.timedelta(seconds=off_s))
    home.write_models(real(connection={"base_url": server, "allow_private": True}))
    ended = cliche("doctor")
    assert [found for found, _ in lines(ended.out, "clock")] == [level], ended.out
    assert said in lines(ended.out, "clock")[0][1]
    assert ended.code == (1 if level == "fail" else 0)
    assert Clock.asked == ["HEAD None"]


@pytest.mark.s3
def test_the_clock_is_compared_with_the_store(
    home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch, s3_address: str
) -> None:
    monkeypatch.setenv("CLICHE_STORE", s3_address)
    said = cliche("doctor").out
    assert lines(said, "clock") == [("ok", f"within 1 s of {s3_address}")]
    assert lines(said, "store")[0][0] == "ok"
