"""One model's week: plan, intents, receipts, manifests, batches, labels and calls for labels, against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from warehouse import keys
from warehouse.errors import CorruptObjectError
from warehouse.integrity import calls
from warehouse.integrity.findings import Inspection, Read, records_of, said_of
from warehouse.integrity.kinds import Key
from warehouse.loading import plan_slots as slots
from warehouse.loading.objects import compared_parquet

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Partition:
    """What is read of one partition: its objects by key, and the slots of its plan, None if it cannot be read."""

    look: Inspection
    week: str
    model: str
    read: Mapping[str, Read]
    planned: Mapping[str, Row] | None

    @property
    def of(self) -> str:
        """Return what its objects belong to, in words."""
        return f"{self.model}, {self.week}"

    def words(self, slot_key: str) -> str:
        """Return what belongs to a slot, in words."""
        return slots.words((self.planned or {}).get(slot_key), self.week, self.model)


def check(look: Inspection, week: str, model: str, found: Sequence[Key]) -> None:
    """Check all objects of a partition; `found` are its keys as they are listed."""
    kinds: dict[str, list[Key]] = {}
    for key in found:
        kinds.setdefault(key.kind, []).append(key)
    read = {one.key: one for one in look.read([key.key for key in found])}
    of = f"{model}, {week}"
    records = {
        key.key: said
        for key in kinds.get("manifest record", ())
        if (one := read.get(key.key)) and (said := look.json(one, of)) is not None
    }
    part = _Partition(look, week, model, read, _plan(look, week, model, read, records.values()))
    record_keys = [key.key for key in kinds.get("manifest record", ())]
    numbers = {key.number: key.key for key in kinds.get("manifest", ()) if key.key in read}
    rows = _manifests(part, numbers, record_keys)
    labeled = _labels(part, kinds.get("labels", ()))
    # Of a manifest that is gone there is its record, and labels of what it listed. Without labels, a run was killed
    # between the two; the next run writes the manifest.
    if labeled - {slot for slot, _ in rows}:
        for name in sorted(records_of(records).keys() - {*numbers.values()}):
            look.need(name, "its hash is recorded, and there are labels of what it listed", of)
    newest = _newest(records, numbers)
    _receipts(part, kinds.get("receipt", ()), newest.get("receipts", {}), rows)
    _intents(part, kinds.get("intent", ()), newest.get("intents", ()))
    prefix = keys.batches_prefix(week, model)
    for name in newest.get("batches", ()):
        look.need(prefix + name, "is recorded beside the manifest", of)
    calls.check_batches(look, [read[key.key] for key in kinds.get("batch", ()) if key.key in read], of)
    for key in (*kinds.get("thumbnail note", ()), *kinds.get("retraction", ())):
        said = look.json(read[key.key], of) if key.key in read else None
        if said and key.kind == "retraction" and (said.get("week"), said.get("model")) != (week, model):
            look.damaged(key.key, f"is a retraction of {said.get('model')} in week {said.get('week')}", of)
    for number in range(1, max((key.number for key in kinds.get("retraction", ())), default=0)):
        look.need(keys.week_retraction(week, model, number), "there is a later one", of)
    asked = [read[key.key] for kind in calls.KINDS for key in kinds.get(kind, ()) if key.key in read]
    calls.check_calls(look, asked, f"week={week}/model={model}", of)


def _plan(
    look: Inspection, week: str, model: str, read: Mapping[str, Read], records: Iterable[Row]
) -> dict[str, Row] | None:
    """Check the plan; return its slots by key, or None if it cannot be read."""
    key, of = keys.plan(week, model), f"{model}, {week}"
    if key not in read:
        if key not in look.there:
            look.need(key, "other objects of this model and week are there", of)
        return None
    one = read[key]
    published, edition = look.recorded.plans.get(key, (None, ""))
    beside_manifest = {said["plan"] for said in records if said.get("plan")}
    plan = look.json(one, of)
    if plan is None:
        return None
    if (plan.get("week"), plan.get("model")) != (week, model):
        look.damaged(key, f"is the plan of {plan.get('model')} in week {plan.get('week')}", of)
    elif fault := _fault(plan):
        look.damaged(key, fault, of)
    elif published not in {None, one.sha256}:
        look.damaged(key, f"has another hash than edition {edition} records", of)
    elif beside_manifest - {one.sha256}:
        look.damaged(key, "has another hash than is recorded beside the manifest", of)
    else:
        return {slot["slot_key"]: slot for slot in plan["slots"]}
    return None


def _fault(plan: Row) -> str | None:
    try:
        return slots.plan_fault(plan)
    except (KeyError, TypeError, AttributeError) as error:
        return f"is no plan ({error!r})"


def _manifests(
    part: _Partition, numbers: Mapping[int, str], records: Sequence[str]
) -> dict[tuple[str, int], Row]:
    """Check the manifests; return the rows of the highest that reads, by slot and attempt."""
    look, read, planned = part.look, part.read, part.planned
    tables: dict[int, dict[tuple[str, int], Row]] = {}
    for number, key in numbers.items():
        try:
            rows = compared_parquet(key, read[key].data, records).to_pylist()
            tables[number] = {(row["slot_key"], row["attempt"]): row for row in rows}
        except (CorruptObjectError, KeyError, pa.ArrowException) as error:
            look.damaged(key, said_of(error, key), part.of)
    current = tables[max(tables)] if tables else {}
    last = max(numbers, default=0)
    for number in {*range(1, last)} - {*numbers}:
        key = numbers[last].replace(f"-{last:04d}.", f"-{number:04d}.")
        look.need(key, f"there is manifest {last}", part.of)
    if planned is not None and last in tables:
        for slot_key in sorted({slot for slot, _ in current} - {*planned}):
            look.damaged(
                numbers[last], f"holds an attempt of {slot_key[:12]}, which is no slot of the plan", part.of
            )
    return current


def _newest(records: Mapping[str, Row], numbers: Mapping[int, str]) -> Row:
    """Return what is recorded beside the highest manifest that is there, else beside any."""
    for key in sorted(numbers.values(), reverse=True):
        for name in records_of(records).get(key, ()):
            return records[name]
    return {}


def _receipts(
    part: _Partition, found: Sequence[Key], hashes: Mapping[str, str], rows: Mapping[tuple[str, int], Row]
) -> None:
    """Check the receipts by the hashes beside the manifest, else by their seals."""
    look, week, model, planned = part.look, part.week, part.model, part.planned
    prefix = keys.attempts_prefix(week, model)
    pictures: dict[str, str] = {}
    for key in found:
        if (one := part.read.get(key.key)) is None:
            continue
        of = part.words(key.slot)
        if planned is not None and key.slot not in planned:
            look.unexpected(key.key, "is of no slot of the plan", of)
        stated = hashes.get(key.key.removeprefix(prefix))
        if stated is None:
            receipt = _receipt(look, key, one, of)
            if receipt and receipt.get("image_sha256"):
                pictures[keys.image(receipt["image_sha256"], receipt.get("image_ext") or "bin")] = of
        elif stated != one.sha256:
            look.damaged(key.key, "has another hash than is recorded beside the manifest", of)
    for name in hashes:
        look.need(prefix + name, "is recorded beside the manifest", part.words(name.partition("/")[0]))
    for (slot_key, attempt), row in rows.items():
        of = part.words(slot_key)
        receipt_key = keys.receipt(week, model, slot_key, attempt)
        if receipt_key.removeprefix(prefix) not in hashes:
            look.need(receipt_key, "the manifest lists it", of)
        if row.get("image_sha256"):
            pictures[keys.image(row["image_sha256"], row.get("image_ext") or "bin")] = of
    look.need_all((image, "a receipt names it", of) for image, of in pictures.items())


def _receipt(look: Inspection, key: Key, one: Read, of: str) -> Row | None:
    """Check a receipt whose hash is not recorded beside a manifest; return it if it is whole."""
    receipt = look.json(one, of)
    if receipt is None:
        return None
    stated = (receipt.get("slot_key"), receipt.get("attempt"))
    partition = (receipt.get("week"), receipt.get("model"))
    if stated != (key.slot, key.number) or partition != key.group[1:]:
        look.damaged(key.key, "is the receipt of another attempt", of)
        return None
    return receipt


def _intents(part: _Partition, found: Sequence[Key], recorded: Sequence[str]) -> None:
    look, planned = part.look, part.planned
    for key in found:
        of = part.words(key.slot)
        if planned is not None and key.slot not in planned:
            look.unexpected(key.key, "is of no slot of the plan", of)
        intent = look.json(part.read[key.key], of) if key.key in part.read else None
        slot = (intent or {}).get("slot")
        if (
            intent
            and slot is not None
            and (slot.get("slot_key"), intent.get("attempt")) != (key.slot, key.number)
        ):
            look.damaged(key.key, "is the intent of another attempt", of)
        elif slot is not None and planned and key.slot in planned and slot != planned[key.slot]:
            look.damaged(key.key, "names another slot than the plan", of)
    prefix = keys.intents_prefix(part.week, part.model)
    for name in recorded:
        look.need(prefix + name, "is recorded beside the manifest", part.words(name.partition("/")[0]))


def _labels(part: _Partition, found: Sequence[Key]) -> set[str]:
    """Check the label parts; return the slots that they label."""
    look, planned, labeled = part.look, part.planned, set[str]()
    for key in found:
        if (one := part.read.get(key.key)) is None:
            continue
        try:
            table = compared_parquet(one.key, one.data, ())
            slot_keys = set(table["slot_key"].unique().to_pylist())
        except (CorruptObjectError, KeyError, pa.ArrowException) as error:
            look.damaged(one.key, said_of(error, one.key), part.of)
            continue
        labeled |= slot_keys
        if planned is not None and slot_keys - {*planned}:
            look.unexpected(one.key, "labels slots that are not in the plan", part.of)
    return labeled
