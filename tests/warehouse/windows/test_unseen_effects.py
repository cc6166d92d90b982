"""What changes of shares say of unseen answers, of a week and of four: by plain Python from labels, and by SQL."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import isclose
from statistics import fmean
from typing import Any, NamedTuple

import polars as pl
import pytest

from assets.generation.slots import Slot
from assets.metrics.effects.table import compute_effects
from assets.metrics.effects.windows import week_effects
from assets.metrics.scores.table import compute_scores
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.warehouse.builder import WEEK, build_partition
from tests.warehouse.windows.planted import Con, Row, event, insert
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.database.sqlfiles import sql
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.store import open_store
from warehouse.weeks import shift

CEO = load_suites()["startup-ceo@1"]
WEEKS = [shift(WEEK, number) for number in range(-4, 1)]
#: Of `shy` a week is withheld, and another begins its windows anew; in one, it says nothing to "their".
WITHHELD, CHANGED, SILENT = WEEKS[3], WEEKS[2], WEEKS[4]
FIGURE = ("estimate", "low", "high")
SHARES = ("share", "caricature_rate")


def outcomes(slot: Slot) -> Sequence[str]:
    """Return answers by chance: `shy` refuses, in another part of each prompt; conversations end in all ways."""
    chance = random.Random(f"{slot.slot_key}/refused").random()
    if slot.model == "shy" and slot.week == SILENT and slot.prompt.endswith("their"):
        return ("refused_text",)
    often = random.Random(f"{slot.prompt}/{slot.turn}").uniform(0, 0.3) if slot.model == "shy" else 0.01
    if chance < often:
        return ("refused_text",)
    return (
        ("not_needed",)
        if slot.turn > 2 and chance > 0.5
        else ("timeout", "timeout")
        if chance > 0.98
        else ("ok",)
    )


def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Return labels that differ much between prompts; some tell nothing."""
    chance = random.Random(f"{slot.slot_key}/{attribute.id}")
    if chance.random() < (0.1 if slot.model == "shy" else 0.04):
        return attribute.outside[0], None, None
    first = random.Random(f"{slot.prompt}/{slot.turn}").choice((0.05, 0.3, 0.9))
    return (attribute.values[0] if chance.random() < first else chance.choice(attribute.values)), None, None


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    store = open_store(tmp_path_factory.mktemp("unseen"))
    for model in ("open", "shy"):
        for week in WEEKS:
            build_partition(
                store,
                week,
                model,
                suites=(CEO,),
                replicates=14,
                conversations=14,
                outcomes=outcomes,
                labels=labels,
            )
    with connect(None) as made:
        make_tables(made)
        for week, model in partitions(store):
            load_partition(made, store, week, model)
        for week in WEEKS:
            replace_week(made, "scores", week, compute_scores(made, week))
        made.execute("INSERT INTO withheld VALUES ($week, 'shy', 'a reason')", {"week": WITHHELD})
        changed = {"week": WEEKS[3], "changed_week": CHANGED, "started_week": WEEKS[0]}
        insert(made, event(suite="startup-ceo", model="shy", series="shy", attribute="headwear", **changed))
        for week in WEEKS:
            replace_week(made, "effects", week, compute_effects(made, week))
            replace_week(made, "window_effects", week, week_effects(made, week))
        yield made


class Answers(NamedTuple):
    """What became of the answers to one prompt in one week: pictures by value, and how many show none."""

    seen: Mapping[str, int]
    unseen: int

    @property
    def all(self) -> int:
        return sum(self.seen.values()) + self.unseen


Known = Mapping[tuple[str, str, str, int], Answers]


