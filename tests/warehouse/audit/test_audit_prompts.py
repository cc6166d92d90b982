"""Every interval over prompts like these, of weeks and of studies, is found again by SQL from labels alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pytest
from assets.metrics.scores.table import compute_scores, compute_study_scores
from scipy import stats

from assets.generation.slots import Slot
from assets.metrics.registry.metrics import metrics
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Reference, ReferenceRow
from tests.warehouse.audit.test_audit_scores import GENDER, labels, same
from tests.warehouse.builder import (
    CONFRONTATION,
    LABELER_VERSION,
    PARITY,
    WEEK,
    WEEK_53,
    build_partition,
    label_row,
    mixed,
    write_labels,
)
from tests.warehouse.studies import Said, study_tables
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_study, replace_week
from warehouse.sqlfiles import sql
from warehouse.store import open_store

Con = duckdb.DuckDBPyConnection
Row = dict[str, Any]
Keyed = dict[tuple[object, ...], Row]
Found = tuple[str, Keyed]
WEEK_KEYS = ("week", "model", "suite", "suite_major", "condition", "turn", "attribute", "reference", "scale")
STUDY_KEYS = ("study", "model", "condition", "attribute", "reference", "labeler")
#: The interval, by the same names in table and query.
ENDS = ("prompts_low", "prompts_high")
#: audit query → its table and keys
AUDITED = {
    "prompts_like_these": ("scores", (*WEEK_KEYS, "labeler_version", "metric", "value_name")),
    "study_prompts_like_these": ("study_scores", (*STUDY_KEYS, "labeler_version", "metric", "value_name")),
}
SHIPPED = load_suites()
#: With a reference that has a row for every prompt and one of a prompt's own.
CONFRONTED = CONFRONTATION.model_copy(
    update={
        "id": "confronted",
        "prompts": tuple(
            CONFRONTATION.prompts[0].model_copy(
                update={"id": f"p{number}", "subject": f"occupation:p{number}"}
            )
            for number in range(12)
        ),
        "references": (
            PARITY,
            Reference(
                id="cited",
                attribute="perceived_gender",
                rows=(
                    ReferenceRow(shares={"feminine": 0.3, "masculine": 0.7}),
                    ReferenceRow(prompt="p3", shares={"feminine": 0.9, "masculine": 0.1}),
                ),
            ),
        ),
    }
)
SUITES = (
    CONFRONTED,
    *(SHIPPED[f"{name}@1"] for name in ("descriptors", "occupations", "nationalities", "diversity-request")),
)
#: Prompts of each condition of the studies: degrees of freedom around the least, odd and even, few and many.
SIZES = (1, 9, 10, 11, 12, 13, 24, 31, 60, 201)
SUPPORTS = {
    "gender": {"f": True, "m": True, "both": False},
    "clothing_era": {"historical": True, "contemporary": True, "traditional": True, "unknown": False},
    "only": {"yes": True, "no": False},
}


def refusing(slot: Slot) -> Sequence[str]:
    """Return outcomes of a model that refuses most prompts always: about ten of a suite are left."""
    return ("ok",) if random.Random(slot.prompt).random() < 0.4 else ("refused_text",)


def in_turn(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Return labels that show the values one after the other, each as often as the others."""
    return attribute.values[slot.replicate % len(attribute.values)], None, None


