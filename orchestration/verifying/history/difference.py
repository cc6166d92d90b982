"""An edition against one before it: which parts changed, and for which reason.

Plans, prompts, slots, attempts, pictures and labels of a week that was published are append-only: rows may be added
where an entry of the manifest says why, and none may change, but for what a retraction takes back. The rest follows,
and `cliche verify` makes it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.verifying.history import reasons as r
from orchestration.verifying.history import rows
from orchestration.verifying.history.reasons import Reasons
from orchestration.verifying.manifest import Manifest, whole
from orchestration.verifying.places import ComparedEdition
from orchestration.verifying.report import Changes, VerifyReport, in_words
from warehouse.database.archive import WeekPart, parts_of
from warehouse.errors import UsageError

_ASKED, _ANSWERED = {r.NEW_WEEK, r.NEW_MODEL}, {r.NEW_WEEK, r.NEW_MODEL, r.LATE}
#: Table → the reasons for which rows may be added to it in a week that was published.
APPEND_ONLY: Mapping[str, set[str]] = {
    "plans": _ASKED,
    "model_titles": _ASKED,
    "prompts": _ASKED,
    "prompt_attributes": _ASKED,
    "attribute_values": _ASKED,
    "reference_values": _ASKED,
    "slots": _ASKED,
    "attempts": {*_ANSWERED, r.RETRACTED},
    "images": {*_ANSWERED, r.RETRACTED},
    "labels": {*_ANSWERED, r.LABELED, r.RELABELED, r.RETRACTED},
    "label_attempts": {*_ANSWERED, r.LABELED, r.RELABELED},
    "anchor_labels": {r.ANCHORS},
    "drift_acceptances": {r.ANCHORS},
    "gold_samples": {r.GOLD},
    "gold_strata": {r.GOLD},
    "gold_labels": {r.GOLD, r.RETRACTED},
    "retractions": {r.RETRACTED},
    "removals": {*_ANSWERED, r.REMOVED},
}
_NOBODY: dict[str, Any] = {"columns": [], "parts": []}


def compare(old: ComparedEdition, new: ComparedEdition) -> Changes:
    """Return what changed from one edition to a later one, or to itself as somebody else has it."""
    before, after = old.manifest, new.manifest
    found = Changes(before["edition"], after["edition"])
    if (before["week"], before["revision"]) > (after["week"], after["revision"]):
        raise UsageError(f"{found.old} is later than {found.new}; write the earlier edition first")
    if found.old == found.new and old.sha256 != new.sha256:
        found.differ(f"edition {found.old} has another manifest; what was published never changes")
    why = r.find(before, after, found)
    _whole(before, after, found, why)
    was, now = before["tables"], after["tables"]
    for table in sorted(was.keys() | now.keys()):
        _table(table, was.get(table, _NOBODY), now.get(table, _NOBODY), (old, new), found, why)
    _pages(before, after, found, why)
    return found


def tell(kept: ComparedEdition, new: ComparedEdition, report: VerifyReport) -> None:
    """Tell a report what changed without a reason since a manifest that somebody kept, and what was not compared."""
    found = compare(kept, new)
    for line in found.differences:
        report.differ(f"unexplained since {found.old}: {line}")
    for line in found.unchecked:
        report.skip(f"since {found.old}: {line}")
    report.note(f"against the manifest that was kept: {found.summary()}")


def _table(
    table: str,
    was: dict[str, Any],
    now: dict[str, Any],
    sides: tuple[ComparedEdition, ComparedEdition],
    found: Changes,
    why: Reasons,
) -> None:
    before, after = parts_of(was), parts_of(now)
    same_columns = not before or was["columns"] == now["columns"]
    for week in sorted(before.keys() | after.keys(), key=str):
        part, had, within = after.get(week), before.get(week), why.within(week)
        if part and had and part.content_sha256 == had.content_sha256:
            continue
        if table not in APPEND_ONLY:
            found.part(table, week, why.through(week), "changed, and nothing that it follows from did")
        elif part is None:
            found.part(table, week, (), "gone")
        elif had is None and (week or "") > sides[0].manifest["week"]:
            found.part(table, week, within & APPEND_ONLY[table], "rows of a week that nothing says was asked")
        elif had is not None and had.rows > part.rows and r.RETRACTED not in within:
            found.part(table, week, (), f"{had.rows - part.rows:,} of {had.rows:,} rows are gone")
        else:
            columns = [name for name, kind in now["columns"] if not had or [name, kind] in was["columns"]]
            taken = [one for one in why.taken if one.get("week") == week]
            changed = rows.compare((had, part), columns, sides, table, taken)
            if changed is not None:
                _appended(table, part, changed, found, why)
                continue
            said = within & (APPEND_ONLY[table] | ({r.CODE} if had and not same_columns else set()))
            found.part(table, week, said, "changed")
            if said:
                found.skip(f"{table} {week}: whether no row changed; the rows of before are not at hand")


def _appended(table: str, part: WeekPart, changed: rows.Changed, found: Changes, why: Reasons) -> None:
    """Tell of rows of a past week that are other than before."""
    for model, count in changed.gone.items():
        found.part(table, part.week, (), f"{in_words(count)} of {model or 'the week'} changed, or are gone")
    for model, count in changed.added.items():
        if model not in changed.gone:
            said = why.of.get((part.week or "", model), set()) | why.everywhere
            if table != "retractions":  # of what was taken back nothing is added
                said -= {r.RETRACTED}
            found.part(table, part.week, said & APPEND_ONLY[table], f"{in_words(count)} of {model} added")
    if changed.taken:
        found.part(table, part.week, {r.RETRACTED}, "")
    elif not changed.gone and not changed.added:
        found.part(table, part.week, why.everywhere & {r.CODE}, "its columns are other ones")


def _whole(old: Manifest, new: Manifest, found: Changes, why: Reasons) -> None:
    """Compare the tables and views that have no weeks, by the hash of their rows, if they have one."""
    changed = [
        name
        for name in whole(old).keys() | whole(new).keys()
        if (old["table_hashes"].get(name) or _sha256(old, name))
        != (new["table_hashes"].get(name) or _sha256(new, name))
    ]
    if "study_labels" in changed and not why.everywhere & {r.STUDY, r.RETRACTED}:
        why.everywhere.add(r.LABELED)
        found.skip("study_labels: labels of studies are in no manifest, so nothing says why")
    for name in sorted(changed):
        found.part(name, None, why.through(None), "changed, and nothing says why")


def _sha256(manifest: Manifest, table: str) -> object:
    return manifest["files"].get(f"data/{table}.parquet", {}).get("sha256")


def _pages(old: Manifest, new: Manifest, found: Changes, why: Reasons) -> None:
    """Count the pages, documents and sheets that changed: each edition has its own, which say its name."""
    before, after = (
        {name: of["sha256"] for name, of in one["files"].items() if not name.endswith(".parquet")}
        | {f"sheets of {entry['period']}": entry["sha256"] for entry in one["pages"]}
        for one in (old, new)
    )
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if changed and found.old == found.new:
        found.differ(f"{len(changed):,} pages and files changed, the first is {changed[0]}")
    elif changed:
        said = ", ".join(sorted(why.through(None))) or "another edition"
        found.tell(f"{len(changed):,} pages and files", said)
