"""Every figure of `scores` is found again by a query of `sql/audit/` from labels and attempts alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from math import isclose
from typing import Any

import duckdb
import pytest
from assets.metrics.scores.table import compute_scores
from tests.warehouse.results.test_score_marts import SUITE

from assets.generation.slots import Slot
from assets.metrics.registry.metrics import metrics
from assets.suites.schema import Attribute, Prompt, Reference, ReferenceRow, StereotypePair, Suite
from tests.warehouse.builder import (
    CONFRONTATION,
    GENDER,
    PARITY,
    WEEK,
    WEEK_53,
    build_partition,
    label_row,
    mixed,
    write_labels,
)
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.sqlfiles import names, sql
from warehouse.store import open_store

Con = duckdb.DuckDBPyConnection
Row = dict[str, Any]
Label = tuple[str, float | None, str | None] | None
KEYS = (
    "week",
    "model",
    "suite",
    "suite_major",
    "condition",
    "prompt",
    "turn",
    "attribute",
    "reference",
    "scale",
)
KEYS += ("labeler_version", "metric", "value_name")
FIGURES = ("estimate", "low", "high", "n", "cells")

PEOPLE = Attribute(
    id="person_count",
    title="People",
    question="How many?",
    values=("0", "1", "2", "3+"),
    outside=("cannot_tell",),
)
CLOTHING = Attribute(
    id="clothing_era",
    title="Clothing",
    question="What does the person wear?",
    values=("historical", "contemporary", "traditional"),
    outside=("cannot_tell",),
)
NATIONS = Suite(
    id="nations",
    version="1.0.0",
    title="Nations",
    source="test",
    replicates=10,
    prompts=tuple(
        Prompt(id=name, text=f"a {name}", subject=f"{kind}:{name}", attributes=attributes)
        for name, kind, attributes in (
            ("french", "person", ("clothing_era", "perceived_gender")),
            ("indian", "person", ("clothing_era",)),
            ("italian", "person", ("clothing_era", "perceived_gender")),
            ("italian-house", "house", ("clothing_era",)),
        )
    ),
    attributes=(CLOTHING, GENDER),
    references=(
        PARITY,
        Reference(
            id="census",
            attribute="clothing_era",
            rows=(
                ReferenceRow(shares={"historical": 0.1, "contemporary": 0.9}),
                ReferenceRow(
                    prompt="french", shares={"historical": 0.0, "contemporary": 0.7, "traditional": 0.3}
                ),
                ReferenceRow(prompt="indian", shares={"historical": 0.2, "contemporary": 0.8}),
            ),
        ),
    ),
    stereotypes=(
        StereotypePair(attribute="clothing_era", value="historical", subject="person:french"),
        StereotypePair(attribute="clothing_era", value="traditional", subject="person:indian"),
        StereotypePair(attribute="clothing_era", value="contemporary", subject="house:italian-house"),
        StereotypePair(attribute="perceived_gender", value="feminine", subject="person:french"),
        StereotypePair(
            attribute="clothing_era", value="traditional", subject="person:french", metric="caricature_rate"
        ),
    ),
)
CROWDS = Suite(
    id="crowds",
    version="2.3.0",
    title="Crowds",
    source="test",
    replicates=10,
    prompts=tuple(
        Prompt(id=name, text=f"a {name}", subject=f"place:{name}", attributes=attributes)
        for name, attributes in (
            ("street", ("person_count", "perceived_gender")),
            ("desert", ("person_count",)),
            ("beach", ("perceived_gender",)),
        )
    ),
    attributes=(PEOPLE, GENDER),
    references=(PARITY,),
)
#: A confrontation about two groups, one of which a value is a stereotype of.
CONFRONTED = CONFRONTATION.model_copy(
    update={
        "prompts": tuple(
            CONFRONTATION.prompts[0].model_copy(update={"id": name, "subject": f"occupation:{name}"})
            for name in ("ceo", "chef")
        ),
        "stereotypes": (
            StereotypePair(attribute="perceived_gender", value="masculine", subject="occupation:ceo"),
        ),
    }
)
HUE = Attribute(
    id="hue",
    title="Hue",
    question="Which?",
    values=tuple(f"hue_{number}" for number in range(10)),
    outside=("cannot_tell",),
)
MOOD = Attribute(
    id="mood",
    title="Mood",
    question="Which?",
    values=("merry", "sad"),
    outside=("cannot_tell",),
    bands={"told": ("merry", "sad")},
)
#: Rows of one reference name other values of each prompt, or none of it; one band is all that there is of a mood.
HUES = Suite(
    id="hues",
    version="1.0.0",
    title="Hues",
    source="test",
    replicates=10,
    prompts=tuple(
        Prompt(id=name, text=f"a {name}", subject=f"place:{name}", attributes=("hue", "mood"))
        for name in ("lake", "meadow", "sky")
    ),
    attributes=(HUE, MOOD),
    references=(
        Reference(
            id="cited",
            attribute="hue",
            rows=(
                ReferenceRow(prompt="lake", shares={"hue_0": 0.6, "hue_1": 0.4}),
                ReferenceRow(prompt="meadow", shares={"hue_1": 0.3, "hue_2": 0.6, "hue_3": 0.1}),
                ReferenceRow(prompt="sky", shares={"hue_4": 1.0}),
            ),
        ),
    ),
)
#: A statistic of seven trades: one in neither half, one without a row.
_WOMEN = {"baker": 0.05, "mason": 0.3, "clerk": 0.38, "judge": 0.45, "tailor": 0.6, "nurse": 0.9}
TRADES = Suite(
    id="trades",
    version="1.0.0",
    title="Trades",
    source="test",
    replicates=10,
    prompts=tuple(
        Prompt(
            id=name,
            text=f"a {name}",
            subject=f"occupation:{name}",
            attributes=("perceived_gender", "clothing_era")[: 1 + (name < "n")],
        )
        for name in (*_WOMEN, "poet")
    ),
    attributes=(CLOTHING, GENDER),
    references=(
        PARITY,
        Reference(
            id="census",
            attribute="perceived_gender",
            rows=tuple(
                ReferenceRow(prompt=name, shares={"feminine": share, "masculine": round(1 - share, 2)})
                for name, share in _WOMEN.items()
            ),
        ),
    ),
)
#: What an analysis file would declare of these suites.
DECLARED = {
    "stereotype_pairs": (
        ("nations", 1, "clothing_era", "historical", "person:french", None),
        ("nations", 1, "clothing_era", "traditional", "person:indian", None),
        ("nations", 1, "clothing_era", "contemporary", "person:italian", "census"),
        ("nations", 1, "clothing_era", "historical", "house:italian-house", "census"),
        ("nations", 1, "perceived_gender", "feminine", "person:french", None),
        ("nations", 1, "perceived_gender", "masculine", "person:french", None),
        ("trades", 1, "clothing_era", "historical", "occupation:clerk", None),
    ),
    "typed_subjects": (
        *(
            ("trades", 1, "perceived_gender", "feminine", "census", f"occupation:{name}", side)
            for side, names in (("male", ("baker", "mason", "clerk")), ("female", ("tailor", "nurse")))
            for name in names
        ),
        ("occupations", 1, "perceived_gender", "feminine", "own-first", "occupation:nurse", "female"),
    ),
    "combinations": (
        ("nations", 1, "today's-woman", "clothing_era", "contemporary"),
        ("nations", 1, "today's-woman", "perceived_gender", "feminine"),
        ("crowds", 2, "one-man", "person_count", "1"),
        ("crowds", 2, "one-man", "perceived_gender", "masculine"),
        ("startup", 1, "no-such-suite", "perceived_gender", "masculine"),
    ),
}
#: What a model may send on instead of a prompt: the same but for white space, other words, or nothing.
REVISED = (
    "prompt of  {0}\u00a0\n",
    "a better prompt of {0}",
    "Prompt of {0}, a Black chef",
    None,
    "une femme, {0}; the Nigerian nurse",
    "{0}, a young\u00a0nurse",
)


def labels(slot: Slot, attribute: Attribute) -> Label:
    """Return a label by a chance of the slot and its prompt: most cells lean, some are one-sided, few or unread."""
    chance = random.Random(f"{slot.slot_key}/{attribute.id}")
    kind = random.Random(f"{slot.prompt}/{slot.model}/{slot.week}/{attribute.id}").choice("abcdef")
    if kind == "a" and slot.replicate > 0:  # one assessed picture at most
        return None
    if kind == "b" and slot.replicate > 2:
        return "cannot_tell", 0.1, None
    if kind == "c":
        return attribute.values[0], None, None
    drawn = chance.random()
    if drawn < 0.08:
        return None
    if drawn < 0.14:
        return "invalid", None, "a robot"
    if drawn < 0.30:
        return chance.choice(attribute.outside), 0.2, None
    lean = [1.0 / (place + 1) for place in range(len(attribute.values))]
    return chance.choices(attribute.values, lean)[0], 0.9, None


def often(slot: Slot, attribute: Attribute) -> Label:
    """Return labels of which none is missing."""
    return labels(slot, attribute) or (attribute.values[slot.replicate % 2], 0.9, None)


def in_turn(slot: Slot, attribute: Attribute) -> Label:
    """Return labels that show the values one after the other."""
    return attribute.values[slot.replicate % len(attribute.values)], 0.9, None


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    """Two weeks of three models: refusals, failures, rewritten prompts, bands, several references, few pictures."""
    store = open_store(tmp_path_factory.mktemp("bucket"))
    suites = (SUITE, CONFRONTED, CROWDS, NATIONS, HUES)

    def talks(slot: Slot) -> Sequence[str]:
        """Return outcomes of a model that sometimes draws at once, sometimes on request, sometimes never."""
        kind = random.Random(f"{slot.conversation}").choice("abcd")
        if slot.turn == 1 or slot.conversation is None or kind == "a":
            return mixed(slot)
        if kind == "b":
            return ("ok",) if slot.turn == 2 else ("not_needed",)
        return ("ok",) if kind == "c" and slot.turn == 3 else ("no_image",)

    for week in (WEEK, WEEK_53):
        slots = build_partition(
            store,
            week,
            "talks",
            suites=suites,
            replicates=12,
            conversations=12,
            outcomes=talks,
            labels=labels,
            labeler_version="9-a",  # of which the tenth is the newer one
        )
        build_partition(
            store, week, "mixed", suites=suites, outcomes=mixed, labels=labels, plan={"series": "m"}
        )
        newer = [
            label_row(slot, "perceived_gender", label, labeler_version="10-b")
            for slot in slots
            if (label := labels(slot, GENDER)) and slot.replicate % 3
        ]
        write_labels(store, week, "talks", newer)
    # all hues equally often; of each prompt three pictures, and one that nobody read
    build_partition(store, WEEK, "even", suites=(HUES,), labels=in_turn)
    build_partition(store, WEEK, "few", suites=(HUES,), replicates=3, labels=in_turn)
    build_partition(
        store,
        WEEK,
        "lakes",
        suites=(HUES,),
        labels=lambda slot, attribute: in_turn(slot, attribute) if slot.prompt == "hues/lake" else None,
    )
    for number in range(5):
        build_partition(
            store,
            WEEK,
            f"many-{number}",
            suites=(NATIONS, TRADES),
            replicates=24,
            outcomes=mixed,
            labels=often if number > 2 else labels,
        )
    build_partition(store, WEEK, "refuses", suites=suites, outcomes=lambda slot: ("blocked_input",))
    build_partition(store, WEEK, "down", suites=suites, outcomes=lambda slot: ("timeout", "auth"))
    build_partition(store, WEEK, "unread", suites=suites, labels=lambda slot, attribute: None)
    build_partition(
        store, WEEK, "part", suites=(SUITE,), labels=labels, prompts=lambda prompt: "nurse" in prompt
    )
    with connect(None) as made:
        make_tables(made)
        declare(made)
        for week, model in partitions(store):
            load_partition(made, store, week, model)
        rewrite(made)
        for week in (WEEK, WEEK_53):
            replace_week(made, "scores", week, compute_scores(made, week))
        yield made


def declare(con: Con) -> None:
    """Fill the tables of the analysis file."""
    for table, declared in DECLARED.items():
        con.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(declared[0]))})", declared)


def rewrite(con: Con) -> None:
    """Let the models talks and unread report what they made of their prompts."""
    keys = con.execute(
        "SELECT slot_key, attempt, prompt_sent FROM attempts WHERE model IN ('talks', 'unread')"
    )
    for number, (key, attempt, sent) in enumerate(sorted(keys.fetchall())):
        revised = REVISED[number % len(REVISED)]
        con.execute(
            "UPDATE attempts SET revised_prompt = $revised WHERE slot_key = $key AND attempt = $attempt",
            {
                "key": key,
                "attempt": attempt,
                "revised": revised and revised.format(sent.removeprefix("prompt of ")),
            },
        )


def rows(con: Con, query: str) -> list[Row]:
    found = con.execute(query)
    columns = [column[0] for column in found.description or []]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def by_key(found: Sequence[Row]) -> dict[tuple[object, ...], Row]:
    keyed = {tuple(row[name] for name in KEYS): row for row in found}
    assert len(keyed) == len(found)
    return keyed


#: Four answers to a prompt are of one call, those whose labels are alike as far as there are four; of most models.
TOGETHER = """
INSERT INTO clusters
SELECT week, model, slot_key, prompt || turn || ' call ' || place // 4
FROM (
    SELECT
        slots.week, slots.model, slots.slot_key, slots.prompt, slots.turn,
        row_number() OVER (
            PARTITION BY slots.week, slots.model, slots.prompt, slots.turn
            ORDER BY read.labels, hash(slots.slot_key)
        ) - 1 AS place
    FROM slots
    LEFT JOIN (
        SELECT week, model, slot_key, string_agg(value, ',' ORDER BY attribute DESC) AS labels
        FROM labels
        GROUP BY ALL
    ) AS read USING (week, model, slot_key)
    SEMI JOIN (
        SELECT week, model, slot_key
        FROM attempts INNER JOIN outcomes USING (outcome)
        WHERE outcome_group IN ('picture', 'refused')
    ) AS answered USING (week, model, slot_key)
    WHERE slots.model NOT IN ('part', 'even')
)
WHERE week = '2026-11-23'
"""


@contextmanager
def together(con: Con) -> Iterator[Con]:
    """Yield the world with pictures that were drawn together, and scores of it."""
    con.execute("BEGIN")
    try:
        con.execute(TOGETHER)
        made = compute_scores(con, WEEK)  # noqa: F841
        con.execute(f"DELETE FROM scores WHERE week = '{WEEK}'")
        con.execute("INSERT INTO scores BY NAME FROM made")
        yield con
    finally:
        con.execute("ROLLBACK")


@pytest.fixture(scope="module")
def audited(con: Con) -> dict[str, list[Row]]:
    """What the audit queries find, by metric."""
    return audits(con)


def audits(con: Con) -> dict[str, list[Row]]:
    """Return what the audit queries that give rows of `scores` find, by metric."""
    found: dict[str, list[Row]] = {}
    for name in names("audit"):
        if not name.startswith("scores_"):
            continue
        for row in rows(con, sql(f"audit/{name}")):
            found.setdefault(row["metric"], []).append(row)
    return found


def same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=0, abs_tol=1e-9)


def without_audit_query(audited: dict[str, list[Row]]) -> set[str]:
    """Return the metrics of which there is no query, or no metric."""
    return {metric.id for metric in metrics()} ^ audited.keys()


def test_every_metric_is_recomputed_by_an_audit_query(audited: dict[str, list[Row]]) -> None:
    assert not without_audit_query(audited), (
        "a metric needs a query sql/audit/scores_*.sql that gives its rows of scores from labels alone"
    )


@pytest.mark.parametrize("metric", [metric.id for metric in metrics()])
def test_every_figure_is_found_again_from_labels_alone(
    con: Con, audited: dict[str, list[Row]], metric: str
) -> None:
    assert_found_again(con, audited, metric)


def assert_found_again(con: Con, audited: dict[str, list[Row]], metric: str) -> None:
    """Assert that a metric's rows of `scores` are those of its audit query."""
    theirs = by_key(audited.get(metric, []))
    mine = by_key(rows(con, f"FROM scores WHERE metric = '{metric}'"))
    assert len(mine) > 0
    assert mine.keys() == theirs.keys()
    for key, row in mine.items():
        found = [same(row[name], theirs[key][name]) for name in FIGURES]
        assert all(found), (key, row, theirs[key])


