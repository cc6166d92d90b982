"""Machines that share a PostgreSQL share the record of what was sent; their homes hold nothing of it."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from pydantic import SecretStr

from assets.gateway.money.ledger_server import ServerBook
from orchestration.alerts.record import opened
from orchestration.alerts.watch import look_once
from tests.orchestration.alerts.watching import ALERTS, Watch, at, watching
from tests.orchestration.installation import MODELS, Installation, copy, entry
from tests.services.postgres import PASSWORD, Postgres
from warehouse.errors import ClicheError
from warehouse.integrity import record

MONDAY = at("2026-11-16 13:00")


@pytest.fixture
def machines(published: Installation, tmp_path: Path) -> list[Installation]:
    """Two homes on one store, of which one week was asked."""
    published.configure(alerts=ALERTS, store=str(published.home / "store"))
    return [published, copy(published, tmp_path / "there")]


def sent(machine: Installation, address: str, watch: Watch, hours: float) -> list[str]:
    """Look in one home; return the kinds of alerts that arrived."""
    before = len(watch.bodies)
    shared = machine.settings.model_copy(update={"postgres": SecretStr(address)})
    look_once(
        shared, machine.place, MONDAY + timedelta(hours=hours), None, {"CLICHE_ALERT_WEBHOOK": watch.url}
    )
    return [body["text"].splitlines()[0] for body in watch.bodies[before:]]


def test_what_one_home_sent_the_other_does_not(machines: list[Installation], postgres: Postgres) -> None:
    address = postgres.fresh_address()
    here, there = machines
    with watching(here) as watch:
        assert sent(here, address, watch, 0) != []
        assert sent(there, address, watch, 1) == []
        for machine in machines:  # nobody is asked any more: it is over
            machine.write_models(*(entry(name, until="2026-11-09") for name in MODELS))
        assert sent(there, address, watch, 2) == []
        for machine in machines:
            machine.write_models(*(entry(name) for name in MODELS))
        assert sent(here, address, watch, 3) != []
        assert sent(there, address, watch, 4) == []
        postgres.run("DROP SCHEMA cliche CASCADE", address.rpartition("/")[2])
        assert sent(there, address, watch, 5) != []
    assert not [path for machine in machines for path in machine.home.glob("alerts.jsonl")]


def test_two_who_look_at_once_take_turns(postgres: Postgres, tmp_path: Path) -> None:
    address = SecretStr(postgres.fresh_address())
    seen = []

    def other() -> None:
        with opened(tmp_path, address) as record:
            seen.append(record.began)

    with opened(tmp_path, address) as record:
        waiting = threading.Thread(target=other)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        record.begin(MONDAY)
    waiting.join(30)
    assert seen == [MONDAY]


def test_a_user_who_owns_the_schema_alone_needs_no_other_right(postgres: Postgres, tmp_path: Path) -> None:
    """As docs/operations/machines.md says; the spending ledger is in that schema too."""
    address = postgres.fresh_address()
    database = address.rpartition("/")[2]
    postgres.run("CREATE ROLE low LOGIN PASSWORD 'low'")
    postgres.run("CREATE SCHEMA cliche AUTHORIZATION low", database)
    low = address.replace(f"cliche:{PASSWORD}@", "low:low@")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), psycopg2.connect(low) as con:
        con.cursor().execute("CREATE SCHEMA another")
    with opened(tmp_path, SecretStr(low)) as record:
        record.begin(MONDAY)
    assert ServerBook(low, "store").transact(lambda rows: rows.filled("x"), lambda rows: None) is False
    with opened(tmp_path, SecretStr(low)) as record:
        assert record.began == MONDAY


def test_a_record_that_is_away_is_one_line(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.postgres.FIRST_PATIENCE_S", 0.0)
    fresh.configure(alerts=ALERTS)
    with watching(fresh) as watch:
        with pytest.raises(
            ClicheError, match=r"^the record of alerts in PostgreSQL \(127.0.0.1:1/x\)"
        ) as error:
            sent(fresh, "postgresql://me:geheim@127.0.0.1:1/x", watch, 0)
        assert "geheim" not in str(error.value) + str(watch.bodies)
        (body,) = watch.bodies
    assert body["text"].startswith("Cliché: Alerts cannot be looked for")


def test_when_the_store_was_read_is_known_to_every_home(postgres: Postgres, tmp_path: Path) -> None:
    address = SecretStr(postgres.fresh_address())
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    assert record.last(record.BACKUP, there, "s3://b", address) is None
    record.keep(here, record.BACKUP, "s3://b", 7, to="s3://copy")
    record.share(here, record.BACKUP, address)
    found = record.last(record.BACKUP, there, "s3://b", address)
    assert found is not None
    assert (found.objects, found.to) == (7, "s3://copy")
    assert record.last(record.BACKUP, there, "s3://another", address) is None
    assert record.last(record.READ, here, "s3://b", address) is None
    assert record.last(record.BACKUP, there, "s3://b") is None  # alone, each home has its own
