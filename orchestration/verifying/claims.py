"""What a manifest says of its edition, against the tables: sources, names, times."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import metadata
from typing import Any

import duckdb

from assets.leaderboard.contents import sources_of
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import VerifyReport
from warehouse import keys
from warehouse.errors import UsageError
from warehouse.weeks import parse_week

#: Fields of a manifest that nothing else tells.
TAKEN = ("created_at", "store_read", "code_version", "replaces", "before", "names of objects of the store")
_AHEAD = timedelta(minutes=10)  # by which a clock may be wrong


def compare_names(manifest: Manifest, named: str | None, report: VerifyReport) -> None:
    """Compare the edition's id with its week, revision, what it replaces, and the name under which it was found."""
    edition, week, revision = manifest["edition"], manifest["week"], manifest["revision"]
    try:
        parse_week(week)
    except UsageError:
        report.differ(f"week is {week[:40]}, which is no Monday")
    if edition != f"{week}.{revision}":
        report.differ(f"edition is {edition}, but week and revision say {week[:40]}.{revision}")
    if named is not None and named != edition:
        report.differ(f"the manifest is of edition {edition}, and was found under the name {named}")
    replaces = manifest["replaces"]
    if replaces is not None:
        before, _, number = replaces.rpartition(".")
        if before != week or not number.isdecimal() or not 0 < int(number[:9]) < revision:
            report.differ(f"replaces is {replaces[:40]}, which is no earlier revision of {week}")


