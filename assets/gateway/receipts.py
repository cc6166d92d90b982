"""Receipts and manifests: what was asked and answered, one receipt an attempt, written once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal

import pyarrow as pa
from pydantic import ValidationError

from assets.gateway.columns import columns_of, records_of, table_of_records
from assets.gateway.records import FINAL, GROUPS, Outcome, Record
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.beside import compare, parquet, put_recorded
from warehouse.loading.objects import highest_numbered
from warehouse.loading.parquet import table_of
from warehouse.loading.seals import sealed, unsealed
from warehouse.store import Store
from warehouse.validation import explain

#: Bad data may be retried once; more of the same says that the answer is what it is.
BAD_DATA_TRIES = 2
#: A slot of which so many calls were lost is closed: the next one would most likely be paid for nothing too.
MOST_LOST_CALLS = 6
#: `error_code` of a lost call whose slot was closed at once (`lost_calls: close` in models.yaml).
SLOT_CLOSED = "slot_closed"

_JSON_FIELDS = ("params", "block_categories", "usage")


class Receipt(Record):
    """The record of one attempt; never holds a secret nor a person's account name."""

    week: str
    model: str
    slot_key: str
    attempt: int
    provider: str
    endpoint: str | None = None
    model_requested: str | None = None
    model_reported: str | None = None
    model_pinned: bool | None = None
    params: dict[str, Any]
    seed: int | None = None
    track: str
    prompt_sent: str | None = None
    revised_prompt: str | None = None
    refusal_text: str | None = None
    answer_text: str | None = None
    outcome: Outcome
    block_stage: str | None = None
    block_categories: tuple[str, ...] = ()
    error_code: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    http_status: int | None = None
    request_id: str | None = None
    requested_at: datetime | None = None
    answered_at: datetime | None = None
    latency_ms: float | None = None
    usage: dict[str, Any] | None = None
    cost_usd: float | None = None
    cost_basis: Literal["reported", "computed", "estimated"] | None = None
    image_sha256: str | None = None
    image_ext: str | None = None
    image_bytes: int | None = None
    image_mime: str | None = None
    image_width: int | None = None
    image_height: int | None = None
    image_phash: str | None = None
    original_sha256: str | None = None
    original_created_at: str | None = None
    turn: int = 1
    conversation: str | None = None
    provider_conversation_id: str | None = None
    adapter_version: str | None = None
    sdk_version: str | None = None
    unmapped: bool | None = None
    raw_body: str | None = None
    expected_usd: float | None = None
    price_id: str | None = None
    cluster: str | None = None


#: Those of the manifest, and, but for the last, of the table `attempts`: few receipts have a cluster, and the table
#: `clusters` holds them.
RECEIPT_COLUMNS = columns_of(
    Receipt,
    run_time=(
        *("attempt", "request_id", "requested_at", "answered_at", "latency_ms", "cost_usd", "expected_usd"),
        *("price_id", "provider_conversation_id", "adapter_version", "sdk_version", "raw_body"),
    ),
    wide=("seed", "image_bytes"),
)


def receipt_bytes(receipt: Receipt) -> bytes:
    """Return the receipt as it lies in the store."""
    key = keys.receipt(receipt.week, receipt.model, receipt.slot_key, receipt.attempt)
    return sealed(key, receipt.model_dump(mode="json"))


def read_receipt(store: Store, key: str) -> Receipt:
    """Return the receipt at `key`."""
    return parse_receipt(store.get(key), key)


def parse_receipt(data: bytes, key: str) -> Receipt:
    """Return the receipt that was read at `key`; raise CorruptObjectError if it is none."""
    try:
        receipt = Receipt.model_validate(unsealed(key, data))
    except ValidationError as error:
        raise CorruptObjectError(explain(error, key)) from None
    if keys.receipt(receipt.week, receipt.model, receipt.slot_key, receipt.attempt) != key:
        raise CorruptObjectError(f"{key} is the receipt of another attempt; restore the object")
    return receipt


