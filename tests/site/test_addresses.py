"""Every number of a page has an address, and one that is changed is found by it, whoever made the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard.build import build_page
from assets.leaderboard.page.page import render
from assets.leaderboard.views.view import Page
from assets.metrics.windows.corrected import window_corrections
from orchestration.verifying import addresses, figures
from orchestration.verifying.addresses import AddressedText
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.version import Version
from tests.site import test_conversations as talks
from tests.site import test_effects as effects
from tests.site import test_statistics as statistics
from tests.site import world
from tests.warehouse.checks.quality_rows import drifted, moved, put_right, wrong_labels
from warehouse.loading.load import replace_week
from warehouse.store import open_store

OTHER = Version("0.9.0+0123456789ab", {}, same=False, decided=True)
UNKNOWN = replace(OTHER, decided=False, why="code version 0.9.0 is not known here")
_SHIFT = (
    "INSERT INTO detectable_shifts BY NAME SELECT {week} AS week, 'model' AS track, true AS simulated, "
    "'occupations' AS suite, 1 AS suite_major, 'baseline' AS condition, 'perceived_gender' AS attribute, 8 AS n, "
    "3 AS cells, 0.31 AS all_in_3_weeks, 0.23 AS all_in_8_weeks, 0.47 AS one_in_8_weeks, 4 AS series"
)


def everything(folder: Path) -> duckdb.DuckDBPyConnection:
    """Boards of eight models, a study, gold, changes over weeks, labeler drift, and what could be seen."""
    store = open_store(folder)
    world.fill(store, replicates=6)
    con = world.load(store, studies=True)
    replace_week(con, "window_corrected_scores", world.WEEK, window_corrections(con, world.WEEK))
    week = f"DATE '{world.WEEK}'"
    for statement in (
        put_right(world.WEEK, "sim-classic", 0.41, 0.37, 0.45),
        wrong_labels("sim-drift"),
        moved(world.WEEK, 40),
        _change("sim-drift", "0.9"),
        _change("sim-cautious", "8.2", metric="'refused_rate'", attribute="NULL", value_name="NULL"),
        _SHIFT.format(week=week),
    ):
        con.execute(statement)
    return con


def _change(model: str, log10_e: str, **replaced: str) -> str:
    week = f"DATE '{world.WEEK}'"
    own = {"week": week, "model": f"'{model}'", "suite": "'occupations'", "log10_e": log10_e}
    weeks = {"changed_week": f"{week} - 7", "earliest_week": f"{week} - 14", "latest_week": week}
    return drifted(**(own | weeks | replaced))


def conversations(folder: Path) -> duckdb.DuckDBPyConnection:
    """Two models in conversation, each with words of its own."""
    store = open_store(folder)
    talks.fill(store, "apologiser", talks.apologises_and_draws, simulated=False)
    talks.fill(store, "sim-eager", talks.draws_at_once)
    return world.load(store)


WORLDS: dict[str, Callable[[Path], duckdb.DuckDBPyConnection]] = {
    "everything": everything,
    "words": effects.loaded_world,
    "statistics": statistics.loaded_world,
    "conversations": conversations,
}


@dataclass(frozen=True)
class Made:
    """A page, its view, and the tables that it is of."""

    con: duckdb.DuckDBPyConnection
    view: Page
    html: str


@pytest.fixture(scope="module", params=WORLDS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    con = WORLDS[request.param](tmp_path_factory.mktemp("addresses"))
    view = build_page(con, week=world.WEEK, edition=f"{world.WEEK}.1", code_version="test")
    return Made(con, view, render(view)["figures.html"].decode())


def compared(made: Made, html: str, version: Version = OTHER) -> VerifyReport:
    report = VerifyReport(f"{world.WEEK}.1")
    figures.compare(made.con, html.encode(), made.view, version, report)
    return report


def test_every_number_has_an_address_and_agrees(made: Made) -> None:
    page = addresses.read(made.html.encode())
    assert page.without == []
    assert sum(len(addresses.numbers(said.text)) for said in page.found) > 80
    report = compared(made, made.html)
    assert (report.differences, report.unchecked) == ([], [])
    assert "its words were not" in report.notes[0]
    assert compared(made, made.html, UNKNOWN).exit_code == 4


def test_every_number_that_is_changed_is_found(made: Made) -> None:
    agrees = figures.asking(made.con, made.view, VerifyReport("x"))
    tried = 0
    for said in addresses.read(made.html.encode()).found:
        for text in _changed(said.text):
            tried += 1
            assert agrees(replace(said, text=text)) is False, (said, text)
    assert tried > 80


def _changed(text: str) -> Iterator[str]:
    """Yield a text with one of its numbers a little further on, for each of them."""
    for found in addresses.NUMBER.finditer(text):
        at = re.search(r"\d[\d,.]*", found.group())
        assert at
        last = found.start() + at.end() - 1
        yield f"{text[:last]}{(int(text[last]) + 3) % 10}{text[last + 1 :]}"


def test_a_changed_number_on_the_page_is_reported_with_its_address(made: Made) -> None:
    found = addresses.read(made.html.encode()).found
    of_views = sorted((one for one in found if not one.table), key=lambda one: one.address != "lead")
    said = next(one for one in of_views if addresses.numbers(one.text) and made.html.count(one.text) == 1)
    report = compared(made, made.html.replace(said.text, next(_changed(said.text))))
    assert len(report.differences) == 1
    assert f"({said.address[:160]}, {said.columns[:60]})" in report.differences[0]


def test_numbers_without_an_address_and_addresses_that_lead_nowhere_are_counted(made: Made) -> None:
    more = made.html.replace("</main>", "<p>In truth it is 77 of 80.</p></main>")
    assert any("2 numbers on it have no address" in line for line in compared(made, more).unchecked)
    lost = made.html.replace("</main>", '<p data-view="boards?id=none" data-part="axis">77 of 80</p></main>')
    report = compared(made, lost)
    assert report.exit_code == 4
    assert any("2 numbers on it have an address that leads nowhere" in line for line in report.unchecked)


def test_a_constant_of_the_text_is_known_only_as_the_templates_have_it(made: Made) -> None:
    assert "95&nbsp;% interval" in made.html
    report = compared(made, made.html.replace("95&nbsp;% interval", "85&nbsp;% interval"))
    assert any("have no address" in line for line in report.unchecked), report.lines()


@pytest.mark.parametrize(
    "address", ["__class__", "boards?__class__=x", "lead/sentence/format", "weeks/" * 50]
)
def test_an_address_reaches_fields_of_views_alone(made: Made, address: str) -> None:
    said = AddressedText(
        table=False, address=address, columns="sentence,__dict__,:x,^^^^^^a,#,a/b,@", text="7"
    )
    assert not figures.asking(made.con, made.view, VerifyReport("x"))(said)
