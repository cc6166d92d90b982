"""What changed from one edition to a later one, and why: the entries of both manifests that say so.

Objects of the store are written once, so a later manifest names all that an earlier one named: what is named no more,
or has another hash under its name, has no reason.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from assets.leaderboard.texts import texts_sha256
from assets.suites.analysis import load_changes
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import Findings, shown
from warehouse import keys

NEW_WEEK, NEW_MODEL, LATE = "new week", "model of a past week added", "late receipt"
LABELED, RELABELED, ANCHORS, GOLD = "labeled late", "relabeled", "anchors", "gold"
METHOD, CODE, STUDY, SITE = "method", "code", "study", "site"
RETRACTED, REMOVED = "retracted", "removed"
_MOST = 200  # lines of one kind; a hostile manifest can have 100,000 parts
#: What is named → the reason that it is new, where that is another word.
_REASONS = {"receipts": LATE, "labels": LABELED, "retraction": RETRACTED, "removal": REMOVED}
_OF_WEEKS = {"plan", "receipts", "labels"}
#: Field of entries → what one of it is called, the fields that name it, and the field that stays as it is (or all).
_ENTRIES = {
    "partitions": ("plan", ("week", "model"), "plan_sha256"),
    "suites": ("suite", ("suite", "version"), "sha256"),
    "studies": (STUDY, ("study", "version"), "definition_sha256"),
    "retractions": ("retraction", ("key",), None),
    "removals": ("removal", ("image_sha256",), None),
}
#: Field of entries → what names one, and the fields of it that list objects, which stay.
_OBJECTS = {
    "partitions": (("week", "model"), ("label_parts", "label_attempt_parts")),
    "anchors": (("anchor_set",), ("pictures", "labels", "accepted")),
    "gold": (("gold_set",), ("sample", "labels")),
}
#: What is named: a word, what it is of, and the object.
_Fact = tuple[str, tuple[str, ...], str]


@dataclass
class Changes(Findings):
    """What changed from one edition to another, and why; a difference is a change without a reason."""

    old: Manifest
    new: Manifest
    reasons: dict[tuple[str, ...], set[str]] = field(default_factory=dict)  # by (week, model)
    everywhere: set[str] = field(default_factory=set)  # reasons that are of no week
    taken: list[Mapping[str, Any]] = field(default_factory=list)  # what was taken back of weeks since
    _told: dict[str, None] = field(default_factory=dict)
    _parts: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # (table, reason) → weeks

    def through(self, week: str | None) -> set[str]:
        """Return the reasons of weeks through this one, for what follows from rows; of a removal nothing does."""
        of_weeks = (why for (of, _), why in self.reasons.items() if week is None or of <= week)
        return self.everywhere.union(*of_weeks) - {REMOVED}

    def within(self, week: str | None) -> set[str]:
        """Return the reasons of one week, whatever the model."""
        return self.everywhere.union(*(why for (of, _), why in self.reasons.items() if of == week))

    def add(self, of: tuple[str, ...], reason: str) -> None:
        """Add a reason of a week and model, or of none."""
        (self.reasons.setdefault(of, set()) if len(of) > 1 else self.everywhere).add(reason)

    def tell(self, what: str, reason: str) -> None:
        """Add what changed beside parts of tables."""
        self._told[f"{reason}: {what}"] = None

    def part(self, table: str, week: str | None, reasons: Collection[str], otherwise: str) -> None:
        """Add a part of a table that changed; without a reason it is unexplained, in these words."""
        if reasons:
            self._parts.setdefault((table, ", ".join(sorted(reasons))), set()).add(week or "")
        else:
            self.differ(f"{table} {week or 'without a week'}: {otherwise}")

    def summary(self) -> str:
        """Return in one line how many changes there are, and whether each has a reason."""
        count, parts = len(self.differences), sum(map(len, self._parts.values()))
        said = f"{parts:,} parts of tables changed" if parts or self._told or count else "nothing changed"
        end = f" · {count:,} unexplained" if count else ", each with a reason" if parts else ""
        return f"{self.old['edition']} → {self.new['edition']}   {said}{end}"

    def lines(self) -> Iterator[str]:
        """Yield the comparison as a person reads it."""
        together: dict[str, list[str]] = {}
        for (table, reason), weeks in self._parts.items():
            first, *more = sorted(weeks)
            span = f"{len(weeks):,} weeks, {first or 'none'} to {more[-1]}" if more else first
            together.setdefault(f"{reason}: {span or 'without a week'}", []).append(table)
        yield self.summary()
        yield from _first(f"unexplained: {line}" for line in self.differences)
        yield from _first(f"not checked: {line}" for line in self.unchecked)
        yield from _first(self._told)
        yield from _first(f"{said}: {', '.join(tables)}" for said, tables in together.items())


def _first(lines: Iterable[str]) -> list[str]:
    first = [f"  {shown(line)}" for line in islice(lines, _MOST + 1)]
    return first if len(first) <= _MOST else [*first[:-1], "  … and more"]


def find(found: Changes) -> None:
    """Take the reasons that the manifests state; what is named no more, or otherwise, is unexplained."""
    before, after = _named(found.old), _named(found.new)
    taken_back = [one.get("definition_sha256") for one in found.new["retractions"]]
    for fact, said in before.items():
        kind, of, name = fact
        later = kind == "receipts" and after.get(fact, said) > said  # its number is in its name
        replaced = kind == STUDY and fact not in after and (_version_of(of[0], after) or said in taken_back)
        if after.get(fact) != said and not later and not replaced:
            found.differ(f"{' '.join((kind, *of, name)).strip()[:400]} is named no more, or otherwise")
    for fact, said in after.items():
        if fact not in before or (fact[0] == "receipts" and said > before[fact]):
            _explain(fact, said, before, found)
    _code(found)


def _explain(fact: _Fact, said: Any, before: Mapping[_Fact, Any], found: Changes) -> None:
    """Take the reason that something is named which was not."""
    kind, of, name = fact
    reason = _REASONS.get(kind, kind)
    if kind in {"retraction", "removal"}:
        week, model, study = _texts(said, ("week", "model", "study"))
        what, of = f"picture {of[0][:12]}", ()
        if kind == "retraction" and "study" not in said:
            what, of = f"{week} {model}", (week, model)
            found.taken.append(said)
        elif kind == "retraction":
            what = f"study {study}"
        if "study" not in said or _version_of(study, before):
            found.add(of, reason)
        found.tell(f"{what}: {str(said.get('reason'))[:200]}", reason)
        return
    if kind in _OF_WEEKS and ("plan", of, "") not in before:
        reason = NEW_WEEK if of[0] > found.old["week"] else NEW_MODEL
    elif kind == "labels":
        had = {keys.labeler_of(key) for other, place, key in before if (other, place) == (kind, of)}
        reason = RELABELED if had and keys.labeler_of(name) not in had else LABELED
    if kind != "suite":
        found.add(of if kind in _OF_WEEKS else (), reason)
    found.tell(" ".join(of), reason)


def _named(manifest: Manifest) -> dict[_Fact, Any]:
    """Return all that a manifest names and a later one names, too, and what it says of it."""
    found: dict[_Fact, Any] = {}
    for field_, (kind, names, stays) in _ENTRIES.items():
        for entry in manifest[field_]:
            found[kind, _texts(entry, names), ""] = entry if stays is None else entry.get(stays)
    for field_, (names, fields) in _OBJECTS.items():
        for entry in manifest[field_]:
            of, kind = _texts(entry, names), "labels" if field_ == "partitions" else field_
            for value in map(entry.get, fields):
                listed = value if isinstance(value, list) else [value] if value else []
                found |= {(kind, of, str(one)): "" for one in listed}
    for entry in manifest["partitions"]:
        name = str(entry.get("manifest") or "")[:200]
        found["receipts", _texts(entry, ("week", "model")), ""] = f"{len(name):03}{name}"
    return found


def _version_of(study: str, named: Mapping[_Fact, Any]) -> bool:
    return any(kind == STUDY and of[0] == study for kind, of, _ in named)


def _code(found: Changes) -> None:
    old, new = found.old, found.new
    if old["site"] != new["site"]:
        found.everywhere.add(SITE)
        found.tell("what pages say of the publisher", SITE)
    if old["texts_sha256"] != new["texts_sha256"]:
        found.everywhere.add(CODE)
        found.tell(f"{old['code_version'][:60]} → {new['code_version'][:60]}", CODE)
    plan = new["analysis_plan_sha256"]
    if old["analysis_plan_sha256"] == plan:
        return
    found.everywhere.add(METHOD)
    if changes := [one for one in load_changes() if one.sha256 == plan]:
        found.tell(f"{changes[0].day}: {textwrap.shorten(changes[0].said, 200, placeholder=' …')}", METHOD)
    else:
        tell = found.differ if new["texts_sha256"] == texts_sha256() else found.skip
        tell(f"analysis.yaml: method_changes.yaml here has no entry of {plan[:64]}")


def _texts(entry: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(entry.get(name))[:200] for name in names)
