"""What a manifest says of its edition, against the tables: sources, names, times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib import metadata

import duckdb

from assets.leaderboard.contents import sources_of
from assets.leaderboard.published import POINTER, identity, read_json
from orchestration.verifying.manifest import Manifest, created
from orchestration.verifying.report import VerifyReport
from warehouse import keys
from warehouse.database.published import columns_of, published_tables
from warehouse.errors import CorruptObjectError
from warehouse.integrity.kinds import parse
from warehouse.loading import anchor_objects

#: Fields of a manifest that nothing else tells.
TAKEN = ("created_at", "store_read", "code_version", "replaces", "before", "names of objects of the store")
_AHEAD = timedelta(minutes=10)  # by which a clock may be wrong
_ANCHORS = """
SELECT
    anchor_set,
    list_sort(list(DISTINCT strftime(week, '%Y-%m-%d') || '/labeler=' || labeler || '@' || labeler_version))
FROM (SELECT DISTINCT anchor_set FROM anchors) LEFT JOIN anchor_labels USING (anchor_set)
GROUP BY ALL
ORDER BY ALL
"""
_RATED = (
    "SELECT DISTINCT gold_set, gold_set IN (SELECT gold_set FROM gold_labels) FROM gold_samples ORDER BY ALL"
)
#: Field of an entry → the kind of the objects that it names, and the table that has rows if it names one.
_NAMES = {
    "manifest": ("manifest", "attempts"),
    "label_parts": ("labels", "labels"),
    "label_attempt_parts": ("label calls", ""),
    "retractions": ("retraction", ""),
}
#: What rows say of records, and how a manifest names those.
_RECORDS = {
    "removals": ("SELECT DISTINCT image_sha256, reason FROM removals", ("image_sha256", "reason")),
    "retractions": ("SELECT DISTINCT retraction, reason FROM retractions", ("key", "reason")),
}


def compare_names(manifest: Manifest, latest: bytes | None, report: VerifyReport) -> None:
    """Compare the edition's id with its week, its revision, what it replaces, and with `latest.json`."""
    edition, week, revision = manifest["edition"], manifest["week"], manifest["revision"]
    if edition != f"{week}.{revision}":
        report.differ(f"edition is {edition}, but week and revision say {week}.{revision}")
    before, _, number = (manifest["replaces"] or f"{week}.0").rpartition(".")
    if before != week or int(number) >= revision:
        report.differ(f"replaces is {manifest['replaces']}, which is no earlier revision of {week}")
    if latest is None:
        return
    try:
        named = read_json(keys.LATEST_EDITION, latest)
        earlier = (str(named["week"]), int(named["revision"])) < (week, revision)
    except (CorruptObjectError, ValueError, TypeError, RecursionError):
        report.differ(f"{keys.LATEST_EDITION} does not read")
        return
    if named["edition"] != edition and earlier:
        report.differ(f"{keys.LATEST_EDITION} names {named['edition']}, which is earlier than this edition")
    for name in POINTER if named["edition"] == edition else ():
        if named[name] != manifest[name]:
            report.differ(f"{keys.LATEST_EDITION} has another {name} than the manifest")


def compare_times(con: duckdb.DuckDBPyConnection, manifest: Manifest, report: VerifyReport) -> None:
    """Compare `created_at` with what was asked, answered and labeled before, and with the clock."""
    stated = created(manifest["created_at"])
    said = f"created_at is {manifest['created_at']}"
    if stated > datetime.now(UTC).replace(tzinfo=None) + _AHEAD:
        report.differ(f"{said}, which is in the future")
    for table in sorted(published_tables()):
        for column in [name for name, kind in sorted(columns_of(table).items()) if kind == "TIMESTAMP"]:
            ((last,),) = con.execute(f'SELECT max("{column}") FROM "{table}"').fetchall()  # noqa: S608
            if last is not None and last.replace(microsecond=0) > stated + _AHEAD:
                report.differ(f"{said}, before the last {table}.{column}, {last:%Y-%m-%dT%H:%M:%SZ}")
    ((last_week,),) = con.execute("SELECT max(week) FROM plans").fetchall()
    if last_week is not None and stated.date() < last_week:
        report.differ(f"{said}, before the week of {last_week} began")