def said(values: dict[str, bool]) -> Said:
    """Return what people said of prompts, by a chance: some lean, some are one-sided, some hardly assessed."""
    chance = random.Random("study")
    found: dict[tuple[str, str, str], list[str | None]] = {}
    for model in ("m", "n"):
        for size in SIZES:
            for number in range(size):
                pictures = chance.choice((0, 1, 2, 3, 6, 9)) if model == "n" else 7
                lean = [chance.random() + 0.01 for _ in values]
                read = chance.choices([*values, None], [*lean, 0.2], k=pictures + 1)
                found[model, f"of-{size}", f"p{number}"] = list(read)
    named = [value for value, inside in values.items() if inside]
    for number in range(12):
        found["alike", "of-12", f"p{number}"] = [named[0]] * 8
        found["even", "of-12", f"p{number}"] = [*named, *named]
    return found


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    """Two weeks of suites of many prompts, and three studies, with their scores."""
    store = open_store(tmp_path_factory.mktemp("prompts"))
    options: dict[str, Any] = {"suites": SUITES, "replicates": 6, "labels": labels}
    for week in (WEEK, WEEK_53):
        build_partition(store, week, "mixed", outcomes=mixed, **options)
    slots = build_partition(store, WEEK_53, "shy", outcomes=refusing, **options)
    newer = [
        label_row(slot, "perceived_gender", label, labeler_version="10-b")
        for slot in slots
        if (label := labels(slot, GENDER)) and slot.replicate % 3
    ]
    write_labels(store, WEEK_53, "shy", newer)
    build_partition(
        store, WEEK, "silent", suites=SUITES, replicates=1, outcomes=lambda slot: ("refused_text",)
    )
    # one picture a prompt: shares and no distances; four: distance2 and no distance
    for name, replicates in (("one", 1), ("four", 4)):
        build_partition(store, WEEK, name, suites=SUITES[1:4], replicates=replicates, labels=in_turn)
    few = [SUITES[1].prompt_id(prompt) for prompt in SUITES[1].prompts[:9]]
    build_partition(store, WEEK, "nine", suites=SUITES[1:2], prompts=lambda prompt: prompt in few)
    with connect(None) as con:
        make_tables(con)
        for week, model in partitions(store):
            load_partition(con, store, week, model)
        for week in (WEEK, WEEK_53):
            replace_week(con, "scores", week, compute_scores(con, week))
        for name, values in SUPPORTS.items():
            tables = study_tables(said(values), values, attribute=name, study=name, versions=("1-a", "2-b"))
            replace_study(con, name, tables)
            replace_study(con, name, {"study_scores": compute_study_scores(con, name)})
        yield con


@pytest.fixture
def con(loaded: Con) -> Iterator[Con]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


def rows(con: Con, query: str) -> list[Row]:
    found = con.execute(query)
    columns = [column[0] for column in found.description or []]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def published(con: Con, query: str) -> Keyed:
    """Return the figures of the table that have an interval over prompts, by key."""
    table, keys = AUDITED[query]
    wanted = rows(con, f"FROM {table} WHERE prompts_low IS NOT NULL OR prompts_high IS NOT NULL")
    assert {row["prompt"] for row in wanted} == {None}
    return {tuple(row[name] for name in keys): row for row in wanted}


def audited(con: Con, query: str) -> Keyed:
    """Return the rows of an audit query by key."""
    found = rows(con, sql(f"audit/{query}"))
    keyed = {tuple(row[name] for name in AUDITED[query][1]): row for row in found}
    assert len(keyed) == len(found)
    return keyed


@pytest.fixture(scope="module", params=AUDITED)
def both(loaded: Con, request: pytest.FixtureRequest) -> Found:
    """One audit query and its rows."""
    return request.param, audited(loaded, request.param)


def differing(mine: Keyed, theirs: Keyed) -> list[object]:
    """Return the keys of the rows that one has alone, or whose figures differ by more than 1e-9."""
    common = mine.keys() & theirs.keys()
    return [
        *(mine.keys() ^ theirs.keys()),
        *(key for key in common if not all(same(mine[key][name], theirs[key][name]) for name in ENDS)),
    ]


def test_every_interval_is_found_again(loaded: Con, both: Found) -> None:
    query, found = both
    mine = published(loaded, query)
    assert len(mine) > 100
    assert differing(mine, found) == []
    for key, row in mine.items():
        again = found[key]
        assert again["prompts"] == row["cells"] >= again["subjects"] >= 10
        if row["metric"] != "distance":
            assert all(same(again[f"frozen_{end}"], row[end]) for end in ("low", "high")), key
            assert same(again["mean"], row["estimate"]), key


