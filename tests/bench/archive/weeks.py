"""Years of weeks in a home: some go through the store as the pipeline writes them, the others are copies of their rows.

A copied week has the rows of a real one under its own date and slot keys, with the same pictures. In the store it has
the names of its objects alone, because publishing reads nothing else of a week that did not change: whatever did would
fail.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from assets.generation.slots import Slot
from assets.generation.workplace import Workplace
from assets.labeling.anchors.sets import label_anchor_sets
from assets.labeling.registry import make_labeler
from assets.metrics.week import scored_by
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Suite
from orchestration.resources import make_workplace
from orchestration.settings import load_settings
from tests.bench.archive.moving import moved
from tests.bench.data import named
from tests.site.world import picture as small_picture
from tests.warehouse import builder
from warehouse import keys
from warehouse.canonical import digest, sha256_hex
from warehouse.database.connection import connect, limit_memory
from warehouse.loading import objects
from warehouse.loading.anchor_objects import load_anchors
from warehouse.loading.load import COMPUTED_TABLES, PARTITION_TABLES
from warehouse.loading.seals import sealed
from warehouse.store.base import Store

FIRST = "2023-01-02"  # Monday of the first week: 156 of them are past
TURNS = 3  # of a confrontation
_DRAWN = 24  # different drawings
_TABLES = (*PARTITION_TABLES, *COMPUTED_TABLES)
_AT_ONCE = 6  # weeks


@dataclass(frozen=True)
class Asked:
    """How much is asked in a week."""

    models: int
    prompts: int
    replicates: int

    def names(self) -> list[str]:
        """Return the names of the models."""
        return [f"model-{number:02}" for number in range(1, self.models + 1)]

    def suites(self) -> list[Suite]:
        """Return shipped suites, each with its part of the prompts."""
        shipped = [*load_suites().values()]
        every = sum(len(suite.prompts) for suite in shipped)
        parts = [max(1, round(self.prompts * len(suite.prompts) / every)) for suite in shipped]
        return [
            suite.model_copy(update={"prompts": suite.prompts[:part]})
            for suite, part in zip(shipped, parts, strict=True)
        ]


def monday(number: int) -> str:
    """Return the Monday of a week, counted from 1."""
    return (date.fromisoformat(FIRST) + timedelta(weeks=number - 1)).isoformat()


def workplace(home: Path) -> Workplace:
    """Return the surroundings of a run in a home; the first call writes its settings."""
    if not (home / "cliche.yaml").exists():
        entry = {
            "name": "sim-classic",
            "title": "never asked",
            "provider": "simulated",
            "model_id": "classic",
        }
        entry |= {
            "labeler": "drawing",
            "suites": [{"suite": "canary@1", "replicates": 1}],
            "until": "2020-01-06",
        }
        home.mkdir(parents=True)
        (home / "models.yaml").write_text(yaml.safe_dump({"models": [entry]}))
        settings = {"models": "models.yaml", "workers": 0, "runs_at_once": 1, "first_week": FIRST}
        (home / "cliche.yaml").write_text(yaml.safe_dump(settings))
    # of one version, whatever is committed meanwhile: another one would score all weeks again
    return replace(make_workplace(load_settings({"CLICHE_HOME": str(home)})), code_version="bench")


def write_week(place: Workplace, asked: Asked, week: str) -> None:
    """Write one week of every model into the store, pictures included."""
    suites, version = asked.suites(), make_labeler("drawing").version
    drawings = [small_picture(str(number)) for number in range(_DRAWN)]
    wanted = {suite.prompt_id(prompt): prompt.attributes for suite in suites for prompt in suite.prompts}
    attributes = {(suite.id, attribute.id): attribute for suite in suites for attribute in suite.attributes}
    for model in asked.names():
        slots = [
            slot
            for suite in suites
            for slot in builder.make_slots(
                suite, week, model, {}, asked.replicates, max(1, asked.replicates // TURNS)
            )
        ]
        plan = builder.plan_document(suites, slots, week, model)
        place.store.put_if_absent(keys.plan(week, model), sealed(keys.plan(week, model), plan))
        receipts: list[dict[str, Any]] = []
        labels: list[dict[str, Any]] = []
        for slot in slots:
            for attempt, outcome in enumerate(_outcomes(slot), start=1):
                receipts.append(builder.receipt_row(slot, attempt, outcome, plan))
            if receipts[-1]["outcome"] != "ok":
                continue
            data = named(drawings[_chance(slot, "drawing") % _DRAWN], slot.slot_key)
            sha256 = sha256_hex(data)
            receipts[-1] |= {"image_sha256": sha256, "image_bytes": len(data)}
            receipts[-1] |= {"image_width": 64, "image_height": 64}
            _keep(Path(place.store.url) / keys.image(sha256, "png"), data)
            labels += [
                builder.label_row(
                    slot, name, _read(slot, attributes[slot.suite, name]), "drawing", version, sha256
                )
                for name in wanted[slot.prompt]
            ]
        builder.write_manifest(place.store, week, model, receipts)
        builder.write_labels(place.store, week, model, labels)
        _note_thumbnails(place.store, week, model)


def copy_weeks(place: Workplace, asked: Asked, source: int, numbers: Sequence[int]) -> None:
    """Make weeks (counted from 1) of the rows of a real one: scored in the warehouse, by name in the store."""
    (version,) = {make_labeler("drawing").version}
    for number in numbers:
        for model in asked.names():
            part = keys.label_part(
                monday(number), model, f"drawing@{version}", sha256_hex(f"{number}/{model}".encode())
            )
            names = (keys.plan(monday(number), model), keys.manifest(monday(number), model, 1), part)
            for name in names:
                _keep(Path(place.store.url) / name, b"")
            _note_thumbnails(place.store, monday(number), model)
    # Anchors first: what a week is scored by holds them.
    label_anchor_sets(place, monday(numbers[-1]))
    with connect(place.warehouse) as con:
        limit_memory(con)
        load_anchors(con, place.store)
        for begun in range(0, len(numbers), _AT_ONCE):
            _copy(con, source, numbers[begun : begun + _AT_ONCE])
        _keep_loaded(con, place.store, monday(source), monday(numbers[-1]))
        _keep_scored(con, place, [monday(number) for number in numbers])
        con.execute("CHECKPOINT")


def _copy(con: duckdb.DuckDBPyConnection, source: int, numbers: Sequence[int]) -> None:
    for table in _TABLES:
        columns = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT * EXCLUDE (later) REPLACE ({moved(columns, 'later')}) "
            f"FROM {table}, (SELECT unnest($later) AS later) WHERE week = $source",
            {"later": [number - source for number in numbers], "source": monday(source)},
        )


def _keep_loaded(con: duckdb.DuckDBPyConnection, store: Store, after: str, through: str) -> None:
    """Say of copied weeks that the objects were loaded which the store has."""
    wanted = con.execute(
        "SELECT strftime(week, '%Y-%m-%d'), model FROM loads WHERE week > $after AND week <= $through",
        {"after": after, "through": through},
    ).fetchall()
    found = objects.names_of_all(store, dict.fromkeys(wanted))
    con.executemany(
        "UPDATE loads SET fingerprint = ?, manifest = ? WHERE week = ? AND model = ?",
        [[names.fingerprint, names.manifest, *one] for one, names in found.items()],
    )


def _keep_scored(con: duckdb.DuckDBPyConnection, place: Workplace, weeks: Sequence[str]) -> None:
    """Say of copied weeks that they were scored, and that figures were made of them."""
    for week, inputs in scored_by(con, place, weeks).items():
        kept = {"scored_weeks": inputs, "history_weeks": digest([inputs])}
        for table, value in kept.items():
            con.execute(f"INSERT INTO {table} VALUES ($week, $value)", {"week": week, "value": value})


def _note_thumbnails(store: Store, week: str, model: str) -> None:
    """Say that a partition has its thumbnails, which take longer than all else and are timed apart."""
    fingerprint = objects.names_of(store, week, model).fingerprint
    _keep(Path(store.url) / keys.thumbnail_note(week, model, fingerprint), b"{}")


def _chance(slot: Slot, what: str) -> int:
    """Return a number for a slot: nine of ten slots have that of other weeks, too.

    Weeks that are copies of one stand beside real ones: if all were drawn anew, nearly every series would have changed.
    """
    again = f"{slot.model}/{slot.prompt}/{slot.replicate}/{slot.turn}"
    return zlib.crc32(f"{again if slot.replicate % 10 else slot.slot_key}/{what}".encode())


def _outcomes(slot: Slot) -> Sequence[str]:
    """Return how a slot ends: of a hundred two are refused, one is never answered, three need a second attempt."""
    chance = _chance(slot, "outcome") % 100 if slot.conversation is None else 99
    if chance < 2:
        return ("refused_text",)
    if chance < 3:
        return ("timeout", "timeout")
    return ("rate_limited", "ok") if chance < 6 else ("ok",)


def _read(slot: Slot, attribute: Attribute) -> tuple[str, float, None]:
    """Return a label: mostly the first values, by how much depends on model and prompt; three of a hundred none.

    Nobody is seen in pictures of objects, or every model would be withheld.
    """
    if slot.suite == "canary":
        return attribute.values[0], 0.9, None
    chance = _chance(slot, attribute.id)
    if chance % 100 < 3:
        return attribute.outside[chance // 100 % len(attribute.outside)], 0.5, None
    skew = 1 + zlib.crc32(f"{slot.model}/{slot.prompt}/{attribute.id}".encode()) % 100 / 40
    place = int(len(attribute.values) * (chance // 100 % 10_000 / 10_000) ** skew)
    return attribute.values[place], 0.5 + chance % 500 / 1000, None


def _keep(path: Path, data: bytes) -> None:
    """Write an object of the folder without waiting for the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
