"""Calls of paid labelers, of whatever scope: intents, receipts, states of batches; and states of batches in general."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa

from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.integrity.findings import Inspection, Read, said_of
from warehouse.loading import beside
from warehouse.loading.objects import compared_parquet

#: Kinds of keys of such calls.
KINDS = ("label intent", "label calls", "label batch", "note")


def check_calls(look: Inspection, found: Sequence[Read], scope: str, of: str) -> None:
    """Check the calls of one scope (`week=<W>/model=<M>`, `week=<W>/anchors`, `study=<S>`)."""
    for one in found:
        labeler = keys.labeler_of(one.key) or ""
        who = f"{of}, {labeler}"
        if one.key.startswith("label-intents/"):
            _intent(look, one, labeler, who)
        elif is_note(one.key):
            check_note(look, one, who)
        elif one.key.endswith(".parquet"):
            for name in _intended(look, one, who):
                look.need(
                    f"{keys.label_intents_prefix(scope, labeler)}{name}.json", "its call has a receipt", who
                )
    states = [one for one in found if one.key.startswith("label-batches/")]
    for folder in sorted({one.key.rpartition("/")[0] for one in states}):
        check_batches(look, [one for one in states if one.key.startswith(f"{folder}/")], of)


def is_note(key: str) -> bool:
    """Return whether a key is of a note that an object of its folder was written."""
    return key.rpartition("/")[2].startswith(beside.NOTE)


def check_note(look: Inspection, one: Read, of: str) -> None:
    """Check a note: what it says was written is there."""
    note = look.json(one, of)
    if note is not None:
        look.need(f"{one.key.rpartition('/')[0]}/{note.get('object')}", "it was noted as written", of)


def _intent(look: Inspection, one: Read, labeler: str, of: str) -> None:
    intent = look.json(one, of)
    if intent is None:
        return
    call = one.key.split("/")[-2]
    said = [labeler, intent.get("images"), intent.get("attributes")]
    if sha256_hex(canonical_json(said))[:32] != call:
        look.damaged(one.key, "is the intent of another call", of)


def _intended(look: Inspection, one: Read, of: str) -> list[str]:
    """Check one part of receipts; return the calls in it that had an intent."""
    try:
        table = compared_parquet(one.key, one.data, ())
        stated = json.loads((table.schema.metadata or {}).get(beside.INTENTS, b"[]"))
    except (CorruptObjectError, KeyError, ValueError, pa.ArrowException) as error:
        look.damaged(one.key, said_of(error, one.key), of)
        return []
    return [str(name) for name in stated]


def check_batches(look: Inspection, states: Sequence[Read], of: str) -> None:
    """Check the states of the batches of one folder: each follows from the one before it."""
    by_number: dict[int, set[str]] = {}
    for one in states:
        look.json(one, of)
        named, _, state = one.key.rpartition("/")[2].removesuffix(".json").partition("-")
        by_number.setdefault(int(named), set()).add(state)
    folder = states[0].key.rpartition("/")[0] if states else ""
    for number in range(1, max(by_number, default=0) + 1):
        there = by_number.get(number, set())
        wanted = {"intended"} | ({"sent1"} if there - {"intended", "ended"} else set())
        for state in sorted(wanted - there):
            look.need(f"{folder}/{number:04d}-{state}.json", "a later state of the batches is there", of)
