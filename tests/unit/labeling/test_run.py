"""Labeling a partition: what is missing is read once, closed lists are kept, parts are written once."""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assets.gateway.receipts import read_partition
from assets.gateway.records import Answer, Outcome
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from assets.labeling import run as labeling
from assets.labeling.records import Reading
from assets.labeling.run import LabelReport, label_partition, read_labels
from assets.suites.loader import load_suites
from tests.unit.generation.scripted import Scripted, ok, picture
from tests.unit.generation.test_run import entry
from tests.unit.labeling.scripted import Labels
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import CorruptObjectError
from warehouse.loading.load import load_partition
from warehouse.store import Store, open_store

WEEK = "2026-11-23"
SUITES = load_suites()
Use = Callable[[Labels], Labels]


def nobody(image: bytes, attribute: str) -> Reading:
    return Reading("0", 0.9)


def asked(
    store: Store,
    script: Callable[[Request, int], Answer] = lambda request, number: ok(request),
    **changes: Any,
) -> Plan:
    """A partition of six pictures of objects, asked."""
    provider = Scripted(script)
    six = {"suites": [{"suite": "canary@1", "replicates": 1}], "labeler": "scripted"}
    plan = freeze_plan(store, make_plan(entry(**six | changes), SUITES, WEEK, provider))
    PartitionRun(store, plan, provider).run()
    return plan


def run(store: Store, plan: Plan) -> LabelReport:
    return label_partition(store, plan, workers=0)


def parts(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list("labels/") if "/part-" in key}


def test_every_picture_is_read_once_and_every_slot_gets_its_labels(store: Store, use: Use) -> None:
    labels = use(Labels(nobody, "person_count"))
    plan = asked(store)
    report = run(store, plan)
    assert report == LabelReport(pictures=6, written=6, already=0, labeler="scripted@1-00000000")
    assert sorted(image for image, _ in labels.calls) == sorted(picture(s.slot_key) for s in plan.slots)
    rows = read_labels(store, WEEK, "m", "scripted@1-00000000")
    receipts = {r.slot_key: r.image_sha256 for r in read_partition(store, WEEK, "m").receipts}
    assert {row["slot_key"]: row["image_sha256"] for row in rows} == receipts
    assert {(row["value"], row["confidence"], row["raw"]) for row in rows} == {("0", 0.9, None)}
    assert all(row["labeled_at"] is not None for row in rows)


def test_equal_bytes_are_read_once_and_the_label_is_copied_to_their_slots(store: Store, use: Use) -> None:
    labels = use(
        Labels(lambda image, attribute: Reading("1" if len(labels.calls) == 1 else "0"), "person_count")
    )

    def twins(request: Request, number: int) -> Answer:
        return Answer(
            outcome=Outcome.OK, image=picture("aaaaaa" if request.slot.prompt < "canary/chair" else "bbbbbb")
        )

    plan = asked(store, twins)
    report = run(store, plan)
    assert (report.pictures, report.written) == (2, 6)
    assert len(labels.calls) == 2
    by_picture: dict[object, set[object]] = {}
    for row in read_labels(store, WEEK, "m", "scripted@1-00000000"):
        by_picture.setdefault(row["image_sha256"], set()).add(row["value"])
    assert sorted(by_picture.values(), key=str) == [{"0"}, {"1"}]


def test_a_finished_partition_is_not_read_again_and_no_byte_changes(store: Store, use: Use) -> None:
    labels = use(Labels(nobody, "person_count"))
    plan = asked(store)
    run(store, plan)
    before = parts(store)
    labels.calls.clear()
    assert run(store, plan) == LabelReport(pictures=0, written=0, already=6, labeler="scripted@1-00000000")
    assert labels.calls == []
    assert parts(store) == before


def test_resuming_reads_only_pictures_that_have_no_label_yet(store: Store, use: Use) -> None:
    later: set[str] = set()

    def slow(request: Request, number: int) -> Answer:
        if request.slot.prompt in {"canary/bicycle", "canary/lemons"} and not later:
            return Answer(outcome=Outcome.AUTH, error_message="not yet")
        return ok(request)

    labels = use(Labels(nobody, "person_count"))
    plan = asked(store, slow, concurrency=1)
    first = run(store, plan)
    seen = {image for image, _ in labels.calls}
    before = parts(store)
    later.add("now")
    PartitionRun(store, plan, Scripted(slow)).run()
    labels.calls.clear()
    second = run(store, plan)
    assert first.written + second.written == 6
    assert second.already == first.written
    assert not seen & {image for image, _ in labels.calls}
    assert {key: data for key, data in parts(store).items() if key in before} == before


