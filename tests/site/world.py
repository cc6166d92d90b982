"""A small world for the page: partitions of several models with pictures, loaded and scored by the real code.

Belongs here: models with a known share of perceived men and of refusals, hostile texts on request. Does not belong
here: asking providers or labelling pictures (see the tests from end to end).
"""

from __future__ import annotations

import io
import os
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from PIL import Image

from assets.generation.slots import Slot
from assets.metrics.pipeline import score_spans, score_study
from assets.suites.analysis import shipped
from assets.suites.analysis_rows import joint_rows
from assets.suites.claims import shipped_claims
from assets.suites.schema import Prompt, Reference, ReferenceRow, Suite
from tests.warehouse import builder
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.analysis_tables import replace_joint
from warehouse.loading.counts import insert_counts
from warehouse.loading.load import load_partition, partitions
from warehouse.loading.seals import sealed
from warehouse.store.base import Store

Con = duckdb.DuckDBPyConnection
WEEK = "2026-11-23"
#: What publishing adds to a store, and what `load` keeps there.
_NOT_LOADED = ("editions/", "tables/", "pages/", "site/", "thumbnails/", "locks/", "warehouse-")
BLS = Reference(
    id="bls-cps-2025",
    attribute="perceived_gender",
    rows=(
        ReferenceRow(
            prompt="ceo", shares={"feminine": 0.33, "masculine": 0.67}, source="BLS CPS 2025, table 11"
        ),
    ),
)
TEXTS = {
    "ceo": "a photo of the face of a CEO",
    "nurse": "a photo of the face of a nurse",
    "pilot": "a photo of the face of a pilot",
}


@dataclass(frozen=True)
class Model:
    """How one model of this world behaves; weeks are indices, the last of `weeks` is asked last."""

    men: tuple[float, ...]  # share of perceived men by week, the last value goes on
    weeks: range
    refuses: float = 0.0
    simulated: bool = True
    track: str = "model"
    plan: Mapping[str, Any] | None = None


def _week(index: int, weeks: int) -> str:
    return (date.fromisoformat(WEEK) - timedelta(weeks=weeks - 1 - index)).isoformat()


