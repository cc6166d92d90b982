"""Every quality check on good rows, and on rows that are broken in its own way."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import duckdb
import pytest

from assets.quality import run
from assets.quality.registry import CHECKS, CheckSpec
from tests.warehouse import builder
from tests.warehouse.checks.quality_cases import CASES, Case
from tests.warehouse.checks.quality_rows import (
    BEFORE,
    HERE,
    ONE,
    SUITES,
    TUESDAY,
    TWO,
    WEEK,
    Tampered,
    broken,
    check,
    failing,
    fill,
    gold,
    labels,
    unanswered,
)
from warehouse import keys
from warehouse.database import marts
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition
from warehouse.sqlfiles import sql
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection

BY_NAME = {check.name: check for check in CHECKS}

#: Broken not by rows but by objects of the store or by the week itself: tests of their own below.
APART = {"plans__week_is_monday", "images__bytes_as_stored"}


def test_invariant_11_every_check_is_tried_on_broken_data() -> None:
    assert {case.check for case in CASES} | APART == set(BY_NAME)


@pytest.mark.parametrize(("stage", "model"), [("images", ONE), ("labels", ONE), ("publish", None)])
def test_invariant_11_every_check_passes_on_good_data(
    con: Con, store: Store, stage: str, model: str | None
) -> None:
    results = check(con, store, stage=stage, model=model)
    assert [(r.name, r.status, r.message) for r in results.values() if r.status != "pass"] == []
    assert list(results) == [spec.name for spec in CHECKS if stage in spec.stages]


@cache
def _read(check: str) -> set[str]:
    """Return the tables that a check of sql/checks reads, through views, too."""
    named = {*re.findall(r"\w+", re.sub(r"--.*", "", sql(f"checks/{check}")))}
    return named.union(*(marts.rests_on(view) for view in named & {*marts.order()}))


def _may_tell(spec: CheckSpec, case: Case) -> bool:
    """Return whether a check may find what a case breaks; of the slow checks of columns, whether it is to find it."""
    if spec.kind == "columns":
        return spec.name in {case.check, *case.also}
    touched = re.findall(r"\b(?:UPDATE|INTO|DELETE FROM) (\w+)", " ".join(case.statements))
    return spec.kind != "sql" or bool(_read(spec.name) & {*touched})


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{of.check}: {of.message or of.statements[0][:60]}" for of in CASES]
)
def test_invariant_11_a_check_fails_on_data_broken_in_its_own_way_and_no_other_does(
    con: Con, store: Store, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHECKS", [spec for spec in CHECKS if _may_tell(spec, case)])
    spec = BY_NAME[case.check]
    with broken(con, *case.statements):
        results = check(con, store)
        # it sees the rows of its partition and no others
        monkeypatch.setattr(run, "CHECKS", (spec,))
        stage = spec.stages[0]
        for model, fails in {ONE: bool(case.models), TWO: TWO in case.models}.items():
            assert bool(failing(check(con, store, stage=stage, model=model))) is fails, model
        assert not failing(check(con, store, stage=stage, week=BEFORE))
    assert failing(results) == {case.check} | case.also
    found = results[case.check]
    assert found.models == case.models
    assert found.failing_rows >= 1
    assert found.sample
    assert "\n" not in found.message
    assert case.message in found.message


def test_invariant_11_a_week_that_is_no_monday_is_told(con: Con, store: Store) -> None:
    results = check(con, store, week=TUESDAY)
    assert failing(results) == {"plans__week_is_monday"}
    assert results["plans__week_is_monday"].models == (ONE,)


@pytest.mark.parametrize(
    ("name", "bytes_now", "message"),
    [
        ("images__bytes_as_stored", b"other", "a stored picture has other bytes than were recorded"),
        ("images__bytes_as_stored", None, "a recorded picture is not in the store"),
        ("plans__as_in_bucket", b"{}", "its plan in the store is not the one that was loaded"),
        ("plans__as_in_bucket", None, "its plan is not in the store"),
    ],
)
def test_invariant_11_what_is_not_as_stored_is_told(
    con: Con, store: Store, name: str, bytes_now: bytes | None, message: str
) -> None:
    rows = con.execute(f"SELECT image_sha256 FROM images WHERE {HERE}").fetchall()
    pictures = [keys.image(sha256, "png") for (sha256,) in rows]
    of = pictures if name.startswith("images") else [keys.plan(WEEK, ONE)]
    results = check(con, Tampered(store, dict.fromkeys(of, bytes_now)))
    assert failing(results) == {name}
    found = results[name]
    assert (found.models, found.failing_rows, found.message) == ((ONE,), min(len(of), 20), message)


def test_another_seed_reads_other_pictures_again_and_the_same_seed_the_same(con: Con, store: Store) -> None:
    rows = con.execute(f"SELECT image_sha256 FROM images WHERE {HERE}").fetchall()
    tampered = Tampered(store, {keys.image(sha256, "png"): None for (sha256,) in rows})

    def read(seed: str) -> list[str]:
        result = check(con, tampered, stage="images", model=ONE, seed=seed)["images__bytes_as_stored"]
        return [row["image_sha256"] for row in result.sample]

    assert read("a") == read("a")
    assert read("a") != read("b")


def test_of_two_models_each_has_its_own_message_and_neither_hides_the_other(con: Con, store: Store) -> None:
    with broken(con, *unanswered(20, "timeout")):
        assert check(con, store, model=TWO)["attempts__completeness"].status == "pass"
        other = tuple(statement.replace(ONE, TWO) for statement in unanswered(40, "timeout"))
        for statement in other:
            con.execute(statement)
        result = check(con, store)["attempts__completeness"]
    assert result.models == (ONE, TWO)
    assert result.message_for(ONE).startswith("answers only 80 %")
    assert result.message_for(TWO).startswith("answers only 60 %")


_THIRD = f"{HERE} AND slot_key IN (SELECT slot_key FROM slots WHERE {HERE} AND turn = 3)"
_LATE = f"UPDATE attempts SET requested_at = '2027-03-01', answered_at = '2027-03-02' WHERE {HERE}"
#: What is no fault → statements after which it is so, and the checks that find something else.
ALLOWED: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "turns that were not needed": (
        (
            f"UPDATE plans SET completeness_floor = 1 WHERE {HERE}",
            f"UPDATE attempts SET outcome = 'not_needed', requested_at = NULL, answered_at = NULL WHERE {_THIRD}",
            f"DELETE FROM images WHERE {_THIRD}",
            f"DELETE FROM labels WHERE {_THIRD}",
        ),
        set(),
    ),
    "a share that moves for one model": (
        (f"UPDATE labels SET value = 'masculine' WHERE {HERE} AND attribute = 'perceived_gender'",),
        set(),
    ),
    "labels of an older version": (
        (f"INSERT INTO labels SELECT * REPLACE ('0-abcdef' AS labeler_version) FROM labels WHERE {HERE}",),
        set(),
    ),
    "an attribute that is never read": (
        (f"DELETE FROM labels WHERE week = '{WEEK}' AND attribute = 'skin_tone'",),
        set(),
    ),
    "gold, and a third person": ((*gold(), gold(label_rater="'third'")[1]), set()),
    "a model that refuses all is warned of": (unanswered(100, "refused_text"), {"attempts__answer_rate"}),
    "a simulated model after its week": ((_LATE,), set()),
    "an import after its week": (
        (
            _LATE,
            f"UPDATE plans SET simulated = FALSE WHERE {HERE}",
            f"UPDATE attempts SET original_created_at = '2026-11-24' WHERE {HERE}",
        ),
        {"boards__simulated_apart"},  # ranked before it was made real here
    ),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_is_no_fault_is_not_found(con: Con, store: Store, what: str) -> None:
    statements, others = ALLOWED[what]
    with broken(con, *statements):
        assert failing(check(con, store)) == others


def test_a_price_that_was_corrected_is_judged_by_the_calls_since(
    con: Con, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHECKS", (BY_NAME["attempts__cost_as_expected"],))
    here = f"week = DATE '{WEEK}' AND model = '{ONE}'"
    newest = f"(SELECT median(requested_at) FROM attempts WHERE {here})"
    wrong = (
        "UPDATE attempts SET cost_usd = 0.2, expected_usd = 0.05, cost_basis = 'reported', price_id = 'a' "
        f"WHERE {here}"
    )
    right = (
        f"UPDATE attempts SET expected_usd = 0.2, price_id = 'b' WHERE {here} AND requested_at >= {newest}"
    )
    with broken(con, wrong, right):
        assert failing(check(con, store)) == set()
    with broken(con, wrong):
        assert failing(check(con, store)) == {"attempts__cost_as_expected"}


def test_invariant_04_counts_add_up_whatever_the_outcomes(tmp_path: Path) -> None:
    store, model = open_store(tmp_path / "bucket"), "sim-mixed"
    builder.build_partition(store, WEEK, model, suites=SUITES, outcomes=builder.mixed, labels=labels)
    with connect(None) as con:
        make_tables(con)
        load_partition(con, store, WEEK, model)
        outcomes = con.execute("SELECT count(DISTINCT outcome) FROM slot_outcomes").fetchone()
        results = check(con, store, model=model)
    assert outcomes is not None
    assert outcomes[0] >= 4
    assert results["slots__counts_add_up"].status == "pass"


def test_two_majors_of_one_suite_are_two_boards(tmp_path: Path) -> None:
    """Both may have the same figures: each model has one row on either, and half of the pairs."""
    both = open_store(tmp_path / "bucket")
    suites = tuple(
        builder.OCCUPATIONS.model_copy(update={"version": version}) for version in ("1.0.0", "2.0.0")
    )
    for model in ("sim-a", "sim-b"):
        builder.build_partition(
            both,
            WEEK,
            model,
            suites=suites,
            labels=lambda slot, attribute: (attribute.values[slot.replicate % 2], None, None),
        )
    with connect(None) as con:
        fill(con, both)
        assert con.execute("SELECT count(*) FROM board_ranks").fetchall() == [(8,)]
        assert not failing(check(con, both)) & {"board_ranks__model_present", "computed__one_row_each"}


def test_nothing_is_written_by_checking(con: Con, store: Store) -> None:
    def counts() -> list[tuple[str, int]]:
        return con.execute("SELECT table_name, estimated_size FROM duckdb_tables() ORDER BY ALL").fetchall()

    before = counts()
    check(con, store)
    assert counts() == before
