"""Claims of 2023 in a warehouse: planted verdicts, what labels say once more in Python and in SQL, weeks one by one."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.generation.slots import Slot
from assets.metrics.claims.counts import week_claim_counts
from assets.metrics.claims.table import history_claims
from assets.suites.claims import shipped_claims
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Suite
from tests.warehouse import builder
from tests.warehouse.windows.windows_plainly import designs
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import table_hash
from warehouse.loading.load import load_partition, partitions, replace_history, replace_week
from warehouse.sqlfiles import sql
from warehouse.store import Store, open_store
from warehouse.weeks import shift, span

Con = duckdb.DuckDBPyConnection
FIRST = "2026-08-03"
WEEKS = span(FIRST, shift(FIRST, 8))
CHANGED = WEEKS[4]
MODELS = ("as-then", "changed", "refuses")
LOOKED_FOR = ("perceived_gender", "skin_tone", "headwear")


def _few(suite: Suite) -> Suite:
    """Return a shipped suite with few attributes, so that its partitions are made quickly."""
    return suite.model_copy(
        update={
            "prompts": tuple(
                prompt.model_copy(
                    update={"attributes": tuple(name for name in LOOKED_FOR if name in prompt.attributes)}
                )
                for prompt in suite.prompts
            ),
            "attributes": tuple(attribute for attribute in suite.attributes if attribute.id in LOOKED_FOR),
            "references": (builder.PARITY,),
            "stereotypes": (),
        }
    )


SUITE, SECOND = (_few(load_suites()[f"startup-ceo@{major}"]) for major in (1, 2))
#: The week from which one model is asked the second version, in the middle of a block.
MOVED = WEEKS[6]


def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
    """Light-skinned men; from `CHANGED` on few of them where the model changed; some that cannot be told."""
    lot = random.Random(f"{slot.slot_key}/{attribute.id}").random()
    if attribute.id == "headwear":
        return ("keffiyeh" if lot < 0.5 else "none", None, None)
    if lot < 0.03:
        return None if lot < 0.01 else ("cannot_tell", None, None)
    other = slot.model == "changed" and slot.week >= CHANGED and random.Random(slot.slot_key).random() < 0.85
    if attribute.id == "perceived_gender":
        return ("feminine" if other else "masculine", None, None)
    return ("monk_9" if other and lot > 0.5 else "monk_2", None, None)


def outcomes(slot: Slot) -> Sequence[str]:
    """Everything is drawn, but by one model that refuses much; the third turn of a conversation is not needed."""
    if slot.turn == 3:
        return ("not_needed",)
    lot = random.Random(slot.slot_key).random()
    return ("refused_text",) if slot.model == "refuses" and lot < 0.4 else ("ok",)


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Nine weeks of three models; one week of one is missing."""
    store = open_store(tmp_path_factory.mktemp("claims") / "bucket")
    for week in WEEKS:
        for model in MODELS:
            if (model, week) != ("as-then", WEEKS[5]):
                suite = SECOND if model == "as-then" and week >= MOVED else SUITE
                builder.build_partition(
                    store, week, model, suites=(suite,), replicates=18, conversations=2,
                    labels=labels, outcomes=outcomes,
                )  # fmt: skip
    return store


@pytest.fixture(scope="module")
def con(bucket: Store) -> Iterator[Con]:
    """The warehouse with its claims; a model is withheld in one week."""
    with connect(None) as con:
        make_tables(con)
        for week, model in partitions(bucket):
            load_partition(con, bucket, week, model)
        con.execute("INSERT INTO withheld VALUES ($week, 'refuses', 'test')", {"week": WEEKS[1]})
        for week in WEEKS:
            replace_week(con, "claim_counts", week, week_claim_counts(con, week))
        replace_history(con, {"claims": history_claims(con)}, {})
        yield con


def rows(con: Con, statement: str) -> list[dict[str, Any]]:
    return con.sql(statement).to_arrow_table().to_pylist()


