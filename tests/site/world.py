"""A small world for the page: partitions of several models with pictures, loaded and scored by the real code.

Belongs here: models with a known share of perceived men and of refusals, hostile texts on request. Does not belong
here: asking providers or labelling pictures (see the tests from end to end).
"""

from __future__ import annotations

import io
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
from PIL import Image

from assets.generation.slots import Slot
from assets.metrics.pipeline import score_study
from assets.suites.schema import Prompt, Reference, ReferenceRow, Suite
from tests.warehouse import builder
from warehouse import keys, occasions
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.counts import insert_counts
from warehouse.loading.load import load_partition, replace_results
from warehouse.loading.seals import sealed
from warehouse.store.base import Store

WEEK = "2026-11-23"
#: What publishing adds to a store.
_NOT_LOADED = ("editions/", "tables/", "pages/", "site/", "thumbnails/", "locks/")
PARITY = Reference(
    id="parity",
    attribute="perceived_gender",
    rows=(ReferenceRow(shares={"feminine": 0.5, "masculine": 0.5}),),
)
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


def suite(texts: Mapping[str, str] | None = None, references: tuple[Reference, ...] = (PARITY, BLS)) -> Suite:
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
        references=(*references, builder.UNIFORM_BANDS),
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


def load(store: Store, *, studies: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a warehouse in memory with everything that the store holds, scored.

    What a process has loaded once is kept in a file and copied: many tests want the same world, each for its own.
    """
    kept = Path(_folder().name) / f"{_content(store)}-{studies}.duckdb"
    if kept.exists():
        con = connect(None)
        con.execute(f"ATTACH '{kept}' AS kept (READ_ONLY)")
        con.execute("COPY FROM DATABASE kept TO memory")
        con.execute("DETACH kept")
        return con
    con = _loaded(store, studies=studies)
    con.execute(f"ATTACH '{kept}' AS kept")
    con.execute("COPY FROM DATABASE memory TO kept")
    con.execute("DETACH kept")
    return con


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="cliche-worlds-")


def _content(store: Store) -> str:
    """Return a hash of all that is loaded from a store; pictures are named by their own."""
    found = (key for key in sorted(store.list("")) if not key.startswith(_NOT_LOADED))
    return sha256_hex(
        b"".join(
            key.encode() + b"\n" + (b"" if key.startswith("images/") else store.get(key)) for key in found
        )
    )


def _loaded(store: Store, *, studies: bool) -> duckdb.DuckDBPyConnection:
    from assets.suites.analysis import shipped
    from assets.suites.analysis_rows import joint_rows
    from assets.suites.claims import shipped_claims
    from warehouse.loading.analysis_tables import replace_joint
    from warehouse.loading.load import partitions

    con = connect(None)
    make_tables(con)
    replace_joint(con, joint_rows(shipped().declared, shipped_claims()))
    found = partitions(store)
    for week, model in found:
        load_partition(con, store, week, model)
    builder.declare(con)
    spans(con, sorted({week for week, _ in found}))
    if studies:
        add_study(con)
    return con


def rank(con: duckdb.DuckDBPyConnection, week: str) -> None:
    """Rank the models of a week that are not withheld."""
    spans(con, [week])


def spans(con: duckdb.DuckDBPyConnection, weeks: Sequence[str]) -> None:
    """Compute changes, figures, boards, words and claims of some weeks."""
    from assets.metrics.pipeline import score_spans

    if weeks:
        score_spans(con, weeks)


def withhold(con: duckdb.DuckDBPyConnection, model: str, reason: str, week: str = WEEK) -> None:
    """Withhold a model from a week."""
    con.execute("INSERT INTO withheld (week, model, reason) VALUES (?, ?, ?)", [week, model, reason])
    rank(con, week)


def add_study(con: duckdb.DuckDBPyConnection, *, title: str = "Raza 2025: asking for diversity") -> None:
    """Put a study of two models and two conditions into the warehouse, with two pictures missing."""
    study, chance = "raza2025", random.Random(1)
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in ("study_models", "study_prompts", "study_slots", "study_labels", "study_attribute_values")
    }
    gender = {"attribute": "perceived_gender", "title": "Perceived gender", "kind": "named", "position": 0}
    rows["study_attributes"] = [{"study": study, **gender}]
    rows["studies"] = [
        {
            "study": study,
            "version": "1",
            "title": title,
            "citation": "Raza, S. (2025).",
            "license": "CC BY 4.0",
            "source": "https://example.org/raza",
            "year": 2025,
            "note": None,
            "definition_sha256": "cd" * 32,
        }
    ]
    for position, value in enumerate(("feminine", "masculine", "cannot_tell")):
        rows["study_attribute_values"].append(
            {
                "study": study,
                "attribute": "perceived_gender",
                "value": value,
                "position": position,
                "in_support": value != "cannot_tell",
                "same_attribute": "perceived_gender",
                "same_value": value,
            }
        )
    for condition in ("baseline", "controlled"):
        for prompt in ("ceo", "nurse"):
            rows["study_prompts"].append(
                {
                    "study": study,
                    "prompt": prompt,
                    "subject": f"occupation:{prompt}",
                    "condition": condition,
                    "title": prompt,
                    "text": f"a photo of a {prompt}",
                }
            )
    for model, men in (("Painter A", 0.95), ("Painter B", 0.7)):
        name = model.lower().replace(" ", "-")
        rows["study_models"].append({"study": study, "model": name, "title": model})
        for place, asked in enumerate(rows["study_prompts"]):
            for replicate in range(10):
                missing = name == "painter-b" and place == 0 and replicate > 7
                key = sha256_hex(f"{name}{asked['prompt']}-{asked['condition']}{replicate}".encode())
                rows["study_slots"].append(
                    {
                        "study": study,
                        "slot_key": key,
                        "model": name,
                        "prompt": asked["prompt"],
                        "condition": asked["condition"],
                        "replicate": replicate,
                        "image_sha256": None if missing else key,
                        "image_ext": None if missing else "png",
                        "image_mime": None,
                        "image_width": None,
                        "image_height": None,
                        "image_phash": None,
                        "status": "missing" if missing else "present",
                    }
                )
                if not missing:
                    share = men if asked["condition"] == "baseline" else 0.5
                    rows["study_labels"].append(
                        {
                            "study": study,
                            "slot_key": key,
                            "attribute": "perceived_gender",
                            "labeler": "raza2025",
                            "labeler_kind": "person",
                            "labeler_version": "1-abcd",
                            "confidence": None,
                            "raw": None,
                            "value": "masculine" if chance.random() < share else "feminine",
                            "image_sha256": key,
                        }
                    )
    replace_results(
        con, occasions.study(study), {name: pa.Table.from_pylist(found) for name, found in rows.items()}
    )
    insert_counts(con, {"study": study})
    score_study(con, study)
