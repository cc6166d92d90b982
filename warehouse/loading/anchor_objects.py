"""Reading anchor sets from the store as rows, and loading them; no code of `assets` is needed.

anchors/<set>/anchors.json                                                      the pictures; written once, last
anchors/<set>/labels/week=<W>/labeler=<name@version>.parquet                    what a labeler said that week
anchors/<set>/accepted/week=<W>/labeler=<name@version>/attribute=<A>.json       a person accepts what moved
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from warehouse import keys
from warehouse.canonical import digest
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading.columns import table_of
from warehouse.loading.load import replace_rows, transaction
from warehouse.loading.objects import known, read_json, read_parquet
from warehouse.store.base import Store

FORMAT = 1
#: The columns of labels.
LABEL_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("week", "anchor_set", "image_sha256", "attribute"), pa.string()),
        **dict.fromkeys(("labeler", "labeler_version", "value"), pa.string()),
        "confidence": pa.float64(),
        "raw": pa.string(),
        "labeled_at": pa.timestamp("us"),
    }
)
_LIST = re.compile(r"anchors/([a-z0-9][a-z0-9._-]*)/anchors\.json")
_LABELS = re.compile(
    r"anchors/([a-z0-9][a-z0-9._-]*)/labels/week=(\d{4}-\d{2}-\d{2})/labeler=([^/@]+)@([^/]+)\.parquet"
)
_ACCEPTED = re.compile(
    r"anchors/([a-z0-9][a-z0-9._-]*)/accepted/week=(\d{4}-\d{2}-\d{2})/labeler=([^/@]+)@([^/]+)"
    r"/attribute=([^/]+)\.json"
)


class Labelled(NamedTuple):
    """The labels of one set by one labeler version in one week; `key` is their object."""

    anchor_set: str
    week: str
    labeler: str
    version: str
    key: str


class Accepted(NamedTuple):
    """An acceptance of what moved in one attribute; `key` is its object."""

    anchor_set: str
    week: str
    labeler: str
    version: str
    attribute: str
    key: str


class Listing(NamedTuple):
    """All objects of all anchor sets, as their keys name them; each in the order of the keys."""

    sets: tuple[str, ...]
    labels: tuple[Labelled, ...]
    accepted: tuple[Accepted, ...]


def list_key(anchor_set: str) -> str:
    """Return the key of the list of a set's pictures."""
    return f"{keys.anchors_prefix(anchor_set)}anchors.json"


def labels_key(anchor_set: str, week: str, labeler: str) -> str:
    """Return the key of one week's labels; `labeler` is `<name>@<version>`."""
    return f"{keys.anchors_prefix(anchor_set)}labels/week={week}/labeler={labeler}.parquet"


def accepted_key(anchor_set: str, week: str, labeler: str, attribute: str) -> str:
    """Return the key of an acceptance; `labeler` is `<name>@<version>`."""
    return (
        f"{keys.anchors_prefix(anchor_set)}accepted/week={week}/labeler={labeler}/attribute={attribute}.json"
    )


def listing(store: Store) -> Listing:
    """Return what there is of all anchor sets; sets whose list was never written are left out."""
    listed = sorted(store.list("anchors/"))
    sets = tuple(match[1] for key in listed if (match := _LIST.fullmatch(key)))
    labels = (Labelled._make((*match.groups(), key)) for key in listed if (match := _LABELS.fullmatch(key)))
    accepted = (
        Accepted._make((*match.groups(), key)) for key in listed if (match := _ACCEPTED.fullmatch(key))
    )
    return Listing(
        sets,
        tuple(one for one in labels if one.anchor_set in sets),
        tuple(one for one in accepted if one.anchor_set in sets),
    )


def fingerprints(listed: Listing) -> dict[str | None, str]:
    """Return a digest of the names of what is loaded for each week, and for the sets themselves (None)."""
    by_week: dict[str | None, list[str]] = {None: list(listed.sets)} if listed.sets else {}
    for week, key in [(one.week, one.key) for one in listed.labels] + [
        (one.week, one.key) for one in listed.accepted
    ]:
        by_week.setdefault(week, []).append(key)
    return {week: digest(names) for week, names in by_week.items()}


def read_list(store: Store, anchor_set: str) -> dict[str, Any]:
    """Return the list of a set: its attributes with their declared values, and its pictures."""
    key = list_key(anchor_set)
    try:
        content = read_json(store, key)
    except KeyError:
        raise UsageError(f'no anchor set "{anchor_set}" in {store.url}; cliche anchors list') from None
    return known(key, content, FORMAT, {"set", "attributes", "pictures"})


