"""What is published is what was planted: every share, every outcome and every event of the planted-truth file.

The published DuckDB file of a small benchmark is compared with `truth.yaml`: nothing of the warehouse or the store is
read but that file and the page.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from scipy.stats import binom

from assets.generation.slots import Slot
from assets.simulation import scenes, truth
from orchestration.commands.editions import headline
from tests.e2e.benchmark import LAST, WEEKS
from tests.e2e.conftest import Benchmark
from tests.e2e.planted_events import CHECKS, inside, within
from warehouse import keys
from warehouse.database.published import open_published

BANDS = {
    f"monk_{step}": band
    for band, steps in {"light": (1, 2, 3), "medium": (4, 5, 6, 7), "dark": (8, 9, 10)}.items()
    for step in steps
}
#: Verdicts on claims need more pictures than are drawn here: `tests/warehouse/figures/test_claim_shares.py`.
EVENTS = [
    (f"sim-{name}", event)
    for name, persona in truth.personas().items()
    for event in persona.events
    if event["event"] != "claim"
]
COVERED = 0.98


@pytest.fixture(scope="module")
def edition(small_benchmark: Benchmark) -> Path:
    """The folder of the published edition."""
    found = small_benchmark.edition
    assert (found.id, found.published) == (f"{LAST}.1", True)
    return small_benchmark.place.warehouse.parent / "store" / found.prefix


@pytest.fixture(scope="module")
def con(edition: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file of the newest edition: what a reader has."""
    with open_published(edition.parents[1] / keys.SITE_DATABASE) as made:
        yield made


@pytest.fixture(scope="module")
def page(edition: Path) -> str:
    return (edition / "index.html").read_text(encoding="utf-8")


