"""Reading gold sets from the store as rows, and loading them; no code of `assets` is needed.

gold/<set>/sample.json              pictures, strata and inclusion probabilities; written once
gold/<set>/labels-<hash>.parquet    what an import added: task, attribute, rater, value, imported_at
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import keys
from warehouse.canonical import digest
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading.columns import table_of
from warehouse.loading.load import replace_rows, transaction
from warehouse.loading.objects import known, read_json, read_parquet
from warehouse.store.base import Store
from warehouse.taken_back import answers_taken, week_retractions

FORMAT = 1
#: Tables of gold sets, all replaced when a set is loaded.
GOLD_TABLES = ("gold_samples", "gold_strata", "gold_labels")
#: The columns of a label part.
LABEL_SCHEMA = pa.schema(
    {**dict.fromkeys(("task", "attribute", "rater", "value"), pa.string()), "imported_at": pa.timestamp("us")}
)


def gold_sets(store: Store) -> list[str]:
    """Return the names of the gold sets in the store, sorted."""
    return sorted(
        key.split("/")[1] for key in store.list("gold/") if key == keys.gold_sample(key.split("/")[1])
    )


def label_keys(store: Store, gold_set: str) -> list[str]:
    """Return the keys of what was imported into a set, sorted."""
    return sorted(store.list(f"{keys.gold_prefix(gold_set)}labels-"))


def fingerprint(store: Store, gold_set: str) -> str:
    """Return a digest of the names of the objects that loading a set reads; all of them are write-once."""
    return digest([*label_keys(store, gold_set), *store.list(f"{keys.RETRACTIONS}week=")])


def read_sample(store: Store, gold_set: str) -> dict[str, Any]:
    """Return the sample of a set."""
    key = keys.gold_sample(gold_set)
    try:
        sample = read_json(store, key)
    except KeyError:
        there = ", ".join(gold_sets(store)) or "none; draw one with cliche gold sample"
        raise UsageError(f'no gold set "{gold_set}" in {store.url}; there are: {there}') from None
    known(key, sample, FORMAT)
    if sample.get("gold_set") != gold_set:
        raise CorruptObjectError(f"{key} is the sample of {sample.get('gold_set')}; restore it from a backup")
    return sample


def read_labels(store: Store, gold_set: str) -> pa.Table:
    """Return the rows of all parts of a set, in the order of their keys."""
    parts = [LABEL_SCHEMA.empty_table()]
    for key in label_keys(store, gold_set):
        rows = read_parquet(store, key)
        if missing := [name for name in LABEL_SCHEMA.names if name not in rows.column_names]:
            raise CorruptObjectError(f"{key} has no column {', '.join(missing)}; restore it from a backup")
        parts.append(rows.select(LABEL_SCHEMA.names).cast(LABEL_SCHEMA))
    return pa.concat_tables(parts)


def read_gold(store: Store, gold_set: str) -> dict[str, pa.Table]:
    """Return the rows of each of `GOLD_TABLES` for one set, without what was said of answers that were taken back."""
    sample = read_sample(store, gold_set)
    labels = read_labels(store, gold_set).to_pylist()
    try:
        common = {"gold_set": gold_set, "week": sample["week"], "stratified_by": sample["stratified_by"]}
        strata = {row["stratum"]: {**common, **row} for row in sample["strata"]}
        pictures = {row["task"]: _picture(row, strata[row["stratum"]], sample) for row in sample["pictures"]}
        rows: dict[str, Iterable[Mapping[str, Any]]] = {
            "gold_samples": pictures.values(),
            "gold_strata": (
                {**stratum, **counts} for stratum in strata.values() for counts in stratum["attributes"]
            ),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise CorruptObjectError(
            f"{keys.gold_sample(gold_set)} is not a sample ({error!r}); restore it from a backup"
        ) from error
    if strangers := {row["task"] for row in labels} - pictures.keys():
        raise CorruptObjectError(
            f"{keys.gold_prefix(gold_set)} holds answers about {min(strangers)}, which is not in its sample; "
            "restore it from a backup"
        )
    models = {picture["model"] for picture in pictures.values()}
    taken = {model: answers_taken(week_retractions(store, sample["week"], model)) for model in models}
    of_labels = ({**pictures[row["task"]], **row} for row in labels)
    rows["gold_labels"] = (row for row in of_labels if not taken[row["model"]](row["slot_key"]))
    try:
        return {table: table_of(table, rows[table]) for table in GOLD_TABLES}
    except (ValueError, TypeError, pa.ArrowException) as error:
        raise CorruptObjectError(
            f"{keys.gold_prefix(gold_set)} does not fit the tables of gold: {error}; restore it from a backup"
        ) from error


def _picture(row: Mapping[str, Any], stratum: Mapping[str, Any], sample: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: value for name, value in stratum.items() if name != "attributes"},
        **row,
        "stratum_pictures": stratum["pictures"],
        "stratum_sampled": stratum["sampled"],
        "seed": sample["seed"],
        "raters": ",".join(sample["raters"]),
    }


def load_gold(con: duckdb.DuckDBPyConnection, store: Store, gold_set: str) -> dict[str, int]:
    """Replace all rows of one gold set by what the store holds; return the number of rows for each table."""
    where = {"gold_set": gold_set}
    seen = fingerprint(store, gold_set)  # before reading: what comes meanwhile is loaded next time
    rows = read_gold(store, gold_set)
    loads = table_of("gold_loads", [{**where, "fingerprint": seen}])
    with transaction(con):
        replace_rows(con, where, (*GOLD_TABLES, "gold_loads"), {**rows, "gold_loads": loads})
    return {table: new.num_rows for table, new in rows.items()}


def load_stale_gold(con: duckdb.DuckDBPyConnection, store: Store) -> list[str]:
    """Load the gold sets whose rows are not those of the store; return their names."""
    loaded = dict(con.execute("SELECT gold_set, fingerprint FROM gold_loads").fetchall())
    stale = [name for name in gold_sets(store) if loaded.get(name) != fingerprint(store, name)]
    for gold_set in stale:
        load_gold(con, store, gold_set)
    return stale
