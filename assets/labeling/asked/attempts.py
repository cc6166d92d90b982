"""Calls of paid labelers: one row each, in write-once Parquet parts beside the labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pydantic import ValidationError

from assets.gateway.columns import columns_of, records_of, table_of_records
from assets.gateway.receipts import MOST_LOST_CALLS
from assets.gateway.records import GROUPS, Outcome, Record
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.beside import INTENTS, compare, parquet
from warehouse.loading.objects import label_attempt_parts
from warehouse.loading.parquet import table_of
from warehouse.store import Store
from warehouse.validation import explain

if TYPE_CHECKING:  # Pillow need not be imported for what was asked
    from assets.labeling.pictures import PictureToRead

#: The labeler will not answer for this picture, now or later: it declined, or the bytes are no picture to it.
FINAL = frozenset(
    {outcome for outcome, group in GROUPS.items() if group == "answer"} | {Outcome.CORRUPT_IMAGE}
)

_JSON = ("images", "attributes", "refused", "block_categories", "usage")


class LabelAttempt(Record):
    """One call for labels; never holds a secret. A study's calls have its name as `model` and no week.

    `images` are hashes of the pictures as they are stored, `attributes` what was asked of each. `refused` are those of
    the attributes that the labeler declined to answer, though the call as a whole may be `ok`.
    """

    week: str
    model: str
    labeler: str
    labeler_version: str
    call: str
    attempt: int
    endpoint: str | None = None
    model_requested: str | None = None
    model_reported: str | None = None
    images: tuple[str, ...]
    attributes: tuple[str, ...]
    outcome: Outcome
    refused: tuple[str, ...] = ()
    refusal_text: str | None = None
    block_stage: str | None = None
    block_categories: tuple[str, ...] | None = None
    error_code: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    http_status: int | None = None
    unmapped: bool | None = None
    raw_body: str | None = None
    request_id: str | None = None
    requested_at: datetime | None = None
    answered_at: datetime | None = None
    latency_ms: float | None = None
    usage: dict[str, Any] | None = None
    cost_usd: float | None = None
    cost_basis: str | None = None
    expected_usd: float | None = None
    adapter_version: str | None = None
    sdk_version: str | None = None
    price_id: str | None = None

    @property
    def declined(self) -> frozenset[tuple[str, str]]:
        """Return the (picture, attribute) pairs that the labeler version will never answer.

        Of several pictures at once none is: which of them was meant is not known, so each is asked by itself.
        """
        if len(self.images) != 1:
            return frozenset()
        attributes = self.attributes if self.outcome in FINAL else self.refused
        return frozenset((self.images[0], attribute) for attribute in attributes)


#: Those of the table `label_attempts`.
LABEL_ATTEMPT_COLUMNS = columns_of(
    LabelAttempt,
    run_time=(
        *("attempt", "raw_body", "request_id", "requested_at", "answered_at", "latency_ms", "cost_usd"),
        *("expected_usd", "price_id", "adapter_version", "sdk_version"),
    ),
)


def call_id(labeler: str, images: Sequence[str], attributes: Sequence[str]) -> str:
    """Return the id of a call: a function of who is asked what of which pictures, and of nothing else."""
    return sha256_hex(canonical_json([labeler, [*images], [*attributes]]))[:32]


def to_parquet(attempts: Iterable[LabelAttempt], intended: Sequence[str] = ()) -> bytes:
    """Return attempts as Parquet with the columns of `LABEL_ATTEMPT_COLUMNS`.

    `intended` are those (`<call>/<attempt>`) that an intent was written for; the file's metadata names them.
    """
    table = table_of_records(attempts, LABEL_ATTEMPT_COLUMNS, _JSON)
    return parquet(table, {INTENTS: canonical_json([*intended])})


def parse(data: bytes, key: str) -> list[LabelAttempt]:
    """Return the attempts of one part."""
    compare(key, data, ())
    try:
        return records_of(table_of(data).to_pylist(), LabelAttempt, _JSON)
    except ValidationError as error:
        raise CorruptObjectError(explain(error, key)) from None
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        raise CorruptObjectError(
            f"{key} does not read as calls of a labeler ({error}); restore the object from a copy of the store"
        ) from None


def read_attempts(
    store: Store, week: str, model: str, labeler: str | None = None, listed: Sequence[str] | None = None
) -> list[LabelAttempt]:
    """Return the calls for labels of one partition, of one labeler version (`<name>@<version>`) or of all.

    `listed` are the keys of the partition's labels, if they were listed already.
    """
    inside = f"{keys.labels_prefix(week, model)}labeler={labeler}/" if labeler else ""
    parts = label_attempt_parts(store.list(keys.labels_prefix(week, model)) if listed is None else listed)
    return [attempt for key in parts if key.startswith(inside) for attempt in parse(store.get(key), key)]


def declined(attempts: Iterable[LabelAttempt]) -> frozenset[tuple[str, str]]:
    """Return the (picture, attribute) pairs that were declined for good."""
    return frozenset(pair for attempt in attempts for pair in attempt.declined)


def lost_calls(attempts: Iterable[LabelAttempt]) -> Counter[tuple[str, str]]:
    """Return how many calls about each (picture, attribute) pair were lost with their answer."""
    return Counter(
        (sha256, attribute)
        for attempt in attempts
        if attempt.outcome is Outcome.UNKNOWN_CHARGE
        for sha256 in attempt.images
        for attribute in attempt.attributes
    )


def closed(attempts: Sequence[LabelAttempt]) -> frozenset[tuple[str, str]]:
    """Return the (picture, attribute) pairs that are not asked again: declined, or lost in six calls."""
    lost = {pair for pair, calls in lost_calls(attempts).items() if calls >= MOST_LOST_CALLS}
    return declined(attempts) | lost


def still_open(pictures: Iterable[PictureToRead], attempts: Sequence[LabelAttempt]) -> list[PictureToRead]:
    """Return the pictures without what is closed, those with the fewest lost calls first."""
    shut, lost = closed(attempts), lost_calls(attempts)
    found = []
    for one in pictures:
        attributes = tuple(name for name in one.attributes if (one.sha256, name) not in shut)
        if attributes:
            found.append(replace(one, attributes=attributes))
    return sorted(found, key=lambda one: max(lost[one.sha256, name] for name in one.attributes))


def cost_usd(attempts: Iterable[LabelAttempt]) -> float:
    """Return what calls cost, in US dollars; calls whose cost is not known count as 0."""
    return sum(attempt.cost_usd or 0.0 for attempt in attempts)


def next_numbers(attempts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the number of the next attempt of each call, of attempts (call, number) that were made or intended."""
    following: dict[str, int] = {}
    for call, number in attempts:
        following[call] = max(following.get(call, 0), number + 1)
    return following