def test_a_kill_between_parts_costs_the_reading_of_one_part(
    store: Store, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labeling, "PART_PICTURES", 2)

    class KilledError(Exception):
        pass

    def dies(image: bytes, attribute: str) -> Reading:
        if len(labels.calls) == 4:
            raise KilledError
        return nobody(image, attribute)

    labels = use(Labels(dies, "person_count"))
    plan = asked(store)
    with pytest.raises(KilledError):
        run(store, plan)
    assert len(parts(store)) == 1
    labels = use(Labels(nobody, "person_count"))
    report = run(store, plan)
    assert (report.already, report.written, len(labels.calls)) == (2, 4, 4)
    assert len(parts(store)) == 3
    assert len(read_labels(store, WEEK, "m", "scripted@1-00000000")) == 6


def test_invariant_07_a_value_outside_the_declared_list_is_kept_as_invalid_with_the_raw_answer(
    store: Store, use: Use
) -> None:
    values = {"robot", "", "None", "0 ", "=1+1", "1\x00"}  # one for each picture
    left = [*values]
    use(Labels(lambda image, attribute: Reading(left.pop(), 0.7), "person_count"))
    run(store, asked(store))
    rows = read_labels(store, WEEK, "m", "scripted@1-00000000")
    assert {(row["value"], row["raw"], row["confidence"]) for row in rows} == {
        ("invalid", value, 0.7) for value in values
    }
    with connect(None) as con:
        make_tables(con)
        load_partition(con, store, WEEK, "m")
        loaded = con.execute("SELECT DISTINCT value, raw FROM labels").fetchall()
        counted = con.execute(
            "SELECT value, sum(pictures) FROM cell_counts WHERE attribute = 'person_count' GROUP BY ALL "
            "HAVING sum(pictures) > 0"
        ).fetchall()
    assert {*loaded} == {("invalid", value) for value in values}
    assert counted == [("invalid", 6)]


def test_invariant_07_the_labelers_own_raw_answer_wins_over_the_refused_value(store: Store, use: Use) -> None:
    use(Labels(lambda image, attribute: Reading("robot", raw='{"answer": "a robot"}'), "person_count"))
    run(store, asked(store))
    rows = read_labels(store, WEEK, "m", "scripted@1-00000000")
    assert {(row["value"], row["raw"]) for row in rows} == {("invalid", '{"answer": "a robot"}')}


def test_every_declared_value_is_kept_as_it_is(store: Store, use: Use) -> None:
    left = ["0", "0", "1", "2", "3+", "cannot_tell"]
    use(Labels(lambda image, attribute: Reading(left.pop(), raw="said so"), "person_count"))
    run(store, asked(store))
    rows = read_labels(store, WEEK, "m", "scripted@1-00000000")
    assert {(row["value"], row["raw"]) for row in rows} == {
        (value, "said so") for value in ("0", "1", "2", "3+", "cannot_tell")
    }


def test_labels_of_an_older_version_stay_beside_the_new(store: Store, use: Use) -> None:
    use(Labels(nobody, "person_count", version="1-aaaaaaaa"))
    plan = asked(store)
    run(store, plan)
    before = parts(store)
    use(Labels(lambda image, attribute: Reading("1"), "person_count", version="2-bbbbbbbb"))
    report = run(store, plan)
    assert (report.written, report.already) == (6, 0)
    after = parts(store)
    assert {key: after[key] for key in before} == before
    assert {row["value"] for row in read_labels(store, WEEK, "m", "scripted@1-aaaaaaaa")} == {"0"}
    assert {row["value"] for row in read_labels(store, WEEK, "m", "scripted@2-bbbbbbbb")} == {"1"}
    with connect(None) as con:
        make_tables(con)
        load_partition(con, store, WEEK, "m")
        kept = con.execute(
            "SELECT labeler_version, value, count(*) FROM labels GROUP BY ALL ORDER BY 1"
        ).fetchall()
        shown = con.execute("SELECT DISTINCT labeler_version FROM cell_counts WHERE pictures > 0").fetchall()
    assert kept == [("1-aaaaaaaa", "0", 6), ("2-bbbbbbbb", "1", 6)]
    assert shown == [("2-bbbbbbbb",)]


