"""Loading: from objects of the store to rows of the warehouse, a partition or a study at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from warehouse import keys, occasions
from warehouse.closeness import rounded
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading import anchor_objects, objects, study_objects
from warehouse.loading.columns import table_of
from warehouse.loading.counts import insert_clusters, insert_counts
from warehouse.loading.plan_rows import plan_tables
from warehouse.occasions import Occasion
from warehouse.store.base import Store
from warehouse.taken_back import retraction_rows, take_back, week_retractions

#: What is counted when a study, or a partition is loaded: of that draws, too.
_COUNTED = ("counts", "answers")
COUNTED_TABLES = (*_COUNTED, "draws")
#: What is computed of a week and of a study alike.
_FIGURES = ("figures", "boards", "board_ranks", "board_pairs", "words")
#: Tables that are loaded from the store, a partition at a time.
PARTITION_TABLES = (
    "plans",
    "model_titles",
    "prompts",
    "prompt_attributes",
    "attribute_values",
    "reference_values",
    "slots",
    "attempts",
    "images",
    "clusters",
    "labels",
    "label_attempts",
    "retractions",
    *COUNTED_TABLES,
    "loads",
)
#: What is computed of the span that ends with a week, when it is known who is withheld.
SPAN_TABLES = ("changes", *_FIGURES, "claim_shares", "labeler_error")
#: Tables that are computed when a week is published, and replaced a week at a time.
WEEK_TABLES = ("withheld", "check_results", "labeler_drift", "agreement", *SPAN_TABLES)
#: Tables of imported studies, in the order in which they are loaded: what was imported, and what is computed from it.
_STUDY_IMPORTED = (*study_objects.TABLES, "study_labels")
_STUDY_COMPUTED = ("agreement", *_FIGURES)
STUDY_TABLES = (*_STUDY_IMPORTED, *_COUNTED, *_STUDY_COMPUTED)
#: All tables that are computed; their figures may differ in the last digits where another processor computes them.
COMPUTED_TABLES = tuple(dict.fromkeys((*WEEK_TABLES, *_STUDY_COMPUTED)))

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
    found = (keys.parse_partition(key) for key in store.list("plans/"))
    return sorted({partition for partition in found if partition is not None})


def load_partition(con: duckdb.DuckDBPyConnection, store: Store, week: str, model: str) -> dict[str, int]:
    """Replace the rows of one partition by what the store holds; return the number of rows for each table.

    Plan, highest manifest, label parts and paid labelers' calls are read and checked first; then delete and insert
    are one transaction. Without a manifest there are no attempts. Of two labels for one (slot, attribute, labeler,
    version) the first in the order of the parts' keys is kept. Slots that the plan does not know are loaded as
    they are: a quality check reports them. What was taken back (`retractions/`) is no picture, and no label.
    """
    seen = objects.names_of(store, week, model)  # before reading: what comes meanwhile is loaded next time
    plan = objects.read_plan(store, week, model)
    rows: dict[str, pa.Table] = {
        **plan_tables(plan, week, model),
        "attempts": objects.read_attempts(store, week, model),
        "labels": objects.read_labels(store, week, model),
        "label_attempts": objects.read_label_attempts(store, week, model),
        "retractions": table_of("retractions", retraction_rows(week_retractions(store, week, model))),
    }
    where = {"week": week, "model": model}
    with transaction(con):
        forget(con, PARTITION_TABLES, [week])
        for table in PARTITION_TABLES:
            con.execute(f"DELETE FROM {table} WHERE week = $week AND model = $model", where)  # noqa: S608
        for table, new in rows.items():
            try:
                _insert(con, table, _known(con, table, new))
            except UsageError as error:
                raise CorruptObjectError(f"partition {model} in week {week}: {error}") from error
        take_back(con, where)
        _insert_images(con, where)
        insert_clusters(con, rows["attempts"], where)
        insert_counts(con, where)
        con.execute(
            "INSERT INTO loads VALUES ($week, $model, $fingerprint, $manifest)",
            {**where, "fingerprint": seen.fingerprint, "manifest": seen.manifest},
        )
    return {table: _count(con, table, where) for table in PARTITION_TABLES}


def load_anchors(
    con: duckdb.DuckDBPyConnection, store: Store, through: str = "9999-12-27"
) -> list[str | None]:
    """Bring the anchor tables up to the store, through one week; return the weeks that were replaced.

    None among them stands for the sets themselves. A week whose objects have the names that were loaded is left alone.
    """
    found = anchor_objects.listing(store)
    there = anchor_objects.fingerprints(found)
    known = {
        week and week.isoformat(): fingerprint
        for week, fingerprint in con.execute("SELECT week, fingerprint FROM anchor_loads").fetchall()
    }
    stale = [week for week in there if known.get(week) != there[week] and (week or "") <= through]
    for week in sorted(stale, key=str):
        if week is None:
            sets = [anchor_objects.read_pictures(store, name) for name in found.sets]
            rows = {"anchors": pa.concat_tables(sets)}
        else:
            labels = [one for one in found.labels if one.week == week]
            accepted = [one for one in found.accepted if one.week == week]
            rows = {
                "anchor_labels": anchor_objects.read_labels(store, labels),
                "drift_acceptances": anchor_objects.accepted_table(store, accepted),
            }
        with transaction(con):
            forget(con, rows, None if week is None else [week])
            for table, new in rows.items():
                where = "" if week is None else " WHERE week = $week"
                con.execute(f"DELETE FROM {table}{where}", {} if week is None else {"week": week})  # noqa: S608
                _insert(con, table, new)
            con.execute("DELETE FROM anchor_loads WHERE week IS NOT DISTINCT FROM $week", {"week": week})
            con.execute("INSERT INTO anchor_loads VALUES ($week, $seen)", {"week": week, "seen": there[week]})
    return sorted(stale, key=str)


def replace_week(con: duckdb.DuckDBPyConnection, table: str, week: str, rows: pa.Table) -> None:
    """Replace the rows of one week in a table of `WEEK_TABLES`, in one transaction; figures are rounded."""
    if table not in WEEK_TABLES:
        raise UsageError(f"{table!r} is not replaced by the week; those are {', '.join(WEEK_TABLES)}")
    _replace(con, occasions.week(week), {table: rows})


def replace_history(con: duckdb.DuckDBPyConnection, inputs: Mapping[str, str]) -> None:
    """Keep what spans of each week were computed from; weeks that are not among the inputs count as not computed."""
    with transaction(con):
        con.execute("DELETE FROM history_weeks")
        con.execute(
            "INSERT INTO history_weeks SELECT unnest($weeks), unnest($inputs)",
            {"weeks": [*inputs], "inputs": [*inputs.values()]},
        )


def replace_study(con: duckdb.DuckDBPyConnection, study: str, tables: Mapping[str, pa.Table]) -> None:
    """Replace the rows of one study in each of `tables` (table name → rows), in one transaction; figures are rounded.

    Tables that are not named keep their rows.
    """
    for table in tables:
        if table not in STUDY_TABLES:
            raise UsageError(f"{table!r} is no table of studies; those are {', '.join(STUDY_TABLES)}")
    _replace(con, occasions.study(study), tables)


def _replace(con: duckdb.DuckDBPyConnection, occasion: Occasion, tables: Mapping[str, pa.Table]) -> None:
    column = occasion.column
    for table, rows in tables.items():
        _only(rows, column, occasion.name, table)
    with transaction(con):
        forget(con, tables, [occasion.name if column == "week" else None])
        for table, rows in tables.items():
            con.execute(f"DELETE FROM {table} WHERE {column} = ${column}", occasion.where)  # noqa: S608
            _insert(con, table, rounded(rows))


def load_study(con: duckdb.DuckDBPyConnection, store: Store, study: str) -> dict[str, int]:
    """Replace all rows of one imported study by what the store holds; return the number of rows for each table.

    Figures computed from the study before are deleted with the rows that they stood on. Of a study that was removed
    nothing is left.
    """
    seen = study_objects.fingerprint(store, study)  # before reading, as for a partition
    removed = study_objects.retraction_of(store, study) is not None
    tables = {} if removed else study_objects.read_study(store, study)
    with transaction(con):
        forget(con, STUDY_TABLES, [None])  # of what has weeks too, a study's rows have none
        for table in STUDY_TABLES:
            con.execute(f"DELETE FROM {table} WHERE study = $study", {"study": study})  # noqa: S608
        for table, rows in tables.items():
            try:
                _insert(con, table, _known(con, table, rows))
            except UsageError as error:
                raise CorruptObjectError(f"{keys.study_prefix(study)}: {error}") from error
        insert_counts(con, {"study": study})
        con.execute("DELETE FROM study_loads WHERE study = $study", {"study": study})
        if not removed:
            con.execute("INSERT INTO study_loads VALUES ($study, $seen)", {"study": study, "seen": seen})
    return {table: _count(con, table, {"study": study}) for table in STUDY_TABLES}


def studies(store: Store) -> list[str]:
    """Return the names of the studies in the store whose import came to its end and that were not removed, sorted."""
    found = sorted({key.split("/")[1] for key in store.list("studies/") if key.count("/") > 1})
    return [study for study in found if study_objects.current_pointer(store, study) is not None]


def forget(
    con: duckdb.DuckDBPyConnection, tables: Iterable[str], weeks: Sequence[str | None] | None = None
) -> None:
    """Drop the kept hashes of rows that change (`week_hashes`); to be called in the transaction that changes them.

    Of the weeks given, None stands for rows without a week; without `weeks` all are dropped.
    """
    con.execute(
        "DELETE FROM week_hashes WHERE list_contains($tables, table_name) "
        "AND ($every OR list_contains($weeks, coalesce(strftime(week, '%Y-%m-%d'), '')))",
        {
            "tables": [*tables],
            "every": weeks is None,
            "weeks": [week or "" for week in weeks or ()],
        },
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


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Insert rows by the names of their columns, an id of a request with its hash; a week may be text."""
    if rows.num_rows == 0:
        return
    new_rows = rows  # noqa: F841 - DuckDB finds the Arrow table by this name
    columns = "*, sha256(request_id) AS request_sha256" if "request_id" in rows.column_names else "*"
    try:
        con.execute(f"INSERT INTO {table} BY NAME SELECT {columns} FROM new_rows")  # noqa: S608
    except (duckdb.BinderException, duckdb.ConstraintException, duckdb.ConversionException) as error:
        raise UsageError(f"rows do not fit table {table}: {str(error).splitlines()[0]}") from error


def _known(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> pa.Table:
    """Return the columns of `rows` that the table has: an object may have been written with more."""
    known = {row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()}
    return rows.select([name for name in rows.column_names if name in known])


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
    found = con.execute(f"SELECT count(*) FROM {table} WHERE {condition}", dict(where)).fetchone()  # noqa: S608
    return int(found[0]) if found else 0