def test_every_model_has_a_row_for_every_claim_in_every_week_in_which_it_was_planned(con: Con) -> None:
    parts = sum(len(claim.pictures) for claim in shipped_claims())
    found = {
        row["model"]: row["n"] for row in rows(con, "SELECT model, count(*) AS n FROM claims GROUP BY 1")
    }
    assert found == {"as-then": 8 * parts, "changed": 9 * parts, "refuses": 8 * parts}
    never = rows(
        con, "SELECT DISTINCT verdict, reason FROM claims WHERE planned = 0 AND threshold IS NOT NULL"
    )
    assert never == [{"verdict": "not asked", "reason": None}]


def test_each_model_gets_the_verdict_that_was_planted(con: Con) -> None:
    told = rows(con, "SELECT * FROM claims WHERE claim = 'ceo-white-man' ORDER BY model, week")
    of = {model: [row for row in told if row["model"] == model] for model in MODELS}
    assert [row["verdict"] for row in of["as-then"]] == [*[None] * 3, *["as then"] * 5]
    assert {row["words"] for row in of["as-then"][3:]} == {"as then; also in the control"}
    assert of["as-then"][0]["reason"] == "the first block of four weeks is not over"
    assert [row["verdict"] for row in of["changed"]] == [
        *[None] * 3,
        *["as then"] * 4,
        *["less than half"] * 2,
    ]
    assert of["changed"][-1]["block_end"].isoformat() == WEEKS[7]
    assert (
        of["changed"][6]["share"] < 0.6 < 0.9 < of["changed"][3]["share"]
    )  # the window is ahead of the verdict
    assert of["refuses"][-1]["words"].startswith("too few; also in the control; ")  # 60 pictures are needed
    assert of["refuses"][-1]["refused_share"] > 0.3
    assert {row["weeks"] for row in of["as-then"] if row["week"].isoformat() >= WEEKS[6]} == {3}
    assert all(row["low"] < row["share"] <= row["high"] for row in of["as-then"])
    assert any(row["undecided"] for row in of["as-then"][3:])


def test_a_claim_without_a_threshold_has_figures_and_no_verdict(con: Con) -> None:
    (last,) = rows(
        con,
        f"SELECT * FROM claims WHERE claim = 'ceo-their' AND model = 'as-then' AND week = DATE '{WEEKS[-1]}'",
    )
    assert (last["verdict"], last["reason"], last["block_end"]) == (None, "no threshold", None)
    assert last["share"] == 1
    assert (last["control_n"], last["control_share"]) == (None, None)


def test_a_model_that_moves_to_another_version_keeps_its_evidence_and_its_verdict(con: Con) -> None:
    """Block and window go on: the sentences are the same, and only those are counted."""
    told = rows(
        con,
        "SELECT *, week::VARCHAR AS monday FROM claims "
        "WHERE claim = 'ceo-white-man' AND model = 'as-then' ORDER BY week",
    )
    assert {row["suite_majors"] for row in told} == {"1,2"}
    assert {row["monday"]: row["suite_major"] for row in told} == {
        week: 2 if week >= MOVED else 1 for week in WEEKS if week != WEEKS[5]
    }
    assert [row["verdict"] for row in told[3:]] == ["as then"] * 5
    at_block = next(row for row in told if row["monday"] == WEEKS[7])
    assert (at_block["block_end"].isoformat(), at_block["planned"]) == (WEEKS[7], 3 * 18)
    majors = rows(con, "FROM claim_counts SELECT DISTINCT suite_major WHERE planned > 0 ORDER BY 1")
    assert majors == [{"suite_major": 1}, {"suite_major": 2}]


def plain_counts(con: Con) -> dict[tuple[str, str, str, str], tuple[int, int, int]]:
    """(model, week, claim, part) → pictures, n and k of that week, from slots, attempts and labels, one at a time."""
    attempts = {
        (row["model"], row["slot_key"]): row["outcome"]
        for row in rows(con, "FROM attempts SELECT model, slot_key, outcome")
    }
    read: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows(con, "FROM labels SELECT model, slot_key, attribute, value"):
        read[row["model"], row["slot_key"]][row["attribute"]] = row["value"]
    band = {"monk_2": "light", "monk_9": "dark"}
    found: dict[tuple[str, str, str, str], tuple[int, int, int]] = {}
    for slot in rows(
        con, "FROM slots SELECT week::VARCHAR AS week, model, slot_key, prompt, turn, conversation"
    ):
        if slot["conversation"] and slot["turn"] == 1:
            continue
        seen = read[slot["model"], slot["slot_key"]]
        for claim in shipped_claims():
            for part, prompts in claim.pictures.items():
                drawn = attempts.get((slot["model"], slot["slot_key"])) == "ok"
                if slot["prompt"] not in claim.full_ids(prompts) or not drawn:
                    continue
                values = [seen.get(attribute, "cannot_tell") for attribute in claim.shows]
                whole = "cannot_tell" not in values
                shown = all(
                    band.get(value, value) in named
                    for value, named in zip(values, claim.shows.values(), strict=True)
                )
                key = (slot["model"], slot["week"], claim.id, part)
                before = found.get(key, (0, 0, 0))
                found[key] = (before[0] + 1, before[1] + whole, before[2] + (whole and shown))
    return found


