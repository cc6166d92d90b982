"""Why an edition may differ from one before it: the entries of both manifests that say so.

Objects of the store are written once, so a later manifest names all that an earlier one named: what is named no more,
or has another hash under its name, has no reason.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.leaderboard.texts import texts_sha256
from assets.suites.analysis import load_changes
from orchestration.verifying.manifest import Manifest, entries
from orchestration.verifying.report import Changes
from warehouse import keys

NEW_WEEK, NEW_MODEL, LATE = "new week", "model of a past week added", "late receipt"
LABELED, RELABELED, ANCHORS, GOLD = "labeled late", "relabeled", "anchors", "gold"
METHOD, CODE, STUDY, SITE = "method", "code", "study", "site"
RETRACTED, REMOVED = "retracted", "removed"
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
class Reasons:
    """Reasons by (week, model), and those that are of no week."""

    of: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    everywhere: set[str] = field(default_factory=set)
    taken: list[Mapping[str, Any]] = field(default_factory=list)  # what was taken back of weeks since

    def through(self, week: str | None) -> set[str]:
        """Return the reasons for which what follows from rows of weeks through this one may change.

        Nothing follows from a removal: labels and counts stay.
        """
        of_weeks = (why for (of, _), why in self.of.items() if week is None or of <= week)
        return self.everywhere.union(*of_weeks) - {REMOVED}

    def within(self, week: str | None) -> set[str]:
        """Return the reasons of one week, whatever the model."""
        return self.everywhere.union(*(why for (of, _), why in self.of.items() if of == week))

    def add(self, of: tuple[str, ...], reason: str) -> None:
        """Add a reason of a week and model, or of none."""
        (self.of.setdefault(of, set()) if len(of) > 1 else self.everywhere).add(reason)


def find(old: Manifest, new: Manifest, found: Changes) -> Reasons:
    """Return the reasons that the manifests state; what is named no more, or otherwise, is unexplained."""
    why, before, after = Reasons(), _named(old), _named(new)
    for fact, said in before.items():
        kind, of, name = fact
        later = kind == "receipts" and after.get(fact, said) > said  # its number is in its name
        replaced = kind == STUDY and fact not in after and (_version_of(of[0], after) or _taken(said, new))
        if after.get(fact) != said and not later and not replaced:
            found.differ(f"{' '.join((kind, *of, name)).strip()[:400]} is named no more, or otherwise")
    for fact, said in after.items():
        if fact not in before or (fact[0] == "receipts" and said > before[fact]):
            _explain(fact, before, old, new, found, why)
    _code(old, new, found, why)
    return why


def _explain(
    fact: _Fact, before: Mapping[_Fact, str], old: Manifest, new: Manifest, found: Changes, why: Reasons
) -> None:
    """Take the reason that something is named which was not."""
    kind, of, name = fact
    reason = _REASONS.get(kind, kind)
    if kind in {"retraction", "removal"}:
        field_, key = ("retractions", "key") if kind == "retraction" else ("removals", "image_sha256")
        entry = next(one for one in entries(new[field_]) if _texts(one, (key,)) == of)
        week, model, study = _texts(entry, ("week", "model", "study"))
        said, of = f"picture {of[0][:12]}", ()
        if kind == "retraction" and "study" not in entry:
            said, of = f"{week} {model}", (week, model)
            why.taken.append(entry)
        elif kind == "retraction":
            said = f"study {study}"
        if "study" not in entry or _version_of(study, before):
            why.add(of, reason)
        found.tell(f"{said}: {str(entry.get('reason'))[:200]}", reason)
        return
    if kind in _OF_WEEKS and ("plan", of, "") not in before:
        reason = NEW_WEEK if of[0] > old["week"] else NEW_MODEL
    elif kind == "labels":
        had = {keys.labeler_of(key) for other, place, key in before if (other, place) == (kind, of)}
        reason = RELABELED if had and keys.labeler_of(name) not in had else LABELED
    if kind != "suite":
        why.add(of if kind in _OF_WEEKS else (), reason)
    found.tell(" ".join(of), reason)


def _named(manifest: Manifest) -> dict[_Fact, str]:
    """Return all that a manifest names and a later one names, too, and what it says of it."""
    found: dict[_Fact, str] = {}
    for field_, (kind, names, stays) in _ENTRIES.items():
        for entry in entries(manifest[field_]):
            said = sorted(entry.items()) if stays is None else entry.get(stays)
            found[kind, _texts(entry, names), ""] = repr(said)
    for field_, (names, fields) in _OBJECTS.items():
        for entry in entries(manifest[field_]):
            of, kind = _texts(entry, names), "labels" if field_ == "partitions" else field_
            for value in map(entry.get, fields):
                listed = value if isinstance(value, list) else [value] if value else []
                found |= {(kind, of, str(one)): "" for one in listed}
    for entry in entries(manifest["partitions"]):
        name = str(entry.get("manifest") or "")[:200]
        found["receipts", _texts(entry, ("week", "model")), ""] = f"{len(name):03}{name}"
    return found


def _version_of(study: str, named: Mapping[_Fact, str]) -> bool:
    return any(kind == STUDY and of[0] == study for kind, of, _ in named)


def _taken(definition: str, new: Manifest) -> bool:
    return any(repr(one.get("definition_sha256")) == definition for one in entries(new["retractions"]))


def _code(old: Manifest, new: Manifest, found: Changes, why: Reasons) -> None:
    if old["site"] != new["site"]:
        why.everywhere.add(SITE)
        found.tell("what pages say of the publisher", SITE)
    if old["texts_sha256"] != new["texts_sha256"]:
        why.everywhere.add(CODE)
        found.tell(f"{old['code_version'][:60]} → {new['code_version'][:60]}", CODE)
    plan = new["analysis_plan_sha256"]
    if old["analysis_plan_sha256"] == plan:
        return
    why.everywhere.add(METHOD)
    if changes := [one for one in load_changes() if one.sha256 == plan]:
        found.tell(f"{changes[0].day}: {textwrap.shorten(changes[0].said, 200, placeholder=' …')}", METHOD)
        return
    tell = found.differ if new["texts_sha256"] == texts_sha256() else found.skip
    tell(f"analysis.yaml: method_changes.yaml here has no entry of {plan[:64]}")


def _texts(entry: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(entry.get(name))[:200] for name in names)
