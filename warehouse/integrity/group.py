"""One group of objects: each against its recorded hash, what each names (some with its hash), and what none names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.integrity import editions, thumbnails
from warehouse.integrity.findings import Inspection, Need, Read
from warehouse.integrity.kinds import Key, parse
from warehouse.loading import anchor_objects, beside, study_objects
from warehouse.loading import plan_slots as slots

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
_SCOPE = re.compile(r"[^/]+/(.+)/labeler=")
_INTENDED = "there is a receipt of it"
_AGAIN = "; cliche publish writes it again"
_BESIDE = f"it has the hashes of what is beside it{_AGAIN}"


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
        for named in _needs(one):
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
        _check_retractions(look, names[0], members, said)

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
        if recorded := beside.record_of(one.key):
            wanted.setdefault(recorded[0], Need(recorded[0], why))
    return planned


def _check_retractions(look: Inspection, study: str, members: Sequence[Key], said: Mapping[str, Any]) -> None:
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


def _needs(one: Read) -> Iterator[Need]:
    """Yield what an object names whose bytes are those that were written."""
    if beside.NOTE in one.key and one.said:
        yield Need(f"{one.key.rpartition('/')[0]}/{one.said.get('object')}", "it was noted as written")
    if one.named.group[0] == "partition":
        yield Need(keys.plan(*one.named.group[1:]), "other objects of this model and week are there")
    if one.named.kind in _NAMED:
        yield from _NAMED[one.named.kind](one)


def _image(row: Mapping[str, Any], why: str) -> Iterator[Need]:
    if row.get("image_sha256"):
        yield Need(keys.image(row["image_sha256"], row.get("image_ext") or "bin"), why)


def _images(one: Read) -> Iterator[Need]:
    listed = one.said.get("pictures", ()) if isinstance(one.said, dict) else []
    rows = one.said.to_pylist() if one.key.endswith("/study_slots.parquet") else listed
    for row in rows:
        yield from _image(row, f"a {one.named.kind} names it")


def _before(one: Read, key_of: Callable[..., str]) -> Iterator[Need]:
    for number in range(1, one.named.number):
        yield Need(key_of(*one.named.group[1:], number), "there is a later one")


def _manifest(one: Read) -> Iterator[Need]:
    _, week, model = one.named.group
    for row in one.said.to_pylist():
        yield Need(keys.receipt(week, model, row["slot_key"], row["attempt"]), "the manifest lists it")
        yield from _image(row, "a receipt names it")
    yield from _before(one, keys.manifest)


def _record(one: Read) -> Iterator[Need]:
    of, why = one.named.group[1:], "is recorded beside the manifest"
    for name, sha256 in one.said.get("receipts", {}).items():
        yield Need(keys.attempts_prefix(*of) + name, why, sha256)
    yield from (Need(keys.intents_prefix(*of) + name, why) for name in one.said.get("intents", ()))
    yield from (Need(keys.batches_prefix(*of) + name, why) for name in one.said.get("batches", ()))
    if one.said.get("plan"):
        yield Need(keys.plan(*of), why, one.said["plan"])


def _calls(one: Read) -> Iterator[Need]:
    """Yield the intents of a paid labeler's calls, of which these are receipts."""
    scope = _SCOPE.match(one.key)
    prefix = keys.label_intents_prefix(scope[1] if scope else "", keys.labeler_of(one.key) or "")
    for name in json.loads((one.said.schema.metadata or {}).get(beside.INTENTS, b"[]")):
        yield Need(f"{prefix}{name}.json", "its call has a receipt")


def _batch(one: Read) -> Iterator[Need]:
    folder, _, name = one.key.rpartition("/")
    stated, _, state = name.removesuffix(".json").partition("-")
    before = [f"{number:04d}-intended" for number in range(1, int(stated) + 1)]
    before += [f"{stated}-sent1"] * (state not in {"intended", "ended"})
    for earlier in before:
        yield Need(f"{folder}/{earlier}.json", "a later state of the batches is there")


def _pointer(one: Read) -> Iterator[Need]:
    tables = (f"{one.said['tables']}{name}.parquet" for name in study_objects.TABLES)
    for key in (one.said["definition"], *tables, *one.said["labels"]):
        yield Need(key, f"import {one.named.number} of the study names it")
    yield from _before(one, keys.study_pointer)


def _taken_back(one: Read) -> Iterator[Need]:
    import_ = keys.study_pointer(one.named.group[1], int(one.said.get("number", 0)))
    yield Need(import_, f"{one.key} takes this import back")
    yield from _before(one, keys.retraction)


def _index(one: Read) -> Iterator[Need]:
    index = json.loads(one.data)
    for style in index["styles"]:  # the same of all quarters
        yield Need(style, "sheets of quarters are drawn with it")
    for model, pages in index["pages"].items():
        folder = sha256_hex(canonical_json({path: sha256 for path, (sha256, _) in pages.items()}))
        prefix = keys.past_folder(index["period"], model, folder)
        for path, (sha256, _) in pages.items():
            yield Need(f"{prefix}{path}", "the index of its quarter names it", sha256)


def _site(one: Read) -> Iterator[Need]:
    stated = one.said.get("pages", {keys.SITE_DATABASE: one.said.get("sha256")})
    yield from (Need(key, f"{one.key} names it{_AGAIN}", str(sha256)) for key, sha256 in stated.items())


def _always(key_of: Callable[[str], str], why: str) -> Callable[[Read], Iterator[Need]]:
    """Return a function that yields one object, by the name of the group."""
    return lambda one: iter([Need(key_of(one.named.group[1]), why)])


_LIST = _always(anchor_objects.list_key, "there are labels of it")
_SAMPLE = _always(keys.gold_sample, "there are labels of it")
_NAMED: Mapping[str, Callable[[Read], Iterator[Need]]] = {
    "receipt": lambda one: _image(one.said, "a receipt names it"),
    "manifest": _manifest,
    "manifest record": _record,
    "retraction": lambda one: _before(one, keys.week_retraction),
    "batch": _batch,
    "label batch": _batch,
    "label calls": _calls,
    "trial receipt": lambda one: iter([Need(one.key.replace("-receipt.", "-intent."), _INTENDED)]),
    "gold labels": _SAMPLE,
    "gold note": _SAMPLE,
    "gold sample": _images,
    "anchor labels": _LIST,
    "anchor acceptance": _LIST,
    "anchor list": _images,
    "study pointer": _pointer,
    "study table": _images,
    "study retraction": _taken_back,
    "past index": _index,
    "pages note": _site,
    "site note": _site,
    "pages page": _always(lambda _: keys.SITE_PAGES_NOTE, _BESIDE),
    "site database": _always(lambda _: keys.SITE_DATABASE_NOTE, _BESIDE),
}