@dataclass(frozen=True)
class Attempts:
    """All receipts of one slot in the order of their attempts, and the numbers of intents without a receipt."""

    receipts: tuple[Receipt, ...] = ()
    lost: tuple[int, ...] = ()

    @property
    def last(self) -> Receipt | None:
        """Return the receipt that decides the slot: the final one, else the last."""
        final = [receipt for receipt in self.receipts if receipt.outcome in FINAL]
        return final[0] if final else (self.receipts[-1] if self.receipts else None)

    @property
    def settled(self) -> bool:
        """Return whether the slot is never requested again."""
        bad = sum(GROUPS[receipt.outcome] == "bad_data" for receipt in self.receipts)
        charges = [receipt for receipt in self.receipts if receipt.outcome is Outcome.UNKNOWN_CHARGE]
        return (
            bad >= BAD_DATA_TRIES
            or len(charges) >= MOST_LOST_CALLS
            or any(receipt.error_code == SLOT_CLOSED for receipt in charges)
            or any(receipt.outcome in FINAL for receipt in self.receipts)
        )

    @property
    def lost_calls(self) -> int:
        """Return how many calls for the slot were made whose answer was lost, with or without a receipt."""
        known = sum(receipt.outcome is Outcome.UNKNOWN_CHARGE for receipt in self.receipts)
        return known + len(self.lost)

    @property
    def next_number(self) -> int:
        """Return the number of the next attempt, from 1."""
        return 1 + max([0, *self.lost, *(receipt.attempt for receipt in self.receipts)])


@dataclass
class PartitionAttempts:
    """What the store knows of one partition: attempts by slot, and the manifest that is current."""

    attempts: dict[str, Attempts] = field(default_factory=dict)
    manifest_number: int = 0
    manifest_receipts: int = 0
    #: SHA-256 of receipts that are in no manifest yet, by `<slot>/<attempt>.json`.
    hashes: dict[str, str] = field(default_factory=dict)

    def of(self, slot_key: str) -> Attempts:
        """Return the attempts of a slot, none if it was never asked."""
        return self.attempts.get(slot_key, Attempts())

    def add(self, receipt: Receipt) -> None:
        """Take in a receipt that was just written, as reading the partition again would."""
        known = self.of(receipt.slot_key)
        if all(receipt.attempt != other.attempt for other in known.receipts):
            receipts = sorted((*known.receipts, receipt), key=lambda one: one.attempt)
            lost = tuple(number for number in known.lost if number != receipt.attempt)
            self.attempts[receipt.slot_key] = Attempts(tuple(receipts), lost)
            self.hashes[f"{receipt.slot_key}/{receipt.attempt}.json"] = sha256_hex(receipt_bytes(receipt))

    @property
    def receipts(self) -> list[Receipt]:
        """Return all receipts, ordered by slot and attempt."""
        return [receipt for _, attempts in sorted(self.attempts.items()) for receipt in attempts.receipts]

    @property
    def unlisted(self) -> int:
        """Return how many receipts are in no manifest yet: of a run that was killed before it wrote one."""
        return sum(len(attempts.receipts) for attempts in self.attempts.values()) - self.manifest_receipts


def read_partition(store: Store, week: str, model: str) -> PartitionAttempts:
    """Return all attempts of a partition: the current manifest, and every receipt that came after it."""
    prefix = keys.attempts_prefix(week, model)
    listed = [key.removeprefix(prefix) for key in store.list(prefix)]
    current = highest_numbered(listed, "manifest-", ".parquet")
    receipts: dict[tuple[str, int], Receipt] = {}
    hashes: dict[str, str] = {}
    if current is not None:
        data = store.get(prefix + current)
        compare(prefix + current, data, [prefix + name for name in listed if name.startswith(current)])
        for receipt in parse_manifest(data, prefix + current):
            receipts[receipt.slot_key, receipt.attempt] = receipt
    in_manifest = len(receipts)
    for call in calls_in(listed):
        if call not in receipts:
            name = f"{call[0]}/{call[1]}.json"
            data = store.get(prefix + name)
            receipts[call] = parse_receipt(data, prefix + name)
            hashes[name] = sha256_hex(data)
    calls = sorted({*receipts, *intended_calls(store, week, model)})
    by_slot = {slot_key: [*group] for slot_key, group in groupby(calls, key=itemgetter(0))}
    return PartitionAttempts(
        attempts={
            slot_key: Attempts(
                tuple(receipts[call] for call in group if call in receipts),
                tuple(number for _, number in group if (slot_key, number) not in receipts),
            )
            for slot_key, group in by_slot.items()
        },
        manifest_number=int(current[len("manifest-") : -len(".parquet")]) if current else 0,
        manifest_receipts=in_manifest,
        hashes=hashes,
    )


