"""The audit queries answer what their headers ask."""

from __future__ import annotations

import duckdb

from assets.generation.slots import Slot
from assets.suites.claims import shipped_claims
from assets.suites.schema import Attribute
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, WEEK_53, build_partition
from tests.warehouse.world.compared import Row, rows
from warehouse import keys
from warehouse.loading import load
from warehouse.sqlfiles import ROOT, sql
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection


def answer(con: Con, name: str) -> list[Row]:
    return rows(con, sql(f"audit/{name}"))


def test_who_is_the_ceo_counts_the_prompts_about_a_ceo_alone(con: Con, store: Store) -> None:
    def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
        if slot.prompt != "occupations/ceo":
            return ("feminine" if attribute.id == "perceived_gender" else "monk_10", None, None)
        if slot.replicate == 9:
            return ("cannot_tell", None, None)
        if slot.replicate == 8:
            return None
        if attribute.id == "skin_tone":
            return ("monk_1", None, None)
        return ("masculine" if slot.replicate < 6 else "feminine", None, None)

    build_partition(store, labels=labels)
    build_partition(store, model="silent", outcomes=lambda slot: ("refused_text",))
    for week, model in load.partitions(store):
        load.load_partition(con, store, week, model)
    rows = answer(con, "who_is_the_ceo")
    of = {(r["model"], r["attribute"], r["value"]): r for r in rows}
    assert len(of) == len(rows) == 2 * (2 + 3)
    man = of["sim-one", "perceived_gender", "masculine"]
    assert (man["pictures"], man["n"], man["share"]) == (6, 8, 0.75)
    assert (man["outside"], man["not_assessed"]) == (1, 1)
    assert of["sim-one", "skin_tone", "light"]["share"] == 1.0
    assert of["sim-one", "skin_tone", "dark"]["share"] == 0.0
    assert {(r["n"], r["share"]) for r in rows if r["model"] == "silent"} == {(0, None)}


def test_label_provenance_leads_from_each_label_of_the_latest_week_to_prompt_and_picture(
    con: Con, store: Store
) -> None:
    build_partition(store, WEEK)
    slots = {s.slot_key: s for s in build_partition(store, WEEK_53, outcomes=lambda s: ("timeout", "ok"))}
    for week, model in load.partitions(store):
        load.load_partition(con, store, week, model)
    rows = answer(con, "label_provenance")
    assert len(rows) == 60
    for row in rows:
        slot = slots[str(row["slot_key"])]
        assert str(row["week"]) == WEEK_53
        assert (
            row["prompt_sent"]
            == row["prompt_planned"]
            == f"a photo of the face of a {slot.prompt.split('/')[1]}"
        )
        assert str(row["prompt_planned"]).startswith("a photo of the face of a ")
        assert row["attempt"] == 2
        assert row["receipt_key"] == keys.receipt(WEEK_53, "sim-one", slot.slot_key, 2)
        assert row["image_key"] == keys.image(str(row["image_sha256"]), "png")
        assert row["same_picture"] is True


def test_label_provenance_shows_a_label_whose_picture_or_slot_is_not_there(con: Con, store: Store) -> None:
    slots = build_partition(store, replicates=1, labels=lambda slot, attribute: None)
    wrong = builder.label_row(slots[0], "skin_tone", ("monk_1", None, None), image_sha256="e" * 64)
    stray = builder.label_row(
        slots[1].model_copy(update={"slot_key": "f" * 64}), "skin_tone", ("monk_1", None, None)
    )
    builder.write_labels(store, WEEK, "sim-one", [wrong, stray])
    load.load_partition(con, store, WEEK, "sim-one")
    rows = {str(row["slot_key"]): row for row in answer(con, "label_provenance")}
    assert len(rows) == 2
    assert rows[slots[0].slot_key]["same_picture"] is False
    assert rows["f" * 64]["prompt"] is None
    assert rows["f" * 64]["same_picture"] is False


def test_the_query_counts_what_the_file_of_claims_declares(con: Con) -> None:
    found = rows(con, (ROOT / "audit/_registered.sql").read_text())
    declared = [
        {
            **{"claim": claim.id, "part": part, "suite": claim.suite, "majors": [*claim.majors]},
            **{"prompts": [*prompts], "controls": [*claim.control]},
            "attribute": attribute if len(claim.shows) == 1 else f"all:{claim.id}",
            "counted": [*values] if len(claim.shows) == 1 else ["shown"],
            "beside": [*claim.beside.get(attribute, ())],
        }
        for claim in shipped_claims()
        for attribute, values in [next(iter(claim.shows.items()))]
        for part, prompts in claim.pictures.items()
    ]
    assert found == declared