def test_only_what_prompt_and_labeler_have_is_read(store: Store, use: Use) -> None:
    labels = use(
        Labels(lambda image, attribute: Reading("cannot_tell"), "perceived_gender", "skin_tone", "food")
    )
    plan = asked(
        store,
        suites=[{"suite": "startup-ceo@1", "replicates": 1, "prompts": ["ceo-his", "ceo-visionary"]}],
        track="model",
    )
    run(store, plan)
    wanted = {picture(slot.slot_key): slot.prompt for slot in plan.slots}
    assert {wanted[image]: names for image, names in labels.calls} == {
        "startup-ceo/ceo-his": ("perceived_gender", "skin_tone"),
        "startup-ceo/ceo-visionary": ("skin_tone",),
    }


def test_refused_and_bad_pictures_get_no_label(store: Store, use: Use) -> None:
    labels = use(Labels(nobody, "person_count"))

    def mixed(request: Request, number: int) -> Answer:
        name = request.slot.prompt
        if name == "canary/bicycle":
            return Answer(outcome=Outcome.REFUSED_TEXT, refusal_text="no")
        if name == "canary/lemons":
            return Answer(outcome=Outcome.OK, image=picture(request.slot.slot_key)[:-7])
        return ok(request)

    plan = asked(store, mixed)
    assert run(store, plan).written == 4
    labelled = {row["slot_key"] for row in read_labels(store, WEEK, "m", "scripted@1-00000000")}
    assert labelled == {s.slot_key for s in plan.slots if s.prompt not in {"canary/bicycle", "canary/lemons"}}
    assert len(labels.calls) == 4


def test_a_part_is_named_by_its_bytes_and_never_written_over(store: Store, use: Use) -> None:
    use(Labels(nobody, "person_count"))
    plan = asked(store)
    run(store, plan)
    ((key, data),) = parts(store).items()
    assert key.endswith(f"/part-{sha256_hex(data)}.parquet")
    assert not store.put_if_absent(key, b"something else")
    assert store.get(key) == data
    table = pq.read_table(io.BytesIO(data))
    assert table.num_rows == 6
    assert table["slot_key"].to_pylist() == sorted(table["slot_key"].to_pylist())


def test_progress_counts_pictures_and_not_slots(store: Store, use: Use) -> None:
    use(Labels(nobody, "person_count"))
    plan = asked(store, lambda request, number: Answer(outcome=Outcome.OK, image=picture("aaaaaa")))
    told: list[int] = []
    read: list[None] = []
    label_partition(store, plan, workers=0, on_tasks=told.append, on_picture=lambda: read.append(None))
    assert told == [1]
    assert len(read) == 1


def test_a_corrupt_part_is_named(store: Store, use: Use) -> None:
    use(Labels(nobody, "person_count"))
    plan = asked(store)
    key = keys.label_part(WEEK, "m", "scripted@1-00000000", sha256_hex(b"no parquet"))
    store.put_if_absent(key, b"no parquet")
    with pytest.raises(CorruptObjectError, match=key):
        run(store, plan)


def test_processes_read_the_same_as_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labeling, "_WORTH_PROCESSES_S", 0.0)
    found = []
    for workers in (0, 2):
        store = open_store(tmp_path / str(workers))
        plan = asked(store, labeler="drawing")
        assert label_partition(store, plan, workers=workers).written == 6
        (name,) = {key.split("labeler=")[1].split("/")[0] for key in parts(store)}
        rows = read_labels(store, WEEK, "m", name)
        found.append([{k: v for k, v in row.items() if k != "labeled_at"} for row in rows])
    assert found[0] == found[1]


def _labeled_by_a_daemonic_process(folder: Path, told: multiprocessing.Queue[object]) -> None:
    labeling._WORTH_PROCESSES_S = 0.0
    try:
        store = open_store(folder)
        told.put(label_partition(store, asked(store, labeler="drawing"), workers=2).written)
    except BaseException as error:  # noqa: BLE001 - it is told, and the test fails
        told.put(repr(error))


def test_a_process_that_may_have_no_children_reads_by_itself(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    told: multiprocessing.Queue[object] = fork.Queue()
    child = fork.Process(target=_labeled_by_a_daemonic_process, args=(tmp_path / "s", told), daemon=True)
    child.start()
    assert told.get(timeout=60) == 6
    child.join()
