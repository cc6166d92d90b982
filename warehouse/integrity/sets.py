"""Trials, gold sets and anchor sets: each group against what its names and records say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from warehouse import keys
from warehouse.errors import CorruptObjectError
from warehouse.integrity import calls
from warehouse.integrity.findings import Inspection, Read, said_of
from warehouse.integrity.kinds import Key
from warehouse.loading import anchor_objects, beside, seals
from warehouse.loading.objects import parquet_table


def check_removals(look: Inspection, name: str, found: Sequence[Key]) -> None:
    """Check the records of removals: each is of the picture that its key names."""
    del name
    for one in look.read([key.key for key in found]):
        said = look.json(one)
        if said and keys.removal(str(said.get("image_sha256"))) != one.key:
            look.damaged(one.key, f"is the removal of {said.get('image_sha256')}")


def check_trials(look: Inspection, week: str, found: Sequence[Key]) -> None:
    """Check trials of models in one week; their receipts have the seal of the slot that they stand for."""
    of = f"trials in the week {week}"
    for one in look.read([key.key for key in found]):
        if one.key.endswith("-intent.json"):
            look.json(one, of)
            continue
        look.need(one.key.replace("-receipt.", "-intent."), "there is a receipt of it", of)
        if not _is_trial(one):
            look.damaged(one.key, "its bytes do not match the hash in it, or it is another trial's", of)


def _is_trial(one: Read) -> bool:
    try:
        said = json.loads(one.data)
        week, model, number = said["week"], said["model"], said["attempt"]
        seals.check(keys.receipt(week, model, said["slot_key"], number), one.data)
        return keys.trial_receipt(week, model, number) == one.key
    except (CorruptObjectError, KeyError, TypeError, ValueError):
        return False


def check_gold(look: Inspection, gold_set: str, found: Sequence[Key]) -> None:
    """Check a gold set: its sample and the answers of its raters."""
    of = f"gold set {gold_set}"
    look.need(keys.gold_sample(gold_set), "there are answers about it", of)
    for one in look.read([key.key for key in found]):
        if calls.is_note(one.key):
            calls.check_note(look, one, of)
        elif one.key.endswith(".json"):
            sample = look.json(one, of)
            if sample and sample.get("gold_set") != gold_set:
                look.damaged(one.key, f"is the sample of {sample.get('gold_set')}", of)
            pictures(look, (sample or {}).get("pictures", ()), of)
        else:
            compare(look, one, (), of)


def check_anchors(look: Inspection, anchor_set: str, found: Sequence[Key]) -> None:
    """Check an anchor set: its list, its labels by week, and acceptances."""
    of = f"anchor set {anchor_set}"
    look.need(anchor_objects.list_key(anchor_set), "there are labels of it", of)
    names = [key.key for key in found]
    for one in look.read(names):
        if not one.key.endswith(".parquet"):
            said = look.json(one, of)
            if said and "set" in said:
                if said["set"] != anchor_set:
                    look.damaged(one.key, f"is the list of {said['set']}", of)
                pictures(look, said.get("pictures", ()), of)
        else:
            compare(look, one, names, of)


def pictures(look: Inspection, rows: Iterable[Mapping[str, Any]], of: str) -> None:
    """Note the pictures that rows name and the store does not hold."""
    look.need_all(
        (keys.image(row["image_sha256"], row["image_ext"]), f"{of} names it", of)
        for row in rows
        if row.get("image_sha256") and row.get("image_ext")
    )


def compare(look: Inspection, one: Read, names: Iterable[str], of: str) -> None:
    """Note Parquet whose bytes do not have the hash that is recorded."""
    try:
        beside.compare(one.key, one.data, names)
    except CorruptObjectError as error:
        look.damaged(one.key, said_of(error, one.key), of)


def rows_of(look: Inspection, one: Read, of: str) -> list[dict[str, Any]]:
    """Return the rows of Parquet; none, and a problem, if it does not read."""
    try:
        return list(parquet_table(one.key, one.data).to_pylist())
    except (CorruptObjectError, pa.ArrowException) as error:
        look.damaged(one.key, said_of(error, one.key), of)
        return []
