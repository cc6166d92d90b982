"""Loading: from objects of the store to rows of the warehouse, a partition or a study at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from warehouse import keys
from warehouse.closeness import rounded
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading import objects, study_objects
from warehouse.loading.columns import columns, table_of
from warehouse.loading.counts import insert_clusters, insert_counts
from warehouse.loading.plan_rows import PLAN_TABLES, plan_tables
from warehouse.occasions import Occasion
from warehouse.store.base import Store
from warehouse.taken_back import retraction_rows, take_back, week_retractions

#: What is counted when a partition or a study is loaded; draws are of partitions alone.
COUNTED_TABLES = ("counts", "answers", "draws")
#: What is computed of a week; `STUDY_TABLES` names what of it is computed of a study, too.
COMPUTED_TABLES = (
    "withheld",
    "check_results",
    "labeler_drift",
    "agreement",
    "changes",
    "figures",
    "boards",
    "board_ranks",
    "board_pairs",
    "words",
    "claim_shares",
    "labeler_error",
)
#: What is loaded and counted of a partition.
PARTITION_TABLES = (
    *PLAN_TABLES,
    "attempts",
    "images",
    "clusters",
    "labels",
    "label_attempts",
    "retractions",
    *COUNTED_TABLES,
    "loads",
)
#: What is loaded, counted and computed of a study.
STUDY_TABLES = (
    *study_objects.TABLES,
    study_objects.SHOWS,
    "study_labels",
    "counts",
    "answers",
    "agreement",
    "figures",
    "boards",
    "board_ranks",
    "board_pairs",
    "words",
)

# The attempt that settled the slot: the first with a final outcome. Nothing is asked after it.
_IMAGES = """
INSERT INTO images BY NAME
SELECT * EXCLUDE (outcome)
FROM (
    SELECT
        week, model, slot_key, outcome, image_sha256, image_ext, image_bytes, image_mime,
        image_width, image_height, image_phash
    FROM attempts
    INNER JOIN outcomes USING (outcome)
    WHERE week = $week AND model = $model AND final
    QUALIFY row_number() OVER (PARTITION BY slot_key ORDER BY attempt) = 1
)
WHERE outcome = 'ok'
"""


def partitions(store: Store) -> list[tuple[str, str]]:
    """Return (week, model) of every plan in the store, sorted."""
    parsed = (keys.parse_partition(key) for key in store.list("plans/"))
    return sorted({partition for partition in parsed if partition is not None})


def load_partition(con: duckdb.DuckDBPyConnection, store: Store, week: str, model: str) -> dict[str, int]:
    """Replace the rows of one partition by what the store holds; return the number of rows for each table.

    Plan, highest manifest, label parts and paid labelers' calls are read and checked first; then delete and insert
    are one transaction. Without a manifest there are no attempts. Of two labels for one (slot, attribute, labeler,
    version) the first in the order of the parts' keys is kept. Slots that the plan does not know are loaded as
    they are: a quality check reports them. What was taken back (`retractions/`) is no picture, and no label.
    """
    names = objects.names_of(store, week, model)
    where = {"week": week, "model": model}
    attempts = objects.read_attempts(store, names)
    rows = {
        **plan_tables(objects.read_plan(store, week, model), week, model),
        "attempts": attempts,
        "labels": objects.read_labels(store, names),
        "label_attempts": objects.read_label_attempts(store, names),
        "retractions": table_of("retractions", retraction_rows(week_retractions(store, week, model))),
        "loads": table_of("loads", [{**where, "fingerprint": names.fingerprint, "manifest": names.manifest}]),
    }
    with transaction(con):
        replace_rows(con, where, PARTITION_TABLES, _known(rows))
        take_back(con, where)
        _insert_images(con, where)
        insert_clusters(con, attempts, where)
        insert_counts(con, where)
    return {table: _count(con, table, where) for table in PARTITION_TABLES}


def replace_results(con: duckdb.DuckDBPyConnection, occasion: Occasion, rows: Mapping[str, pa.Table]) -> None:
    """Replace the rows of a week or study in each of these tables, in one transaction; figures are rounded."""
    for table, new in rows.items():
        _only(new, occasion.column, occasion.name, table)
    with transaction(con):
        replace_rows(con, occasion.where, rows, {table: rounded(new) for table, new in rows.items()})


def load_study(con: duckdb.DuckDBPyConnection, store: Store, study: str) -> dict[str, int]:
    """Replace all rows of one imported study by what the store holds; return the number of rows for each table.

    Figures computed from the study before are deleted with the rows that they stood on. Of a study that was removed
    nothing is left.
    """
    where = {"study": study}
    seen = study_objects.fingerprint(store, study)  # before reading: what comes meanwhile is loaded next time
    rows = {}
    if study_objects.retraction_of(store, study) is None:
        loads = table_of("study_loads", [{**where, "fingerprint": seen}])
        rows = {**study_objects.read_study(store, study), "study_loads": loads}
    with transaction(con):
        replace_rows(con, where, (*STUDY_TABLES, "study_loads"), _known(rows))
        insert_counts(con, where)
    return {table: _count(con, table, where) for table in STUDY_TABLES}


def studies(store: Store) -> list[str]:
    """Return the names of the studies in the store whose import came to its end and that were not removed, sorted."""
    names = sorted({key.split("/")[1] for key in store.list("studies/") if key.count("/") > 1})
    return [study for study in names if study_objects.current_pointer(store, study) is not None]


def replace_rows(
    con: duckdb.DuckDBPyConnection,
    where: Mapping[str, str],
    tables: Iterable[str],
    rows: Mapping[str, pa.Table],
) -> None:
    """Delete what tables hold of a partition, week, study or set (`where`), and insert rows; in a transaction.

    The id of a request gets its hash beside it. A week may be text.
    """
    tables = [*tables]
    # Rows of a study have no week, also in tables that hold weeks; those of a set may have any.
    forget(con, tables, [where.get("week")] if {"week", "study"} & where.keys() else None)
    condition = " AND ".join(f"{column} = ${column}" for column in where) or "TRUE"
    for table in tables:
        con.execute(f"DELETE FROM {table} WHERE {condition}", dict(where))  # noqa: S608
    for table, new_rows in rows.items():
        hashed = ", sha256(request_id) AS request_sha256" if "request_id" in new_rows.column_names else ""
        if new_rows.num_rows:  # else no column has a type that fits
            try:
                con.execute(f"INSERT INTO {table} BY NAME SELECT *{hashed} FROM new_rows")  # noqa: S608
            except (duckdb.BinderException, duckdb.ConstraintException, duckdb.ConversionException) as error:
                of = " ".join(where.values())
                raise CorruptObjectError(
                    f"{of}: rows do not fit table {table}: {str(error).splitlines()[0]}"
                ) from error


def forget(
    con: duckdb.DuckDBPyConnection, tables: Iterable[str], weeks: Sequence[str | None] | None = None
) -> None:
    """Drop the kept hashes of rows that change (`week_hashes`); to be called in the transaction that changes them.

    Of the weeks given, None stands for rows without a week; without `weeks` all are dropped.
    """
    con.execute(
        "DELETE FROM week_hashes WHERE list_contains($tables, table_name) "
        "AND ($every OR list_contains($weeks, coalesce(strftime(week, '%Y-%m-%d'), '')))",
        {"tables": [*tables], "every": weeks is None, "weeks": [week or "" for week in weeks or ()]},
    )


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Return a context in which all changes are kept together, or, after any error, none of them."""
    con.execute("BEGIN")
    try:
        yield
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def _known(rows: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Return the columns of rows that their tables have: an object may have been written with more."""
    return {
        table: new.select([name for name in new.column_names if name in columns(table).names])
        for table, new in rows.items()
    }


def _insert_images(con: duckdb.DuckDBPyConnection, where: Mapping[str, str]) -> None:
    try:
        con.execute(_IMAGES, dict(where))
    except duckdb.ConstraintException as error:
        raise CorruptObjectError(
            f"{keys.attempts_prefix(where['week'], where['model'])}: an attempt with outcome ok lacks its image "
            f"({str(error).splitlines()[0]})"
        ) from error


def _only(rows: pa.Table, column: str, value: str, table: str) -> None:
    """Raise UsageError unless `column` holds `value` in every row."""
    if column not in rows.column_names:
        raise UsageError(f"rows for {table} have no column {column!r}")
    others = {str(found) for found in rows[column].unique().to_pylist()} - {value}
    if others:
        raise UsageError(f"rows for {table} belong to {column} {', '.join(sorted(others))}, not to {value}")


def _count(con: duckdb.DuckDBPyConnection, table: str, where: Mapping[str, str]) -> int:
    condition = " AND ".join(f"{column} = ${column}" for column in where)
    rows = con.execute(f"SELECT count(*) FROM {table} WHERE {condition}", dict(where)).fetchall()  # noqa: S608
    return int(rows[0][0])