def compare_version(manifest: Manifest, report: VerifyReport) -> None:
    """Report a version number other than that of this code, which has the same texts: it may be true."""
    stated, own = manifest["code_version"], metadata.version("cliche")
    if stated.partition("+")[0] != own:
        report.skip(f"code version {stated[:60]} is not known here; it has the texts of {own}")


def compare_sources(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, hashes: Mapping[str, str], report: VerifyReport
) -> None:
    """Compare hashes, suites, labelers, partitions, anchors, gold and studies with the tables."""
    for table in sorted(hashes.keys() | manifest["table_hashes"].keys()):
        if manifest["table_hashes"].get(table) != hashes.get(table):
            report.differ(f"table_hashes has another hash of table {table[:80]} than its rows")
    if identity(hashes) != manifest["content_sha256"]:
        report.differ("content_sha256 is not the hash of what the figures rest on")
    anchors = [
        {
            "anchor_set": name,
            "pictures": anchor_objects.list_key(name),
            "labels": [f"{keys.anchors_prefix(name)}labels/week={one}.parquet" for one in labels if one],
        }
        for name, labels in con.execute(_ANCHORS).fetchall()
    ]
    gold = con.execute(_RATED).fetchall()
    sets = [{"gold_set": name, "sample": keys.gold_sample(name)} for name, _ in gold]
    for name, expected in {**sources_of(con, manifest["week"]), "anchors": anchors, "gold": sets}.items():
        fields = set(expected[0]) if expected else set()
        if [{f: e.get(f) for f in fields} for e in manifest[name]] != expected:
            report.differ(f"{name} of the manifest are not those of the tables")
    for entry, (name, rated) in zip(manifest["gold"], gold, strict=False):
        if not _named(entry.get("labels"), "gold labels", ("gold", name), needed=rated):
            report.differ(f"gold of the manifest: the labels of {name} are not the names of its parts")
    _compare_parts(con, manifest, report)
    for field, (statement, names) in _RECORDS.items():
        stated = [tuple(entry.get(name) for name in names) for entry in manifest[field]]
        missing = [row for row in con.execute(statement).fetchall() if row not in stated]
        for record, _ in missing:
            report.differ(f"{field} of the manifest have none of {record[:80]}, of which {field} has rows")


def _compare_parts(con: duckdb.DuckDBPyConnection, manifest: Manifest, report: VerifyReport) -> None:
    """Look at the names of the objects that partitions rest on; the objects are the store's."""
    held = {
        table: {*con.execute(f"SELECT DISTINCT strftime(week, '%Y-%m-%d'), model FROM {table}").fetchall()}  # noqa: S608
        for table in ("attempts", "labels")
    }
    for entry in manifest["partitions"]:
        of = str(entry.get("week")), str(entry.get("model"))
        for field, (kind, table) in _NAMES.items():
            if not _named(entry.get(field), kind, ("partition", *of), needed=of in held.get(table, ())):
                where = f"partition {' '.join(of)}"[:80]
                report.differ(f"{where}: {field} are not the names of its parts")


def _named(stated: object, kind: str, group: tuple[str, ...], *, needed: bool) -> bool:
    """Return whether a field names different objects of one kind and group, and any if it is `needed`."""
    names = stated if isinstance(stated, list) else [] if stated is None else [stated]
    found = [parse(name) if isinstance(name, str) else None for name in names]
    right = all(one is not None and (one.kind, one.group) == (kind, group) for one in found)
    return right and len({*found}) == len(found) and (bool(found) or not needed)