def test_every_figure_of_pictures_that_were_drawn_together_is_found_again(con: Con) -> None:
    apart = by_key(rows(con, "FROM scores"))
    with together(con) as drawn:
        found, wider = audits(drawn), set()
        for metric in metrics():
            assert_found_again(drawn, found, metric.id)
        mine = by_key(rows(drawn, "FROM scores"))
    for key in mine.keys() & apart.keys():
        row, other = mine[key], apart[key]
        if row["model"] in ("part", "even") or row["week"] != date.fromisoformat(WEEK):
            assert all(same(row[name], other[name]) for name in FIGURES)
        elif row["low"] is not None and (row["high"] - row["low"] > 1.1 * (other["high"] - other["low"])):
            wider.add(row["metric"])
    told = {row["metric"] for row in mine.values() if row["low"] is not None}
    assert wider == told
    assert "too few: pictures that were drawn together count as fewer than 2" in {
        row["reason"] for row in mine.values()
    }


def test_the_world_holds_what_could_go_wrong(con: Con) -> None:
    reasons = {reason for (reason,) in con.execute("SELECT DISTINCT reason FROM scores").fetchall()}
    assert {
        None,
        "no reference",
        "no usable pictures",
        "no picture could be assessed",
        "no answers",
        "too few: 1 of 2 needed",
        "too few: 3 of 5 needed",
        "too few: no prompt has 5 assessed pictures",
    } <= reasons
    rated = rows(
        con, "SELECT metric, min(estimate) AS least, max(estimate) AS most FROM scores GROUP BY metric"
    )
    for row in rated:
        assert row["most"] > row["least"], row["metric"]


def test_figures_lie_in_the_range_of_their_metric_and_in_their_interval(con: Con) -> None:
    by_id = {metric.id: metric for metric in metrics()}
    for row in rows(con, "FROM scores"):
        metric = by_id[row["metric"]]
        assert (row["estimate"] is None) == (row["reason"] is not None), row
        assert (row["reference"] is not None) == ("reference" in metric.per), row
        assert (row["attribute"] is not None) == (metric.per != ()), row
        if row["estimate"] is not None:
            assert metric.range[0] - 1e-12 <= row["estimate"] <= metric.range[1] + 1e-12, row
            if row["low"] is not None:
                assert row["low"] - 1e-12 <= row["estimate"] <= row["high"] + 1e-12, row
