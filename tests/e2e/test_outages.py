"""What can go wrong while a real provider is asked: for each way the outcomes, the exit code and what the page says.

One table: each row is a model of its own, asked through the real SDK by the steps of `cliche run`, against a server
that misbehaves as the row says. All rows stand in one edition.
"""

from __future__ import annotations

import html
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import tenacity
import trustme

from assets.gateway import calls
from assets.gateway.breaker import Breaker
from assets.gateway.receipts import Receipt, read_partition
from assets.gateway.records import Outcome
from assets.generation import partition as asking
from assets.generation.partition import ask_partition
from assets.generation.workplace import Workplace
from assets.labeling.partition import label
from assets.labeling.status import PartitionState, partition_state
from assets.leaderboard import sheets
from assets.leaderboard.asset import publish_week
from assets.metrics.week import score_weeks
from orchestration import weekly
from orchestration.weekly import Ran
from tests.e2e.benchmark import folder_in_memory, place_of
from tests.e2e.outages import (
    ANSWERS,
    BAD_DATA,
    CALLS_IN_TEN_MINUTES,
    CLOCK,
    KEY_ENV,
    NO_KEY,
    ROWS,
    SLOTS,
    TEN_MINUTES,
    TRIES,
    WEEK,
    Row,
    points_to,
)
from tests.orchestration.conftest import cliche  # noqa: F401 - a fixture
from tests.orchestration.installation import Cliche, Installation, entry, install
from tests.services.faulty import Faulty, serve
from warehouse.database.connection import connect
from warehouse.store import Store

SCALE = 0.001  # of the waits between tries
PAGES = ("compare", "models", "status")  # the kinds that are read
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
        patch.setattr(sheets, "KINDS", [kind for kind in sheets.KINDS if kind.id in PAGES])
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