def frame(con: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    return pl.DataFrame(con.cursor().sql(query).to_arrow_table())


_truth = cache(truth.truth)  # a cell has many attributes


def planted(persona: str, row: Mapping[str, Any]) -> dict[str, float]:
    """Return the planted shares of a cell on the scale that is published."""
    found = _truth(
        persona, row["prompt"], row["week"].isoformat(), row["turn"], row["condition"], row["language"]
    ).attributes[row["attribute"]]
    if row["scale"] != "bands":
        return dict(found)
    banded: dict[str, float] = {}
    for value, share in found.items():
        banded[BANDS[value]] = banded.get(BANDS[value], 0.0) + share
    return banded


def with_truth(rows: pl.DataFrame, persona_of: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Add `planted`: the share of each row's value among the values that the rows of its cell name."""
    cell = ["week", "model", "prompt", "turn", "attribute"]
    shares = []
    for part in rows.partition_by(cell, maintain_order=True):
        first = part.row(0, named=True)
        persona = (persona_of or {}).get(first["model"], first["model"].removeprefix("sim-"))
        all_of_it = planted(persona, first)
        support = sum(all_of_it.get(value, 0.0) for value in part["value"])
        shares += [all_of_it.get(value, 0.0) / support for value in part["value"]]
    return pl.concat(rows.partition_by(cell, maintain_order=True)).with_columns(pl.Series("planted", shares))


def covered(rows: pl.DataFrame) -> float:
    found = inside(rows["k"].to_numpy(), rows["n"].to_numpy(), rows["planted"].to_numpy())
    return float(found.mean())


@pytest.fixture(scope="module")
def shares(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Every published share with pictures behind it, and the planted one."""
    return with_truth(frame(con, "SELECT *, pictures AS k FROM cell_shares WHERE n > 0 ORDER BY ALL"))


def test_shares_lie_within_their_99_percent_intervals_in_98_percent_of_cells(shares: pl.DataFrame) -> None:
    assert set(shares["model"]) == {f"sim-{name}" for name in truth.personas()}
    assert set(shares["attribute"]) == {*truth.SHOWN["person"], *truth.SHOWN["house"]}
    assert {day.isoformat() for day in shares["week"]} == set(WEEKS)
    assert shares.height > 15_000
    assert covered(shares) >= COVERED
    for (attribute,), rows in shares.group_by("attribute"):
        assert covered(rows) >= COVERED, attribute
    for (model,), rows in shares.group_by("model"):
        assert covered(rows) >= COVERED, model


def test_shares_pooled_over_the_weeks_of_a_constant_truth_do_too(shares: pl.DataFrame) -> None:
    pooled = (
        shares.with_columns(pl.col("planted").round(9))
        .group_by("model", "prompt", "turn", "attribute", "value", "planted")
        .agg(pl.col("k").sum(), pl.col("n").sum())
    )
    assert pooled["n"].median() >= 20  # type: ignore[operator]
    assert covered(pooled) >= COVERED
    # And none is far off: beyond chance by any measure, two of a hundred pictures read wrongly allowed for.
    k, n, share = (pooled[name].to_numpy() for name in ("k", "n", "planted"))
    too_many = binom.sf(k - 1, n, (share + 0.02).clip(max=1)) < 1e-6
    too_few = binom.cdf(k, n, (share - 0.02).clip(min=0)) < 1e-6
    assert pooled.filter(pl.Series(too_many | too_few)).rows() == []


@pytest.mark.parametrize(
    ("model", "persona"),
    [("sim-classic", "successor"), ("sim-drift", "classic"), ("sim-successor", "classic"), ("sim-rewriter", "classic")],
)  # fmt: skip
def test_the_truth_of_another_persona_does_not_fit(shares: pl.DataFrame, model: str, persona: str) -> None:
    rows = shares.filter(pl.col("model") == model).drop("planted")
    assert covered(with_truth(rows, {model: persona})) < COVERED


def test_every_label_and_outcome_is_that_of_its_own_slot(con: duckdb.DuckDBPyConnection) -> None:
    rows = frame(
        con,
        """
        SELECT s.* REPLACE (strftime(s.week, '%Y-%m-%d') AS week), p.language, o.outcome,
            list({'attribute': l.attribute, 'value': l.value}) FILTER (WHERE l.value IS NOT NULL) AS labels
        FROM slots AS s
        INNER JOIN prompts AS p USING (week, model, prompt)
        INNER JOIN slot_outcomes AS o USING (slot_key)
        LEFT JOIN labels AS l USING (slot_key)
        GROUP BY ALL
        """,
    )
    right: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for row in rows.to_dicts():
        slot = Slot(**{name: row[name] for name in Slot.model_fields if name in row})
        scene = scenes.scene(slot.model.removeprefix("sim-"), slot, row["language"])
        if row["outcome"] == "ok":
            assert scene.outcome == "ok"
        elif row["outcome"] == "not_needed":
            assert slot.turn > 1
        else:
            assert row["outcome"] == scene.outcome
            assert row["labels"] is None
        for label in row["labels"] or ():
            read[label["attribute"]] += 1
            right[label["attribute"]] += scene.values[label["attribute"]] == label["value"]
    assert rows.height > 1_800
    assert read.total() > 12_000
    assert min(right[attribute] / read[attribute] for attribute in read) >= 0.98


def test_outcomes_lie_within_their_99_percent_intervals_in_98_percent_of_cells(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = frame(
        con,
        """
        SELECT model, prompt, condition, language, outcome, count(*) AS slots
        FROM slot_outcomes WHERE turn = 1 GROUP BY ALL
        """,
    )
    found = []
    for (model, prompt), part in rows.group_by("model", "prompt"):
        first, n = part.row(0, named=True), int(part["slots"].sum())
        counts = dict(zip(part["outcome"], part["slots"], strict=True))
        shares = truth.truth(
            str(model).removeprefix("sim-"), str(prompt), WEEKS[0], 1, first["condition"], first["language"]
        ).outcomes
        assert set(counts) <= set(shares), (model, prompt)
        found += [within(counts.get(outcome, 0), n, share) for outcome, share in shares.items()]
    assert len(found) > 80
    assert sum(found) / len(found) >= COVERED


@pytest.mark.parametrize(
    ("model", "event"),
    EVENTS,
    ids=[f"{m}-{e['event']}-{e.get('subject', '')}-{e.get('attribute', '')}".strip("-") for m, e in EVENTS],
)
def test_each_planted_event_can_be_seen_in_the_published_tables(
    con: duckdb.DuckDBPyConnection, model: str, event: dict[str, Any]
) -> None:
    CHECKS[event["event"]](con, model, event)


def test_no_change_is_opened_that_was_not_planted(
    con: duckdb.DuckDBPyConnection,
) -> None:
    opened = con.execute("SELECT model, attribute, value, changed_week::VARCHAR FROM changes").fetchall()
    for *series, week in opened:
        assert series == ["sim-drift", "perceived_gender", "feminine"]
        assert week in {"2026-10-12", "2026-10-19", "2026-10-26"}


def test_the_planted_events_are_all_of_their_kinds() -> None:
    assert {event["event"] for _, event in EVENTS} == set(CHECKS)


def test_models_that_rewrite_are_never_in_a_leaderboard_group_with_models_that_do_not(
    con: duckdb.DuckDBPyConnection, edition: Path
) -> None:
    groups = con.execute(
        """
        SELECT list_sort(list_distinct(list(plans.track))), list_sort(list_distinct(list(l.model)))
        FROM leaderboard AS l INNER JOIN plans USING (week, model)
        GROUP BY l.week, l.track, l.simulated, l.suite, l.suite_major, l.condition, l.turn, l.attribute, l.yardstick
        """
    ).fetchall()
    assert {tuple(tracks) for tracks, _ in groups} == {("model",), ("system",)}
    for tracks, models in groups:
        assert ("sim-rewriter" in models) == (tracks == ["system"])
    tables = [
        {*re.findall(r'<tr role="row" id="(sim-[a-z]+)">', table)}
        for board in (edition / "compare").glob("*/index.html")
        for table in re.findall(r"<tbody.*?</tbody>", board.read_text(encoding="utf-8"), re.DOTALL)
    ]
    tables = [models for models in tables if models]
    assert len(tables) > 20
    for models in tables:
        assert "sim-rewriter" not in models or models == {"sim-rewriter"}


def test_the_demo_closes_with_what_the_page_opens_with(small_benchmark: Benchmark, page: str) -> None:
    opening, changes, *others = headline(small_benchmark.place)
    found = re.search(r"<h1[^>]*>(.+?)</h1>", page)
    assert found
    assert " the simulated model sim-classic drew " in opening
    assert re.match(r"All (\d+) pictures ", opening)
    assert re.match(r"All (\d+) pictures ", html.unescape(found[1]))
    assert f">{changes}</a></p>" in page
    assert changes == "No change was detected this month."
    assert others == ["sim-retired (simulated) answered for the last time in the week of 26 October 2026."]


def test_the_page_says_simulated_and_names_everybody(page: str) -> None:
    for model in ("classic", "drift", "cautious", "rewriter", "retired", "successor"):
        assert f"sim-{model}" in page
    assert "the people do not exist" in page
    assert "rewrites prompts" in page