def calls_in(names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield (slot, attempt) of names that read `<slot>/<attempt>.json`."""
    for name in names:
        slot_key, _, rest = name.partition("/")
        number = rest.removesuffix(".json")
        if number.isdigit():
            yield slot_key, int(number)


def intended_calls(store: Store, week: str, model: str) -> set[tuple[str, int]]:
    """Return (slot, attempt) of every call of a partition that has an intent."""
    prefix = keys.intents_prefix(week, model)
    return {*calls_in(key.removeprefix(prefix) for key in store.list(prefix))}


def intended_at(store: Store, week: str, model: str, slot_key: str, number: int) -> datetime | None:
    """Return when a call was about to be made, as its intent says; None where nothing says it."""
    key = keys.intent(week, model, slot_key, number)
    try:
        return datetime.fromisoformat(unsealed(key, store.get(key))["intended_at"])
    except (CorruptObjectError, KeyError, ValueError, TypeError):
        return None


def write_manifest(store: Store, week: str, model: str, state: PartitionAttempts) -> bool:
    """Write the next manifest if there are receipts that the current one lacks; return whether one was written."""
    if not state.unlisted and state.manifest_number:
        return False
    key = keys.manifest(week, model, state.manifest_number + 1)
    return put_recorded(
        store,
        key,
        table_of_records(state.receipts, RECEIPT_COLUMNS, _JSON_FIELDS),
        _covered(store, week, model, state),
    )


def _covered(store: Store, week: str, model: str, state: PartitionAttempts) -> dict[str, Any]:
    """Return what the record beside a manifest says of the partition's other objects, so that none can go unseen.

    Hashes of the plan and of the receipts, the former manifest's among them; names of intents and of states of
    batches, which hold their own hash. Receipts of a manifest without a record have no hash here.
    """
    before: dict[str, str] = {}
    if state.manifest_number:
        for key in store.list(f"{keys.manifest(week, model, state.manifest_number)}."):
            before |= unsealed(key, store.get(key))["receipts"]
    plan, intents = keys.plan(week, model), keys.intents_prefix(week, model)
    batches = keys.batches_prefix(week, model)
    return {
        "plan": sha256_hex(store.get(plan)) if store.head(plan) else None,
        "receipts": before | state.hashes,
        "intents": [key.removeprefix(intents) for key in store.list(intents)],
        "batches": [key.removeprefix(batches) for key in store.list(batches)],
    }


def manifest_bytes(receipts: Iterable[Receipt]) -> bytes:
    """Return receipts as Parquet with the columns of `RECEIPT_COLUMNS`, in the order given."""
    return parquet(table_of_records(receipts, RECEIPT_COLUMNS, _JSON_FIELDS))


def manifest_rows(data: bytes, key: str, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Return the rows of a manifest, with some of its columns or all."""
    try:
        rows: list[dict[str, Any]] = table_of(data, columns).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise CorruptObjectError(
            f"{key} does not read as Parquet ({error}); restore the object from a copy of the store"
        ) from None
    return rows


def parse_manifest(data: bytes, key: str) -> list[Receipt]:
    """Return the receipts of a manifest."""
    try:
        return records_of(manifest_rows(data, key), Receipt, _JSON_FIELDS)
    except (ValidationError, KeyError, ValueError) as error:
        why = explain(error, key) if isinstance(error, ValidationError) else f"{key}: {error}"
        raise CorruptObjectError(why) from None