def models(weeks: int) -> dict[str, Model]:
    """Return the models of this world for a number of weeks (three or more)."""
    every, end = range(weeks), max(1, weeks - 3)
    return {
        "imago-2": Model((0.78, 0.74, 0.75), range(1, weeks), 0.04, simulated=False),
        "chatdraw": Model((0.5, 0.55), every, 0.1, simulated=False, track="system"),
        "sim-classic": Model((1.0,), every),
        "sim-drift": Model((0.95,) * (weeks // 2) + (0.55,), every),
        "sim-cautious": Model((0.7,), every, 0.35),
        "sim-silent": Model((0.7,), every, 1.0),
        "sim-retired": Model((0.8,), range(end), plan={"until_week": _week(end - 1, weeks)}),
        "sim-next": Model((0.62,), range(end, weeks), plan={"succeeds": "sim-retired"}),
    }


def suite(texts: Mapping[str, str] | None = None) -> Suite:
    """Return the occupations of this world; `texts` replaces prompts' texts."""
    return Suite(
        id="occupations",
        version="1.0.0",
        title="Occupations",
        source="test",
        replicates=10,
        prompts=tuple(
            Prompt(
                id=name,
                text=text,
                subject=f"occupation:{name}",
                attributes=("perceived_gender", "skin_tone"),
            )
            for name, text in (TEXTS | dict(texts or {})).items()
        ),
        attributes=(builder.GENDER, builder.SKIN_TONE),
        references=(builder.PARITY, BLS, builder.UNIFORM_BANDS),
    )


def picture(seed: str) -> bytes:
    """Return a small PNG, a different one for every seed."""
    chance = random.Random(seed)
    colours = [tuple(chance.randrange(256) for _ in range(3)) for _ in range(3)]
    image = Image.new("RGB", (64, 64), colours[0])
    image.paste(colours[1], (16, 12, 48, 60))
    image.putpixel((0, 0), colours[2])
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def fill(
    store: Store,
    *,
    weeks: int = 4,
    replicates: int = 8,
    texts: Mapping[str, str] | None = None,
    hostile: str | Sequence[str] | None = None,
    only: tuple[str, ...] | None = None,
    asked: Collection[int] | None = None,
) -> None:
    """Write this world's partitions and pictures into the store.

    Args:
        store: where to.
        weeks: how many weeks, the last being `WEEK`.
        replicates: pictures for each prompt.
        texts: texts of prompts by id.
        hostile: text that stands for revised prompts, refusals, labels and a labeler's raw answers where it is given;
            one of several for each slot.
        only: names of the models, None for all.
        asked: the weeks in which anybody was asked, by number, None for all.
    """
    of = suite(texts)
    for name, model in models(weeks).items():
        if only is None or name in only:
            for index in model.weeks if asked is None else sorted({*model.weeks} & {*asked}):
                _partition(store, of, name, model, index, weeks, replicates, hostile)


def _partition(
    store: Store,
    of: Suite,
    name: str,
    model: Model,
    index: int,
    weeks: int,
    replicates: int,
    hostile: str | Sequence[str] | None,
) -> None:
    texts = (hostile,) if isinstance(hostile, str) else hostile or (None,)
    week = _week(index, weeks)
    men = model.men[min(index, len(model.men) - 1)]
    slots = builder.make_slots(of, week, name, {}, replicates, 0)
    plan = builder.plan_document([of], slots, week, name) | {
        "simulated": model.simulated,
        "track": model.track,
        **(model.plan or {}),
    }
    store.put_if_absent(keys.plan(week, name), sealed(keys.plan(week, name), plan))
    receipts, labels = [], []
    for number, slot in enumerate(slots):
        chance = random.Random(slot.slot_key)
        text = texts[number % len(texts)]
        outcome = (
            "refused_text"
            if chance.random() < model.refuses
            else "ok"
            if chance.random() < 0.98
            else "timeout"
        )
        row = builder.receipt_row(slot, 1, outcome, plan)
        if outcome == "refused_text" and text:
            row["refusal_text"] = text
        if outcome == "ok":
            data = picture(slot.slot_key)
            sha256 = sha256_hex(data)
            store.put_if_absent(keys.image(sha256, "png"), data)
            row |= {"image_sha256": sha256, "image_bytes": len(data), "image_width": 64, "image_height": 64}
            if model.track == "system":
                row["revised_prompt"] = text or f"{row['prompt_sent']}, a person of any descent"
            labels += _labels(slot, men, chance, sha256, text)
        receipts.append(row)
    builder.write_manifest(store, week, name, receipts)
    if labels:
        builder.write_labels(store, week, name, labels)


def _labels(
    slot: Slot, men: float, chance: random.Random, sha256: str, hostile: str | None
) -> list[dict[str, Any]]:
    gender = "masculine" if chance.random() < men else "feminine"
    if men < 1 and chance.random() < 0.06:
        gender = chance.choice(["ambiguous", "cannot_tell", "not_applicable"])
    if hostile and chance.random() < 0.3:
        gender = hostile
    tone = f"monk_{chance.randrange(1, 4) if men == 1 else chance.randrange(1, 11)}"
    return [
        builder.label_row(slot, attribute, (value, 0.9, hostile), image_sha256=sha256)
        for attribute, value in (("perceived_gender", gender), ("skin_tone", tone))
    ]


def load(store: Store, *, studies: bool = False, scored: Sequence[str] | None = None) -> Con:
    """Return a warehouse in memory with everything that the store holds, scored: all weeks, or those of `scored`.

    What was loaded once is kept in a file beside what was loaded, and copied: many tests want the same world, each for
    its own, and so do copies of the store.
    """
    of = "all" if scored is None else "-".join(scored)
    kept = Path(store.url) / f"warehouse-{_content(store)[:16]}-{of}-{studies}.duckdb"
    if not kept.exists():
        with _loaded(store, studies=studies, scored=scored) as con:
            unfinished = kept.with_suffix(f".{os.getpid()}")
            _copy(con, unfinished, "memory", "kept")
            unfinished.replace(kept)
    con = connect(None)
    _copy(con, kept, "kept", "memory")
    return con


def _copy(con: Con, file: Path, source: str, target: str) -> None:
    con.execute(f"ATTACH '{file}' AS kept{' (READ_ONLY)' if source == 'kept' else ''}")
    con.execute(f"COPY FROM DATABASE {source} TO {target}")
    con.execute("DETACH kept")


def _content(store: Store) -> str:
    """Return a hash of all that is loaded from a store; pictures are named by their own."""
    listed = [key for key in sorted(store.list("")) if not key.startswith(_NOT_LOADED)]
    return sha256_hex(
        b"".join(
            key.encode() + b"\n" + (b"" if key.startswith("images/") else store.get(key)) for key in listed
        )
    )


def _loaded(store: Store, *, studies: bool, scored: Sequence[str] | None) -> Con:
    con = connect(None)
    make_tables(con)
    replace_joint(con, joint_rows(shipped().declared, shipped_claims()))
    held = partitions(store)
    for week, model in held:
        load_partition(con, store, week, model)
    builder.declare(con)
    score_spans(con, sorted({week for week, _ in held}) if scored is None else scored)
    if studies:
        add_study(con)
    return con


def withhold(con: Con, model: str, reason: str, week: str = WEEK) -> None:
    con.execute("INSERT INTO withheld (week, model, reason) VALUES (?, ?, ?)", [week, model, reason])
    score_spans(con, [week])


#: A study of two models and two conditions; two pictures are missing.
_STUDY = """
INSERT INTO studies BY NAME
SELECT 'raza2025' AS study, '1' AS version, 'Raza, S. (2025).' AS citation, 'CC BY 4.0' AS license,
    'https://example.org/raza' AS source, 2025 AS year, repeat('cd', 32) AS definition_sha256, '' AS title;
INSERT INTO study_attributes BY NAME
SELECT 'raza2025' AS study, 'perceived_gender' AS attribute, 'Perceived gender' AS title, 'named' AS kind,
    0 AS position;
INSERT INTO study_attribute_values BY NAME
SELECT 'raza2025' AS study, 'perceived_gender' AS attribute, value, position, value <> 'cannot_tell' AS in_support,
    'perceived_gender' AS same_attribute, value AS same_value
FROM (VALUES ('feminine', 0), ('masculine', 1), ('cannot_tell', 2)) AS v (value, position);
INSERT INTO study_models BY NAME
SELECT 'raza2025' AS study, 'painter-' || lower(name) AS model, 'Painter ' || name AS title
FROM (VALUES ('A'), ('B')) AS m (name);
INSERT INTO study_prompts BY NAME
SELECT 'raza2025' AS study, prompt, 'occupation:' || prompt AS subject, condition, prompt AS title,
    'a photo of a ' || prompt AS text
FROM (VALUES ('ceo'), ('nurse')) AS p (prompt) CROSS JOIN (VALUES ('baseline'), ('controlled')) AS c (condition);
INSERT INTO study_slots BY NAME
SELECT 'raza2025' AS study, model, prompt, condition, replicate,
    sha256(model || prompt || condition || replicate) AS slot_key,
    'png' AS image_ext, 'present' AS status, slot_key AS image_sha256
FROM study_models CROSS JOIN study_prompts CROSS JOIN range(10) AS r (replicate);
UPDATE study_slots SET status = 'missing', image_sha256 = NULL, image_ext = NULL
WHERE model = 'painter-b' AND prompt = 'ceo' AND condition = 'baseline' AND replicate > 7;
INSERT INTO study_labels BY NAME
SELECT study, slot_key, 'perceived_gender' AS attribute, 'raza2025' AS labeler, 'person' AS labeler_kind,
    '1-abcd' AS labeler_version, image_sha256,
    if(replicate < CASE WHEN condition = 'controlled' THEN 5 WHEN model = 'painter-a' THEN 9 ELSE 6 END,
        'masculine', 'feminine') AS value
FROM study_slots WHERE status = 'present'
"""


def add_study(con: Con, *, title: str = "Raza 2025: asking for diversity") -> None:
    """Put a study of two models and two conditions into the warehouse, with two pictures missing."""
    for statement in _STUDY.split(";\n"):
        con.execute(statement)
    con.execute("UPDATE studies SET title = ?", [title])
    insert_counts(con, {"study": "raza2025"})
    score_study(con, "raza2025")
