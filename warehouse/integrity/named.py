"""What each object names: the objects that must be there because it is, some with the hash that they must have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.integrity.findings import Need, Read
from warehouse.loading import anchor_objects, beside, study_objects

_SCOPE = re.compile(r"[^/]+/(.+)/labeler=")
_AGAIN = "; cliche publish writes it again"
_BESIDE = f"it has the hashes of what is beside it{_AGAIN}"


def needs(one: Read) -> Iterator[Need]:
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
    "trial receipt": lambda one: iter(
        [Need(one.key.replace("-receipt.", "-intent."), "there is a receipt of it")]
    ),
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
