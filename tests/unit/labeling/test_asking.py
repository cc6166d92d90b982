"""Labeling a partition by a model that is asked: calls, receipts, refusals, money, kills."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.calls import Retry
from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Answer, Outcome
from assets.generation.plan import Plan
from assets.generation.slots import Request
from assets.generation.workplace import Listener, Workplace
from assets.labeling.asked import journal
from assets.labeling.asked.asking import Asking, ask_all
from assets.labeling.asked.attempts import parse, read_attempts
from assets.labeling.asked.guard import ask_about
from assets.labeling.asked.spending import label_charges
from assets.labeling.partition import label
from assets.labeling.pictures import PictureToRead
from assets.labeling.registry import make_labeler
from assets.labeling.run import LabelReport, label_partition, read_labels
from assets.labeling.status import partition_state
from tests.services.vision_contract import Asked, Said, Vision, first_value
from tests.unit.generation.scripted import ok
from tests.unit.labeling.test_run import WEEK, asked
from tests.unit.labeling.vision import KEY, SUITES, entry, picture, shade_of
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import table_hash
from warehouse.loading.freshness import stale_partitions
from warehouse.loading.load import load_partition
from warehouse.store import Store

HASTY = Retry(attempts=2, limited=2, base_s=0.001, most_s=0.001)
#: Shades of the six pictures of the canary; the labeler recognizes each by it.
SHADES = (10, 50, 90, 130, 170, 210)
CALL_USD = (1000 * 1.0 + 200 * 0.1 + 30 * 4.0) / 1e6  # by usage and price of the test's entry


def drawn(request: Request, number: int) -> Answer:
    """Six pictures of six shades."""
    names = [prompt.id for prompt in SUITES["canary@1"].prompts]
    shade = SHADES[names.index(request.slot.prompt.removeprefix("canary/"))]
    return Answer(outcome=Outcome.OK, image=picture(shade))


def planned(store: Store, **changes: Any) -> Plan:
    return asked(store, drawn, **{"labeler": "eye", **changes})


def run(store: Store, plan: Plan, one: LabelerEntry, **more: Any) -> LabelReport:
    return label_partition(store, plan, labelers={one.name: one}, asking=Asking(retry=HASTY, **more))


def refuses(*shades: int, otherwise: Callable[[Asked], Said] = first_value) -> Callable[[Asked], Said]:
    """Refuse every call that shows one of these shades."""
    return lambda asked: (
        Said(refusal="No.") if {shade_of(one) for one in asked.pictures} & {*shades} else otherwise(asked)
    )


def labels(store: Store, one: LabelerEntry) -> list[dict[str, object]]:
    return read_labels(store, WEEK, "m", who(one))


def who(one: LabelerEntry) -> str:
    return f"{one.name}@{make_labeler(one.name, {one.name: one}).version}"


def calls(store: Store) -> list[Outcome]:
    return [attempt.outcome for attempt in read_attempts(store, WEEK, "m")]


def test_every_picture_is_asked_once_and_every_call_has_its_receipt(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server)
    report = run(store, plan, one)
    assert (report.pictures, report.written, report.already, report.open) == (6, 6, 0, 0)
    assert report.cost_usd == pytest.approx(6 * CALL_USD)
    assert {row["value"] for row in labels(store, one)} == {"0"}
    assert sorted(shade_of(a.pictures[0]) for a in server.asked) == sorted(SHADES)
    for attempt in read_attempts(store, WEEK, "m"):
        assert (attempt.outcome, attempt.attributes, attempt.attempt) == (Outcome.OK, ("person_count",), 1)
        assert (attempt.model_requested, attempt.model_reported) == ("gpt-6-luna", "gpt-6-luna")
        assert (attempt.cost_usd, attempt.cost_basis) == (pytest.approx(CALL_USD), "computed")
        assert attempt.latency_ms is not None
        assert attempt.requested_at is not None
    assert len(list(store.list("label-intents/"))) == 6


def test_a_run_that_lost_its_lease_makes_no_call_that_another_run_makes(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server, concurrency=1)
    intend, theirs = journal.Journal.intend, 0

    def late(itself: journal.Journal, call: str, *rest: Any) -> None:
        nonlocal theirs
        theirs += 1
        if theirs == 2:  # the other run is a moment earlier
            intend(itself, call, *rest)
        intend(itself, call, *rest)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journal.Journal, "intend", late)
        report = run(store, plan, one)
    assert (len(server.asked), report.open) == (1, 5)
    assert report.stopped_by == "another run asks this labeler; run again when it has ended"


def test_a_finished_partition_is_not_asked_again_and_no_byte_changes(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server)
    run(store, plan, one)
    before = {key: store.get(key) for key in store.list("")}
    report = run(store, plan, one)
    assert (report.pictures, report.written, report.already) == (0, 0, 6)
    assert len(server.asked) == 6
    assert {key: store.get(key) for key in store.list("")} == before


def test_a_refusal_is_no_label_and_is_final_for_this_version(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server)
    server.says = refuses(50, 90)
    report = run(store, plan, one)
    assert (report.written, report.declined, report.open) == (4, 2, 0)
    assert len(labels(store, one)) == 4
    assert calls(store).count(Outcome.REFUSED_TEXT) == 2
    state = partition_state(store, WEEK, "m", {"eye": one})
    assert (state.unlabelled, state.declined, state.complete) == (0, 2, True)
    run(store, plan, one)
    assert len(server.asked) == 6  # not asked again …
    newer = entry(server, number=2)
    server.says = first_value
    assert run(store, plan, newer).written == 6  # … but by another version


def test_trouble_is_met_within_the_run_and_by_the_next_one(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server, concurrency=1)
    server.says = lambda asked: (
        Said(status=500, error={"message": "oops"})
        if shade_of(asked.pictures[0]) == 90
        else first_value(asked)
    )
    report = run(store, plan, one)
    assert (report.written, report.open, report.stopped_by) == (5, 1, None)
    assert calls(store).count(Outcome.SERVER_ERROR) == 2  # as often as the run has patience
    assert partition_state(store, WEEK, "m", {"eye": one}).unlabelled == 1
    server.says = first_value
    assert run(store, plan, one).written == 1
    numbers = {attempt.attempt for attempt in read_attempts(store, WEEK, "m")}
    assert numbers == {1, 2, 3}


def test_what_stops_a_labeler_stops_the_run_and_is_told(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server, concurrency=1)
    server.says = lambda asked: Said(status=401, error={"code": "invalid_api_key", "message": "wrong key"})
    report = run(store, plan, one)
    assert (report.written, report.open, report.stopped_by) == (0, 6, "auth: wrong key")
    assert len(server.asked) == 1
    state = partition_state(store, WEEK, "m", {"eye": one})
    assert (state.unlabelled, state.labeler_stopped_by) == (6, "auth: wrong key")
    server.says = first_value
    run(store, plan, one)
    assert partition_state(store, WEEK, "m", {"eye": one}).labeler_stopped_by is None


def test_an_interrupt_ends_the_run_after_what_is_in_flight(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server, concurrency=1)
    stop = threading.Event()

    def second_stops(asked: Asked) -> Said:
        if asked.number == 2:
            stop.set()
        return first_value(asked)

    server.says = second_stops
    report = run(store, plan, one, stopped=stop.is_set)
    assert (report.written, report.open) == (2, 4)
    assert len(labels(store, one)) == 2


def test_so_many_calls_are_in_flight_as_the_entry_says(store: Store, server: Vision) -> None:
    server.says = lambda asked: Said(first_value(asked).values, wait_s=0.1)
    run(store, planned(store), entry(server, concurrency=3))
    assert server.most_at_once == 3


def test_a_picture_that_does_not_decode_is_never_sent(store: Store, server: Vision) -> None:
    one = entry(server)
    labeler = make_labeler("eye", {"eye": one})
    ledger = journal.Journal(store, journal.of_partition(WEEK, "m"), who(one), lambda readings: None)
    asked_ = ask_all(
        labeler,  # type: ignore[arg-type]
        [PictureToRead("ab" * 32, "png", ("person_count",))],
        ledger,
        load=lambda look: b"<html>",
    )
    assert (asked_.open, asked_.declined, len(server.asked)) == (0, 1, 0)
    assert calls(store) == [Outcome.CORRUPT_IMAGE]


def test_several_pictures_a_call_and_one_refusal_asks_each_by_itself(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server, images_per_request=3, concurrency=1)
    server.says = refuses(90)
    report = run(store, plan, one)
    assert (report.written, report.declined, report.open) == (5, 1, 0)
    assert sorted(len(a.pictures) for a in server.asked) == [1, 1, 1, 3, 3]
    assert partition_state(store, WEEK, "m", {"eye": one}).complete


def test_what_declines_one_question_labels_the_others(store: Store, server: Vision) -> None:
    server.says = lambda asked: Said(first_value(asked).values, declined=frozenset({"skin_tone"}))
    suites = [{"suite": "startup-ceo@1", "replicates": 1, "prompts": ["ceo-his"]}]
    plan = asked(store, lambda request, number: ok(request), labeler="eye", suites=suites, track="model")
    one = entry(server, "decisions")
    report = run(store, plan, one)
    read = {row["attribute"] for row in labels(store, one)}
    assert "skin_tone" not in read
    assert read
    assert report.declined == 1
    assert partition_state(store, WEEK, "m", {"eye": one}).complete
    run(store, plan, one)
    assert len(server.asked) == 1


def test_calls_are_loaded_and_make_the_partition_stale(store: Store, server: Vision, tmp_path: Path) -> None:
    plan, one = planned(store), entry(server)
    server.says = refuses(50)
    with connect(None) as con:
        make_tables(con)
        load_partition(con, store, WEEK, "m")
        run(store, plan, one)
        assert stale_partitions(con, store, WEEK) == [(WEEK, "m")]
        load_partition(con, store, WEEK, "m")
        assert stale_partitions(con, store, WEEK) == []
        rows = con.execute(
            "SELECT outcome, count(*), count(DISTINCT images), sum(cost_usd) FROM label_attempts GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert [row[:3] for row in rows] == [("ok", 5, 5), ("refused_text", 1, 1)]
        assert con.execute("SELECT count(*) FROM labels").fetchone() == (5,)
        loaded = table_hash(con, "label_attempts")
    rebuild(store, tmp_path / "again.duckdb")
    with connect(tmp_path / "again.duckdb", read_only=True) as con:
        assert table_hash(con, "label_attempts") == loaded


def test_the_key_is_in_nothing_that_was_written(store: Store, server: Vision, tmp_path: Path) -> None:
    server.says = lambda asked: (
        Said(status=400, error={"message": f"bad key {KEY}"}) if asked.number == 1 else first_value(asked)
    )
    run(store, planned(store), entry(server))
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


def place(store: Store, *entries: LabelerEntry) -> Workplace:
    found = {one.name: one for one in entries}
    lines: list[str] = []
    made = Workplace(
        store=store,
        warehouse=Path(store.url) / "w.duckdb",
        suites=SUITES,
        models=(),
        labelers=found,
        code_version="test",
        workers=0,
        charge_sources=(label_charges(found),),
        listener=Listener(told=lines.append),
    )
    object.__setattr__(made, "lines", lines)
    return made


def told(where: Workplace) -> list[str]:
    return list(where.lines)  # type: ignore[attr-defined]


def test_labelers_beside_the_plans_stop_nothing(store: Store, server: Vision) -> None:
    one = entry(server)
    broken = entry(server, "decisions", name="broken")
    other = entry(server, "chat", name="other")
    server.says = lambda asked: (
        Said(status=401, error={"code": "invalid_api_key", "message": "wrong"})
        if asked.path == "/v1/decisions"
        else first_value(asked)
    )
    planned(store, also_labelers=["broken", "gone", "other"])
    where = place(store, one, broken, other)
    assert label(where, "m", WEEK).written == 6
    assert {len(labels(store, entry_)) for entry_ in (one, other)} == {6}
    assert labels(store, broken) == []
    assert any("broken left" in line and "auth: wrong" in line for line in told(where))
    assert any('labeler gone beside the plan\'s: no labeler "gone"' in line for line in told(where))
    state = partition_state(store, WEEK, "m", where.labelers)
    assert state.complete
    assert state.label_cost_usd == pytest.approx(12 * CALL_USD)


def test_a_labeler_that_models_yaml_has_no_more_leaves_what_it_labelled(store: Store, server: Vision) -> None:
    plan, one = planned(store), entry(server)
    assert partition_state(store, WEEK, "m", {}).unlabelled == 6
    run(store, plan, one)
    assert partition_state(store, WEEK, "m", {}).complete


def test_anchors_are_asked_like_pictures(store: Store, server: Vision) -> None:
    planned(store)
    one = entry(server)
    server.says = refuses(50)
    receipts = [(key.split("/")[-1][:64], "png") for key in store.list("images/")]
    looks = [PictureToRead(sha256, ext, ("person_count", "skin_tone")) for sha256, ext in receipts]
    labeler = make_labeler("eye", {"eye": one})
    answers = ask_about(place(store, one), labeler, WEEK, looks)
    assert sorted(len(read) for read in answers.values()) == [0, 2, 2, 2, 2, 2]
    assert read_attempts(store, WEEK, "m") == []  # they lie apart
    charges = [*label_charges({"eye": one})(store, WEEK)]
    assert len(charges) == 6
    assert sum(charge.usd for charge in charges) == pytest.approx(6 * CALL_USD)


def test_the_first_parts_of_a_run_are_small(store: Store, server: Vision) -> None:
    one = entry(server, concurrency=1)
    run(store, planned(store), one)
    parts = [key for key in store.list("labels/") if "/attempts-" in key]
    assert sorted(len(parse(store.get(key), key)) for key in parts) == [1, 2, 3]


def test_the_time_of_a_part_is_bounded(store: Store, server: Vision, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PART_S", 0.0)
    monkeypatch.setattr("assets.labeling.asked.asking._LOOK_S", 0.01)
    one = entry(server, concurrency=1)
    server.says = lambda asked: Said(first_value(asked).values, wait_s=0.05)
    run(store, planned(store), one)
    parts = [key for key in store.list("labels/") if "/attempts-" in key]
    assert len(parts) > 1
