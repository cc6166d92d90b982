"""Columns that stay empty: what a dry run and the doctor say of them, and whether a week's figures are as was said."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from assets.generation.providers.registry import PROVIDERS
from assets.leaderboard.columns.needs import needs
from assets.leaderboard.columns.table import COLUMNS
from assets.suites.loader import load_suites
from assets.suites.selections import load_selections
from orchestration.doctor.columns import look_at_columns, shipped_labelers
from tests.orchestration.installation import Cliche, Installation, entry
from tests.orchestration.paid import REAL
from warehouse.database.connection import connect
from warehouse.weeks import current_week

PRICE = {"per_image_usd": 0.04, "source": "test", "date": "2026-11-01"}
UNREAD = '"Stereotypes drawn", "French: light skin", "French: old dress": empty, photo reads only '
READS = "person count, perceived gender, perceived age"
ASKS = "; `headline` asks 358 pictures per week for all columns, $14.32 at its price"
TOO_FEW = '"Asked for diversity": empty, too few pictures'
FIRST_TRY = (
    f"{UNREAD}{READS} (luna of models/labelers.yaml reads all, about $0.01 per week); "
    f'"Women as CEO", "Women in men’s jobs", "Refused": from week 3 on; {TOO_FEW}{ASKS}'
)
MENS_JOBS = '"Women in men’s jobs": from week 2 on'
HEADLINE = f"{UNREAD}{READS} (luna of models/labelers.yaml reads all, about $0.09 per week); {MENS_JOBS}"
ALL_READ = (
    '"Stereotypes drawn", "Women as CEO", "Women in men’s jobs", "French: light skin", "French: old dress", "Refused": '
    f"from week 3 on; {TOO_FEW}{ASKS}"
)
ONE_ASKED = (
    '"Stereotypes drawn", "Women in men’s jobs", "French: light skin", "French: old dress", "Asked for diversity", '
    f'"Refused": empty, not asked{ASKS}'
)


@pytest.fixture
def home(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setitem(PROVIDERS, "real", REAL)
    monkeypatch.setenv("TEST_API_KEY", "right")
    return fresh


def real(name: str, suites: str | list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {**entry(name), "provider": "real", "suites": suites, "price": PRICE, "labeler": "photo", **more}


def test_a_dry_run_and_the_doctor_say_the_same_of_each_model(home: Installation, cliche: Cliche) -> None:
    ceo = [{"suite": "startup-ceo@2", "replicates": 20, "prompts": ["ceo-his"]}]
    home.write_models(
        real("a", "first-try"),
        real("b", "first-try"),
        real("c", "headline"),
        real("d", ceo),
        entry("sim-drift"),
    )
    said = cliche("run", "--dry-run", "--week", current_week()).out.splitlines()
    doctor = [line.split(maxsplit=1) for line in cliche("doctor").out.splitlines()]
    for names, level, line in (("a, b", "warn", FIRST_TRY), ("c", "warn", HEADLINE), ("d", "ok", ONE_ASKED)):
        assert f"{names}: {line}." in said
        assert any(
            how == level and re.fullmatch(rf"{names} +{re.escape(line)}", rest) for how, rest in doctor
        )
    assert not any(
        line.startswith("sim-drift: ") for line in said
    )  # no money buys what a simulated model lacks


def test_a_labeler_that_reads_all_leaves_what_is_not_asked_often_enough(home: Installation) -> None:
    home.write_models(real("a", "first-try"), real("b", "headline"), real("c", "all"))
    eyes = {"eyes": shipped_labelers()["haiku"].model_copy(update={"name": "eyes"})}
    place = replace(home.place(), labelers=eyes)
    of = [one.model_copy(update={"labeler": "eyes"}) for one in place.models]
    found = {(one.what, one.level): one.line for one in look_at_columns(place, of)}
    assert found == {("a", "ok"): ALL_READ, ("b", "ok"): MENS_JOBS}
    unread = [one.line for one in look_at_columns(place, place.models) if one.level == "warn"][-1]
    assert (
        "(eyes of models.yaml reads all, about $1.98 per week)" in unread
    )  # 4,490 show somebody or a place; at $0.00044


ENOUGH: list[dict[str, Any]] = [
    {
        "suite": "rest-of-world@1",
        "replicates": 5,
        "prompts": ["person-mexico", "person-india", "street-india"],
    },
    {"suite": "french-person@1", "replicates": 4, "prompts": ["person-en"]},
    {"suite": "occupations@2", "replicates": 5, "prompts": ["ceo-face", "nurse-face"]},
    {"suite": "diversity-request@1", "replicates": 5, "prompts": ["ceo-*"]},
]


def test_the_figures_of_a_first_week_are_as_was_said(fresh: Installation, cliche: Cliche) -> None:
    fresh.write_models(
        {**entry("sim-classic"), "suites": ENOUGH, "params": {}}
    )  # drawn as large as in the demo
    week = current_week()
    assert cliche("run", "--week", week).code == 0
    suites, headline = load_suites(), load_selections(load_suites())["headline"]
    place = fresh.place()
    [classic] = place.models
    found = needs(classic, suites, place.labelers, headline)
    with connect(fresh.settings.warehouse, read_only=True) as con:
        for column, need in zip(COLUMNS, found, strict=True):
            there = con.execute(
                "SELECT count(DISTINCT condition) FROM figures WHERE week = ? AND figure = ? AND suite = ? AND "
                "prompt IS NOT DISTINCT FROM ? AND attribute IS NOT DISTINCT FROM ? AND value IS NOT DISTINCT FROM ? "
                "AND selection IS NOT DISTINCT FROM ? AND condition = ANY (?) AND estimate IS NOT NULL",
                [week, column.figure, column.suite, column.prompt, column.attribute, column.value, column.selection,
                 [*column.conditions]],
            ).fetchall()  # fmt: skip
            assert (there == [(len(column.conditions),)]) is (need.reason is None), (column.id, need, there)