def test_the_counts_are_those_of_single_labels(con: Con) -> None:
    expected = plain_counts(con)
    found = rows(
        con,
        "SELECT week::VARCHAR AS week, model, claim, part, pictures, n, k FROM claim_counts "
        "WHERE role = 'claim' AND planned > 0",
    )
    counted = {
        (row["model"], row["week"], row["claim"], row["part"]): (row["pictures"], row["n"], row["k"])
        for row in found
    }
    assert {key: count for key, count in counted.items() if count[0]} == expected
    assert {key[2] for key in expected} == {"ceo-white-man", "ceo-their", "apology-keffiyeh"}
    assert any(pictures > n > k for pictures, n, k in expected.values())


def test_the_control_and_refusals_are_counted_beside(con: Con) -> None:
    (row,) = rows(
        con,
        f"SELECT * FROM claim_counts WHERE week = DATE '{WEEKS[2]}' AND model = 'refuses' "
        "AND claim = 'ceo-white-man' AND role = 'control'",
    )
    assert row["planned"] == row["pictures"] + row["refused"] == 18
    assert row["refused"] > 3


def test_the_audit_query_finds_the_same_from_labels_alone(con: Con) -> None:
    found = rows(con, sql("audit/claims"))
    assert len(found) == con.execute("SELECT count(*) FROM claims").fetchall()[0][0]
    compared = 0
    for row in found:
        for name, again in (
            ("share", "from_labels"),
            ("low", "from_labels_low"),
            ("high", "from_labels_high"),
        ):
            assert (row[name] is None) == (row[again] is None), row
            if row[name] is not None:
                assert row[name] == pytest.approx(row[again], abs=1e-9)
                compared += 1
    assert compared > 200
    counts = {(row["week"], row["model"], row["claim"], row["part"]): row for row in rows(con, "FROM claims")}
    for row in found:
        published = counts[row["week"], row["model"], row["claim"], row["part"]]
        assert (row["undecided"], row["refused"]) == (published["undecided"], published["refused"]), row


#: Up to four pictures of a prompt that show the same gender are of one job, in most weeks.
JOBS = f"""
INSERT INTO clusters
SELECT week, model, slot_key, 'job ' || prompt || place // 4
FROM (
    SELECT
        labels.week, labels.model, labels.slot_key, prompt,
        row_number() OVER (PARTITION BY labels.week, labels.model, prompt ORDER BY value, labels.slot_key) - 1 AS place
    FROM labels INNER JOIN slots USING (week, model, slot_key)
    WHERE attribute = 'perceived_gender' AND turn = 1 AND labels.week <> '{WEEKS[2]}'
)
"""


@pytest.fixture
def drawn(con: Con) -> Iterator[Con]:
    """Return the claims, some of whose pictures were drawn together."""
    con.execute("BEGIN")
    con.execute(JOBS)
    for week in WEEKS:
        con.execute("DELETE FROM claim_counts WHERE week = $week", {"week": week})
        counted = week_claim_counts(con, week)  # noqa: F841
        con.execute("INSERT INTO claim_counts BY NAME FROM counted")
    con.execute("DELETE FROM claims")
    told = history_claims(con)  # noqa: F841
    con.execute("INSERT INTO claims BY NAME FROM told")
    yield con
    con.execute("ROLLBACK")


