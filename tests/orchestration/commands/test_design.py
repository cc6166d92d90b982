"""`cliche design`: what a week will show, take and cost; it asks nothing and writes nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from assets.metrics.design.boards import planned_parts
from assets.metrics.design.prospects import BoardDesign, prospects

from assets.gateway.models_file import load_models_file
from assets.generation.providers.registry import PROVIDERS
from assets.suites.loader import load_suites
from orchestration.settings import CHECKOUT
from tests.orchestration.installation import WEEK, Cliche, Installation, entry
from tests.orchestration.paid import CHEAP, PRICE
from warehouse.database.connection import connect
from warehouse.sqlfiles import sql
from warehouse.weeks import current_week

LABELER = (
    "labelers:\n- {name: vision, labeler: openai_vision, model_id: gpt-5, images_per_request: 2, measured: test,"
    " price: {per_image_usd: 0.01, source: test, date: 2026-11-01}}\n"
)


@pytest.fixture
def home(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation with two paid models, one of them slow, and a simulated one, labeled by a paid labeler."""
    monkeypatch.setitem(PROVIDERS, "cheap", CHEAP)
    paid = {"provider": "cheap", "model_id": "classic", "price": PRICE}
    fresh.write_models(
        entry("slow", **paid, requests_per_minute=0.1, also_labelers=["vision"]),
        entry("quick", **paid, suites=[{"suite": "startup-ceo@1", "replicates": 5}]),
        entry("sim-drift"),
    )
    with (fresh.home / "models.yaml").open("a") as file:
        file.write(LABELER)
    return fresh


def as_json(cliche: Cliche, *options: str) -> dict[str, Any]:
    ended = cliche("design", *options, "--json")
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_the_models_file_is_planned_and_nothing_is_written(home: Installation, cliche: Cliche) -> None:
    before = home.files()
    ended = cliche("design", "--weeks", "2")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].split()[:6] == ["figures", "of", "2", "weeks", "models", "prompts"]
    assert lines[0].split()[-3:] == ["pictures", "hours", "dollars"]
    named = {line[:30].strip(): line[30:].split() for line in lines[1:6]}
    assert named["startup-ceo@1"][:3] == ["2", "2", "2"]
    assert named["startup-ceo@1"][-3:] == ["14", "0.7", "3.50"]
    assert named["startup-ceo@1, confronted"] == ["5", "0.0", "1.25"]
    assert named["startup-ceo@1, simulated"][-3:] == ["4", "-", "0.00"]
    assert named["labels: vision"][-1] == "0.64"
    assert named["all"] == ["23", "0.7", "5.39"]
    assert home.files() == before


def test_what_it_costs_is_what_the_dry_run_says(home: Installation, cliche: Cliche) -> None:
    planned = as_json(cliche)
    said = [line.split() for line in cliche("run", "--dry-run", "--week", current_week()).out.splitlines()]
    dry = {row[0]: row for row in said if row}
    assert f"{planned['usd']:.2f}" == dry["all"][1]
    assert 60 * planned["hours"] == pytest.approx(40.25)  # one model at a time: the slow one, the quick one
    assert dry["slow"][3] == "40"
    (labeler,) = planned["labelers"]
    assert dry["vision"][2:6] == ["4", "+", "60", "anchors"]
    assert (labeler["pictures"], f"{labeler['usd']:.2f}") == (64, dry["vision"][-2])


def test_a_board_that_is_described_costs_what_the_paid_models_do_on_average(
    home: Installation, cliche: Cliche
) -> None:
    options = ("--models", "4", "--prompts", "6", "--replicates", "5", "--weeks", "3")
    planned = as_json(cliche, *options)
    (board,) = planned["boards"]
    shown = prospects(BoardDesign(4, 6, 5, 3, board["series"]))
    assert {name: board[name] for name in vars(shown)} == vars(shown)
    assert (planned["pictures"], planned["usd"]) == (120, 30.0)
    assert planned["hours"] == pytest.approx(4 * (30 / 0.1 + 30 / 60) / 2 / 60)  # one model at a time
    assert as_json(cliche, *options, "--usd", "0.01")["usd"] == pytest.approx(1.2)


def test_a_price_that_nobody_has_is_asked_for(fresh: Installation, cliche: Cliche) -> None:
    out = cliche("design", "--models", "2", "--prompts", "6", "--replicates", "5").out
    assert out.splitlines()[1].endswith("  -")
    assert out.endswith("No model of models.yaml has a price: --usd says what a picture costs.\n")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            ["--models", "4"],
            "give --models, --prompts and --replicates together, or none of them for models.yaml",
        ),
        (["--usd", "1"], "--usd goes with --models; the prices here are those of models.yaml"),
        (["--models", "1000"], "Invalid value for '--models': Input should be less than or equal to 200"),
        (["--weeks", "0"], "Invalid value for '--weeks': Input should be greater than or equal to 1"),
        (["--usd", "inf"], "Invalid value for '--usd': Input should be less than or equal to 1000"),
    ],
)
def test_wrong_input_is_one_line(
    fresh: Installation, cliche: Cliche, options: list[str], expected: str
) -> None:
    ended = cliche("design", *options)
    assert (ended.code, ended.only_line) == (2, expected)


def test_a_file_of_models_that_are_all_over_is_one_line(fresh: Installation, cliche: Cliche) -> None:
    fresh.write_models(entry("sim-classic", until=WEEK))
    assert cliche("design").only_line == "the last week of every model is over: see until in models.yaml"


def test_a_large_board_takes_less_than_two_seconds(fresh: Installation, cliche: Cliche) -> None:
    began = time.process_time()
    as_json(cliche, "--models", "40", "--prompts", "140", "--replicates", "100")
    assert time.process_time() - began < 2


def test_as_many_series_are_looked_at_as_it_says(published_once: Installation) -> None:
    models = load_models_file(published_once.settings.models, load_suites()).models
    planned = sum(part.series for one in models for part in planned_parts(one, load_suites()))
    with connect(published_once.settings.warehouse, read_only=True) as con:
        row = con.execute(f"SELECT series FROM ({sql('metrics/drift_sizes')})", {"week": WEEK}).fetchone()
    assert row is not None
    assert planned == row[0]


def test_the_shipped_models_are_planned(fresh: Installation, cliche: Cliche) -> None:
    fresh.configure(models=str(CHECKOUT / "models.yaml"))
    boards = as_json(cliche)["boards"]
    assert {board["name"] for board in boards if board.get("models", 0) > 1} >= {
        "startup-ceo@1, simulated",
        "rest-of-world@1, simulated",
    }
