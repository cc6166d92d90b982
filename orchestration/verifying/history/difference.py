"""An edition against one before it: which parts changed, and for which reason.

Plans, prompts, slots, attempts, pictures and labels of a week that was published are append-only: rows may be added
where an entry of the manifest says why, and none may change, but for what a retraction takes back. The rest follows,
and `cliche verify` makes it again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from assets.gateway.records import FINAL, Outcome
from orchestration.verifying.files import Read
from orchestration.verifying.history import changes as c
from orchestration.verifying.history.changes import Changes
from orchestration.verifying.manifest import whole
from orchestration.verifying.places import Place
from orchestration.verifying.report import MOST, VerifyReport
from orchestration.verifying.site import locked
from warehouse.canonical import sha256_hex
from warehouse.database.archive import WeekPart, parts_of
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading.plan_rows import PLAN_TABLES
from warehouse.printable import counted, one_line
from warehouse.sqlfiles import quoted

_ASKED, _ANSWERED = {c.NEW_WEEK, c.NEW_MODEL}, {c.NEW_WEEK, c.NEW_MODEL, c.LATE}
#: Table → the reasons for which rows may be added to it in a week that was published.
APPEND_ONLY: Mapping[str, set[str]] = {
    **dict.fromkeys(PLAN_TABLES, _ASKED),
    **{table: {*_ANSWERED, c.RETRACTED} for table in ("attempts", "images")},
    "labels": {*_ANSWERED, c.LABELED, c.RELABELED, c.RETRACTED},
    "label_attempts": {*_ANSWERED, c.LABELED, c.RELABELED},
    **{table: {c.ANCHORS} for table in ("anchor_labels", "drift_acceptances")},
    **{table: {c.GOLD} for table in ("gold_samples", "gold_strata")},
    "gold_labels": {c.GOLD, c.RETRACTED},
    "retractions": {c.RETRACTED},
    "removals": {*_ANSWERED, c.REMOVED},
}
_ByModel = dict[str, int]  # by model, "" of none
_NOBODY: dict[str, Any] = {"columns": [], "parts": []}
_COUNT = "SELECT coalesce({model}, ''), count(*) FROM (({a}) EXCEPT ALL ({b})) GROUP BY ALL ORDER BY ALL"
_MADE = "CREATE TEMP TABLE taken (model VARCHAR, slot_key VARCHAR, labeler VARCHAR, attribute VARCHAR)"
_OF = "EXISTS (FROM taken AS t WHERE t.model = r.model AND coalesce(t.slot_key = r.slot_key, TRUE) AND {})"
_ANSWER = _OF.format("t.labeler IS NULL")
_LABEL = _OF.format(
    "coalesce(t.labeler = r.labeler || '@' || r.labeler_version, TRUE) AND coalesce(t.attribute = r.attribute, TRUE)"
)
_SETTLED = ", ".join(f"'{one}'" for one in sorted(FINAL - {Outcome.NOT_NEEDED}))
#: Table → the condition that a retraction names one of its rows.
_TAKEN = {
    "attempts": f"({_ANSWER} AND r.outcome IN ({_SETTLED}))",
    "images": _ANSWER,
    "labels": _LABEL,
    "gold_labels": _ANSWER,
}
#: The rows of before as a retraction leaves them: of attempts with another outcome.
_LEFT = "SELECT * FROM ({of}) AS r WHERE NOT {taken}"
_LEFT_ATTEMPTS = "SELECT * REPLACE (if({taken}, 'retracted', outcome) AS outcome) FROM ({of}) AS r"


def compare(old: Place, new: Place, read: Read | None = None) -> Changes:
    """Return what changed to a later edition, or the same elsewhere; `read` gives its parts that are at hand."""
    found = Changes(before := old.manifest, after := new.manifest)
    first, second = before["edition"], after["edition"]
    if (before["week"], before["revision"]) > (after["week"], after["revision"]):
        raise UsageError(f"{first} is later than {second}; write the earlier edition first")
    if first == second and old.data != new.data:
        found.differ(f"edition {first} has another manifest; what was published never changes")
    c.find(found)
    _whole(found)
    for table in sorted(before["tables"].keys() | after["tables"].keys()):
        _table(table, found, (old.read, read or new.read))
    _pages(found)
    return found


def tell(kept: Place, new: Place, read: Read, report: VerifyReport) -> None:
    """Tell a report what changed without a reason since a manifest that somebody kept, and what was not compared."""
    found, before = compare(kept, new, read), kept.manifest["edition"]
    for line in found.differences:
        report.differ(f"unexplained since {before}: {line}")
    for line in found.unchecked:
        report.skip(f"since {before}: {line}")
    report.note(f"against the manifest that was kept: {found.summary()}")


def _table(table: str, found: Changes, reads: tuple[Read, Read]) -> None:
    was, now = (one["tables"].get(table, _NOBODY) for one in (found.old, found.new))
    before, after = parts_of(was), parts_of(now)
    for week in sorted(before.keys() | after.keys(), key=str):
        part, had, within = after.get(week), before.get(week), found.within(week)
        if part and had and part.content_sha256 == had.content_sha256:
            continue
        if table not in APPEND_ONLY:
            found.part(table, week, found.through(week), "changed, and nothing that it follows from did")
        elif part is None:
            found.part(table, week, (), "gone")
        elif had is None and (week or "") > found.old["week"]:
            found.part(table, week, within & APPEND_ONLY[table], "rows of a week that nothing says was asked")
        elif had is not None and had.rows > part.rows and c.RETRACTED not in within:
            found.part(table, week, (), f"{had.rows - part.rows:,} of {had.rows:,} rows are gone")
        else:
            columns = [name for name, kind in now["columns"] if not had or [name, kind] in was["columns"]]
            taken = [one for one in found.taken if one.get("week") == week]
            changed = _changed((had, part), columns, reads, table, taken)
            if changed is not None:
                _appended(table, part, found, *changed)
                continue
            other_columns = {c.CODE} if had and was["columns"] != now["columns"] else set()
            reasons = within & (APPEND_ONLY[table] | other_columns)
            found.part(table, week, reasons, "changed")
            if reasons:
                found.skip(f"{table} {week}: whether no row changed; the rows of before are not at hand")


def _changed(
    parts: tuple[WeekPart | None, WeekPart],
    columns: Sequence[str],
    reads: tuple[Read, Read],
    table: str,
    taken: Sequence[Mapping[str, Any]],
) -> tuple[_ByModel, _ByModel, int] | None:
    """Return how many rows of a part are gone (or changed) and added, by model, and taken back; None if not at hand."""
    held = [_held(part, reads) if part else b"" for part in parts]
    if None in held:
        return None
    listed = ", ".join(f'"{name}"' for name in columns)
    model = "model" if "model" in columns else "''"
    try:
        with tempfile.TemporaryDirectory(prefix="cliche-diff-") as folder:
            paths = [Path(folder).resolve() / name for name in ("old", "new")]
            for path, data in zip(paths, held, strict=True):
                path.write_bytes(data or held[1] or b"")
            of, to = (
                f"SELECT {listed} FROM read_parquet({quoted(path)}, hive_partitioning = false)"  # noqa: S608
                for path in paths
            )
            of, touched = of if parts[0] else f"{of} LIMIT 0", 0
            with locked(paths[0].parent) as con:
                if taken and table in _TAKEN:
                    con.execute(_MADE)
                    con.executemany("INSERT INTO taken VALUES (?, ?, ?, ?)", [*_rows(taken)])
                    condition = _TAKEN[table]
                    count = f"SELECT count(*) FROM ({of}) AS r WHERE {condition}"  # noqa: S608 - made here
                    ((touched,),) = con.execute(count).fetchall()
                    of = (_LEFT_ATTEMPTS if table == "attempts" else _LEFT).format(of=of, taken=condition)
                gone, added = (
                    dict(con.execute(_COUNT.format(model=model, a=a, b=b)).fetchall())
                    for a, b in ((of, to), (to, of))
                )
    except duckdb.Error as error:
        raise CorruptObjectError(f"a part of a table does not read: {one_line(error, MOST)}") from None
    return gone, added, touched


def _held(part: WeekPart, reads: Iterable[Read]) -> bytes | None:
    """Return the bytes of a part from where it lies as it is stated; what one edition lists may lie with the other."""
    found = (read(part.key) for read in reads)
    return next((data for data in found if data is not None and sha256_hex(data) == part.sha256), None)


def _rows(taken: Sequence[Mapping[str, Any]]) -> Iterator[list[str | None]]:
    """Yield the rows of `taken` for entries of a manifest that anybody may have written."""
    for one in taken:
        slots = one.get("slots")
        for slot in (slots if isinstance(slots, list) else []) or [None]:
            said = (one.get("model"), slot, one.get("labeler"), one.get("attribute"))
            yield [None if value is None else str(value) for value in said]


def _appended(
    table: str, part: WeekPart, found: Changes, gone: _ByModel, added: _ByModel, taken: int
) -> None:
    for model, count in gone.items():
        what = f"{counted(count, 'row')} of {model or 'the week'}"
        found.part(table, part.week, (), f"{what} changed, or are gone")
    for model, count in added.items():
        if model not in gone:
            reasons = found.reasons.get((part.week or "", model), set()) | found.everywhere
            if table != "retractions":  # of what was taken back nothing is added
                reasons -= {c.RETRACTED}
            what = f"{counted(count, 'row')} of {model} added"
            found.part(table, part.week, reasons & APPEND_ONLY[table], what)
    if taken:
        found.part(table, part.week, {c.RETRACTED}, "")
    elif not gone and not added:
        found.part(table, part.week, found.everywhere & {c.CODE}, "its columns are other ones")


def _whole(found: Changes) -> None:
    """Compare the tables and views that have no weeks, by the hash of their rows, if they have one."""
    was, now = (
        {name: one["table_hashes"].get(name) or one["files"][at]["sha256"] for name, at in whole(one).items()}
        for one in (found.old, found.new)
    )
    changed = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    if "study_labels" in changed and not found.everywhere & {c.STUDY, c.RETRACTED}:
        found.everywhere.add(c.LABELED)
        found.skip("study_labels: labels of studies are in no manifest, so nothing says why")
    for name in sorted(changed):
        found.part(name, None, found.through(None), "changed, and nothing says why")


def _pages(found: Changes) -> None:
    """Count the pages, documents and sheets that changed: each edition has its own, which say its name."""
    before, after = (
        {name: of["sha256"] for name, of in one["files"].items() if not name.endswith(".parquet")}
        | {f"sheets of {entry['period']}": entry["sha256"] for entry in one["pages"]}
        for one in (found.old, found.new)
    )
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if changed and found.old["edition"] == found.new["edition"]:
        found.differ(f"{len(changed):,} pages and files changed, the first is {changed[0]}")
    elif changed:
        said = ", ".join(sorted(found.through(None))) or "another edition"
        found.tell(f"{len(changed):,} pages and files", said)
