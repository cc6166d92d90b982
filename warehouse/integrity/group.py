"""One group of objects: each against its recorded hash, what they name, and what names none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from warehouse import keys
from warehouse.integrity import editions, thumbnails
from warehouse.integrity.findings import Inspection, Need
from warehouse.integrity.kinds import Key, parse
from warehouse.integrity.named import needs
from warehouse.loading import plan_slots as slots
from warehouse.loading.beside import record_of

#: Groups whose objects are each checked by themselves.
APART = frozenset({"image", "table", "engine", "style"})
#: Groups that are checked in a way of their own.
_OWN: Mapping[str, Callable[[Inspection, str, Sequence[Key]], None]] = {
    "image": thumbnails.check,
    "edition": editions.check,
    "latest": editions.check_latest,
}
#: What the objects of a group belong to, in words.
_OF = {
    "partition": "{1}, {0}",
    "calls": "{0}",
    "trial": "trials in the week {0}",
    "gold": "gold set {0}",
    "anchor": "anchor set {0}",
    "study": "study {0}",
    "past": "{0}",
}
#: Kinds that name all of their group: nothing else may be there.
_LISTS = {"pages note", "site note"}
#: Kinds of which a publish that was stopped leaves some.
_LEFT_OVER = {"table part", "past page"}


def check_group(look: Inspection, group: tuple[str, ...], members: Sequence[Key]) -> None:
    """Read the objects of a group and note what is wrong with them; `members` are all of it, but of `APART`."""
    family, *names = group
    if family in _OWN:
        _OWN[family](look, names[0], members)
        return
    of, wanted, said, lists = _OF.get(family, "").format(*names), dict[str, Need](), dict[str, Any](), False
    for one in look.read(members, of):
        if one.fault:
            continue
        for named in needs(one):
            if named.sha256 or named.key not in wanted:
                wanted[named.key] = named
        lists = lists or one.named.kind in _LISTS
        said[one.key] = one.said if family in {"partition", "study"} else None
        if one.named.kind == "plan" and (fault := slots.plan_fault(one.said)):
            look.damaged(one.key, fault, of)
            del said[one.key]
    for member in members:
        need, edition = wanted.get(member.key), look.named.get(member.key)
        sha256 = look.hashes.get(member.key)
        if need and sha256 and need.sha256 not in {None, sha256}:
            look.damaged(member.key, f"has another hash than is recorded: {need.why}", of)
        elif edition and sha256 and edition.sha256 not in {None, sha256}:
            look.damaged(member.key, f"has another hash than edition {edition.edition} records", of)
        elif need is None and lists and member.kind not in _LISTS:
            look.unexpected(member.key, "the note beside it does not name it", of)
        elif need is None and edition is None and member.kind in _LEFT_OVER and sha256:
            look.leftover += 1
    planned = _planned(look, members, said, wanted) if family == "partition" else {}
    if family == "study":
        _taken_back(look, names[0], members, said)

    def belongs(key: str) -> str:
        known = parse(key)
        slot = planned.get(known.slot) if known else None
        return slots.words(slot, *names) if slot else of

    look.need_all(wanted.values(), belongs)


def _planned(
    look: Inspection, members: Sequence[Key], said: Mapping[str, Any], wanted: dict[str, Need]
) -> Mapping[str, Any]:
    """Return the slots of a partition's plan; objects of other slots are unexpected.

    Of a manifest that is gone there is its record, and labels of what it listed: then it is wanted. Without labels, a
    run was killed between the two; the next run writes the manifest.
    """
    _, week, model = members[0].group
    plan = said.get(keys.plan(week, model))
    planned = {slot["slot_key"]: slot for slot in plan["slots"]} if plan else {}
    for one in members:
        if plan and one.slot and one.slot not in planned:
            look.unexpected(one.key, "is of no slot of the plan", slots.words(None, week, model))
    labeled, listed = set[str](), set[str]()
    for one in members:
        if one.kind in {"labels", "manifest"} and (table := said.get(one.key)):
            (labeled if one.kind == "labels" else listed).update(table["slot_key"].unique().to_pylist())
    why = "its hash is recorded, and there are labels of what it listed"
    for one in members if labeled - listed else ():
        if recorded := record_of(one.key):
            wanted.setdefault(recorded[0], Need(recorded[0], why))
    return planned


def _taken_back(look: Inspection, study: str, members: Sequence[Key], said: Mapping[str, Any]) -> None:
    """Check that retractions are of imports that are there, and that those which editions rest on have a pointer."""
    pointers = {one.number: said.get(one.key) or {} for one in members if one.kind == "study pointer"}
    of, named = f"study {study}", {str(pointer.get("definition")) for pointer in pointers.values()}
    for one in members:
        taken = said.get(one.key) if one.kind == "study retraction" else None
        definition = pointers.get((taken or {}).get("number", 0), {}).get("definition", "")
        of_it = f"definition-{str((taken or {}).get('definition_sha256'))[:16]}.json"
        if taken and (taken.get("study") != study or (definition and not definition.endswith(of_it))):
            look.damaged(one.key, "takes back another import than it names", of)
        if one.kind == "study definition" and one.key in look.named.keys() - named and all(pointers.values()):
            why = f"edition {look.named[one.key].edition} rests on an import that no other one names"
            look.need(keys.study_pointer(study, max(pointers, default=0) + 1), why, of)