def known(con: Con, attribute: str) -> Known:
    """Return (model, week, prompt, turn, later turns as 2) → its answers, from slots, attempts and labels."""
    final = {name for (name,) in con.execute("SELECT outcome FROM outcomes WHERE final").fetchall()}
    group = dict(con.execute("SELECT outcome, outcome_group FROM outcomes").fetchall())
    ended: dict[str, str] = {}
    for key, outcome in con.execute(
        "SELECT slot_key, outcome FROM attempts ORDER BY slot_key, attempt"
    ).fetchall():
        if ended.get(key) not in final:
            ended[key] = outcome
    said = dict(
        con.execute("SELECT slot_key, value FROM labels WHERE attribute = $of", {"of": attribute}).fetchall()
    )
    one = next(one for one in CEO.attributes if one.id == attribute)
    bands = {value: name for name, values in one.bands.items() for value in values}
    support = {*(one.bands or one.values)}
    seen: dict[tuple[str, str, str, int], Counter[str]] = defaultdict(Counter)
    pictures: Counter[tuple[str, str, str, int]] = Counter()
    answers: dict[tuple[str, str, str, int, str], list[str]] = defaultdict(list)
    for key, model, week, prompt, turn, talk in con.execute(
        "SELECT slot_key, model, week::VARCHAR, prompt, turn, conversation FROM slots ORDER BY turn"
    ).fetchall():
        place, outcome = (model, week, prompt, min(turn, 2)), ended.get(key, "never asked")
        if outcome != "not_needed":
            answers[(*place, talk or key)].append(group.get(outcome, "none"))
        if outcome == "ok":
            pictures[place] += 1
            if (value := bands.get(said.get(key, ""), said.get(key, ""))) in support:
                seen[place][value] += 1
    refused: Counter[tuple[str, str, str, int]] = Counter()
    for (*place, _), groups in answers.items():
        if "picture" not in groups and groups[-1] == "refused":
            refused[tuple(place)] += 1  # type: ignore[index]
    return {
        place: Answers(seen[place], pictures[place] - sum(seen[place].values()) + refused[place])
        for place in {*pictures, *refused}
    }


class End(NamedTuple):
    """One side of a pair: its share in the pictures that count, and the part of its answers that shows no value."""

    share: float
    unseen: int
    all: int


def ends(of: Known, row: Row, weeks: Sequence[str]) -> list[End]:
    """Return both sides of the pair of a row in these weeks."""
    none = Answers({}, 0)
    sides = [
        {week: of.get((row["model"], week, row[f"prompt_{s}"], row[f"turn_{s}"]), none) for week in weeks}
        for s in "ab"
    ]
    both = [week for week in weeks if all(side[week].all for side in sides)]
    drawn = [week for week in weeks if all(side[week].seen for side in sides)]
    values = str(row["value_name"]).split(", ")
    return [
        End(
            sum(side[week].seen.get(value, 0) for week in drawn for value in values)
            / sum(sum(side[week].seen.values()) for week in drawn),
            sum(side[week].unseen for week in both),
            sum(side[week].all for week in both),
        )
        for side in sides
    ]


def plainly(row: Row, pairs: Sequence[Sequence[End]]) -> tuple[float, float | None]:
    """Return the part that is unseen and the tipping share, which is searched for."""
    share = max(
        sum(pair[side].unseen for pair in pairs) / sum(pair[side].all for pair in pairs) for side in (0, 1)
    )
    up = row["low"] > 0
    if share <= 0.02 or not (up or row["high"] < 0):
        return share, None

    def moved(part: float) -> float:
        """Return by how much the change shrinks if that part of the unseen speaks against it."""

        def full(one: End, *, shows: bool) -> float:
            told = (1 - part) * one.share + part * shows
            return ((one.all - one.unseen) * one.share + one.unseen * told) / one.all

        now = fmean(b.share - a.share for a, b in pairs)
        then = fmean(full(b, shows=not up) - full(a, shows=up) for a, b in pairs)
        return abs(now - then)

    margin = row["low"] if up else -row["high"]
    if moved(1) < margin:
        return share, None
    low, high = 0.0, 1.0
    for _ in range(60):
        low, high = ((low + high) / 2, high) if moved((low + high) / 2) < margin else (low, (low + high) / 2)
    return share, high


