"""A key is nowhere but in the request: not in any byte that is written, not in anything that is printed or logged.

A week is run by the command against a server that echoes the key in every place that it can. Then everything below
CLICHE_HOME is read, compressed columns and databases too.
"""

from __future__ import annotations

import base64
import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
import tenacity

from tests.orchestration.conftest import cliche  # noqa: F401 - a fixture
from tests.orchestration.installation import Cliche, Installation, entry, install
from tests.services.faulty import Behaviour, Call, serve
from tests.unit.gateway.network.test_http import cut
from warehouse.database.connection import connect
from warehouse.weeks import current_week

KEY_ENV = "SECRETS_TEST_KEY"
KEY = "sk-proj-CanaryOfTheKey/0123456789+abcdefghij"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


def forms(key: str) -> list[bytes]:
    """The key, in an address, and in base64 at each alignment (without what neighbors change)."""
    plain = [key, quote(key, safe="")]
    encoded = [base64.b64encode(b"\0" * shift + key.encode()).decode()[4:-4] for shift in range(3)]
    return [form.encode() for form in (*plain, *encoded)]


# --- a server that echoes what it was sent


def echo(call: Call) -> str:
    """Everything of the request, as a careless service puts it into its messages."""
    sent = str(call.headers["authorization"])
    return f"{sent} {quote(sent, safe='')} {base64.b64encode(sent.encode()).decode()}"


def draws(call: Call) -> None:
    call.answer(
        body={
            "created": 1,
            "data": [{"b64_json": base64.b64encode(PNG).decode(), "revised_prompt": f"A CEO. {echo(call)}"}],
            "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2, "debug": echo(call)},
        },
    )


def error(status: int, **more: Any) -> Behaviour:
    return lambda call: call.answer(
        status, {"error": {"message": f"You sent {echo(call)}", "param": None, **more}}
    )


def page(call: Call) -> None:
    call.answer(418, f"<html>{echo(call)}</html>", "text/html")


def address(call: Call) -> None:
    """An address that holds the key and is not fetched."""
    call.answer(
        body={"created": 1, "data": [{"url": f"https://evil.test/{quote(KEY)}?key={quote(KEY, safe='')}"}]}
    )


#: What the calls of the second model meet, one after the other; a key that is refused ends its run.
MISHAPS: tuple[Behaviour, ...] = (
    page,
    cut,
    address,
    error(500, type="server_error", code=KEY),
    error(400, type=KEY, code="moderation_blocked", moderation_details={"categories": [KEY]}),
    error(401, type="invalid_request_error", code="invalid_api_key"),
)


def fails(call: Call) -> None:
    MISHAPS[min(call.number, len(MISHAPS)) - 1](call)


ROWS: dict[str, Behaviour] = {"draws": draws, "fails": fails}


# --- everything that was written, in readable form


def readable(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what its compression or database format hides in them."""
    yield path.read_bytes()
    if path.suffix == ".parquet":
        for column in pq.read_table(path).columns:
            yield repr(column.to_pylist()).encode()
    elif path.suffix == ".duckdb":
        with connect(path, read_only=True) as con:
            tables = con.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
            ).fetchall()
            for schema, table in tables:
                yield repr(con.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()).encode()
    elif path.suffix == ".db" or path.read_bytes()[:15] == b"SQLite format 3":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as con:
            for (table,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                yield repr(con.execute(f'SELECT * FROM "{table}"').fetchall()).encode()


def found_in(home: Path) -> list[str]:
    return [
        f"{path.relative_to(home)}: {form.decode()}"
        for path in sorted(home.rglob("*"))
        if path.is_file()
        for text in readable(path)
        for form in forms(KEY)
        if form in text
    ]


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Installation]:
    monkeypatch.setenv(KEY_ENV, KEY)
    # Dagster's records must outlive the test: this process's last instance is asked again by others.
    with serve(ROWS) as faulty:
        monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
        made = install(tmp_path / "home", deadline_hours=0.001)
        made.write_models(
            *(
                entry(
                    name,
                    provider="openai_images",
                    model_id="m",
                    params={},
                    concurrency=1,
                    connection={
                        "base_url": f"{faulty.url}/{name}",
                        "allow_private": True,
                        "key_env": KEY_ENV,
                    },
                    price={"per_image_usd": 0.04, "source": "test", "date": "2026-11-01"},
                    suites=[{"suite": "startup-ceo@1", "replicates": 2, "prompts": ["ceo-his"]}],
                )
                for name in ROWS
            )
        )
        yield made


def test_no_key_is_written_printed_or_logged(
    installation: Installation,
    cliche: Cliche,  # noqa: F811
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jittered = tenacity.wait_random_exponential
    monkeypatch.setattr(
        tenacity, "wait_random_exponential", lambda **most: jittered(multiplier=0.01, max=0.01)
    )
    caplog.set_level(logging.DEBUG)
    for quiet in ("great_expectations", "asyncio", "alembic"):
        logging.getLogger(quiet).setLevel(logging.INFO)
    ran = cliche("run", "--yes", "--week", current_week())
    told = cliche("status", "--week", current_week())
    assert ran.code == 1
    assert (
        "auth: You sent Bearer [key]" in ran.err
    )  # what was echoed did arrive, and is reported without the key
    assert "is current" in ran.out  # an edition was made
    store = installation.store
    receipts = [json.loads(store.get(key)) for key in store.list("attempts/") if "/manifest-" not in key]
    assert Counter(receipt["outcome"] for receipt in receipts) == {
        "ok": 2, "server_error": 2, "connection": 1, "wrong_type": 1, "blocked_input": 1, "auth": 1,
    }  # fmt: skip
    for receipt in receipts:
        assert "[key]" in json.dumps(receipt) or receipt["outcome"] in {"connection", "wrong_type"}, receipt
    assert found_in(installation.home) == []
    for printed in (ran.out, ran.err, told.out, told.err, caplog.text):
        assert not [form for form in forms(KEY) if form.decode() in printed]


def test_the_search_finds_a_key_in_every_kind_of_file_that_is_written(tmp_path: Path) -> None:
    import duckdb
    import pyarrow as pa

    text = f"{'x' * 50} {base64.b64encode(f'Bearer {KEY}'.encode()).decode()}"
    (tmp_path / "plain.json").write_text(text)
    pq.write_table(pa.table({"a": [text] * 100}), tmp_path / "a.parquet", compression="zstd")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as con:
        con.execute("CREATE TABLE t AS SELECT $text AS a FROM range(1000)", {"text": text})
    with closing(sqlite3.connect(tmp_path / "a.db")) as lite:
        lite.execute("CREATE TABLE t (a)")
        lite.execute("INSERT INTO t VALUES (?)", (text,))
        lite.commit()
    assert {line.partition(":")[0] for line in found_in(tmp_path)} == {
        "plain.json",
        "a.parquet",
        "a.duckdb",
        "a.db",
    }