def read_pictures(store: Store, anchor_set: str) -> pa.Table:
    """Return the rows of `anchors` of one set."""
    key = list_key(anchor_set)
    try:
        rows = [
            {
                "anchor_set": anchor_set,
                "position": position,
                "image_sha256": picture["image_sha256"],
                "image_ext": picture["image_ext"],
                "model": picture.get("model"),
                "prompt": picture.get("prompt"),
                "attributes": ",".join(picture["attributes"]),
            }
            for position, picture in enumerate(read_list(store, anchor_set)["pictures"])
        ]
        return table_of("anchors", rows)
    except (KeyError, TypeError, pa.ArrowException) as error:
        raise CorruptObjectError(
            f"{key} is no list of pictures ({error}); restore it from a backup"
        ) from None


def read_labels(store: Store, objects: Iterable[Labelled]) -> pa.Table:
    """Return the rows of `anchor_labels` of these objects."""
    tables = [LABEL_SCHEMA.empty_table()]
    for one in objects:
        rows = read_parquet(store, one.key)
        named = {
            tuple(row.values())
            for row in rows.select(["anchor_set", "week", "labeler", "labeler_version"]).to_pylist()
        }
        if named - {(one.anchor_set, one.week, one.labeler, one.version)}:
            raise CorruptObjectError(f"{one.key} holds rows of others; restore it from a backup")
        tables.append(rows.select(LABEL_SCHEMA.names).cast(LABEL_SCHEMA))
    return pa.concat_tables(tables)


def accepted_table(store: Store, objects: Iterable[Accepted]) -> pa.Table:
    """Return `drift_acceptances` of these objects as a table."""
    accepted = [*objects]
    try:
        return table_of("drift_acceptances", read_accepted(store, accepted))
    except (ValueError, TypeError, pa.ArrowException) as error:
        listed = ", ".join(one.key for one in accepted)
        raise CorruptObjectError(f"{listed}: no acceptance ({error}); restore it from a backup") from None


def read_accepted(store: Store, objects: Iterable[Accepted]) -> list[dict[str, Any]]:
    """Return the rows of `drift_acceptances` of these objects, their weeks as text."""
    rows = []
    for one in objects:
        record = read_json(store, one.key)
        if not record.get("reason"):
            raise CorruptObjectError(f"{one.key} gives no reason; restore it from a backup")
        rows.append(
            {
                "week": one.week,
                "anchor_set": one.anchor_set,
                "labeler": one.labeler,
                "labeler_version": one.version,
                "attribute": one.attribute,
                "reason": record["reason"],
                "accepted_by": record.get("by"),
                "accepted_at": _moment(record.get("accepted_at")),
            }
        )
    return rows


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=None) if text else None


def stale_anchors(con: duckdb.DuckDBPyConnection, listed: Listing, through: str) -> list[str | None]:
    """Return the weeks through one whose labels or acceptances are not those of the store; None: the sets."""
    loads = con.execute("SELECT strftime(week, '%Y-%m-%d'), fingerprint FROM anchor_loads").fetchall()
    stale = {week for week, _ in fingerprints(listed).items() - {*loads} if (week or "") <= through}
    return sorted(stale, key=str)


def load_anchors(
    con: duckdb.DuckDBPyConnection, store: Store, through: str = "9999-12-27"
) -> list[str | None]:
    """Bring the anchor tables up to the store, through one week; return what was replaced, as `stale_anchors`."""
    lists = listing(store)
    there, stale = fingerprints(lists), stale_anchors(con, lists, through)
    for week in stale:
        if week is None:
            where, rows = {}, {"anchors": pa.concat_tables(read_pictures(store, name) for name in lists.sets)}
        else:
            where = {"week": week}
            rows = {
                "anchor_labels": read_labels(store, [one for one in lists.labels if one.week == week]),
                "drift_acceptances": accepted_table(
                    store, [one for one in lists.accepted if one.week == week]
                ),
            }
        with transaction(con):
            replace_rows(con, where, rows, rows)
            con.execute("DELETE FROM anchor_loads WHERE week IS NOT DISTINCT FROM $week", {"week": week})
            con.execute("INSERT INTO anchor_loads VALUES ($week, $seen)", {"week": week, "seen": there[week]})
    return stale