def stored(con: Con, table: str, week: str) -> list[Row]:
    found = con.sql(f"FROM {table} WHERE week = $week", params={"week": week})
    return pl.DataFrame(found.to_arrow_table()).to_dicts()


@pytest.mark.parametrize("table", ["effects", "window_effects"])
@pytest.mark.parametrize("week", [WEEKS[1], WITHHELD, WEEK])
def test_unseen_answers_are_counted_and_tip_as_plain_python_finds(con: Con, table: str, week: str) -> None:
    rows = [row for row in stored(con, table, week) if row["metric"] in SHARES]
    of = {attribute: known(con, attribute) for attribute in {row["attribute"] for row in rows}}
    tipped = []
    for row in rows:
        if row["estimate"] is None:
            assert (row["unseen_share"], row["tipping_share"]) == (None, None)
            continue
        first = row["first_week"].isoformat() if table == "window_effects" else week
        weeks = [one for one in WEEKS if first <= one <= week and (row["model"], one) != ("shy", WITHHELD)]
        weeks = weeks if table == "window_effects" else [week]
        same = ("model", "kind", "a", "b", "attribute", "metric", "value_name")
        pairs = [
            ends(of[row["attribute"]], one, weeks)
            for one in rows
            if one["subject"] is not None
            and one["estimate"] is not None
            and all(one[name] == row[name] for name in same)
            and row["subject"] in (None, one["subject"])
        ]
        share, tipping = plainly(row, pairs)
        assert row["unseen_share"] == pytest.approx(share, abs=1e-12), row
        assert row["tipping_share"] == (None if tipping is None else pytest.approx(tipping, abs=1e-9)), row
        tipped += [] if tipping is None else [row["metric"]]
    if week == WEEK:
        assert len(tipped) > 3
        told = [row for row in rows if row["estimate"] is not None and row["unseen_share"] > 0.02]
        assert any(row["tipping_share"] is None and (row["low"] > 0 or row["high"] < 0) for row in told)


def test_a_week_in_which_one_side_only_refused_counts_among_the_unseen(con: Con) -> None:
    (row,) = [
        row
        for row in stored(con, "window_effects", WEEK)
        if (row["model"], row["b"], row["attribute"], row["metric"], row["subject"], row["value_name"])
        == ("shy", "their", "perceived_gender", "share", None, "feminine")
    ]
    of = known(con, "perceived_gender")
    silent = of["shy", SILENT, "startup-ceo/ceo-their", 1]
    assert (silent.unseen, silent.seen) == (14, {})
    assert row["weeks"] == 2
    assert row["unseen_share"] > 14 / (3 * 14)


@pytest.mark.parametrize(
    ("table", "query"), [("effects", "word_against_word"), ("window_effects", "window_effects")]
)
def test_the_audit_queries_find_the_same_from_labels(con: Con, table: str, query: str) -> None:
    names = ("model", "suite", "kind", "a", "b", "subject", "attribute", "reference", "metric", "value_name")
    said = pl.DataFrame(con.sql(sql(f"audit/{query}")).to_arrow_table()).to_dicts()
    found = {(row["week"].isoformat(), *(row[name] for name in names)): row for row in said}
    compared = 0
    for week in WEEKS:
        for row in stored(con, table, week):
            again = found[(week, *(row[name] for name in names))]
            for name in ("unseen_share", "tipping_share"):
                assert (row[name] is None) == (again[name] is None), (name, row, again)
                assert row[name] is None or isclose(row[name], again[name], abs_tol=1e-9), (name, row, again)
            compared += row["tipping_share"] is not None
    assert compared > 10


@pytest.mark.parametrize("table", ["effects", "window_effects"])
def test_the_check_holds(con: Con, table: str) -> None:
    for week in WEEKS:
        given: dict[str, Any] = {"week": week, "model": None}
        assert con.execute(sql(f"checks/{table}__unseen_holds"), given).fetchall() == []
