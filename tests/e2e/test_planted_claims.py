"""The demo asks enough: in its last four weeks each planted verdict and order is found, with the shipped models' slots.

Every slot answers and shows what the planted truth draws for it by lot, as in the demo; nothing is drawn or labeled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import yaml
from assets.metrics.claims import verdicts
from assets.metrics.claims.table import history_claims
from assets.metrics.results import WEEK_RESULTS, WINDOW_RESULTS

from assets.gateway.models_file import ModelEntry, find, load_models_file
from assets.generation.plan import make_plan
from assets.generation.providers.registry import make_provider
from assets.generation.slots import Slot
from assets.metrics.declared import load_declared
from assets.simulation import scenes, truth
from assets.suites.claims import shipped_claims
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from orchestration.settings import CHECKOUT
from tests.warehouse import builder
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_history, replace_week
from warehouse.store import Store, open_store
from warehouse.weeks import shift, span

_LAST = str(
    yaml.safe_load((CHECKOUT / "orchestration" / "demo.yaml").read_text(encoding="utf-8"))["last_week"]
)
WEEKS = span(shift(_LAST, -3), _LAST)
PLANTED = [
    (f"sim-{name}", event)
    for name, persona in truth.personas().items()
    for event in persona.events
    if event["event"] == "claim"
]


def ask(store: Store, entry: ModelEntry, week: str) -> None:
    """Write what a simulated model answers in a week: what the models file selects, by the planted truth."""
    suites = load_suites()

    def outcomes(slot: Slot) -> list[str]:
        return ["not_needed" if slot.turn == 3 else scenes.scene(entry.model_id, slot).outcome]

    def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
        return scenes.scene(entry.model_id, slot).values[attribute.id], None, None

    builder.build_partition(
        store,
        week,
        entry.name,
        suites=[suites[selection.suite] for selection in entry.suites],
        planned=make_plan(entry, suites, week, make_provider(entry.provider)),
        outcomes=outcomes,
        labels=labels,
    )


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the demo's last four weeks, with its claims."""
    store = open_store(tmp_path_factory.mktemp("demo") / "store")
    models = load_models_file(CHECKOUT / "models.yaml", load_suites()).models
    for name in sorted({model for model, _ in PLANTED}):
        for week in WEEKS:
            ask(store, find(models, name), week)
    with connect(None) as con:
        make_tables(con)
        for week, model in partitions(store):
            load_partition(con, store, week, model)
        load_declared(con)
        for week in WEEKS:
            for table in ("scores", "claim_counts"):
                replace_week(con, table, week, WEEK_RESULTS[table](con, week))
        replace_history(con, {"claims": history_claims(con)}, {})
        for table in WINDOW_RESULTS[: WINDOW_RESULTS.index("ranks") + 1]:
            replace_week(con, table, WEEKS[-1], WEEK_RESULTS[table](con, WEEKS[-1]))
        yield con


@pytest.mark.parametrize(
    ("model", "event"), PLANTED, ids=[f"{model} {event['claim']} {event['part']}" for model, event in PLANTED]
)
def test_each_planted_verdict_is_found(
    con: duckdb.DuckDBPyConnection, model: str, event: dict[str, Any]
) -> None:
    found = con.execute(
        "SELECT verdict, words, k, n FROM claims "
        "WHERE week = $week AND model = $model AND claim = $claim AND part = $part",
        {"week": WEEKS[-1], "model": model, "claim": event["claim"], "part": event["part"]},
    ).fetchall()
    ((verdict, words, k, n),) = found
    assert verdict == event["verdict"], (k, n)
    if verdict is not None:
        assert words.startswith(event.get("words", verdict))
        assert ("refused" in words) == event.get("refused", False)


def board(
    con: duckdb.DuckDBPyConnection, suite: str, attribute: str, reference: str
) -> dict[str, tuple[int, int]]:
    """Return the ranks (lowest, highest) of the ranked models of a board, in its order."""
    rows = con.execute(
        "SELECT model, rank_low, rank_high FROM leaderboard WHERE week = $week AND suite = $suite "
        "AND attribute = $attribute AND reference = $reference AND condition = 'baseline' AND rank_low IS NOT NULL "
        "ORDER BY estimate, model",
        {"week": WEEKS[-1], "suite": suite, "attribute": attribute, "reference": reference},
    ).fetchall()
    return {model: (low, high) for model, low, high in rows}


def test_three_models_have_ranks_of_their_own_among_occupations(con: duckdb.DuckDBPyConnection) -> None:
    ranks = board(con, "occupations", "perceived_gender", "parity")
    told = [ranks[model] for model in ("sim-successor", "sim-drift", "sim-classic")]
    assert len({*told}) == 3, ranks
    assert told == sorted(told)
    assert any(low == high for low, high in told)


def test_who_draws_no_historical_dress_stands_before_who_draws_much(con: duckdb.DuckDBPyConnection) -> None:
    ranks = board(con, "french-person", "clothing_era", "stereotypes")
    order = [*ranks]
    assert order.index("sim-successor") < order.index("sim-drift") < order.index("sim-classic")
    assert ranks["sim-classic"][0] == ranks["sim-classic"][1]


def test_every_claim_and_every_verdict_is_planted() -> None:
    claims = {(claim.id, part) for claim in shipped_claims() for part in claim.pictures}
    assert {(event["claim"], event["part"]) for _, event in PLANTED} == claims
    told = {event["verdict"] for _, event in PLANTED}
    assert told == {verdicts.NOT_ASKED, verdicts.TOO_FEW, verdicts.BETWEEN, *verdicts.DECIDED, None}
    assert any("control" in event.get("words", "") for _, event in PLANTED)