def compare_latest(manifest: Manifest, latest: bytes | None, report: VerifyReport) -> None:
    """Compare `latest.json` with the edition: what it says of it, and that it was not moved back."""
    if latest is None:
        return
    try:
        named = json.loads(latest)
        fields = {name: named[name] for name in ("edition", "week", "revision", "replaces")}
        place = (str(fields["week"]), int(fields["revision"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        report.differ("editions/latest.json does not read")
        return
    if fields["edition"] == manifest["edition"]:
        for name, value in fields.items():
            if value != manifest[name]:
                report.differ(f"editions/latest.json has another {name} than the manifest")
    elif place < (manifest["week"], manifest["revision"]):
        report.differ(f"editions/latest.json names {fields['edition']}, which is earlier than this edition")


def compare_times(con: duckdb.DuckDBPyConnection, manifest: Manifest, report: VerifyReport) -> None:
    """Compare `created_at` with what was asked, answered and labeled before, and with the clock."""
    stated = manifest["created_at"]
    try:
        created = datetime.strptime(stated, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - UTC, like the columns
    except ValueError:
        report.differ(f"created_at is {stated[:40]}, which is no time in UTC")
        return
    if created > datetime.now(UTC).replace(tzinfo=None) + _AHEAD:
        report.differ(f"created_at is {stated}, which is in the future")
    for table, column in con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = current_database() "
        "AND data_type = 'TIMESTAMP' AND table_name IN (SELECT table_name FROM duckdb_tables() "
        "WHERE database_name = current_database()) ORDER BY ALL"
    ).fetchall():
        ((last,),) = con.execute(f'SELECT max("{column}") FROM "{table}"').fetchall()  # noqa: S608
        if last is not None and last.replace(microsecond=0) > created + _AHEAD:
            report.differ(
                f"created_at is {stated}, before the last {table}.{column}, {last:%Y-%m-%dT%H:%M:%SZ}"
            )
    ((last_week,),) = con.execute("SELECT max(week) FROM plans").fetchall()
    if last_week is not None and created.date() < last_week:
        report.differ(f"created_at is {stated}, before the week of {last_week} began")


def compare_version(manifest: Manifest, report: VerifyReport) -> None:
    """Report a version number other than that of this code, which has the same texts: it may be true."""
    stated, own = manifest["code_version"], metadata.version("cliche")
    if stated.partition("+")[0] != own:
        report.skip(f"code version {stated[:60]} is not known here; it has the texts of {own}")


def compare_sources(con: duckdb.DuckDBPyConnection, manifest: Manifest, report: VerifyReport) -> None:
    """Compare suites, labelers, partitions, anchors, gold and studies with the tables."""
    for name, expected in sources_of(con, manifest["week"]).items():
        _compare_rows(name, manifest[name], expected, report)
    for entry in manifest["partitions"]:
        if isinstance(entry, dict):
            _partition(con, entry, report)
    _anchors(con, manifest, report)
    _gold(con, manifest, report)
    _taken_back(con, manifest, report)


def _compare_rows(name: str, stated: list[Any], expected: list[dict[str, Any]], report: VerifyReport) -> None:
    """Report a list of the manifest whose entries are not those of the tables; further fields are left alone."""
    fields = set(expected[0]) if expected else set()
    shown = [{f: e.get(f) for f in fields} if isinstance(e, dict) else None for e in stated]
    if shown != expected:
        report.differ(
            f"{name} of the manifest are not those of the tables ({len(stated):,} stated, {len(expected):,} found)"
        )


def _partition(con: duckdb.DuckDBPyConnection, entry: dict[str, Any], report: VerifyReport) -> None:
    """Look at the names of the objects that one partition rests on; the objects are the store's."""
    week, model = str(entry.get("week")), str(entry.get("model"))
    where = f"partition {week} {model}"[:80]
    counts = con.execute(
        "SELECT (SELECT count(*) FROM attempts AS a JOIN slots AS s USING (slot_key) "
        "WHERE CAST(s.week AS VARCHAR) = $week AND s.model = $model), "
        "(SELECT count(*) FROM labels AS l JOIN slots AS s USING (slot_key) "
        "WHERE CAST(s.week AS VARCHAR) = $week AND s.model = $model)",
        {"week": week, "model": model},
    ).fetchall()
    attempts, labels = counts[0]
    manifest = entry.get("manifest")
    named = isinstance(manifest, str) and re.fullmatch(
        re.escape(keys.attempts_prefix(week, model)) + r"manifest-\d{4,}\.parquet", manifest
    )
    if not named and (manifest is not None or attempts):
        report.differ(f"{where}: the manifest of its attempts has no such name")
    prefix = keys.labels_prefix(week, model)
    for field, needed in (("label_parts", labels), ("label_attempt_parts", 0)):
        parts = entry.get(field, [])
        if not _under(parts, prefix) or (needed and not parts):
            report.differ(f"{where}: {field} are not the names of its parts")


def _under(names: object, prefix: str) -> bool:
    """Return whether `names` are different object names under a prefix."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return False
    return len(set(names)) == len(names) and all(
        name.startswith(prefix) and ".." not in name and name.endswith(".parquet") for name in names
    )


def _anchors(con: duckdb.DuckDBPyConnection, manifest: Manifest, report: VerifyReport) -> None:
    labels: dict[str, set[str]] = {}
    for name, week, labeler, version in con.execute(
        "SELECT DISTINCT anchor_set, CAST(week AS VARCHAR), labeler, labeler_version FROM anchor_labels"
    ).fetchall():
        labels.setdefault(name, set()).add(f"labels/week={week}/labeler={labeler}@{version}.parquet")
    sets = {name for (name,) in con.execute("SELECT DISTINCT anchor_set FROM anchors").fetchall()}
    stated = {e["anchor_set"]: e for e in manifest["anchors"] if isinstance(e, dict) and "anchor_set" in e}
    _same("anchors", [e.get("anchor_set") for e in _entries(manifest["anchors"])], sets, report)
    for name in sorted(sets & stated.keys()):
        prefix = keys.anchors_prefix(name)
        found = stated[name].get("labels")
        if not isinstance(found, list) or {f"{prefix}{one}" for one in labels.get(name, ())} != set(
            map(str, found)
        ):
            report.differ(f"anchors of the manifest: the labels of {name} are not those of the tables")


def _gold(con: duckdb.DuckDBPyConnection, manifest: Manifest, report: VerifyReport) -> None:
    sets = {name for (name,) in con.execute("SELECT DISTINCT gold_set FROM gold_samples").fetchall()}
    stated = _entries(manifest["gold"])
    _same("gold", [entry.get("gold_set") for entry in stated], sets, report)
    rated = {name for (name,) in con.execute("SELECT DISTINCT gold_set FROM gold_labels").fetchall()}
    for entry in stated:
        name = str(entry.get("gold_set"))
        labels = entry.get("labels")
        if not _under(labels, keys.gold_prefix(name)) or (name in rated) != bool(labels):
            report.differ(f"gold of the manifest: the labels of {name[:60]} are not those of the tables")


def _same(field: str, stated: list[Any], found: Iterable[str], report: VerifyReport) -> None:
    if sorted(map(str, stated)) != sorted(found):
        report.differ(f"{field} of the manifest are not those of the tables")


def _entries(values: list[Any]) -> list[dict[str, Any]]:
    return [value if isinstance(value, dict) else {} for value in values]


#: What rows say of records, and how a manifest names those.
_RECORDS = {
    "removals": ("SELECT DISTINCT image_sha256, reason FROM removals", ("image_sha256", "reason")),
    "retractions": ("SELECT DISTINCT retraction, reason FROM retractions", ("key", "reason")),
}


def _taken_back(con: duckdb.DuckDBPyConnection, manifest: Manifest, report: VerifyReport) -> None:
    """Look for records that rows rest on: a manifest names them all, those of what is not loaded, too."""
    for field, (statement, names) in _RECORDS.items():
        stated = [tuple(entry.get(name) for name in names) for entry in _entries(manifest[field])]
        for found in con.execute(statement).fetchall():
            if found not in stated:
                report.differ(
                    f"{field} of the manifest have none of {found[0][:80]}, of which {field} has rows"
                )
