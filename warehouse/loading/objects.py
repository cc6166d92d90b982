"""Reading the store's objects: plans, manifests and label parts as rows, pictures as bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pyarrow as pa

from warehouse import keys
from warehouse.canonical import digest, sha256_hex
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading import beside
from warehouse.loading.parquet import table_of
from warehouse.loading.seals import unsealed
from warehouse.store.base import Store

PLAN_FORMAT = 1
Partition = tuple[str, str]  # week, model
_AT_ONCE = 16  # questions to the store
_REQUIRED_ATTEMPT = ("week", "model", "slot_key", "attempt", "provider", "track", "outcome")
_REQUIRED_LABEL = ("week", "model", "slot_key", "attribute", "labeler", "labeler_version", "value")
_LABEL_KEY = ("slot_key", "attribute", "labeler", "labeler_version")
_REQUIRED_CALL = ("week", "model", "labeler", "labeler_version", "call", "attempt", "images", "outcome")
_CALL_KEY = ("call", "attempt")


def read_json(store: Store, key: str) -> dict[str, Any]:
    """Return the JSON object at `key`; raise KeyError if it is missing, CorruptObjectError if it is no object."""
    return json_object(key, store.get(key))


def json_object(key: str, data: bytes) -> dict[str, Any]:
    """Return the JSON object that was read at `key`, its seal checked and taken off."""
    value = unsealed(key, data)
    if not isinstance(value, dict):
        raise CorruptObjectError(f"{key} is not a JSON object; restore it from a backup")
    return value


def known(
    key: str,
    content: dict[str, Any],
    newest: int,
    names: Collection[str] = (),
    fix: str = "restore it from a backup",
) -> dict[str, Any]:
    """Return the JSON object that was read at `key`, if it is of a known format and has these fields."""
    if isinstance(content.get("format"), int) and content["format"] > newest:
        raise UsageError(f"{key} has format {content['format']}, written by a newer version; update cliche")
    if missing := sorted({*names} - content.keys()):
        raise CorruptObjectError(f"{key} misses {', '.join(missing)}; {fix}")
    return content


def read_parquet(store: Store, key: str) -> pa.Table:
    """Return the table at `key`, its bytes compared with the hash in its name or beside it.

    Raises:
        KeyError: if it is missing.
    """
    records = () if beside.stated_in_name(key) else store.list(f"{key}.")
    return compared_parquet(key, store.get(key), records)


def compared_parquet(key: str, data: bytes, records: Iterable[str]) -> pa.Table:
    """Return the table that was read at `key`; raise CorruptObjectError unless the recorded hash of its bytes fits."""
    beside.compare(key, data, records)
    return parquet_table(key, data)


def parquet_table(key: str, data: bytes) -> pa.Table:
    """Return the table that was read at `key`; raise CorruptObjectError if it is none."""
    try:
        return table_of(data)
    except (pa.ArrowException, OSError) as error:
        first = str(error).splitlines()[0]
        raise CorruptObjectError(
            f"{key} is not readable Parquet ({first}); restore it from a backup"
        ) from error


def read_image(store: Store, sha256: str, ext: str) -> bytes:
    """Return the bytes of a stored picture."""
    key = keys.image(sha256, ext)
    try:
        data = store.get(key)
    except KeyError:
        raise CorruptObjectError(
            f"{key} is not in the store, but a receipt names it; restore it from a backup"
        ) from None
    if sha256_hex(data) != sha256:
        raise CorruptObjectError(
            f"{key} does not hold the bytes that its name says; restore it from a backup"
        )
    return data


def read_plan(store: Store, week: str, model: str) -> dict[str, Any]:
    """Return the plan of a partition, with `plan_sha256` (of the object's bytes) added."""
    key = keys.plan(week, model)
    try:
        data = store.get(key)
    except KeyError:
        raise UsageError(f"no plan of {model} in week {week} in {store.url} (looked for {key})") from None
    plan = known(key, json_object(key, data), PLAN_FORMAT)
    if (plan.get("week"), plan.get("model")) != (week, model):
        raise CorruptObjectError(f"{key} is the plan of {plan.get('model')} in week {plan.get('week')}")
    return {**plan, "plan_sha256": sha256_hex(data)}


def highest_numbered(listed: Iterable[str], before: str, after: str) -> str | None:
    """Return the key with the highest number between `before` and `after`; None if no key has one."""
    numbered = {
        int(number): key
        for key in listed
        if (number := key.rpartition(before)[2].removesuffix(after)).isdigit() and key.endswith(after)
    }
    return numbered[max(numbered)] if numbered else None


def current_manifest(store: Store, week: str, model: str) -> str | None:
    """Return the key of the manifest with the highest number, or None if there is none."""
    listed = store.list(f"{keys.attempts_prefix(week, model)}manifest-")
    return highest_numbered(listed, "manifest-", ".parquet")


def label_parts(listed: Iterable[str]) -> list[str]:
    """Return those of a partition's labels that are label parts, in the order in which the first label wins."""
    return sorted(key for key in listed if "/part-" in key)


def label_attempt_parts(listed: Iterable[str]) -> list[str]:
    """Return those of a partition's labels that are receipts of paid labelers' calls, sorted."""
    return sorted(key for key in listed if "/attempts-" in key)


class Names(NamedTuple):
    """The objects that loading a partition reads; all of them are write-once."""

    week: str
    model: str
    manifest: str | None
    label_parts: tuple[str, ...]
    label_attempt_parts: tuple[str, ...]
    retractions: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Return a digest of the names."""
        return digest([self.manifest, *self.label_parts, *self.label_attempt_parts, *self.retractions])


def names_of(store: Store, week: str, model: str) -> Names:
    """Return what loading one partition reads."""
    listed = [*store.list(keys.labels_prefix(week, model))]
    listed += store.list(keys.week_retractions_prefix(week, model))
    return _named((week, model), current_manifest(store, week, model), listed)


def names_of_all(store: Store, manifests: Mapping[Partition, str | None]) -> dict[Partition, Names]:
    """Return what loading each of many partitions reads, without listing their receipts.

    All labels and retractions are listed at once. A manifest is current if there is none of the next number: numbers
    have no gaps.

    Manifests are those that were current before; None where there was none.
    """
    labels: dict[Partition, list[str]] = {}
    if not manifests:
        return {}
    for root in ("labels/", f"{keys.RETRACTIONS}week="):
        for key in store.list(root):
            if partition := keys.parse_partition(key):
                labels.setdefault(partition, []).append(key)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        current = threads.map(lambda one: _current(store, one, manifests[one]), manifests)
        return {
            partition: _named(partition, manifest, labels.get(partition, ()))
            for partition, manifest in zip(manifests, current, strict=True)
        }


def _current(store: Store, partition: Partition, before: str | None) -> str | None:
    number = before and before.rpartition("manifest-")[2].removesuffix(".parquet")
    if number and store.head(keys.manifest(*partition, int(number) + 1)) is None:
        return before
    return current_manifest(store, *partition)


def _named(partition: Partition, manifest: str | None, listed: Iterable[str]) -> Names:
    every = [*listed]
    taken = sorted(key for key in every if key.startswith(keys.RETRACTIONS))
    labels, calls = label_parts(every), label_attempt_parts(every)
    return Names(*partition, manifest, tuple(labels), tuple(calls), tuple(taken))


def read_attempts(store: Store, names: Names) -> pa.Table:
    """Return the rows of the current manifest of a partition; none if there is no manifest."""
    parts = [names.manifest] if names.manifest else []
    return _rows(store, parts, _REQUIRED_ATTEMPT, names)


def read_labels(store: Store, names: Names) -> pa.Table:
    """Return the labels of all parts of a partition; of duplicates the first in key order."""
    return first_of(_rows(store, names.label_parts, _REQUIRED_LABEL, names), _LABEL_KEY)


def read_label_attempts(store: Store, names: Names) -> pa.Table:
    """Return the calls of paid labelers of a partition; of duplicates the first in key order."""
    return first_of(_rows(store, names.label_attempt_parts, _REQUIRED_CALL, names), _CALL_KEY)


def _rows(store: Store, parts: Sequence[str], required: Sequence[str], names: Names) -> pa.Table:
    tables = [_checked(read_parquet(store, key), key, required, names) for key in parts]
    if not tables:
        return pa.table({name: pa.array([], pa.string()) for name in required})
    return pa.concat_tables(tables, promote_options="permissive")


def first_of(rows: pa.Table, identity: Sequence[str]) -> pa.Table:
    """Return the first row of each identity, in the order of `rows`."""
    numbered = rows.append_column("row_number", pa.array(range(rows.num_rows), pa.int64()))
    first = numbered.group_by(list(identity)).aggregate([("row_number", "min")])["row_number_min"]
    return rows.take(first.combine_chunks().sort())


def _checked(rows: pa.Table, key: str, required: Sequence[str], names: Names) -> pa.Table:
    """Return `rows` if they have what a table needs and belong to the partition that the key names."""
    if missing := [name for name in required if name not in rows.column_names]:
        raise CorruptObjectError(f"{key} has no column {', '.join(missing)}; restore it from a backup")
    if empty := [name for name in required if rows[name].null_count]:
        raise CorruptObjectError(f"{key} has rows without {', '.join(empty)}; restore it from a backup")
    weeks, models = ({str(value) for value in rows[name].unique().to_pylist()} for name in ("week", "model"))
    if weeks - {names.week} or models - {names.model}:
        raise CorruptObjectError(f"{key} holds rows of another week or model; restore it from a backup")
    return rows