def test_every_interval_of_pictures_that_were_drawn_together_is_found_again(con: Con) -> None:
    con.execute(
        "INSERT INTO clusters SELECT week, model, slot_key, prompt || replicate // 3 FROM slots "
        f"WHERE week = '{WEEK}' AND model IN ('mixed', 'four')"
    )
    made, apart = compute_scores(con, WEEK), published(con, "prompts_like_these")
    con.execute(f"DELETE FROM scores WHERE week = '{WEEK}'")
    con.register("made", made)
    con.execute("INSERT INTO scores BY NAME FROM made")
    con.unregister("made")
    mine = published(con, "prompts_like_these")
    assert differing(mine, audited(con, "prompts_like_these")) == []
    wider = [key for key in mine.keys() & apart.keys() if mine[key]["high"] > apart[key]["high"] + 0.02]
    assert {key[1] for key in wider} == {"mixed", "four"}


@pytest.mark.parametrize("query", AUDITED)
def test_the_world_holds_every_metric_with_this_interval_and_figures_without(loaded: Con, query: str) -> None:
    table, _ = AUDITED[query]
    mine = published(loaded, query).values()
    assert {row["metric"] for row in mine} == {metric.id for metric in metrics() if metric.prompts_interval}
    assert min(row["cells"] for row in mine) == 10
    assert max(row["cells"] for row in mine) == {"scores": 46, "study_scores": 201}[table]
    nine = f"FROM {table} WHERE metric = 'share' AND cells = 9 AND prompt IS NULL"
    assert {row["prompts_low"] for row in rows(loaded, nine)} == {None}
    if table == "scores":
        assert {row["condition"] for row in mine} == {"baseline", "confronted"}
        assert {row["scale"] for row in mine} == {"bands", "values"}
        assert {row["labeler_version"] for row in mine} == {LABELER_VERSION, "10-b"}
        assert {row["reference"] for row in mine} > {
            "parity",
            "cited",
            "uniform",
            "bls-cps-2025",
            "un-wpp-2019",
        }
        # two languages of a country, and three occupations in two sentences
        asked = {(row["prompts"], row["subjects"]) for row in audited(loaded, query).values()}
        assert {(46, 23), (27, 24)} <= asked
    told = [row for row in mine if row["metric"] in {"share", "distance2"}]
    assert {row["prompts_low"] < row["low"] for row in told} == {
        True,
        False,
    }  # some are as wide as the frozen
    assert {row["prompts_high"] > row["high"] for row in told} == {True, False}


def test_the_quantile_is_that_of_student_to_nine_digits(
    both: Found,
) -> None:
    told = {row["subjects"]: row["student_t"] for row in both[1].values()}
    assert {subjects % 2 for subjects in told} == {0, 1}
    for subjects, quantile in told.items():
        assert quantile == pytest.approx(stats.t.ppf(0.975, subjects - 1), rel=1e-9, abs=0)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("metric", [metric.id for metric in metrics() if metric.prompts_interval])
def test_a_figure_that_was_changed_is_found(con: Con, both: Found, metric: str, end: str) -> None:
    query, found = both
    table, keys = AUDITED[query]
    where = f"metric = '{metric}' AND {end} IS NOT NULL"
    (row,) = rows(con, f"SELECT rowid, * FROM {table} WHERE {where} ORDER BY rowid LIMIT 1")
    con.execute(f"UPDATE {table} SET {end} = {end} + 1e-6 WHERE rowid = {row['rowid']}")
    assert differing(published(con, query), found) == [tuple(row[name] for name in keys)]


def test_an_interval_that_is_missing_or_too_many_is_found(con: Con, both: Found) -> None:
    query, found = both
    table, _ = AUDITED[query]
    for old, new in (("NOT NULL", "NULL"), ("NULL", "0")):
        where = f"prompt IS NULL AND metric = 'share' AND prompts_low IS {old}"
        con.execute(
            f"UPDATE {table} SET prompts_low = {new}, prompts_high = {new} "
            f"WHERE rowid = (SELECT max(rowid) FROM {table} WHERE {where})"
        )
        assert len(differing(published(con, query), found)) == (1 if new == "NULL" else 2)
