"""The hash of a table sees every identity value and nothing else."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse import builder
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import table_hash, table_hashes
from warehouse.errors import UsageError
from warehouse.loading import load
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection
Row = tuple[str | None, str | None, float | None, int | None, bool | None]

_TABLE = """
CREATE OR REPLACE TABLE t (
    a VARCHAR, b VARCHAR, x DOUBLE, n INTEGER, f BOOLEAN, made_at TIMESTAMP DEFAULT now()::TIMESTAMP
);
COMMENT ON COLUMN t.a IS 'identity: a'; COMMENT ON COLUMN t.b IS 'identity: b'; COMMENT ON COLUMN t.x IS 'identity: x';
COMMENT ON COLUMN t.n IS 'identity: n'; COMMENT ON COLUMN t.f IS 'identity: f';
COMMENT ON COLUMN t.made_at IS 'run time: at'
"""


def hashed(rows: Sequence[Row]) -> str:
    con = _database()
    con.execute(_TABLE)
    for row in rows:
        con.execute("INSERT INTO t (a, b, x, n, f) VALUES (?, ?, ?, ?, ?)", list(row))
    return table_hash(con, "t")


@cache
def _database() -> Con:
    """Return one database for all: to open one takes longer than to hash a table."""
    return connect(None)


def field(value: str | float | bool | None) -> bytes:
    """Return one value in the form that the module's docstring describes."""
    if value is None:
        return b"N"
    if isinstance(value, bool):
        text = "t" if value else "f"
    elif isinstance(value, float):
        text = f"{struct.unpack('>Q', struct.pack('>d', value))[0]:064b}"
    else:
        text = str(value)
    return f"{len(text.encode())}:{text}".encode()


def test_the_hash_is_the_documented_function_of_the_rows() -> None:
    rows: list[Row] = [("é", "", 0.1, -3, True), (None, "x\n", -1e300, None, False)]
    each = sorted(hashlib.sha256(b"".join(field(value) for value in row)).hexdigest() for row in rows)
    assert hashed(rows) == hashlib.sha256(("a,b,x,n,f\n" + "".join(each)).encode()).hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([("", None, None, None, None)], [(None, "", None, None, None)]),
        ([("ab", "c", None, None, None)], [("a", "bc", None, None, None)]),
        ([("1:b", "", None, None, None)], [("", "1:b", None, None, None)]),
        ([("N", None, None, None, None)], [(None, None, None, None, None)]),
        ([(None, None, 0.1 + 0.2, None, None)], [(None, None, 0.3, None, None)]),
        ([(None, None, None, 1, None)], [(None, None, None, None, True)]),
        ([("a", None, None, None, None)], [("a", None, None, None, None)] * 2),
        ([], [(None, None, None, None, None)]),
        ([("\u00e9", None, None, None, None)], [("e\u0301", None, None, None, None)]),
    ],
)
def test_different_rows_have_different_hashes(one: list[Row], other: list[Row]) -> None:
    assert hashed(one) != hashed(other)


def test_the_two_zeros_are_one_number() -> None:
    assert hashed([(None, None, 0.0, None, None)]) == hashed([(None, None, -0.0, None, None)])


_text = st.none() | st.text(alphabet="ab:1N\n'", max_size=3)
_rows = st.lists(
    st.tuples(
        _text,
        _text,
        st.none() | st.floats(allow_nan=False),
        st.none() | st.integers(-9, 9),
        st.none() | st.booleans(),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(_rows, st.randoms())
def test_order_does_not_matter_and_content_does(rows: list[Row], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert hashed(shuffled) == hashed(rows)
    changed = [("changed", *row[1:]) for row in rows[:1]] + rows[1:]
    assert (hashed(changed) == hashed(rows)) == (not rows)


def test_the_hash_is_independent_of_layout_and_of_run_time_columns(store: Store) -> None:
    for week in (builder.WEEK, builder.WEEK_53):
        for model in ("a", "b"):
            builder.build_partition(store, week, model, outcomes=builder.mixed)
    with connect(None) as one, connect(None) as other:
        make_tables(one)
        make_tables(other)
        for week, model in load.partitions(store):
            load.load_partition(one, store, week, model)
        for week, model in [*reversed(load.partitions(store)), *load.partitions(store)[:2]]:
            load.load_partition(other, store, week, model)
        other.execute("UPDATE attempts SET latency_ms = 1, requested_at = NULL, attempt = attempt + 1")
        other.execute("UPDATE labels SET labeled_at = NULL")
        assert table_hashes(one) == table_hashes(other)
        other.execute("UPDATE labels SET value = 'other' WHERE slot_key = (SELECT max(slot_key) FROM labels)")
        differ = {table for table, found in table_hashes(one).items() if found != table_hash(other, table)}
        assert differ == {"labels"}


def test_an_unknown_table_or_one_without_identity_is_refused(con: Con) -> None:
    with pytest.raises(UsageError, match="no table 'nowhere'"):
        table_hash(con, "nowhere")
    with pytest.raises(UsageError, match="bookkeeping"):
        table_hash(con, "schema_hash")
    con.execute("CREATE TABLE odd (a STRUCT(b INTEGER)); COMMENT ON COLUMN odd.a IS 'identity: a'")
    with pytest.raises(UsageError, match="has no fixed text form"):
        table_hash(con, "odd")