def men(con: Con, model: str, week: str) -> dict[str, dict[str, list[str]]]:
    """Return prompt and week → job → whether each picture shows a light-skinned man, of four weeks."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in con.execute(
        """
        SELECT
            prompt || labels.week, coalesce(cluster, slot_key),
            bool_and(value IN ('masculine', 'monk_2'))::VARCHAR
        FROM labels INNER JOIN slots USING (week, model, slot_key) LEFT JOIN clusters USING (week, model, slot_key)
        LEFT JOIN withheld USING (week, model)
        WHERE
            model = $model AND labels.week BETWEEN $week::DATE - 21 AND $week AND list_contains($prompts, prompt)
            AND attribute IN ('perceived_gender', 'skin_tone') AND withheld.model IS NULL
        GROUP BY prompt, labels.week, coalesce(cluster, slot_key), slot_key
        HAVING count(*) = 2 AND bool_and(value <> 'cannot_tell')
        """,
        {"model": model, "week": week, "prompts": [*PROMPTS]},
    ).fetchall():
        found[row[0]][row[1]].append(row[2])
    return found


#: Those that the sentence on light-skinned men is counted in.
PROMPTS = next(
    claim.full_ids([*prompts])
    for claim in shipped_claims()
    for prompts in claim.pictures.values()
    if claim.id == "ceo-white-man"
)


def test_pictures_that_were_drawn_together_count_for_what_they_are_worth(drawn: Con) -> None:
    told = rows(drawn, "SELECT *, week::VARCHAR AS monday FROM claims WHERE claim = 'ceo-white-man'")
    measured = 0
    for row in told:
        found = men(drawn, row["model"], row["monday"])
        sizes = [len(values) for of in found.values() for values in of.values()]
        assert row["n"] == sum(sizes)  # pictures, not what they are worth
        telling = {
            cell: of
            for cell, of in found.items()
            if cell.endswith(WEEKS[2]) or max(map(len, of.values())) > 1
        }
        together = {cell: of for cell, of in telling.items() if not cell.endswith(WEEKS[2])}
        if not together:
            assert row["design_effect"] is None
            continue
        rho = designs(together).correlation
        effect = 1 + (sum(m * m for m in sizes) / sum(sizes) - 1) * rho
        assert row["design_effect"] == pytest.approx(effect, rel=1e-9), row
        measured += 0 < rho < 1
        low, high = proportion_confint(row["k"] / effect, row["n"] / effect, alpha=0.01, method="wilson")
        ends = (low if row["k"] else 0, high if row["k"] < row["n"] else 1)
        assert (row["low"], row["high"]) == pytest.approx(ends, abs=1e-9), row
    assert measured > 2
    # 72 pictures of 18 jobs that all show it are too few for "all"
    (as_then,) = [row for row in told if row["model"] == "as-then" and row["monday"] == WEEKS[3]]
    assert as_then["share"] > 0.9
    assert (as_then["verdict"], as_then["reason"]) == ("too few", None)


def test_the_audit_query_finds_what_pictures_are_worth_from_labels_alone(drawn: Con) -> None:
    found = rows(drawn, sql("audit/claims"))
    for row in found:
        for name, again in (
            ("low", "from_labels_low"),
            ("high", "from_labels_high"),
            ("design_effect", "from_labels_effect"),
        ):
            assert row[again] == (None if row[name] is None else pytest.approx(row[name], abs=1e-9)), row
    assert sum(row["design_effect"] is not None for row in found) > 30


def alone(low: float, high: float, threshold: float) -> str:
    """Return what an interval decides, in plain words."""
    if low >= threshold:
        return "as then"
    if high < 0.1:
        return "rare"
    if high < 0.5:
        return "less than half"
    if high < threshold:
        return "weaker, still most" if low >= 0.5 else "weaker"
    return "between"


#: What may speak against a verdict: that pictures do not show the claim (0), or do (1).
AGAINST = {"as then": (0,), "weaker, still most": (0, 1)}


def test_weeks_that_are_counted_one_by_one_give_the_same_as_all_together(con: Con) -> None:
    before = {table: table_hash(con, table) for table in ("claim_counts", "claims")}
    for week in reversed(WEEKS[5:]):
        replace_week(con, "claim_counts", week, week_claim_counts(con, week))
        replace_history(con, {"claims": history_claims(con)}, {})
    assert {table: table_hash(con, table) for table in before} == before
